/* nanovid: the history of earlier jobs, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>

#include "nanogpt/store/files/history.h"

#define KIND "seedance-lite-video duration=5"

static char *state_dir;

static void
remove_state_dir (void)
{
  g_autoptr (GDir) dir = g_dir_open (state_dir, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (state_dir, name, NULL);

    g_remove (path);
  }
  g_remove (state_dir);
  g_free (state_dir);
}

static void
write_history (const guint8 *data, gsize size)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (!state_dir) {
    state_dir = g_dir_make_tmp ("nanovid-fuzz-XXXXXX", &error);
    g_assert_no_error (error);
    atexit (remove_state_dir);
  }
  path = g_build_filename (state_dir, "history", NULL);
  g_file_set_contents_full (
      path, (const char *)data, size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
assert_times (const double *times, guint n_times)
{
  g_assert_cmpuint (n_times, <=, NANOGPT_HISTORY_N_TIMES);
  for (guint i = 0; i < n_times; i++)
    g_assert_true (isfinite (times[i]) && times[i] >= 0);
}

static NanogptHistory *
load (void)
{
  NanogptHistory *history = nanogpt_history_load (state_dir, KIND);

  assert_times (history->times, history->n_times);
  assert_times (history->similar, history->n_similar);
  g_assert_true (history->cost == NANOGPT_MONEY_UNKNOWN || history->cost >= 0);
  return history;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (NanogptHistory) before = NULL;
  g_autoptr (NanogptHistory) after = NULL;
  g_autoptr (GError) error = NULL;

  write_history (data, size);
  before = load ();
  nanogpt_history_add_time (state_dir, KIND, 7.5, &error);
  g_assert_no_error (error);
  after = load ();
  g_assert_cmpuint (
      after->n_times, ==, MIN (before->n_times + 1, NANOGPT_HISTORY_N_TIMES));
  /* A full list replaces a random entry with the new time, or drops the new time. */
  if (before->n_times < NANOGPT_HISTORY_N_TIMES)
    g_assert_cmpfloat (after->times[after->n_times - 1], ==, 7.5);
  g_assert_cmpint (after->cost, ==, before->cost);
  return 0;
}
