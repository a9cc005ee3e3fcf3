/* nanovid: times and costs of jobs are remembered across processes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* F_OFD_SETLK */

#include "nanogpt/store/files/history.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"

#include "disk.h"

#define KIND "seedance-lite-video duration=5 resolution=720p"

static char *program;

static void
add_time (const char *dir, const char *kind, double seconds)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (nanogpt_history_add_time (dir, kind, seconds, &error));
  g_assert_no_error (error);
}

static void
add_cost (
    const char *dir, const char *kind, NanogptMicros cost, const char *currency)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (nanogpt_history_add_cost (dir, kind, cost, currency, &error));
  g_assert_no_error (error);
}

static void
assert_nothing (const char *dir, const char *kind)
{
  g_autoptr (NanogptHistory) history = nanogpt_history_load (dir, kind);

  g_assert_cmpuint (history->n_times, ==, 0);
  g_assert_cmpint (history->cost, <, 0);
  g_assert_null (history->currency);
  g_assert_cmpint (history->cost_at, ==, 0);
}

static guint
count_files (const char *dir, const char *suffix)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;
  guint count = 0;

  while (entries && (name = g_dir_read_name (entries)))
    count += g_str_has_suffix (name, suffix);
  return count;
}

static void
test_times (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptHistory) history = NULL;

  assert_nothing (dir, KIND);
  for (guint i = 1; i <= NANOGPT_HISTORY_N_TIMES; i++)
    add_time (dir, KIND, i + 0.125);

  history = nanogpt_history_load (dir, KIND);
  g_assert_cmpuint (history->n_times, ==, NANOGPT_HISTORY_N_TIMES);
  for (guint i = 0; i < NANOGPT_HISTORY_N_TIMES; i++)
    g_assert_cmpfloat (history->times[i], ==, i + 1.125);
  g_assert_cmpint (history->cost, <, 0);
  assert_nothing (dir, KIND " ");
}

static double
get_mean_time (const char *dir)
{
  g_autoptr (NanogptHistory) history = nanogpt_history_load (dir, KIND);
  double mean = 0;

  g_assert_cmpuint (history->n_times, ==, NANOGPT_HISTORY_N_TIMES);
  for (guint i = 0; i < history->n_times; i++)
    mean += history->times[i] / history->n_times;
  return mean;
}

/* If jobs are submitted at once, the shortest finishes first and the longest
 * last. All of them contribute equally to the history. */
static void
test_crowd_teaches_fairly (void)
{
  g_autofree char *dir = fixture_make_dir ();

  g_random_set_seed (1);
  for (guint i = 1; i <= 200; i++)
    add_time (dir, KIND, i);
  /* The standard error of the mean is 8. */
  g_assert_cmpfloat (get_mean_time (dir), >, 75);
  g_assert_cmpfloat (get_mean_time (dir), <, 125);
}

/* Old times are forgotten, however many there were. */
static void
test_long_ago_is_forgotten (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "history", NULL);
  g_autoptr (GString) text = g_string_new ("[nanovid-history]\nversion=1\n"
                                           "[kind " KIND "]\ntimes=");

  g_random_set_seed (1);
  for (guint i = 0; i < NANOGPT_HISTORY_N_TIMES; i++)
    g_string_append (text, "0;");
  g_string_append (text, "\nseen=1000000\nseen-since=2000-01-01T00:00:00Z\n");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  for (guint i = 0; i < 250; i++)
    add_time (dir, KIND, 60);
  /* 5 of 6 on average. */
  g_assert_cmpfloat (get_mean_time (dir), >, 40);
}

/* Other kinds of the same model teach a kind that has no times of its own. */
static void
test_similar_kinds (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptHistory) unknown = NULL;
  g_autoptr (NanogptHistory) known = NULL;

  for (guint i = 0; i < 30; i++) {
    add_time (dir, "model duration=5", 60);
    add_time (dir, "model", 61);
  }
  add_time (dir, "model-2 duration=5", 600);

  unknown = nanogpt_history_load (dir, "model duration=10");
  g_assert_cmpuint (unknown->n_times, ==, 0);
  g_assert_cmpuint (unknown->n_similar, ==, NANOGPT_HISTORY_N_TIMES);
  for (guint i = 0; i < unknown->n_similar; i++)
    g_assert_cmpfloat_with_epsilon (unknown->similar[i], 60.5, 0.6);

  known = nanogpt_history_load (dir, "model duration=5");
  g_assert_cmpuint (known->n_times, ==, 30);
  g_assert_cmpuint (known->n_similar, ==, 0);
}

