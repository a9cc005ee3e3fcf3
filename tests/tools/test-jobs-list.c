/* nanovid: tests of nanovid-jobs: what it lists and forgets, and its usage errors
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* posix_openpt() */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk.h"
#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/journal.h"

/* Returns: (transfer full): the name of an entry that never got a run id */
static char *
make_lost_job (Desk *self, const char *prompt)
{
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_record_new ();
  NanogptJournalEntry *entry;
  char *id;

  record->digest = g_strdup ("digest");
  record->origin = g_strdup (nanogpt_simulator_get_base_url (self->simulator));
  record->account = nanogpt_journal_get_account (KEY);
  record->prompt = g_strdup (prompt);
  entry = nanogpt_journal_begin (self->state_dir, record, NULL);
  g_assert_nonnull (entry);
  id = g_strdup (nanogpt_journal_entry_get_record (entry)->id);
  nanogpt_journal_entry_free (entry);
  return id;
}

/* list */

static void
test_list (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *live_id = NULL;
  g_autofree char *run_id = desk_make_job (desk, "a tab\tand an end\n\x1b[31m");
  g_autofree char *lost = make_lost_job (desk, "a lost one");
  NanogptJob *live = desk_start_job (desk, "a live one", &live_id);
  g_autoptr (Result) result = desk_run (desk, NULL, NULL);
  g_autoptr (Result) named = desk_run (desk, NULL, "list", NULL);

  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpstr (result->out, ==, named->out);
  g_assert_cmpstr (result->err, ==, "");

  text_assert_field (result->out, run_id, 0, "accepted");
  text_assert_field (result->out, run_id, 3, MODEL);
  text_assert_field (result->out, run_id, 5, "0.09");
  text_assert_field (result->out, run_id, 6, "USD");
  text_assert_field (result->out, run_id, 7, "no");
  text_assert_field (result->out, run_id, 8, "a tab and an end  [31m");
  text_assert_field (result->out, live_id, 7, "yes");
  text_assert_field (result->out, lost, 0, "intent");
  text_assert_field (result->out, lost, 1, "-");
  text_assert_field (result->out, lost, 5, "-");
  desk_leave_job (desk, live);
}

/* Returns: (transfer full): what is printed on a terminal */
static char *
run_on_terminal (Desk *self, const char *command)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("nanovid-jobs on a terminal", 20);
  g_autofree char *state_dir =
      g_strconcat ("--state-dir=", self->state_dir, NULL);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  int terminal = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  char buffer[256];
  gssize length;

  g_assert_cmpint (grantpt (terminal), ==, 0);
  g_assert_cmpint (unlockpt (terminal), ==, 0);
  g_subprocess_launcher_take_stdout_fd (
      launcher, open (ptsname (terminal), O_RDWR | O_NOCTTY | O_CLOEXEC));
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  process = g_subprocess_launcher_spawn (
      launcher, &error, NANOVID_JOBS, command, state_dir, NULL);
  g_assert_no_error (error);
  g_subprocess_launcher_close (launcher);
  while ((length = read (terminal, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, length);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  close (terminal);
  return g_strdup (text->str);
}

static void
test_list_on_terminal (void)
{
  static const char prompt[] =
      "a very long story about a lighthouse that nobody wants to read";
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *none = run_on_terminal (desk, "list");
  g_autofree char *run_id = desk_make_job (desk, prompt);
  g_autofree char *lost = make_lost_job (desk, "short");
  g_autofree char *text = run_on_terminal (desk, "list");

  g_assert_true (g_str_has_prefix (none, "There are no jobs in "));
  g_assert_true (g_str_has_prefix (text, "STATE     ID "));
  g_assert_nonnull (strstr (text, run_id));
  g_assert_nonnull (strstr (text, lost));
  g_assert_nonnull (strstr (text, "0.09 USD"));
  g_assert_nonnull (
      strstr (text, "a very long story about a lighthouse th…\r\n"));
}

static void
test_list_to_full_disk (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");
  g_autofree char *line = g_strdup_printf (
      "sh -c '%s --state-dir=%s >/dev/full'", NANOVID_JOBS, desk->state_dir);
  g_autofree char *err = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (line, NULL, &err, &status, NULL));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_assert_nonnull (strstr (err, "No space left"));
}

/* An entry that cannot be read is reported, and can be forgotten. */
static void
test_damaged (void)
{
  static const char *const id = "20260101T000000Z-00000001";
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *lost = make_lost_job (desk, "a lost one");
  g_autofree char *path =
      g_strdup_printf ("%s/jobs/%s.job", desk->state_dir, id);
  g_autofree char *hint = g_strdup_printf (
      "nanovid-jobs: The entry %s cannot be read; its run id is vid_1. It may be "
      "for a job that was paid for; remove it with nanovid-jobs forget %s\n",
      id, id);
  g_autoptr (Result) list = NULL;
  g_autoptr (Result) again = NULL;

  g_assert_true (
      g_file_set_contents (path, "run-id=vid_1\nstate=acc", -1, NULL));
  list = desk_run (desk, NULL, "list", NULL);
  g_assert_cmpint (list->status, ==, 0);
  g_assert_cmpstr (list->err, ==, hint);
  text_assert_field (list->out, lost, 0, "intent");
  g_assert_null (strstr (list->out, id));
  desk_assert_status (desk, 0, "forget", id, NULL);
  again = desk_run (desk, NULL, "list", NULL);
  g_assert_cmpstr (again->err, ==, "");
  g_assert_cmpstr (again->out, ==, list->out);
}

