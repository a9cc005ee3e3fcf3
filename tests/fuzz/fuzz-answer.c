/* nanovid: answers to a submit and to status requests, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <math.h>

#include "nanogpt/http/responses.h"
#include "nanogpt/base/text.h"

static void
check (const NanogptResponse *answer)
{
  fuzz_assert_shown (answer->status, NANOGPT_TEXT_MAX);
  fuzz_assert_shown (answer->run_id, NANOGPT_TEXT_MAX);
  fuzz_assert_shown (answer->model, NANOGPT_TEXT_MAX);
  fuzz_assert_shown (answer->details, NANOGPT_TEXT_MAX);
  fuzz_assert_shown (answer->error, NANOGPT_TEXT_MAX);
  fuzz_assert_shown (answer->error_type, NANOGPT_TEXT_MAX);
  fuzz_assert_shown (answer->payment_source, NANOGPT_TEXT_MAX);
  for (guint i = 0; answer->urls[i]; i++)
    g_assert_true (*answer->urls[i] != '\0');
  g_assert_cmpint (answer->phase, <=, NANOGPT_PHASE_CANCELLED);
  g_assert_cmpint (answer->progress, >=, -1);
  g_assert_cmpint (answer->progress, <=, 100);
  g_assert_cmpint (answer->cost, <=, NANOGPT_MONEY_MAX);
  g_assert_cmpint (answer->remaining_balance, <=, NANOGPT_MONEY_MAX);
  g_assert_true (isfinite (answer->eta));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptResponse) answer = nanogpt_response_parse (body, &error);

  fuzz_assert_one (answer, error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  if (answer)
    check (answer);
  return 0;
}