static void
test_costs (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptHistory) first = NULL;
  g_autoptr (NanogptHistory) second = NULL;
  gint64 before = g_get_real_time ();

  add_time (dir, KIND, 60);
  add_cost (dir, KIND, 300000, "XNO");
  first = nanogpt_history_load (dir, KIND);
  g_assert_cmpint (first->cost, ==, 300000);
  g_assert_cmpstr (first->currency, ==, "XNO");
  g_assert_cmpint (first->cost_at, >=, before);
  g_assert_cmpint (first->cost_at, <=, g_get_real_time ());
  g_assert_cmpuint (first->n_times, ==, 1);

  add_cost (dir, KIND, 0, NULL);
  add_time (dir, KIND, 61);
  second = nanogpt_history_load (dir, KIND);
  g_assert_cmpint (second->cost, ==, 0);
  g_assert_null (second->currency);
  g_assert_cmpint (second->cost_at, >=, first->cost_at);
  g_assert_cmpuint (second->n_times, ==, 2);
}

static void
test_kinds (void)
{
  static const char *const kinds[] = { "", " ", "a", "a ", "[a]", "a\nb", "a=b",
    "#a", "nanovid-history", "{\"a\":[1]}", "a%20b", "%5Ba%5D",
    "\xf0\x9f\x98\xba", "\xff\xfe", "\x01" };
  g_autofree char *dir = fixture_make_dir ();

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    assert_nothing (dir, kinds[i]);
    add_time (dir, kinds[i], i);
  }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (NanogptHistory) history = nanogpt_history_load (dir, kinds[i]);

    g_assert_cmpuint (history->n_times, ==, 1);
    g_assert_cmpfloat (history->times[0], ==, i);
  }
}

/* The 500 kinds that were used last are kept, whether for a time or for a cost. */
static void
test_many_kinds (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "history", NULL);
  g_autoptr (GString) text = g_string_new ("[nanovid-history]\nversion=1\n");

  for (guint i = 0; i < 500; i++)
    g_string_append_printf (text,
        "[kind %u]\ntimes=%u;\nupdated=2026-01-01T00:%02u:%02uZ\n", i, i,
        i / 60, i % 60);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));

  add_cost (dir, "0", 1, "USD");
  add_time (dir, "500", 500);
  add_time (dir, "501", 501);
  add_time (dir, "3", 3);
  add_cost (dir, "502", 1, "USD");

  for (guint i = 0; i <= 502; i++) {
    g_autofree char *kind = g_strdup_printf ("%u", i);
    g_autoptr (NanogptHistory) history = nanogpt_history_load (dir, kind);
    gboolean dropped = i == 1 || i == 2 || i == 4;

    g_assert_cmpint (history->n_times == 0 && history->cost < 0, ==, dropped);
  }
}

static void
test_file (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "a", "b", NULL);
  g_autofree char *path = g_build_filename (dir, "history", NULL);
  g_autofree char *text = NULL;
  mode_t mask = umask (0);
  struct stat status;

  add_time (dir, KIND, 61.5);
  add_cost (dir, KIND, 150000, "USD");
  umask (mask);

  g_assert_cmpint (g_stat (dir, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0700);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "[nanovid-history]\nversion=1\n"));
  g_assert_nonnull (strstr (text, "\n[kind " KIND "]\n"));
  g_assert_nonnull (strstr (text, "\ntimes=61.5;\n"));
  g_assert_nonnull (strstr (text, "\ncost=0.15\ncurrency=USD\n"));
}

static void
test_corrupt (void)
{
  static const char *const texts[] = { "", "\n", "garbage", "[",
    "[nanovid-history]\n", "[nanovid-history]\nversion=2\n[kind a]\ntimes=1;\n",
    "[nanovid-history]\nversion=1\n[kind a]\ntimes=x;-1;inf;nan;;1e999;0x;\n"
    "cost=-3\ncost-at=yesterday\n",
    "[nanovid-history]\nversion=1\n[kind a]\ntimes", "\xff\xfe\x01=\n" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "history", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (NanogptHistory) history = NULL;

    g_test_message ("text %u", i);
    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    assert_nothing (dir, "a");
    add_time (dir, "a", 7);
    history = nanogpt_history_load (dir, "a");
    g_assert_cmpuint (history->n_times, ==, 1);
    g_assert_cmpfloat (history->times[0], ==, 7);
  }
}

