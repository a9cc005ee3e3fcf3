/* nanovid: tests of nanovid-jobs, as a process on real files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* posix_openpt() */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/job/job.h"
#include "nanogpt/store/files/journal.h"
#include "simulator/simulator.h"

#define KEY "sk-test-0123456789"
#define MODEL "seedance-lite-video"

typedef struct
{
  NanogptSimulator *simulator;
  char *media;
  char *dir;
  char *state_dir;
  char *file; /* where a clip may be collected to */
} Desk;

/* The result of a run of nanovid-jobs. */
typedef struct
{
  int status;
  char *out;
  gsize length; /* of @out */
  char *err;
} Result;

/* @clips: (nullable): formats of the clips to render, instead of one file */
static Desk *
desk_new_with_clips (const char *const *clips)
{
  Desk *self = g_new0 (Desk, 1);
  NanogptSimulatorOptions options;
  g_autoptr (GError) error = NULL;

  self->media = fixture_media_path (FIXTURE_MEDIA_MP4);
  self->dir = fixture_make_dir ();
  self->state_dir = g_build_filename (self->dir, "state", NULL);
  self->file = g_build_filename (self->dir, "clip.mp4", NULL);
  nanogpt_simulator_options_init (&options);
  options.generation_time = 0.3;
  options.clips = clips;
  if (!clips)
    options.media_file = self->media;
  self->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  return self;
}

static Desk *
desk_new (void)
{
  return desk_new_with_clips (NULL);
}

static void
desk_free (Desk *self)
{
  nanogpt_simulator_free (self->simulator);
  g_free (self->media);
  g_free (self->dir);
  g_free (self->state_dir);
  g_free (self->file);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

static void
result_free (Result *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Result, result_free)

static char *
copy_text (GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes);
  char *text = g_malloc0 (length + 1);

  if (length > 0)
    memcpy (text, g_bytes_get_data (bytes, NULL), length);
  return text;
}

/* @key: (nullable): the API key in the environment
 * @...: the arguments, without the one for the state directory */
static Result *run (Desk *self, const char *key, ...) G_GNUC_NULL_TERMINATED;

static Result *
run_with (Desk *self, const char *key, va_list args)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("nanovid-jobs", 20);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;
  g_autoptr (GError) error = NULL;
  Result *result = g_new0 (Result, 1);
  const char *argument;

  if (key)
    g_subprocess_launcher_setenv (launcher, "NANOGPT_API_KEY", key, TRUE);
  g_ptr_array_add (argv, g_strdup (NANOVID_JOBS));
  g_ptr_array_add (argv, g_strconcat ("--state-dir=", self->state_dir, NULL));
  while ((argument = va_arg (args, const char *)))
    g_ptr_array_add (argv, g_strdup (argument));
  g_ptr_array_add (argv, NULL);

  process = g_subprocess_launcher_spawnv (
      launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result->status = g_subprocess_get_exit_status (process);
  result->length = g_bytes_get_size (out);
  result->out = copy_text (out);
  result->err = copy_text (err);
  if (*result->err)
    g_test_message ("%s", result->err);
  return result;
}

static Result *
run (Desk *self, const char *key, ...)
{
  Result *result;
  va_list args;

  va_start (args, key);
  result = run_with (self, key, args);
  va_end (args);
  return result;
}

static void assert_status (Desk *self, int status, ...) G_GNUC_NULL_TERMINATED;

static void
assert_status (Desk *self, int status, ...)
{
  g_autoptr (Result) result = NULL;
  va_list args;

  va_start (args, status);
  result = run_with (self, KEY, args);
  va_end (args);
  g_assert_cmpint (result->status, ==, status);
}

/* Jobs */

static NanogptSettings *
make_settings (Desk *self)
{
  NanogptSettings *settings = nanogpt_settings_new ();
  g_autoptr (GError) error = NULL;

  settings->api_key = g_strdup (KEY);
  settings->base_url =
      g_strdup (nanogpt_simulator_get_base_url (self->simulator));
  settings->state_dir = g_strdup (self->state_dir);
  nanogpt_settings_resolve (settings, &error);
  g_assert_no_error (error);
  return settings;
}

