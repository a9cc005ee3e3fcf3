/* nanovid: answers of the balance endpoint, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <math.h>

#include "nanogpt/http/responses.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  NanogptMicros usd = G_MAXINT64;
  gboolean found = nanogpt_balance_parse (body, &usd, &error);

  fuzz_assert_one (
      found ? &usd : NULL, error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  g_assert_cmpint (found, ==, usd != G_MAXINT64);
  return 0;
}
