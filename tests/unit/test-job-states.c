/* nanovid: the table of a job's states is complete, and cases walk all of its rows
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/env.h"
#include "job-walks.h"
#include "nanogpt/job/job-states.h"

static gboolean
is_one (NanogptStep step)
{
  return step < NANOGPT_N_STEPS;
}

static void
test_rows (void)
{
  guint n_rows;
  const NanogptTransition *table = nanogpt_transitions_get (&n_rows);

  for (guint i = 0; i < n_rows; i++) {
    gboolean found = FALSE;

    g_test_message ("%s, %s", nanogpt_step_get_info (table[i].step)->name,
        nanogpt_event_get_name (table[i].event));
    g_assert_true (is_one (table[i].next)
        || (table[i].next == NANOGPT_STEP_SAME && !is_one (table[i].step)));
    for (NanogptStep step = 0; step < NANOGPT_N_STEPS; step++)
      found |= nanogpt_transition_find (step, table[i].event) == &table[i];
    g_assert_true (found);
    if (is_one (table[i].step))
      g_assert_true (
          nanogpt_transition_find (table[i].step, table[i].event) == &table[i]);
  }
}

static void
test_complete (void)
{
  gboolean entered[NANOGPT_N_STEPS] = { [NANOGPT_STEP_RESTING] = TRUE };
  gboolean left[NANOGPT_N_STEPS] = { FALSE };
  gboolean done[NANOGPT_N_ACTIONS] = { FALSE };
  gboolean known[NANOGPT_N_EVENTS] = { FALSE };
  guint n_rows;
  const NanogptTransition *table = nanogpt_transitions_get (&n_rows);

  for (guint i = 0; i < n_rows; i++) {
    done[table[i].action] = TRUE;
    known[table[i].event] = TRUE;
    if (is_one (table[i].next))
      entered[table[i].next] = TRUE;
    if (is_one (table[i].step))
      left[table[i].step] = TRUE;
  }
  for (guint action = 0; action < NANOGPT_N_ACTIONS; action++)
    g_assert_true (done[action]);
  for (guint event = 0; event < NANOGPT_N_EVENTS; event++)
    g_assert_true (known[event]);
  for (NanogptStep step = 0; step < NANOGPT_N_STEPS; step++) {
    const NanogptStepInfo *info = nanogpt_step_get_info (step);

    g_test_message ("%s", info->name);
    g_assert_true (entered[step]);
    g_assert_true (left[step] || step == NANOGPT_STEP_COMPLETE);
    /* A step has a transition for a timer if and only if it waits. */
    g_assert_cmpint (!!nanogpt_transition_find (step, NANOGPT_EVENT_TIMER), ==,
        info->kind == NANOGPT_STEP_WAITS);
    /* Every step can be stopped. */
    g_assert_nonnull (nanogpt_transition_find (step,
        info->kind == NANOGPT_STEP_WORKS ? NANOGPT_EVENT_CANCELLED
                                         : NANOGPT_EVENT_STOP));
    g_assert_nonnull (nanogpt_transition_find (step, NANOGPT_EVENT_ENDED));
    g_assert_nonnull (nanogpt_transition_find (step, NANOGPT_EVENT_DEADLINE));
  }
}

static gboolean
is_walked (GPtrArray *rows, const NanogptTransition *row, NanogptStep step)
{
  g_autofree char *beginning = g_strdup_printf ("%s, %s -> ",
      nanogpt_step_get_info (step)->name, nanogpt_event_get_name (row->event));

  for (guint i = 0; i < rows->len; i++) {
    if (g_str_has_prefix (rows->pdata[i], beginning))
      return TRUE;
  }
  return FALSE;
}

/* The cases of job-walks check that jobs walk these rows. */
static void
test_walked (void)
{
  guint n_rows;
  const NanogptTransition *table = nanogpt_transitions_get (&n_rows);
  g_autoptr (GPtrArray) rows = job_walks_list_rows ();
  gboolean walked_all = TRUE;

  for (guint i = 0; i < n_rows; i++) {
    g_autofree char *name =
        g_strdup_printf ("%s, %s", nanogpt_step_get_info (table[i].step)->name,
            nanogpt_event_get_name (table[i].event));
    gboolean found = FALSE;

    for (NanogptStep step = 0; step < NANOGPT_N_STEPS; step++)
      found |= nanogpt_transition_find (step, table[i].event) == &table[i]
          && is_walked (rows, &table[i], step);
    if (!found)
      g_test_message ("no case walks this row: %s", name);
    walked_all &= found;
  }
  g_assert_true (walked_all);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/job-states/rows", test_rows);
  g_test_add_func ("/job-states/complete", test_complete);
  g_test_add_func ("/job-states/walk/all", test_walked);
  return g_test_run ();
}