static void
on_change (NanogptJob *job G_GNUC_UNUSED, gpointer context)
{
  g_main_context_wakeup (context);
}

/* Returns: (transfer full): a job that was paid for, with this process waiting */
static NanogptJob *
start_request (Desk *self, const NanogptParameters *parameters,
    GPtrArray *media, char **run_id)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("a job", 10);
  g_autoptr (NanogptSettings) settings = make_settings (self);
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  NanogptJob *job;
  gboolean accepted = FALSE;

  request = nanogpt_request_new (parameters, media, &error);
  g_assert_no_error (error);
  job = nanogpt_job_new (request, settings);
  nanogpt_job_add_observer (job, on_change, g_main_context_default ());
  nanogpt_job_start (job, settings);
  while (!accepted) {
    g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (job);

    g_assert_no_error (status->error);
    accepted = status->state >= NANOGPT_JOB_QUEUED;
    if (accepted)
      *run_id = g_strdup (status->run_id);
    else
      g_main_context_iteration (NULL, TRUE);
  }
  return job;
}

static NanogptJob *
start_job (Desk *self, const char *prompt, char **run_id)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();

  parameters->prompt = g_strdup (prompt);
  return start_request (self, parameters, NULL, run_id);
}

static gboolean
has_live_entry (Desk *self)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);

  for (guint i = 0; i < records->len; i++)
    if (((NanogptJournalRecord *)records->pdata[i])->live)
      return TRUE;
  return FALSE;
}

/* Takes ownership of @job. When this returns, no process waits for the job. */
static void
leave_job (Desk *self, NanogptJob *job)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("leaving", 10);

  nanogpt_job_stop (job);
  g_object_unref (job);
  /* The network thread may have the last reference for a moment. */
  while (has_live_entry (self))
    g_usleep (1000);
}

/* Returns: (transfer full): the id of a job that was paid for and abandoned */
static char *
make_job (Desk *self, const char *prompt)
{
  char *run_id = NULL;

  leave_job (self, start_job (self, prompt, &run_id));
  return run_id;
}

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

/* Gets a field of the only line that has @word as one of its fields. */
static char *
get_field (const char *text, const char *word, guint number)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  char *found = NULL;

  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);

    if (!g_strv_contains ((const char *const *)fields, word))
      continue;
    g_assert_null (found);
    g_assert_cmpuint (g_strv_length (fields), >, number);
    found = g_strdup (fields[number]);
  }
  g_assert_nonnull (found);
  return found;
}

static void
assert_field (
    const char *text, const char *word, guint number, const char *expected)
{
  g_autofree char *field = get_field (text, word, number);

  g_assert_cmpstr (field, ==, expected);
}

static void
assert_state (Desk *self, const char *id, const char *state)
{
  g_autoptr (Result) result = run (self, NULL, "list", NULL);

  assert_field (result->out, id, 0, state);
}

static void
assert_is_clip (Desk *self, const char *data, gsize length)
{
  g_autofree char *expected = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (self->media, &expected, &size, NULL));
  g_assert_cmpmem (data, length, expected, size);
}

static void
assert_collected (Desk *self)
{
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (self->file, &data, &length, NULL));
  assert_is_clip (self, data, length);
}

/* Checks that the directory contains only the state and possibly the clip. */
static void
assert_no_leftovers (Desk *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    g_assert_true (
        g_str_equal (name, "clip.mp4") || g_str_equal (name, "state"));
}

/* list */

