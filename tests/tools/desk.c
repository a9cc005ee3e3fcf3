/* nanovid: a simulated service for nanovid-jobs, and runs of it on real files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "desk.h"

#include <string.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/journal.h"

Desk *
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

Desk *
desk_new (void)
{
  return desk_new_with_clips (NULL);
}

void
desk_free (Desk *self)
{
  nanogpt_simulator_free (self->simulator);
  g_free (self->media);
  g_free (self->dir);
  g_free (self->state_dir);
  g_free (self->file);
  g_free (self);
}

void
result_free (Result *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

static char *
copy_text (GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes);
  char *text = g_malloc0 (length + 1);

  if (length > 0)
    memcpy (text, g_bytes_get_data (bytes, NULL), length);
  return text;
}

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

Result *
desk_run (Desk *self, const char *key, ...)
{
  Result *result;
  va_list args;

  va_start (args, key);
  result = run_with (self, key, args);
  va_end (args);
  return result;
}

void
desk_assert_status (Desk *self, int status, ...)
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

NanogptJob *
desk_start_request (Desk *self, const NanogptParameters *parameters,
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

NanogptJob *
desk_start_job (Desk *self, const char *prompt, char **run_id)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();

  parameters->prompt = g_strdup (prompt);
  return desk_start_request (self, parameters, NULL, run_id);
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

void
desk_leave_job (Desk *self, NanogptJob *job)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("leaving", 10);

  nanogpt_job_stop (job);
  g_object_unref (job);
  /* The network thread may have the last reference for a moment. */
  while (has_live_entry (self))
    g_usleep (1000);
}

char *
desk_make_job (Desk *self, const char *prompt)
{
  char *run_id = NULL;

  desk_leave_job (self, desk_start_job (self, prompt, &run_id));
  return run_id;
}

char *
text_get_field (const char *text, const char *word, guint number)
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

void
text_assert_field (
    const char *text, const char *word, guint number, const char *expected)
{
  g_autofree char *field = text_get_field (text, word, number);

  g_assert_cmpstr (field, ==, expected);
}

void
desk_assert_state (Desk *self, const char *id, const char *state)
{
  g_autoptr (Result) result = desk_run (self, NULL, "list", NULL);

  text_assert_field (result->out, id, 0, state);
}
