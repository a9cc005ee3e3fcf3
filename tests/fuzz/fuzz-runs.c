/* nanovid: lists of recent jobs, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "nanogpt/http/responses.h"
#include "nanogpt/job/recovery.h"
#include "nanogpt/base/text.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = nanogpt_runs_parse (body, &error);
  const gint64 now = 1785585600 * G_GINT64_CONSTANT (1000000);
  const NanogptLostSubmit submits[] = {
    { "a", "seedance-lite-video", NULL, FALSE, now - 9000000, now },
    { "a", "seedance-lite-video", NULL, FALSE, now - 5000000, now + 5000000 },
    { "b", "seedance-lite-video", "c", FALSE, now, now + 5000000 },
  };
  NanogptRecoveryOutcome outcome;
  const NanogptRun *match;

  fuzz_assert_one (runs, error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  if (!runs)
    return 0;
  for (guint i = 0; i < runs->len; i++) {
    const NanogptRun *run = runs->pdata[i];

    g_assert_nonnull (run->run_id);
    fuzz_assert_shown (run->run_id, NANOGPT_TEXT_MAX);
    fuzz_assert_shown (run->model, NANOGPT_TEXT_MAX);
  }
  outcome =
      nanogpt_recovery_match (runs, submits, G_N_ELEMENTS (submits), &match);
  g_assert_cmpint (match != NULL, ==, outcome == NANOGPT_RECOVERY_FOUND);
  return 0;
}