static void
test_list (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *live_id = NULL;
  g_autofree char *run_id = make_job (desk, "a tab\tand an end\n\x1b[31m");
  g_autofree char *lost = make_lost_job (desk, "a lost one");
  NanogptJob *live = start_job (desk, "a live one", &live_id);
  g_autoptr (Result) result = run (desk, NULL, NULL);
  g_autoptr (Result) named = run (desk, NULL, "list", NULL);

  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpstr (result->out, ==, named->out);
  g_assert_cmpstr (result->err, ==, "");

  assert_field (result->out, run_id, 0, "accepted");
  assert_field (result->out, run_id, 3, MODEL);
  assert_field (result->out, run_id, 5, "0.09");
  assert_field (result->out, run_id, 6, "USD");
  assert_field (result->out, run_id, 7, "no");
  assert_field (result->out, run_id, 8, "a tab and an end  [31m");
  assert_field (result->out, live_id, 7, "yes");
  assert_field (result->out, lost, 0, "intent");
  assert_field (result->out, lost, 1, "-");
  assert_field (result->out, lost, 5, "-");
  leave_job (desk, live);
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
  g_autofree char *run_id = make_job (desk, prompt);
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
  g_autofree char *run_id = make_job (desk, "a lighthouse");
  g_autofree char *line = g_strdup_printf (
      "sh -c '%s --state-dir=%s >/dev/full'", NANOVID_JOBS, desk->state_dir);
  g_autofree char *err = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (line, NULL, &err, &status, NULL));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_assert_nonnull (strstr (err, "No space left"));
}

/* collect */

static void
test_collect (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");
  g_autoptr (Result) result = NULL;
  GStatBuf status;

  assert_state (desk, run_id, "accepted");
  result = run (desk, KEY, "collect", run_id, desk->file, NULL);
  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpstr (result->out, ==, "");
  g_assert_nonnull (strstr (result->err, "complete\n"));
  assert_collected (desk);
  assert_no_leftovers (desk);
  assert_state (desk, run_id, "delivered");
  g_assert_cmpint (g_stat (desk->file, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);

  /* Collecting again overwrites an existing file. */
  g_assert_true (g_file_set_contents (desk->file, "else", -1, NULL));
  assert_status (desk, 0, "collect", run_id, desk->file, NULL);
  assert_collected (desk);
  g_assert_cmpuint (nanogpt_simulator_count_charges (desk->simulator), ==, 1);
}

/* Jobs with four results */

static Desk *
desk_new_for_four (char **run_id)
{
  static const char *const clips[] = {
    "size=64x48,rate=8,seconds=0.25,sound=none",
    "size=64x48,rate=8,seconds=0.25,sound=none,container=webm", NULL
  };
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  Desk *self = desk_new_with_clips (clips);

  g_free (parameters->model);
  parameters->model = g_strdup ("midjourney-video");
  g_ptr_array_add (media,
      nanogpt_media_new_url (
          NANOGPT_MEDIA_IMAGE, "https://example.com/cat.png"));
  leave_job (self, start_request (self, parameters, media, run_id));
  return self;
}

/* @names: the files that were written, in order */
static void
assert_four (Desk *self, const char *out, const char *const *names)
{
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 4 + 1);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *path = g_build_filename (self->dir, names[i], NULL);
    g_autofree char *contents = NULL;

    g_assert_cmpstr (lines[i], ==, path);
    g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
    g_assert_cmpint (memcmp (contents + 4, "ftyp", 4), ==, 0);
  }
}

/* An unusable location is reported before the wait. The error for a missing key
 * names the environment variable, as there is no option for the key. */
static void
test_collect_in_vain (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *nowhere = g_build_filename (desk->dir, "no", "x.mp4", NULL);
  g_autoptr (Result) result =
      run (desk, KEY, "collect", "vid_unknown", nowhere, NULL);
  g_autoptr (Result) keyless =
      run (desk, NULL, "collect", "vid_unknown", desk->file, NULL);

  g_assert_cmpint (result->status, ==, 1);
  g_assert_nonnull (strstr (result->err, "No file can be made"));
  g_assert_null (strstr (result->err, "queued"));
  g_assert_cmpint (keyless->status, ==, 1);
  g_assert_nonnull (strstr (keyless->err, "NANOGPT_API_KEY_FILE"));
  g_assert_null (strstr (keyless->err, "property"));
}

