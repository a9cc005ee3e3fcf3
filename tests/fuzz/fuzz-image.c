/* nanovid: images of any kind, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/request/media.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) image = g_bytes_new_static (data, size);
  const char *type = nanogpt_media_get_type (NANOGPT_MEDIA_IMAGE, image);
  g_autoptr (NanogptMedia) media =
      nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, image, NULL, -1);
  g_autofree char *url = NULL;
  g_autofree char *head = NULL;
  g_autofree guint8 *decoded = NULL;
  gsize length;

  g_assert_cmpstr (nanogpt_media_get_mime_type (media), ==, type);
  if (!type)
    return 0;
  url = nanogpt_media_dup_value (media);
  head = g_strdup_printf ("data:%s;base64,", type);
  g_assert_true (g_str_has_prefix (url, head));
  decoded = g_base64_decode (url + strlen (head), &length);
  g_assert_cmpmem (decoded, length, data, size);
  return 0;
}
