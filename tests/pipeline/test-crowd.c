/* nanovid: test of many processes that share one daily budget
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "nanogpt/store/files/ledger.h"
#include "pipeline/prompt.h"

#define N_RUNS 20

static NanogptMicros
get_spent (const char *state_dir, guint *n_charged)
{
  g_autoptr (GPtrArray) sums = nanogpt_ledger_list (state_dir, 0);
  NanogptMicros spent = 0;

  *n_charged = 0;
  for (guint i = 0; i < sums->len; i++) {
    const NanogptLedgerSum *sum = g_ptr_array_index (sums, i);

    spent += sum->charged + sum->reserved;
    *n_charged += sum->n_charged;
  }
  return spent;
}

/* Twenty processes run at once, and the budget is enough for five. */
static void
test_daily_budget (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autofree char *state_dir = fixture_make_dir ();
  Run *runs[N_RUNS];
  guint n_played = 0;
  guint n_refused = 0;
  guint n_charged;

  for (guint i = 0; i < N_RUNS; i++)
    runs[i] = prompt_start (prompt, "NANOVID_DAILY_BUDGET=0.45",
        "gst-launch-1.0 nanovidsrc prompt='clip %u' state-dir='%s' ! fakesink",
        i, state_dir);
  for (guint i = 0; i < N_RUNS; i++) {
    n_played += run_finish (runs[i], 60) == 0;
    n_refused += run_printed (runs[i], "daily budget of $0.45");
    run_free (runs[i]);
  }

  g_assert_cmpuint (n_played, ==, 5);
  g_assert_cmpuint (n_refused, ==, N_RUNS - 5);
  g_assert_cmpuint (prompt_count_charges (prompt), ==, 5);
  g_assert_cmpint (get_spent (state_dir, &n_charged), ==,
      nanogpt_money_round_up (
          nanogpt_simulator_get_charged (prompt->simulator)));
  g_assert_cmpuint (n_charged, ==, 5);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/crowd/daily-budget", test_daily_budget);
  return g_test_run ();
}
