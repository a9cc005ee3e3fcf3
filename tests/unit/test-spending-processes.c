/* nanovid: the ledger keeps to the budget across processes, of which some die
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "nanogpt/base/error.h"

#include "disk.h"
#include "spending-ledger.h"

static char *program;

static int
run_dying (const char *dir, guint at)
{
  g_autofree char *id = NULL;

  disk_watch (dir);
  disk.kill_at = at;
  id = ledger_try_reserve (dir, 500000, 1000000, NULL);
  if (!id || !nanogpt_ledger_charge (dir, id, 400000, "USD", "vid_1", NULL))
    return 1;
  return 0;
}

/* Waits for a byte, tries to reserve, and reports the result. If @charged is
 * set, charges at once, or else leaves the reservation. */
static int
run_spending (const char *dir, gboolean charged)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  char word;

  if (write (STDOUT_FILENO, "r", 1) != 1 || read (STDIN_FILENO, &word, 1) != 1)
    return 2;
  id = ledger_try_reserve (dir, 300000, 1500000, &error);
  if (id && charged
      && !nanogpt_ledger_charge (dir, id, 300000, "USD", "vid_1", NULL))
    return 2;
  if (id)
    return 0;
  return g_error_matches (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET)
          && strstr (error->message, "would exceed")
      ? 1
      : 2;
}

static GSubprocess *
spawn (const char *role, const char *dir, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  g_autofree char *ahead = g_strdup_printf ("%" G_GINT64_FORMAT, disk.ahead);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      program, role, dir, text, ahead, NULL);

  g_assert_no_error (error);
  return process;
}

static void
test_kills (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("processes that are killed", 30);
  gboolean seen_nothing = FALSE;
  gboolean seen_reserved = FALSE;
  gboolean done = FALSE;

  for (guint at = 1; !done; at++) {
    g_autofree char *root = fixture_make_dir ();
    g_autofree char *dir = g_build_filename (root, "state", NULL);
    g_autoptr (GSubprocess) process = spawn ("dying", dir, at);
    g_autoptr (GPtrArray) sums = NULL;
    const NanogptLedgerSum *sum;

    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    done = g_subprocess_get_if_exited (process);
    if (done)
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
    else
      g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);

    sums = nanogpt_ledger_list (dir, 0);
    if (sums->len == 0) {
      seen_nothing = TRUE;
      g_free (ledger_reserve (dir, 1000000, 1000000));
      continue;
    }
    sum = sums->pdata[0];
    g_assert_cmpuint (sum->n_reserved + sum->n_charged, ==, 1);
    seen_reserved |= sum->n_reserved;
    ledger_assert_sum (dir, sum->n_charged, sum->n_charged ? 400000 : 0,
        sum->n_reserved, sum->n_reserved ? 500000 : 0);
    ledger_assert_refused (dir, 600100, 1000000, "would exceed");
    g_free (ledger_reserve (dir, 500000, 1000000));
    if (done)
      g_assert_cmpuint (sum->n_charged, ==, 1);
  }
  g_assert_true (seen_nothing);
  g_assert_true (seen_reserved);
}

static void
check_crowd (gboolean charged)
{
  g_autofree char *dir = fixture_make_dir ();
  GSubprocess *processes[20];
  guint counts[2] = { 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    processes[i] = spawn ("spending", dir, charged);
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    GInputStream *pipe = g_subprocess_get_stdout_pipe (processes[i]);
    char word;

    g_assert_cmpint (g_input_stream_read (pipe, &word, 1, NULL, NULL), ==, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    GOutputStream *pipe = g_subprocess_get_stdin_pipe (processes[i]);

    g_assert_true (g_output_stream_write_all (pipe, "g", 1, NULL, NULL, NULL));
  }
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    int status;

    g_assert_true (g_subprocess_wait (processes[i], NULL, NULL));
    g_assert_true (g_subprocess_get_if_exited (processes[i]));
    status = g_subprocess_get_exit_status (processes[i]);
    g_assert_cmpint (status, <=, 1);
    counts[status]++;
    g_object_unref (processes[i]);
  }

  g_assert_cmpuint (counts[0], ==, 5);
  g_assert_cmpuint (counts[1], ==, 15);
  if (charged)
    ledger_assert_sum (dir, 5, 1500000, 0, 0);
  else
    ledger_assert_sum (dir, 0, 0, 5, 1500000);
}

static void
test_crowd (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (
      "twenty processes with a budget for five clips", 50);

  check_crowd (TRUE);
  check_crowd (FALSE);
}

static gpointer
run_thread (gpointer data)
{
  return ledger_try_reserve (data, 300000, 1500000, NULL);
}

static void
test_threads (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("twenty threads with a budget for five clips", 30);
  g_autofree char *dir = fixture_make_dir ();
  GThread *threads[20];
  guint granted = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("spender", run_thread, dir);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autofree char *id = g_thread_join (threads[i]);

    granted += id != NULL;
  }
  g_assert_cmpuint (granted, ==, 5);
  ledger_assert_sum (dir, 0, 0, 5, 1500000);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 5) {
    disk.ahead = g_ascii_strtoll (argv[4], NULL, 10);
    if (g_str_equal (argv[1], "dying"))
      return run_dying (argv[2], atoi (argv[3]));
    if (g_str_equal (argv[1], "spending"))
      return run_spending (argv[2], atoi (argv[3]));
  }

  fixture_init (&argc, &argv);
  /* Prevents a change of the day. */
  disk_set_time_of_day (DAY / 2);
  g_test_add_func ("/spending/kills", test_kills);
  g_test_add_func ("/spending/crowd", test_crowd);
  g_test_add_func ("/spending/threads", test_threads);
  return g_test_run ();
}
