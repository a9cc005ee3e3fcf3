/* nanovid: the journal among processes that die, race and overtake each other
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"

#include "disk.h"
#include "journal-dir.h"

static char *program;

/* Performs all steps and dies before one of the operations. */
static int
run_dying (const char *dir, guint at)
{
  NanogptJournalEntry *entry;

  disk_watch (dir);
  disk.kill_at = at;
  entry = journal_begin (dir, NANOGPT_JOURNAL_INTENT);
  for (int state = NANOGPT_JOURNAL_SENDING; state <= NANOGPT_JOURNAL_DELIVERED;
       state++)
    g_assert_true (journal_advance (entry, state, NULL));
  nanogpt_journal_entry_remove (entry);
  return 0;
}

/* Handles "adopt DIR TIME", "deliver DIR TIME" and "remove DIR TIME", which
 * adopt an entry at that time and print whether there was one, and "hold DIR
 * 0", which creates one. */
static int
run_contender (void)
{
  NanogptJournalEntry *entry = NULL;
  char action[16];
  char dir[4096];
  gint64 time;

  while (scanf ("%15s %4095s %" G_GINT64_FORMAT, action, dir, &time) == 3) {
    gboolean won;

    g_clear_pointer (&entry, nanogpt_journal_entry_free);
    while (g_get_monotonic_time () < time)
      continue;
    entry = g_str_equal (action, "hold")
        ? journal_begin (dir, NANOGPT_JOURNAL_ACCEPTED)
        : journal_adopt (dir);
    won = entry != NULL;
    if (won && g_str_equal (action, "deliver")) {
      g_assert_true (journal_advance (entry, NANOGPT_JOURNAL_DELIVERED, NULL));
      g_clear_pointer (&entry, nanogpt_journal_entry_free);
    } else if (won && g_str_equal (action, "remove"))
      g_clear_pointer (&entry, nanogpt_journal_entry_remove);
    printf ("%s\n", won ? "won" : "lost");
    fflush (stdout);
  }
  return 0;
}

static GSubprocess *
spawn (const char *role, const char *dir, const char *number)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      program, role, dir, number, NULL);

  g_assert_no_error (error);
  return process;
}

static void
tell (GSubprocess *process, const char *action, const char *dir, gint64 time)
{
  g_autofree char *line =
      g_strdup_printf ("%s %s %" G_GINT64_FORMAT "\n", action, dir, time);

  g_assert_true (
      g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), line,
          strlen (line), NULL, NULL, NULL));
}

static gboolean
has_won (GSubprocess *process)
{
  GInputStream *pipe = g_subprocess_get_stdout_pipe (process);
  GString *line = g_string_new (NULL);
  gboolean won;
  char c;

  while (g_input_stream_read (pipe, &c, 1, NULL, NULL) == 1 && c != '\n')
    g_string_append_c (line, c);
  won = g_str_equal (line->str, "won");
  g_assert_true (won || g_str_equal (line->str, "lost"));
  g_string_free (line, TRUE);
  return won;
}

static void
finish (GSubprocess *process)
{
  g_assert_true (g_output_stream_close (
      g_subprocess_get_stdin_pipe (process), NULL, NULL));
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
  g_object_unref (process);
}

static void
test_kills (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("processes that are killed", 50);
  gboolean seen[4] = { FALSE };
  gboolean done = FALSE;
  int last = -1;
  guint at;

  for (at = 1; !done; at++) {
    g_autofree char *dir = fixture_make_dir ();
    g_autofree char *number = g_strdup_printf ("%u", at);
    g_autoptr (GSubprocess) process = spawn ("dying", dir, number);
    NanogptJournalEntry *entry;
    int state;

    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    done = g_subprocess_get_if_exited (process);
    if (done)
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
    else
      g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);

    /* The states come one after the other, and then there is none. */
    state = journal_get_state (dir);
    if (state != last && state != -1)
      g_assert_cmpint (state, ==, last + 1);
    if (state == -1)
      g_assert_true (last == -1 || last == NANOGPT_JOURNAL_DELIVERED);
    if (state >= 0)
      seen[state] = TRUE;
    last = state == -1 && last >= 0 ? NANOGPT_JOURNAL_DELIVERED : state;

    entry = journal_adopt (dir);
    g_assert_cmpint (
        entry != NULL, ==, state != -1 && state != NANOGPT_JOURNAL_DELIVERED);
    g_clear_pointer (&entry, nanogpt_journal_entry_free);
  }
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_true (seen[i]);
  g_assert_cmpint (last, ==, NANOGPT_JOURNAL_DELIVERED);
  g_assert_cmpuint (at, >, 4 * 4);
}