static void
test_collect_all (void)
{
  g_autofree char *run_id = NULL;
  g_autoptr (Desk) desk = desk_new_for_four (&run_id);
  g_autofree char *padded = g_build_filename (desk->dir, "a%03d.b.mp4", NULL);
  g_autoptr (Result) named =
      run (desk, KEY, "collect", "--all", run_id, desk->file, NULL);
  g_autoptr (Result) numbered =
      run (desk, KEY, "collect", "--all", run_id, padded, NULL);
  g_autoptr (Result) placed =
      run (desk, KEY, "--all", "collect", run_id, desk->dir, NULL);
  const char *names[4];
  char made[4][64];

  g_assert_cmpint (named->status, ==, 0);
  assert_four (desk, named->out,
      (const char *[]){
          "clip-0.mp4", "clip-1.mp4", "clip-2.mp4", "clip-3.mp4" });
  g_assert_cmpint (numbered->status, ==, 0);
  assert_four (desk, numbered->out,
      (const char *[]){
          "a000.b.mp4", "a001.b.mp4", "a002.b.mp4", "a003.b.mp4" });
  g_assert_cmpint (placed->status, ==, 0);
  for (guint i = 0; i < 4; i++) {
    g_snprintf (made[i], sizeof made[i], "%s-%u.mp4", run_id, i);
    names[i] = made[i];
  }
  assert_four (desk, placed->out, names);
  assert_state (desk, run_id, "delivered");
  g_assert_cmpuint (nanogpt_simulator_count_charges (desk->simulator), ==, 1);
}

