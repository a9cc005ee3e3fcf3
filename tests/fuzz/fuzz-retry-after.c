/* nanovid: Retry-After headers, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "nanogpt/http/retry-after.h"

#define WEEK (7 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *value = g_strndup ((const char *)data, size);
  g_autoptr (GDateTime) date = g_date_time_new_utc (1994, 11, 6, 8, 49, 37);
  gint64 waits[] = {
    nanogpt_retry_after_parse (value, date),
    nanogpt_retry_after_parse (value, NULL),
  };

  for (guint i = 0; i < G_N_ELEMENTS (waits); i++) {
    g_assert_cmpint (waits[i], >=, -1);
    g_assert_cmpint (waits[i], <=, WEEK);
  }
  g_assert_cmpint (waits[0] < 0, ==, waits[1] < 0);
  return 0;
}