/* forget */

static void
test_forget (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");
  g_autofree char *lost = make_lost_job (desk, "a lost one");
  g_autofree char *kept = desk_make_job (desk, "a kept one");
  g_autofree char *jobs = g_build_filename (desk->state_dir, "jobs", NULL);
  g_autoptr (Result) first = desk_run (desk, NULL, "forget", run_id, NULL);
  g_autoptr (Result) second = desk_run (desk, NULL, "forget", lost, NULL);
  g_autoptr (Result) again = desk_run (desk, NULL, "forget", lost, NULL);
  g_autoptr (Result) list = desk_run (desk, NULL, "list", NULL);
  g_autoptr (GDir) dir = g_dir_open (jobs, 0, NULL);
  guint files = 0;

  g_assert_cmpint (first->status, ==, 0);
  g_assert_cmpint (second->status, ==, 0);
  g_assert_cmpint (again->status, ==, 3);
  g_assert_null (strstr (list->out, run_id));
  g_assert_null (strstr (list->out, lost));
  text_assert_field (list->out, kept, 0, "accepted");
  while (g_dir_read_name (dir))
    files++;
  g_assert_cmpuint (files, ==, 3); /* a record, its spare file and its lock */
}

static void
test_forget_live (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = NULL;
  NanogptJob *job = desk_start_job (desk, "a lighthouse", &run_id);
  g_autoptr (Result) refused = desk_run (desk, NULL, "forget", run_id, NULL);

  g_assert_cmpint (refused->status, ==, 4);
  g_assert_nonnull (strstr (refused->err, "is waiting for this job"));
  desk_assert_state (desk, run_id, "accepted");
  desk_leave_job (desk, job);
  desk_assert_status (desk, 0, "forget", run_id, NULL);
}

/* A name that could refer to another path is treated as unknown. */
static void
test_forget_unknown (void)
{
  static const char *const ids[] = { "vid_unknown", "", "../jobs", "/",
    "20260101T000000Z-00000000", "20260101T000000Z-0000000", "*" };
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    desk_assert_status (desk, 3, "forget", ids[i], NULL);
  desk_assert_state (desk, run_id, "accepted");
}

/* spending */

static void
test_spending (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autoptr (Result) nothing = desk_run (desk, NULL, "spending", NULL);
  g_autofree char *first = desk_make_job (desk, "a lighthouse");
  g_autofree char *second = desk_make_job (desk, "another one");
  g_autoptr (Result) result = desk_run (desk, NULL, "spending", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *day = text_get_field (result->out, MODEL, 0);
  g_autofree char *text = run_on_terminal (desk, "spending");

  g_assert_cmpint (nothing->status, ==, 0);
  g_assert_cmpstr (nothing->out, ==, "");
  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpint (strcmp (day, today), <=, 0); /* midnight may pass */
  text_assert_field (result->out, MODEL, 2, "USD");
  text_assert_field (result->out, MODEL, 3, "2");
  text_assert_field (result->out, MODEL, 4, "0.1800");
  text_assert_field (result->out, MODEL, 5, "0");
  text_assert_field (
      result->out, MODEL, 7, nanogpt_simulator_get_base_url (desk->simulator));
  g_assert_true (g_str_has_prefix (text, "DAY         MODEL "));
}

/* The command line */

static void
test_usage (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autoptr (Result) help = desk_run (desk, NULL, "--help", NULL);

  desk_assert_status (desk, 2, "collect", "vid_1", NULL);
  desk_assert_status (desk, 2, "collect", "--all", "vid_1", "-", NULL);
  desk_assert_status (desk, 2, "collect", "--index=-1", "vid_1", "a", NULL);
  desk_assert_status (desk, 2, "--index=1", "collect", "--all", "vid_1", NULL);
  desk_assert_status (desk, 2, "forget", NULL, NULL);
  desk_assert_status (desk, 2, "list", "all", NULL);
  desk_assert_status (desk, 2, "steal", NULL, NULL);
  desk_assert_status (desk, 2, "--colour", NULL, NULL);
  desk_assert_status (desk, 1, "--state-dir=/dev/null", "list", NULL);
  g_assert_cmpint (help->status, ==, 0);
  g_assert_nonnull (strstr (help->out, "collect RUN-ID FILE"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/jobs/list", test_list);
  g_test_add_func ("/jobs/list-on-terminal", test_list_on_terminal);
  g_test_add_func ("/jobs/list-to-full-disk", test_list_to_full_disk);
  g_test_add_func ("/jobs/damaged", test_damaged);
  g_test_add_func ("/jobs/forget", test_forget);
  g_test_add_func ("/jobs/forget-live", test_forget_live);
  g_test_add_func ("/jobs/forget-unknown", test_forget_unknown);
  g_test_add_func ("/jobs/spending", test_spending);
  g_test_add_func ("/jobs/usage", test_usage);
  return g_test_run ();
}
