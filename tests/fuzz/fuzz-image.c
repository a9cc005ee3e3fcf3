/* nanovid: images of any kind, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/request/image.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) image = g_bytes_new_static (data, size);
  const char *type = nanogpt_image_get_type (image);
  g_autoptr (GError) error = NULL;
  g_autofree char *url = nanogpt_image_to_data_url (image, "It", &error);
  g_autofree char *head = NULL;
  g_autofree guint8 *decoded = NULL;
  gsize length;

  fuzz_assert_one (url, error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_cmpint (url != NULL, ==, type != NULL);
  if (!url)
    return 0;
  head = g_strdup_printf ("data:%s;base64,", type);
  g_assert_true (g_str_has_prefix (url, head));
  decoded = g_base64_decode (url + strlen (head), &length);
  g_assert_cmpmem (decoded, length, data, size);
  return 0;
}
