/* nanovid: options of the crash tests, and counts of their violations
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tally.h"

#define DEFAULT_POINTS 40
#define DEFAULT_SEED 1

static const char *const names[N_VIOLATIONS] = {
  [VIOLATION_PAID_TWICE] = "paid twice",
  [VIOLATION_LOST] = "lost",
  [VIOLATION_NOT_CLIP] = "not the clip",
  [VIOLATION_FAILED] = "failed",
  [VIOLATION_BOOKS] = "wrong in the books",
};

static int n_points = DEFAULT_POINTS;
static int seed = DEFAULT_SEED;
static GMutex lock;
static guint counts[N_VIOLATIONS];

void
tally_parse_options (int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "points", 0, 0, G_OPTION_ARG_INT, &n_points, "how often to kill", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "of the choice of points", "S" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_parse (context, argc, argv, &error);
  g_assert_no_error (error);
}

int
tally_get_points (void)
{
  return n_points;
}

int
tally_get_seed (void)
{
  return seed;
}

void
tally_violation (Violation kind, const char *what, const char *story)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  counts[kind]++;
  g_test_message ("VIOLATION: %s: %s\n%s", names[kind], what, story);
  g_test_fail ();
}

void
tally_summarize (void)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint sum = 0;

  for (guint i = 0; i < N_VIOLATIONS; i++) {
    sum += counts[i];
    g_string_append_printf (
        line, "%s%u %s", i > 0 ? ", " : "", counts[i], names[i]);
    counts[i] = 0;
  }
  g_test_message (
      "%d points, seed %d, %u violations: %s", n_points, seed, sum, line->str);
}
