/* nanovid: an encoded input image: type, size limit, loading
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "image.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "nanogpt/base/error.h"

const char *
nanogpt_image_get_type (GBytes *image)
{
  gsize size;
  const char *data = g_bytes_get_data (image, &size);

  if (size >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return "image/jpeg";
  if (size >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "image/png";
  if (size >= 12 && memcmp (data, "RIFF", 4) == 0
      && memcmp (data + 8, "WEBP", 4) == 0)
    return "image/webp";
  return NULL;
}

static gboolean
check_size (guint64 size, const char *subject, GError **error)
{
  if (size <= NANOGPT_IMAGE_MAX_SIZE)
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      _ ("%s has %llu bytes, but an upload may have %llu at most: use a "
         "smaller one, or put it on a server and set image-url"),
      subject, (unsigned long long)size,
      (unsigned long long)NANOGPT_IMAGE_MAX_SIZE);
  return FALSE;
}

char *
nanogpt_image_to_data_url (GBytes *image, const char *subject, GError **error)
{
  const char *type = nanogpt_image_get_type (image);
  gsize size = g_bytes_get_size (image);
  g_autofree char *base64 = NULL;

  if (!type) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("%s is not a JPEG, PNG or WebP image"), subject);
    return NULL;
  }
  if (!check_size (size, subject, error))
    return NULL;
  base64 = g_base64_encode (g_bytes_get_data (image, NULL), size);
  return g_strdup_printf ("data:%s;base64,%s", type, base64);
}

char *
nanogpt_image_file_to_data_url (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *subject = g_strdup_printf (_ ("The image %s"), shown);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) image = NULL;
  GStatBuf info;
  char *data;
  gsize size;

  if (g_stat (path, &info) == 0 && !check_size (info.st_size, subject, error))
    return NULL;
  if (!g_file_get_contents (path, &data, &size, &cause)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("%s cannot be read: %s"), subject, cause->message);
    return NULL;
  }
  image = g_bytes_new_take (data, size);
  return nanogpt_image_to_data_url (image, subject, error);
}
