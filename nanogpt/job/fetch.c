/* nanovid: NanogptJob: polling and download
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fetch.h"

#include <glib/gi18n-lib.h>

#include "job-core.h"
#include "job-error.h"
#include "nanogpt/http/http-error.h"
#include "nanogpt/base/url.h"

/* Download */

static void
on_news (const GError *failure, guint failures, gint64 delay, gpointer data)
{
  NanogptJob *self = data;

  if (failure) {
    nanogpt_job_report_retry (self, failure, failures, delay);
    return;
  }
  nanogpt_job_end_retries (self);
  nanogpt_job_notify (self);
}

/* The file at the service has changed.  If nothing of the old one has been
 * read, that is harmless; otherwise a fresh URL may lead to the old one
 * again. */
static void
start_over (NanogptJob *self)
{
  g_autoptr (NanogptClip) clip = g_object_ref (self->clip);
  GError *error;

  if (self->refreshes++ >= self->settings->retries) {
    error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The video changed at the service during the download"));
    nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
    nanogpt_error_get_details (error)->responded = TRUE;
    nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
    return;
  }
  if (nanogpt_clip_discard (clip)) {
    g_clear_object (&self->download);
    nanogpt_job_set_clip (self, NULL);
  }
  nanogpt_job_log (
      self, NANOGPT_LOG_WARNING, "its clip has become another one");
  nanogpt_job_handle (self, NANOGPT_EVENT_STALE);
}

/* Takes @error.  The URL is not valid: the status of the job has a fresh one. */
static void
refresh_url (NanogptJob *self, GError *error)
{
  guint64 bytes = nanogpt_clip_get_bytes (self->clip);
  gint64 delay;

  if (bytes > self->refreshed_at)
    self->refreshes = 0;
  self->refreshed_at = bytes;
  delay = nanogpt_job_get_retry_delay (self, NANOGPT_RETRY_DOWNLOAD, error,
      self->refreshes, self->completed_time);
  if (delay < 0) {
    nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
    return;
  }
  nanogpt_job_report_retry (self, error, self->refreshes++, delay);
  g_error_free (error);
  nanogpt_job_handle_wait (self, NANOGPT_EVENT_RETRY, delay);
}

static void
on_downloaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;

  if (nanogpt_download_run_finish (NANOGPT_DOWNLOAD (source), result, &error)) {
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
    return;
  }
  if (!nanogpt_job_end_request (self, error)) {
    g_error_free (error);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG)) {
    g_error_free (error);
    start_over (self);
    return;
  }
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  if (nanogpt_retry_needs_url (error))
    refresh_url (self, error);
  else
    nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
}

static void
ensure_download (NanogptJob *self)
{
  const NanogptSettings *settings = self->settings;

  if (!self->clip)
    nanogpt_job_set_clip (self,
        nanogpt_clip_new (
            settings->spool_dir_is_default ? settings->cache_dir : NULL,
            settings->spool_dir, settings->max_size));
  if (!self->download)
    self->download = nanogpt_download_new (self->clip, on_news, self);
}

void
nanogpt_job_download (NanogptJob *self)
{
  GUri *base = nanogpt_client_get_base_url (self->client);
  GError *error = NULL;
  g_autoptr (GUri) url = nanogpt_result_url_resolve (
      base, base, self->response->urls[self->settings->output_index], &error);

  if (!url) {
    nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
    nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
    return;
  }
  ensure_download (self);
  nanogpt_timer_clear (&self->deadline);
  nanogpt_job_set_waiting (self, FALSE);
  nanogpt_job_set_state (self, NANOGPT_JOB_DOWNLOADING);
  nanogpt_download_run_async (self->download, self->client, self->settings, url,
      on_downloaded, g_object_ref (self));
}

void
nanogpt_job_show_complete (NanogptJob *self)
{
  nanogpt_job_set_state (self, NANOGPT_JOB_COMPLETE);
}

/* Poll */

/* Microseconds since the submit, or since the start if the job was submitted
 * elsewhere. */
static gint64
get_age (NanogptJob *self)
{
  gint64 since;

  g_mutex_lock (&self->lock);
  since = self->submit_time ? self->submit_time : self->start_time;
  g_mutex_unlock (&self->lock);
  return g_get_monotonic_time () - since;
}

/* @response: (nullable): may have the progress of the job */
static gint64
get_adaptive_delay (NanogptJob *self, const NanogptResponse *response)
{
  guint waiting = nanogpt_job_count_waiting ();
  double delay =
      nanogpt_polling_get_delay (self->polling, get_age (self) / 1e6, waiting,
          response ? response->progress : -1, response ? response->eta : -1);
  double longest = nanogpt_polling_get_longest (waiting)
      - (g_get_monotonic_time () - self->poll_time) / 1e6;

  return (gint64)(MIN (delay, MAX (longest, 0)) * G_TIME_SPAN_SECOND);
}

static void
poll_again (NanogptJob *self, const NanogptResponse *response, gint64 at_least)
{
  gint64 delay = self->settings->poll_interval > 0
      ? self->settings->poll_interval * G_TIME_SPAN_MILLISECOND
      : get_adaptive_delay (self, response);

  nanogpt_job_handle_wait (
      self, NANOGPT_EVENT_UNFINISHED, MAX (delay, at_least));
}

