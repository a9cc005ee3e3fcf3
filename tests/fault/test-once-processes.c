/* nanovid: tests that a clip is paid for once: several processes, and killed ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "once-desk.h"

/* @out: the output file
 * @properties: (nullable): of nanovidsrc, "NAME=VALUE NAME=VALUE" */
static GSubprocess *
launch (Desk *self, const char *out, const char *properties)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *line = g_strdup_printf (
      "gst-launch-1.0 nanovidsrc prompt=lighthouse poll-interval=20 "
      "state-dir=%s %s ! filesink location=%s",
      self->state_dir, properties ? properties : "", out);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_setenv (launcher, "NANOGPT_BASE_URL",
      nanogpt_simulator_get_base_url (self->simulator), TRUE);
  g_subprocess_launcher_setenv (launcher, "NANOGPT_API_KEY", KEY, TRUE);
  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  process = g_subprocess_launcher_spawnv (
      launcher, (const char *const *)argv, &error);
  g_assert_no_error (error);
  return process;
}

/* Waits until @text is printed. */
static void
wait_text (GSubprocess *process, const char *text)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (text, PATIENCE);
  GInputStream *output = g_subprocess_get_stdout_pipe (process);
  g_autoptr (GString) printed = g_string_new (NULL);
  char c;

  while (!strstr (printed->str, text)) {
    if (g_input_stream_read (output, &c, 1, NULL, NULL) <= 0)
      g_error ("\"%s\" was not printed:\n%s", text, printed->str);
    g_string_append_c (printed, c);
  }
}

static void
assert_ends_well (GSubprocess *process)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("gst-launch-1.0", PATIENCE);
  g_autofree char *text = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, NULL);
  if (!g_subprocess_get_successful (process))
    g_error ("%s", text);
}

static void
kill_at (GSubprocess *process, const char *text)
{
  wait_text (process, text);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

/* A job of a live process is not adopted. */
static void
test_two_processes (void)
{
  g_autoptr (Desk) desk = desk_new_slow ();
  g_autofree char *other = g_build_filename (desk->dir, "other.mp4", NULL);
  g_autoptr (GSubprocess) first = launch (desk, desk->out, NULL);
  g_autoptr (GSubprocess) second = NULL;

  wait_text (first, "Queued");
  second = launch (desk, other, NULL);
  assert_ends_well (first);
  assert_ends_well (second);
  desk_assert_file (desk, desk->out);
  desk_assert_file (desk, other);
  desk_assert_charges (desk, 2);
}

static void
wait_charges (Desk *self, guint charges)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("charging", PATIENCE);

  while (nanogpt_simulator_count_charges (self->simulator) < charges)
    g_usleep (10000);
}

/* Returns: how many different job ids the journal contains */
static guint
count_run_ids (Desk *self)
{
  g_autofree char *path = g_build_filename (self->state_dir, "jobs", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GHashTable) ids =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_autoptr (GKeyFile) record = g_key_file_new ();
    char *id;

    if (!g_str_has_suffix (name, ".job"))
      continue;
    g_key_file_load_from_file (record, file, G_KEY_FILE_NONE, NULL);
    id = g_key_file_get_string (record, "nanovid-job", "run-id", NULL);
    if (id)
      g_hash_table_add (ids, id);
  }
  return g_hash_table_size (ids);
}

/* Two processes with one request are killed during their submits, of which
 * @arrived arrive. When both are run again, each has its own job: first the
 * existing ones, then new ones. */
static void
test_equal_killed (gconstpointer arrived)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *other = g_build_filename (desk->dir, "other.mp4", NULL);
  const char *const outs[] = { desk->out, other };
  GSubprocess *processes[2];

  desk_add_fault (desk,
      GPOINTER_TO_UINT (arrived) == 2 ? "submit#1:reply-stall"
                                      : "submit#1:stall");
  desk_add_fault (desk, "submit#2:reply-stall");
  for (guint i = 0; i < 2; i++) {
    processes[i] = launch (desk, outs[i], "http-timeout=10");
    g_assert_true (nanogpt_simulator_wait_requests (desk->simulator,
        NANOGPT_SIMULATOR_SUBMIT, i + 1, fixture_scaled (10) * 1000));
  }
  wait_charges (desk, GPOINTER_TO_UINT (arrived));
  for (guint i = 0; i < 2; i++) {
    g_subprocess_force_exit (processes[i]);
    g_subprocess_wait (processes[i], NULL, NULL);
    g_clear_object (&processes[i]);
  }

  for (guint i = 0; i < 2; i++)
    processes[i] = launch (desk, outs[i], NULL);
  for (guint i = 0; i < 2; i++) {
    assert_ends_well (processes[i]);
    desk_assert_file (desk, outs[i]);
    g_object_unref (processes[i]);
  }
  desk_assert_charges (desk, 2);
  g_assert_cmpuint (count_run_ids (desk), ==, 2);
}

/* An orphaned job is kept for a later run that wants it. */
static void
test_no_resume (void)
{
  g_autoptr (Desk) desk = desk_new_slow ();
  g_autoptr (GSubprocess) killed = launch (desk, desk->out, NULL);

  kill_at (killed, "Queued");
  desk_run (desk, "resume=false");
  desk_assert_charges (desk, 2);
  desk_run (desk, "");
  desk_assert_charges (desk, 2);
  desk_run (desk, "");
  desk_assert_charges (desk, 3);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (NULL, NULL);
  g_assert_true (g_spawn_command_line_sync (
      "gst-inspect-1.0 --exists nanovidsrc", NULL, NULL, NULL, NULL));

  g_test_add_data_func ("/once/equal-killed/both-arrived", GUINT_TO_POINTER (2),
      test_equal_killed);
  g_test_add_data_func ("/once/equal-killed/one-arrived", GUINT_TO_POINTER (1),
      test_equal_killed);
  g_test_add_func ("/once/two-processes", test_two_processes);
  g_test_add_func ("/once/no-resume", test_no_resume);
  return g_test_run ();
}
