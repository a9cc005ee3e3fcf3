/* nanovid: an encoded image, as the service takes it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "image.h"

#include <string.h>

#include "error.h"

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

char *
nanogpt_image_to_data_url (GBytes *image, const char *subject, GError **error)
{
  const char *type = nanogpt_image_get_type (image);
  gsize size = g_bytes_get_size (image);
  g_autofree char *base64 = NULL;

  if (type == NULL) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        "%s is no JPEG, PNG or WebP image", subject);
    return NULL;
  }
  if (size > NANOGPT_IMAGE_MAX_SIZE) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
        "%s has %.1f MB, and the service takes %.1f MB at most: use a smaller "
        "one, or put it on a server and set image-url",
        subject, size / 1e6, NANOGPT_IMAGE_MAX_SIZE / 1e6);
    return NULL;
  }
  base64 = g_base64_encode (g_bytes_get_data (image, NULL), size);
  return g_strdup_printf ("data:%s;base64,%s", type, base64);
}

GBytes *
nanogpt_image_load (const char *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &cause)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        "The image cannot be read: %s", cause->message);
    return NULL;
  }
  return g_bytes_new_take (data, size);
}
