/* nanovid: jobs for tests: a simulated service, and waiting for results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-service.h"

#include "nanogpt/store/files/journal.h"

GBytes *
make_media (gsize size)
{
  guint8 *data = g_malloc (size);
  guint32 state = 1;

  for (gsize i = 0; i < size; i++) {
    state = state * 1103515245 + 12345;
    data[i] = state >> 16;
  }
  return g_bytes_new_take (data, size);
}

Service *
service_new_with_options (NanogptSimulatorOptions *options, gsize size)
{
  Service *self = g_new0 (Service, 1);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "clip.mp4", NULL);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data;

  self->watchdog = fixture_watchdog_new (g_test_get_path (), 60);
  self->media = make_media (size);
  data = g_bytes_get_data (self->media, &length);
  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
  options->media_file = path;
  options->submit_limit = 0;
  self->simulator = nanogpt_simulator_new (options, &error);
  g_assert_no_error (error);

  self->settings = nanogpt_settings_new ();
  self->settings->api_key = g_strdup (KEY);
  self->settings->base_url =
      g_strdup (nanogpt_simulator_get_base_url (self->simulator));
  self->settings->state_dir = fixture_make_dir ();
  self->settings->spool_dir = fixture_make_dir ();
  self->settings->poll_interval = 20;
  nanogpt_settings_resolve (self->settings, &error);
  g_assert_no_error (error);
  return self;
}

Service *
service_new (double generation_time, guint64 bandwidth)
{
  NanogptSimulatorOptions options;

  nanogpt_simulator_options_init (&options);
  options.generation_time = generation_time;
  options.bandwidth = bandwidth;
  return service_new_with_options (&options, 300 * 1000);
}

void
service_free (Service *self)
{
  g_assert_cmpuint (nanogpt_simulator_count_key_leaks (self->simulator), ==, 0);
  nanogpt_simulator_free (self->simulator);
  nanogpt_settings_free (self->settings);
  g_bytes_unref (self->media);
  fixture_watchdog_free (self->watchdog);
  g_free (self);
}

void
service_add_fault (Service *self, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (self->simulator, rule, &error);
  g_assert_no_error (error);
}

void
assert_charges (Service *self, guint charges)
{
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (self->simulator), ==, charges);
}

void
service_assert_journal (Service *self, guint index, NanogptJournalState state)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (self->settings->state_dir);
  const NanogptJournalRecord *record;

  g_assert_cmpuint (records->len, >, index);
  record = records->pdata[index];
  g_assert_cmpint (record->state, ==, state);
}

NanogptRequest *
make_request (const char *prompt)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GError) error = NULL;
  NanogptRequest *request;

  parameters->prompt = g_strdup (prompt);
  request = nanogpt_request_new (parameters, NULL, &error);
  g_assert_no_error (error);
  return request;
}

static void
owner_notice (NanogptJob *job G_GNUC_UNUSED, gpointer data)
{
  Owner *self = data;

  g_mutex_lock (&self->lock);
  self->changes++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

Owner *
owner_new (NanogptJob *job)
{
  Owner *self = g_new0 (Owner, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->job = job;
  self->observer = nanogpt_job_add_observer (job, owner_notice, self);
  return self;
}

void
owner_free (Owner *self)
{
  nanogpt_job_remove_observer (self->job, self->observer);
  g_object_unref (self->job);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

Owner *
service_ask (Service *self, const char *prompt)
{
  g_autoptr (NanogptRequest) request = make_request (prompt);

  return owner_new (nanogpt_job_new (request, self->settings));
}

void
owner_start (Owner *self, Service *service)
{
  nanogpt_job_start (self->job, service->settings);
}

Owner *
service_submit (Service *self, const char *prompt)
{
  Owner *owner = service_ask (self, prompt);

  owner_start (owner, self);
  return owner;
}

NanogptJobStatus *
owner_wait_until (Owner *self, Check check, guint64 value)
{
  gint64 deadline =
      g_get_monotonic_time () + (gint64)(fixture_scaled (20) * G_USEC_PER_SEC);

  for (;;) {
    g_autoptr (NanogptJobStatus) status = NULL;
    gboolean in_time = TRUE;
    guint seen;

    g_mutex_lock (&self->lock);
    seen = self->changes;
    g_mutex_unlock (&self->lock);
    status = nanogpt_job_get_status (self->job);
    if (check (status, value))
      return g_steal_pointer (&status);

    g_mutex_lock (&self->lock);
    while (self->changes == seen && in_time)
      in_time = g_cond_wait_until (&self->changed, &self->lock, deadline);
    g_mutex_unlock (&self->lock);
    if (!in_time)
      g_error ("still %s after %" G_GUINT64_FORMAT " bytes (%s)",
          nanogpt_job_state_get_name (status->state), status->bytes,
          status->error ? status->error->message : "no error");
  }
}

gboolean
is_in_state (const NanogptJobStatus *status, guint64 state)
{
  return status->state == (NanogptJobState)state;
}

gboolean
has_come_to (const NanogptJobStatus *status, guint64 state)
{
  return status->state >= (NanogptJobState)state;
}

gboolean
has_bytes (const NanogptJobStatus *status, guint64 bytes)
{
  return status->bytes >= bytes;
}

NanogptJobStatus *
owner_wait (Owner *self, NanogptJobState state)
{
  return owner_wait_until (self, is_in_state, state);
}

void
assert_clip (NanogptJob *job, GBytes *media)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (job);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_nonnull (clip);
  g_assert_true (nanogpt_clip_is_complete (clip));
  bytes = nanogpt_clip_read (clip, 0, nanogpt_clip_get_size (clip), &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bytes, media));
}

void
owner_collect (Owner *self, Service *service)
{
  g_autoptr (NanogptJobStatus) status = owner_wait (self, NANOGPT_JOB_COMPLETE);

  g_assert_no_error (status->error);
  g_assert_nonnull (status->run_id);
  g_assert_cmpint (status->size, ==, g_bytes_get_size (service->media));
  assert_clip (self->job, service->media);
}

void
owner_expect_error (Owner *self, NanogptError code, gboolean may_be_charged)
{
  g_autoptr (NanogptJobStatus) status = owner_wait (self,
      code == NANOGPT_ERROR_CANCELLED ? NANOGPT_JOB_CANCELLED
                                      : NANOGPT_JOB_FAILED);

  g_assert_error (status->error, NANOGPT_ERROR, (int)code);
  g_assert_cmpint (
      nanogpt_error_get_details (status->error)->may_have_been_charged, ==,
      may_be_charged);
}
