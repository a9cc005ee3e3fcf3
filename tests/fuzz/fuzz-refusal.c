/* nanovid: bodies of refusals, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <math.h>

#include "nanogpt/http/responses.h"
#include "nanogpt/base/text.h"

/* The longest prefix of the message before the service's own text. */
#define PREFIX_MAX 100

/* The input's first byte chooses the status; the corpus uses digits. */
static const guint statuses[] = { 400, 401, 402, 403, 404, 413, 422, 429, 500,
  599 };

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (NanogptRefusal) refusal = NULL;
  g_autoptr (GBytes) body = NULL;

  if (size == 0)
    return 0;
  body = g_bytes_new_static (data + 1, size - 1);
  refusal = nanogpt_refusal_parse (
      statuses[(guint8)(data[0] - '0') % G_N_ELEMENTS (statuses)], body);

  g_assert_nonnull (refusal->message);
  fuzz_assert_shown (refusal->message, NANOGPT_TEXT_MAX + PREFIX_MAX);
  fuzz_assert_shown (refusal->type, NANOGPT_TEXT_MAX);
  fuzz_assert_shown (refusal->refund, NANOGPT_TEXT_MAX);
  g_assert_cmpint (refusal->required_balance, <=, NANOGPT_MONEY_MAX);
  return 0;
}