/* The duration is known only for a job that was watched from its submit on. */
static void
note_completion (NanogptJob *self, const NanogptResponse *response)
{
  double seconds = 0;

  if (self->completed_time > 0)
    return;
  self->completed_time = g_get_monotonic_time ();
  if (self->submit_time > 0 && !self->resumed)
    seconds = (self->completed_time - self->submit_time) / 1e6;
  nanogpt_journal_writer_complete (self->writer, response, seconds);
}

static void
ask_for_url (NanogptJob *self, const NanogptResponse *response)
{
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The service finished the job but did not give the video's URL"));
  gint64 delay;

  nanogpt_error_get_details (error)->own = TRUE;
  delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_POLL, error, self->without_url, 0);
  if (delay >= 0) {
    nanogpt_job_report_retry (self, error, self->without_url++, delay);
    g_error_free (error);
    poll_again (self, response, delay);
    return;
  }
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  nanogpt_error_get_details (error)->responded = TRUE;
  nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
}

/* A missing result does not end the job, because it has others. */
static void
choose_result (NanogptJob *self, const NanogptResponse *response)
{
  guint n_results = g_strv_length (response->urls);
  guint index = self->settings->output_index;
  GError *error;

  self->without_url = 0;
  note_completion (self, response);
  if (index < n_results) {
    nanogpt_job_handle (self, NANOGPT_EVENT_FINISHED);
    return;
  }
  error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("output-index is %u, but the job's last result is number %u"), index,
      n_results - 1);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  nanogpt_error_get_details (error)->responded = TRUE;
  nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
}

void
nanogpt_job_read_response (NanogptJob *self)
{
  const NanogptResponse *response = self->response;
  NanogptPhase phase = response->phase;
  GError *error;

  if (response->terminal && phase < NANOGPT_PHASE_COMPLETED)
    phase = NANOGPT_PHASE_FAILED;

  switch (phase) {
    case NANOGPT_PHASE_COMPLETED:
      if (response->urls && *response->urls)
        choose_result (self, response);
      else
        ask_for_url (self, response);
      break;
    case NANOGPT_PHASE_FAILED:
    case NANOGPT_PHASE_CANCELLED:
      error = nanogpt_response_error_new (response);
      nanogpt_job_error_explain_failure (error, self->status.run_id,
          self->status.cost, self->status.payment_source);
      nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
      nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
      break;
    case NANOGPT_PHASE_RUNNING:
      nanogpt_job_set_state (self, NANOGPT_JOB_GENERATING);
      poll_again (self, response, 0);
      break;
    case NANOGPT_PHASE_QUEUED:
      nanogpt_job_set_state (self, NANOGPT_JOB_QUEUED);
      poll_again (self, response, 0);
      break;
    case NANOGPT_PHASE_UNKNOWN:
      if (nanogpt_job_get_state (self) == NANOGPT_JOB_SUBMITTING)
        nanogpt_job_set_state (self, NANOGPT_JOB_QUEUED);
      poll_again (self, response, 0);
      break;
  }
}

/* Takes @error. */
static void
retry_poll (NanogptJob *self, GError *error)
{
  gint64 known = MAX (self->submit_time, self->known_time);
  gint64 delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_POLL, error, self->failures, known);
  NanogptErrorDetails *details = nanogpt_error_get_details (error);

  details->may_have_been_charged = TRUE;
  if (delay >= 0) {
    nanogpt_job_report_retry (self, error, self->failures, delay);
    nanogpt_job_note_failure (self, error);
    poll_again (self, NULL, delay);
  } else if (details->http_status == 404) {
    g_prefix_error (
        &error, _ ("The service does not know job %s: "), self->status.run_id);
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
  } else {
    nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
  }
}

static void
on_polled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;
  NanogptResponse *response =
      nanogpt_client_status_finish (NANOGPT_CLIENT (source), result, &error);

  if (response)
    nanogpt_job_take_response (self, response);
  if (!nanogpt_job_end_request (self, error)) {
    g_clear_error (&error);
    return;
  }
  if (!response) {
    retry_poll (self, error);
    return;
  }
  self->failures = 0;
  self->known_time = g_get_monotonic_time ();
  self->seen = TRUE;
  nanogpt_job_update_status (self, response);
  g_clear_error (&self->last_failure);
  nanogpt_job_read_response (self);
}

static void
poll_until (NanogptJob *self, gint64 at_latest)
{
  nanogpt_job_set_waiting (self, TRUE);
  self->poll_time = g_get_monotonic_time ();
  nanogpt_client_status_async (self->client, self->status.run_id,
      self->status.model, self->alias, at_latest,
      nanogpt_job_begin_request (self), on_polled, g_object_ref (self));
}

void
nanogpt_job_poll (NanogptJob *self)
{
  nanogpt_job_arm_deadline (self);
  poll_until (
      self, self->poll_time < self->last_look ? self->last_look : G_MAXINT64);
}

/* The job may have been finished since the last poll, especially if this
 * process was stopped, or the machine asleep. */
void
nanogpt_job_poll_last (NanogptJob *self)
{
  if (self->poll_time >= self->last_look) {
    nanogpt_job_handle (self, NANOGPT_EVENT_UNFINISHED);
    return;
  }
  nanogpt_job_extend_deadline (self);
  poll_until (self, g_get_monotonic_time ());
}