static void
test_nowhere (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autofree char *dir = g_build_filename (file, "state", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", -1, NULL));
  assert_nothing (dir, KIND);
  g_assert_false (nanogpt_history_add_time (dir, KIND, 1, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
}

/* If any disk operation fails, the previous history is kept. */
static void
test_failures (void)
{
  g_autofree char *dir = fixture_make_dir ();
  guint failures = 0;

  add_time (dir, KIND, 1);
  for (guint at = 1;; at++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (NanogptHistory) history = NULL;
    gboolean added;

    disk_watch (dir);
    disk.fail_at = at;
    disk.code = ENOSPC;
    added = nanogpt_history_add_time (dir, KIND, 2, &error);
    disk_unwatch ();
    if (added && disk.count < at)
      break;

    history = nanogpt_history_load (dir, KIND);
    g_assert_cmpfloat (history->times[0], ==, 1);
    g_assert_cmpuint (count_files (dir, ".tmp"), ==, 0);
    if (!added) {
      failures++;
      g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    }
  }
  g_assert_cmpuint (failures, >=, 4);
}

/* Processes */

static int
run_dying (const char *dir, guint at)
{
  disk_watch (dir);
  disk.kill_at = at;
  return !nanogpt_history_add_time (dir, KIND, 2, NULL);
}

static int
run_adding (const char *dir, guint n)
{
  for (guint i = 0; i < n;) {
    g_autoptr (GError) error = NULL;

    if (nanogpt_history_add_time (dir, KIND, 1, &error))
      i++;
    else if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
      return 1; /* not because the others hold a lock for long on a slow disk */
  }
  return 0;
}

static GSubprocess *
spawn (const char *role, const char *dir, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_NONE, &error, program, role, dir, text, NULL);

  g_assert_no_error (error);
  return process;
}

static void
test_kills (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("processes that are killed", 30);
  g_autofree char *dir = fixture_make_dir ();
  gboolean done = FALSE;
  gboolean left = FALSE;
  guint at;

  add_time (dir, KIND, 1);
  for (at = 1; !done; at++) {
    g_autoptr (GSubprocess) process = spawn ("dying", dir, at);
    g_autoptr (NanogptHistory) history = NULL;

    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    done = g_subprocess_get_if_exited (process);
    left |= count_files (dir, ".tmp") > 0;
    history = nanogpt_history_load (dir, KIND);
    g_assert_cmpuint (history->n_times, >=, 1);
    g_assert_cmpfloat (history->times[0], ==, 1);
  }
  g_assert_cmpuint (at, >, 4);
  g_assert_true (left);
  g_assert_cmpuint (count_files (dir, ".tmp"), ==, 0);
}

static void
test_crowd (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("processes that all add a time", 30);
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptHistory) history = NULL;
  GSubprocess *processes[5];

  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    processes[i] = spawn (
        "adding", dir, NANOGPT_HISTORY_N_TIMES / G_N_ELEMENTS (processes));
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    g_assert_true (g_subprocess_wait_check (processes[i], NULL, NULL));
    g_object_unref (processes[i]);
  }
  history = nanogpt_history_load (dir, KIND);
  g_assert_cmpuint (history->n_times, ==, NANOGPT_HISTORY_N_TIMES);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "dying"))
    return run_dying (argv[2], atoi (argv[3]));
  if (argc == 4 && g_str_equal (argv[1], "adding"))
    return run_adding (argv[2], atoi (argv[3]));

  fixture_init (&argc, &argv);
  g_test_add_func ("/history/times", test_times);
  g_test_add_func ("/history/fair-sample", test_crowd_teaches_fairly);
  g_test_add_func ("/history/forgets", test_long_ago_is_forgotten);
  g_test_add_func ("/history/similar", test_similar_kinds);
  g_test_add_func ("/history/costs", test_costs);
  g_test_add_func ("/history/kinds", test_kinds);
  g_test_add_func ("/history/many-kinds", test_many_kinds);
  g_test_add_func ("/history/file", test_file);
  g_test_add_func ("/history/corrupt", test_corrupt);
  g_test_add_func ("/history/nowhere", test_nowhere);
  g_test_add_func ("/history/failures", test_failures);
  g_test_add_func ("/history/kills", test_kills);
  g_test_add_func ("/history/crowd", test_crowd);
  return g_test_run ();
}