/* A job is marked as delivered only when all of its results are stored. */
static void
test_collect_all_but_one (void)
{
  g_autofree char *first_id = NULL;
  g_autoptr (Desk) desk = desk_new_for_four (&first_id);
  g_autofree char *where = g_build_filename (desk->dir, "c", NULL);
  g_autofree char *blocked = g_build_filename (desk->dir, "c-2", NULL);
  g_autofree char *got = g_build_filename (desk->dir, "c-1", NULL);

  g_assert_cmpint (g_mkdir (blocked, 0700), ==, 0);
  assert_status (desk, 1, "--all", "collect", first_id, where, NULL);
  assert_state (desk, first_id, "accepted");
  g_assert_true (g_file_test (got, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (g_rmdir (blocked), ==, 0);
  assert_status (desk, 0, "--all", "collect", first_id, where, NULL);
  assert_state (desk, first_id, "delivered");
}

static void
test_collect_index (void)
{
  g_autofree char *run_id = NULL;
  g_autoptr (Desk) desk = desk_new_for_four (&run_id);
  g_autofree char *all = g_build_filename (desk->dir, "all", NULL);
  g_autofree char *third = g_build_filename (desk->dir, "all-2", NULL);
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autoptr (Result) beyond = NULL;
  gsize length, other_length;

  beyond = run (desk, KEY, "--index=4", "collect", run_id, desk->file, NULL);
  g_assert_cmpint (beyond->status, ==, 1);
  g_assert_nonnull (strstr (beyond->err, "output-index is 4"));
  g_assert_nonnull (strstr (beyond->err, run_id));
  assert_state (desk, run_id, "accepted");

  assert_status (desk, 0, "--index=2", "collect", run_id, desk->file, NULL);
  assert_status (desk, 0, "--all", "collect", run_id, all, NULL);
  g_assert_true (g_file_get_contents (desk->file, &one, &length, NULL));
  g_assert_true (g_file_get_contents (third, &other, &other_length, NULL));
  g_assert_cmpmem (one, length, other, other_length);
}

static void
test_collect_to_stdout (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");
  g_autoptr (Result) result = run (desk, KEY, "collect", run_id, "-", NULL);

  g_assert_cmpint (result->status, ==, 0);
  assert_is_clip (desk, result->out, result->length);
  assert_state (desk, run_id, "delivered");
}

/* A job that is not in the journal can be collected if --base-url is given. */
static void
test_collect_unlisted (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");
  g_autofree char *base_url = g_strconcat (
      "--base-url=", nanogpt_simulator_get_base_url (desk->simulator), NULL);
  g_autoptr (Result) result = NULL;
  g_autoptr (Result) unknown = NULL;

  assert_status (desk, 0, "forget", run_id, NULL);
  result = run (desk, KEY, base_url, "collect", run_id, desk->file, NULL);
  g_assert_cmpint (result->status, ==, 0);
  assert_collected (desk);

  unknown =
      run (desk, KEY, base_url, "collect", "vid_unknown", desk->file, NULL);
  g_assert_cmpint (unknown->status, ==, 1);
}

static void
assert_not_collected (Desk *self, const char *run_id, const char *file)
{
  assert_status (self, 1, "collect", run_id, file, NULL);
  assert_no_leftovers (self);
  assert_state (self, run_id, "accepted");
}

/* A job whose clip could not be stored can still be collected. */
static void
test_collect_to_full_disk (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");
  g_autofree char *nowhere = g_build_filename (desk->dir, "no", "clip", NULL);

  assert_not_collected (desk, run_id, "/dev/full");
  assert_not_collected (desk, run_id, nowhere);
  assert_not_collected (desk, run_id, desk->dir);
  assert_status (desk, 0, "collect", run_id, desk->file, NULL);
  assert_collected (desk);
  g_assert_true (g_file_test ("/dev/full", G_FILE_TEST_EXISTS));
}

static void
test_collect_no_media (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");

  g_assert_true (g_file_set_contents (desk->file, "before", -1, NULL));
  nanogpt_simulator_add_fault (desk->simulator, "media:html", NULL);
  assert_not_collected (desk, run_id, desk->file);
  nanogpt_simulator_clear_faults (desk->simulator);
  assert_status (desk, 0, "collect", run_id, desk->file, NULL);
  assert_collected (desk);
}

static void
test_collect_failed (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = NULL;
  g_autoptr (Result) result = NULL;
  g_autoptr (Result) list = NULL;

  nanogpt_simulator_add_fault (desk->simulator,
      "submit:states=IN_QUEUE/FAILED,error=The lighthouse fell over", NULL);
  run_id = make_job (desk, "a lighthouse");
  result = run (desk, KEY, "collect", run_id, desk->file, NULL);
  g_assert_cmpint (result->status, ==, 1);
  g_assert_nonnull (strstr (result->err, "The lighthouse fell over"));
  g_assert_false (g_file_test (desk->file, G_FILE_TEST_EXISTS));
  list = run (desk, NULL, "list", NULL);
  g_assert_cmpstr (list->out, ==, "");
}

/* The listing is not counted, because it is fetched independently of the job,
 * at any time after the submit. */
static guint
count_requests_for_jobs (Desk *self)
{
  return nanogpt_simulator_count_requests (
             self->simulator, NANOGPT_SIMULATOR_ANY)
      - nanogpt_simulator_count_requests (
          self->simulator, NANOGPT_SIMULATOR_MODELS);
}

/* A wrong account is rejected before any request is sent. */
static void
test_collect_wrong_account (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");
  guint requests = count_requests_for_jobs (desk);
  g_autoptr (Result) other =
      run (desk, "sk-another", "collect", run_id, desk->file, NULL);
  g_autoptr (Result) none =
      run (desk, NULL, "collect", run_id, desk->file, NULL);

  g_assert_cmpint (other->status, ==, 4);
  g_assert_nonnull (strstr (other->err, "belongs to another account"));
  g_assert_null (strstr (other->err, "sk-another"));
  g_assert_cmpint (none->status, ==, 1);
  g_assert_nonnull (strstr (none->err, "NANOGPT_API_KEY"));
  g_assert_cmpuint (count_requests_for_jobs (desk), ==, requests);
  assert_state (desk, run_id, "accepted");
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
  list = run (desk, NULL, "list", NULL);
  g_assert_cmpint (list->status, ==, 0);
  g_assert_cmpstr (list->err, ==, hint);
  assert_field (list->out, lost, 0, "intent");
  g_assert_null (strstr (list->out, id));
  assert_status (desk, 0, "forget", id, NULL);
  again = run (desk, NULL, "list", NULL);
  g_assert_cmpstr (again->err, ==, "");
  g_assert_cmpstr (again->out, ==, list->out);
}

/* forget */

static void
test_forget (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");
  g_autofree char *lost = make_lost_job (desk, "a lost one");
  g_autofree char *kept = make_job (desk, "a kept one");
  g_autofree char *jobs = g_build_filename (desk->state_dir, "jobs", NULL);
  g_autoptr (Result) first = run (desk, NULL, "forget", run_id, NULL);
  g_autoptr (Result) second = run (desk, NULL, "forget", lost, NULL);
  g_autoptr (Result) again = run (desk, NULL, "forget", lost, NULL);
  g_autoptr (Result) list = run (desk, NULL, "list", NULL);
  g_autoptr (GDir) dir = g_dir_open (jobs, 0, NULL);
  guint files = 0;

  g_assert_cmpint (first->status, ==, 0);
  g_assert_cmpint (second->status, ==, 0);
  g_assert_cmpint (again->status, ==, 3);
  g_assert_null (strstr (list->out, run_id));
  g_assert_null (strstr (list->out, lost));
  assert_field (list->out, kept, 0, "accepted");
  while (g_dir_read_name (dir))
    files++;
  g_assert_cmpuint (files, ==, 3); /* a record, its spare file and its lock */
}

static void
test_forget_live (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = NULL;
  NanogptJob *job = start_job (desk, "a lighthouse", &run_id);
  g_autoptr (Result) refused = run (desk, NULL, "forget", run_id, NULL);

  g_assert_cmpint (refused->status, ==, 4);
  g_assert_nonnull (strstr (refused->err, "is waiting for this job"));
  assert_state (desk, run_id, "accepted");
  leave_job (desk, job);
  assert_status (desk, 0, "forget", run_id, NULL);
}

/* A name that could refer to another path is treated as unknown. */
static void
test_forget_unknown (void)
{
  static const char *const ids[] = { "vid_unknown", "", "../jobs", "/",
    "20260101T000000Z-00000000", "20260101T000000Z-0000000", "*" };
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = make_job (desk, "a lighthouse");

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_status (desk, 3, "forget", ids[i], NULL);
  assert_state (desk, run_id, "accepted");
}

/* spending */

static void
test_spending (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autoptr (Result) nothing = run (desk, NULL, "spending", NULL);
  g_autofree char *first = make_job (desk, "a lighthouse");
  g_autofree char *second = make_job (desk, "another one");
  g_autoptr (Result) result = run (desk, NULL, "spending", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *day = get_field (result->out, MODEL, 0);
  g_autofree char *text = run_on_terminal (desk, "spending");

  g_assert_cmpint (nothing->status, ==, 0);
  g_assert_cmpstr (nothing->out, ==, "");
  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpint (strcmp (day, today), <=, 0); /* midnight may pass */
  assert_field (result->out, MODEL, 2, "USD");
  assert_field (result->out, MODEL, 3, "2");
  assert_field (result->out, MODEL, 4, "0.1800");
  assert_field (result->out, MODEL, 5, "0");
  assert_field (
      result->out, MODEL, 7, nanogpt_simulator_get_base_url (desk->simulator));
  g_assert_true (g_str_has_prefix (text, "DAY         MODEL "));
}

/* Models and estimates: their output, and that nothing is charged. */

static Result *
ask (Desk *self, const char *first, const char *second, const char *third)
{
  g_autofree char *base_url = g_strconcat (
      "--base-url=", nanogpt_simulator_get_base_url (self->simulator), NULL);
  Result *result = run (self, KEY, base_url, first, second, third, NULL);

  g_assert_cmpuint (nanogpt_simulator_count_charges (self->simulator), ==, 0);
  return result;
}

static void
assert_has (const char *text, const char *part)
{
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, part));
}

static void
test_models (void)
{
  g_autoptr (Desk) self = desk_new ();
  g_autoptr (Result) all = ask (self, "models", NULL, NULL);
  g_autoptr (Result) some = ask (self, "models", "WAN-VIDEO-image", NULL);
  g_autoptr (Result) none = ask (self, "models", "no-such", NULL);
  g_autoptr (Result) json = ask (self, "--json", "models", "seedance-lite");

  g_assert_cmpint (all->status, ==, 0);
  assert_has (all->out, "\n" MODEL "\timage\t");
  g_assert_cmpint (some->status, ==, 0);
  g_assert_true (g_str_has_prefix (
      some->out, "wan-video-image-to-video\timage (required)\t$0.40\t"));
  assert_has (some->out, "num_frames");
  g_assert_true (strchr (some->out, '\n') == some->out + some->length - 1);
  g_assert_cmpstr (none->out, ==, "");
  g_assert_true (g_str_has_prefix (json->out, "[{\"cost\":0.09,\"fields\":["));
  assert_has (json->out, "\"media\":[\"image\"],\"model\":\"" MODEL "\"");
  assert_has (json->out, "\"pricing\":{\"currency\":\"USD\"");
}

static void
check_estimate (Desk *self, int status, const char *first, const char *second,
    const char *words)
{
  g_autoptr (Result) result = ask (self, "estimate", first, second);

  g_assert_cmpint (result->status, ==, status);
  assert_has (status == 0 ? result->out : result->err, words);
}

static void
test_estimate (void)
{
  g_autoptr (Desk) self = desk_new ();
  g_autofree char *video = g_strconcat ("video-location=", self->media, NULL);
  g_autofree char *uri = g_filename_to_uri (self->media, NULL, NULL);
  g_autofree char *named =
      g_strdup_printf ("parameters={\"videoUrl\":\"%s\"}", uri);
  g_autoptr (Result) json = NULL;

  check_estimate (self, 0, "duration=10", NULL, "$0.18: $0.018 a second");
  check_estimate (self, 0, "model=video-upscaler", video, " s of input");
  check_estimate (self, 0, "model=video-upscaler", named, " s of input");
  check_estimate (self, 0, "model=video-upscaler", "video-url=https://a.b/c",
      "unknown: The price of model video-upscaler is not known: the length");
  check_estimate (self, 1, "last-image-url=https://a.b/c", NULL, "last-image");
  check_estimate (self, 1, "reference-images=<https://a.b/c,https://a.b/d>",
      NULL, "reference-images");
  check_estimate (self, 1, "model=video-upscaler", NULL, "video-location");
  check_estimate (self, 2, "image-location=/no/such/file", NULL, "/no/such");
  check_estimate (self, 2, "duration=ten", NULL, "duration");
  check_estimate (self, 2, "no-such=1", NULL, "no-such");
  check_estimate (self, 2, "duration", NULL, "PROPERTY=VALUE");
  json = ask (self, "--json", "estimate", "seed=5");
  g_assert_true (g_str_has_prefix (json->out, "{\"cost\":0.09,\"model\":"));
}

/* An estimate covers each line and the total, and names lines that are invalid. */
static void
test_estimate_script (void)
{
  g_autoptr (Desk) self = desk_new ();
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *script = g_build_filename (dir, "script.txt", NULL);
  g_autofree char *option = g_strconcat ("--script=", script, NULL);
  g_autoptr (Result) good = NULL;
  g_autoptr (Result) longer = NULL;
  g_autoptr (Result) bad = NULL;
  g_autoptr (Result) json = NULL;

  g_assert_true (g_file_set_contents (script,
      "\xef\xbb\xbf# a script\n\na lighthouse\n"
      "{\"duration\": 10, \"seed\": 7} a storm\n",
      -1, NULL));
  good = ask (self, "estimate", option, NULL);
  g_assert_cmpint (good->status, ==, 0);
  g_assert_true (g_str_has_prefix (good->out, "3\t$0.09\t"));
  assert_has (good->out, "\ta lighthouse\n4\t$0.18\t$0.018 a second");
  assert_has (good->out, "\ta storm\ntotal\t$0.27\t2 clips\t-\n");
  longer = ask (self, "estimate", option, "duration=10");
  assert_has (longer->out, "total\t$0.36\t");

  g_assert_true (g_file_set_contents (script,
      "a\n{\"no-such\": 1} b\n{\"duration\": } c\n"
      "{\"model\": \"video-upscaler\", \"video-url\": \"https://a.b/c\"} d\n"
      "{\"reference-images\": [\"https://a.b/c\"]} e\n",
      -1, NULL));
  bad = ask (self, "estimate", option, NULL);
  g_assert_cmpint (bad->status, ==, 1);
  assert_has (bad->err, "line 2: ");
  assert_has (bad->err, "line 3: ");
  g_assert_null (strstr (bad->err, "line 4: "));
  assert_has (bad->err, "line 5: ");
  assert_has (bad->out, "total\t$0.09\tat least");
  json = ask (self, "--json", "estimate", option);
  g_assert_cmpint (json->status, ==, 1);
  g_assert_true (g_str_has_prefix (json->out, "{\"known-cost\":0.09,"));
  assert_has (json->out, "\"line\":4,");
  assert_has (json->out, "\"unknown\":4");
  assert_status (self, 1, "estimate", "--script=/no/such/file", NULL);
}

static void
test_usage (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autoptr (Result) help = run (desk, NULL, "--help", NULL);

  assert_status (desk, 2, "collect", "vid_1", NULL);
  assert_status (desk, 2, "collect", "--all", "vid_1", "-", NULL);
  assert_status (desk, 2, "collect", "--index=-1", "vid_1", "a", NULL);
  assert_status (desk, 2, "--index=1", "collect", "--all", "vid_1", NULL);
  assert_status (desk, 2, "forget", NULL, NULL);
  assert_status (desk, 2, "list", "all", NULL);
  assert_status (desk, 2, "steal", NULL, NULL);
  assert_status (desk, 2, "--colour", NULL, NULL);
  assert_status (desk, 1, "--state-dir=/dev/null", "list", NULL);
  g_assert_cmpint (help->status, ==, 0);
  g_assert_nonnull (strstr (help->out, "collect RUN-ID FILE"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  umask (027);

  g_test_add_func ("/jobs/list", test_list);
  g_test_add_func ("/jobs/list-on-terminal", test_list_on_terminal);
  g_test_add_func ("/jobs/list-to-full-disk", test_list_to_full_disk);
  g_test_add_func ("/jobs/collect", test_collect);
  g_test_add_func ("/jobs/collect/in-vain", test_collect_in_vain);
  g_test_add_func ("/jobs/collect-all", test_collect_all);
  g_test_add_func ("/jobs/collect-all-but-one", test_collect_all_but_one);
  g_test_add_func ("/jobs/collect-index", test_collect_index);
  g_test_add_func ("/jobs/collect-to-stdout", test_collect_to_stdout);
  g_test_add_func ("/jobs/collect-unlisted", test_collect_unlisted);
  g_test_add_func ("/jobs/collect-to-full-disk", test_collect_to_full_disk);
  g_test_add_func ("/jobs/collect-no-media", test_collect_no_media);
  g_test_add_func ("/jobs/collect-failed", test_collect_failed);
  g_test_add_func ("/jobs/collect-wrong-account", test_collect_wrong_account);
  g_test_add_func ("/jobs/damaged", test_damaged);
  g_test_add_func ("/jobs/forget", test_forget);
  g_test_add_func ("/jobs/forget-live", test_forget_live);
  g_test_add_func ("/jobs/forget-unknown", test_forget_unknown);
  g_test_add_func ("/jobs/spending", test_spending);
  g_test_add_func ("/jobs/models", test_models);
  g_test_add_func ("/jobs/estimate", test_estimate);
  g_test_add_func ("/jobs/estimate-script", test_estimate_script);
  g_test_add_func ("/jobs/usage", test_usage);
  return g_test_run ();
}
