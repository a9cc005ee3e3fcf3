/* nanovid: lists of recent jobs, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "nanogpt/answers.h"
#include "nanogpt/recovery.h"
#include "nanogpt/text.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = nanogpt_runs_parse (body, &error);
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 8, 1, 12, 0, 0);
  const NanogptRun *match;
  guint candidates;

  fuzz_assert_one (runs, error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  if (runs == NULL)
    return 0;
  for (guint i = 0; i < runs->len; i++) {
    const NanogptRun *run = runs->pdata[i];

    g_assert_nonnull (run->run_id);
    fuzz_assert_shown (run->run_id, NANOGPT_TEXT_MAX);
    fuzz_assert_shown (run->model, NANOGPT_TEXT_MAX);
  }
  match = nanogpt_recovery_match (
      runs, "seedance-lite-video", NULL, now, G_USEC_PER_SEC, &candidates);
  g_assert_cmpuint (candidates, <=, runs->len);
  g_assert_cmpint (match != NULL, ==, candidates == 1);
  return 0;
}
