/* nanovid: prints the states of a job for the documentation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>

#include "nanogpt/job/job-states.h"

static const char *const kinds[] = {
  [NANOGPT_STEP_RESTS] = "rests",
  [NANOGPT_STEP_WAITS] = "waits",
  [NANOGPT_STEP_WORKS] = "works",
  [NANOGPT_STEP_DECIDES] = "decides",
};

static void
print_steps (void)
{
  printf ("| step | the job | only while wanted | what happens |\n"
          "|---|---|---|---|\n");
  for (NanogptStep step = 0; step < NANOGPT_N_STEPS; step++) {
    const NanogptStepInfo *info = nanogpt_step_get_info (step);

    printf ("| `%s` | %s | %s | %s |\n", info->name, kinds[info->kind],
        info->needs_user ? "yes" : "no", info->meaning);
  }
}

static void
print_step (NanogptStep step)
{
  const char *mark = step < NANOGPT_N_STEPS ? "`" : "";

  printf (" %s%s%s |", mark, nanogpt_step_get_info (step)->name, mark);
}

static void
print_states (void)
{
  guint n_rows;
  const NanogptTransition *table = nanogpt_transitions_get (&n_rows);

  printf ("| step | event | what is done | next |\n|---|---|---|---|\n");
  for (guint i = 0; i < n_rows; i++) {
    printf ("|");
    print_step (table[i].step);
    printf (" %s | %s |", nanogpt_event_get_name (table[i].event),
        nanogpt_action_get_name (table[i].action));
    print_step (table[i].next);
    printf ("\n");
  }
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "steps"))
    print_steps ();
  else if (argc == 2 && g_str_equal (argv[1], "states"))
    print_states ();
  else
    return 2;
  return 0;
}