static void
test_live (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a process that holds an entry", 20);
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (GSubprocess) process = spawn ("contender", "-", "0");
  g_autoptr (GPtrArray) records = NULL;
  NanogptJournalEntry *entry;

  tell (process, "hold", dir, 0);
  g_assert_true (has_won (process));
  g_assert_null (journal_adopt (dir));
  g_assert_null (journal_claim (dir, "vid_1"));
  records = nanogpt_journal_list (dir);
  g_assert_true (((NanogptJournalRecord *)records->pdata[0])->live);

  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  entry = journal_adopt (dir);
  g_assert_nonnull (entry);
  g_assert_cmpint (nanogpt_journal_entry_get_record (entry)->state, ==,
      NANOGPT_JOURNAL_ACCEPTED);
  nanogpt_journal_entry_free (entry);
}

static const char *contested;

static void
deliver_first (void)
{
  NanogptJournalEntry *entry = journal_adopt (contested);

  g_assert_true (journal_advance (entry, NANOGPT_JOURNAL_DELIVERED, NULL));
  nanogpt_journal_entry_free (entry);
}

static void
remove_first (void)
{
  nanogpt_journal_entry_remove (journal_adopt (contested));
}

/* An entry is not adopted if another process finishes with it after it was
 * found and before it is locked. */
static void
test_overtaken (void)
{
  g_autofree char *dir = fixture_make_dir ();

  contested = dir;
  journal_make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  disk.before_lock = deliver_first;
  g_assert_null (journal_adopt (dir));
  g_assert_null (disk.before_lock);
  g_assert_cmpint (journal_get_state (dir), ==, NANOGPT_JOURNAL_DELIVERED);
}

static void
test_removed_meanwhile (void)
{
  g_autofree char *dir = fixture_make_dir ();

  contested = dir;
  journal_make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  disk.before_lock = remove_first;
  g_assert_null (journal_adopt (dir));
  g_assert_null (disk.before_lock);
  g_assert_cmpuint (journal_count_files (dir, ""), ==, 0);
}

static void
prune_first (void)
{
  disk.ahead = 2 * DAY;
  journal_make_orphan (contested, NANOGPT_JOURNAL_DELIVERED);
  disk.ahead = 0;
}

/* An entry is locked even if its new lock file, which looks stale because the
 * clock has jumped, is removed before it is locked. */
static void
test_lock_removed_meanwhile (void)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalEntry *entry;

  contested = dir;
  disk.before_lock = prune_first;
  entry = journal_begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_null (disk.before_lock);
  g_assert_null (journal_adopt (dir));
  nanogpt_journal_entry_free (entry);
}

/* If two processes want the same orphan, exactly one gets it, even if that one
 * is done with the entry before the other has looked at it. */
static void
test_races (void)
{
  static const char *const actions[] = { "adopt", "deliver", "remove" };
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a race for an orphan", 50);
  GSubprocess *first = spawn ("contender", "-", "0");
  GSubprocess *second = spawn ("contender", "-", "0");

  for (guint i = 0; i < 75; i++) {
    g_autofree char *dir = fixture_make_dir ();
    const char *action = actions[i % 3];
    gint64 time;
    gboolean won;

    journal_make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
    time = g_get_monotonic_time () + 1000;
    tell (first, action, dir, time);
    tell (second, action, dir, time);
    won = has_won (first);
    g_assert_cmpint (has_won (second), ==, !won);
    if (g_str_equal (action, "remove"))
      g_assert_cmpuint (journal_count_files (dir, ""), ==, 0);
  }
  finish (first);
  finish (second);
}

/* A child that shares the file descriptors does not keep the entry locked. */
static void
test_forked (void)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalEntry *entry = journal_begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  pid_t child = fork ();

  if (child == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
      pause ();
  }
  g_assert_cmpint (child, >, 0);
  nanogpt_journal_entry_free (entry);
  entry = journal_adopt (dir);
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "dying"))
    return run_dying (argv[2], atoi (argv[3]));
  if (argc == 4 && g_str_equal (argv[1], "contender"))
    return run_contender ();

  fixture_init (&argc, &argv);
  g_test_add_func ("/journal/kills", test_kills);
  g_test_add_func ("/journal/live", test_live);
  g_test_add_func ("/journal/races", test_races);
  g_test_add_func ("/journal/overtaken", test_overtaken);
  g_test_add_func ("/journal/removed-meanwhile", test_removed_meanwhile);
  g_test_add_func (
      "/journal/lock-removed-meanwhile", test_lock_removed_meanwhile);
  g_test_add_func ("/journal/forked", test_forked);
  return g_test_run ();
}
