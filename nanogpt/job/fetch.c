/* nanovid: waiting for a job and fetching its clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-private.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/http/http-error.h"
#include "nanogpt/base/url.h"

/* Download */

static void
on_grown (gpointer data)
{
  nanogpt_job_notify (data);
}

/* The file has become another one.  When nobody has read the former, that is
 * harmless; else a fresh URL may lead to the former again. */
static void
start_over (NanogptJob *self)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
  GError *error;

  if (self->refreshes++ >= self->settings->retries) {
    error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The video changed at the service while it was being fetched"));
    nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
    nanogpt_error_get_details (error)->answered = TRUE;
    nanogpt_job_fail (self, error);
    return;
  }
  if (nanogpt_clip_discard (clip)) {
    g_clear_object (&self->download);
    g_mutex_lock (&self->lock);
    g_clear_object (&self->clip);
    g_mutex_unlock (&self->lock);
  }
  nanogpt_job_proceed (self);
}

/* Takes @error.  The URL is not good: the status tells a fresh one. */
static void
refresh_url (NanogptJob *self, GError *error)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
  guint64 bytes = nanogpt_clip_get_bytes (clip);
  gint64 delay;

  if (bytes > self->refreshed_at)
    self->refreshes = 0;
  self->refreshed_at = bytes;
  delay = nanogpt_job_get_retry_delay (self, NANOGPT_RETRY_DOWNLOAD, error,
      self->refreshes++, self->completed_time);
  if (delay < 0) {
    nanogpt_job_fail (self, error);
    return;
  }
  g_error_free (error);
  nanogpt_job_proceed_after (self, delay);
}

static void
on_downloaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;

  if (nanogpt_download_run_finish (NANOGPT_DOWNLOAD (source), result, &error)) {
    nanogpt_job_end_exchange (self, NULL);
    nanogpt_job_set_state (self, NANOGPT_JOB_COMPLETE);
    return;
  }
  if (!nanogpt_job_end_exchange (self, error)) {
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
    nanogpt_job_fail (self, error);
}

static gboolean
ensure_download (NanogptJob *self, GError **error)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);

  if (!clip) {
    clip = nanogpt_clip_new (
        self->settings->spool_dir, self->settings->max_size, error);
    if (!clip)
      return FALSE;
    g_mutex_lock (&self->lock);
    self->clip = g_object_ref (clip);
    g_mutex_unlock (&self->lock);
  }
  if (!self->download)
    self->download = nanogpt_download_new (
        self->client, clip, self->settings, on_grown, self);
  return TRUE;
}

static void
download (NanogptJob *self, const char *text)
{
  GUri *base = nanogpt_client_get_base_url (self->client);
  GError *error = NULL;
  g_autoptr (GUri) url = nanogpt_result_url_resolve (base, base, text, &error);

  if (!url || !ensure_download (self, &error)) {
    nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
    nanogpt_job_fail (self, error);
    return;
  }
  nanogpt_timer_clear (&self->deadline);
  nanogpt_job_set_waiting (self, FALSE);
  self->last_look = FALSE;
  nanogpt_job_begin_exchange (self);
  nanogpt_job_set_state (self, NANOGPT_JOB_DOWNLOADING);
  nanogpt_download_run_async (
      self->download, url, on_downloaded, g_object_ref (self));
}

/* Poll */

#define SHORTEST_INTERVAL G_TIME_SPAN_SECOND

/* Microseconds since the submit, or, when somebody else submitted, the start. */
static gint64
get_age (NanogptJob *self)
{
  gint64 since;

  g_mutex_lock (&self->lock);
  since = self->submit_time ? self->submit_time : self->start_time;
  g_mutex_unlock (&self->lock);
  return g_get_monotonic_time () - since;
}

static int n_waiting; /* in this process, on whatever network thread */

/* A service on this machine bears any number of polls. */
void
nanogpt_job_set_waiting (NanogptJob *self, gboolean waiting)
{
  if (waiting
      && nanogpt_url_is_loopback (nanogpt_client_get_base_url (self->client)))
    return;
  if (self->waiting == waiting)
    return;
  self->waiting = waiting;
  g_atomic_int_add (&n_waiting, waiting ? 1 : -1);
}

/* @response, if there is one, may say how far the job is. */
static gint64
get_adaptive_delay (NanogptJob *self, const NanogptResponse *response)
{
  guint waiting = g_atomic_int_get (&n_waiting);
  gint64 delay =
      nanogpt_polling_get_delay (self->polling, get_age (self) / 1e6, waiting,
          response ? response->progress : -1, response ? response->eta : -1)
      * G_TIME_SPAN_SECOND;
  gint64 due = self->poll_time
      + nanogpt_polling_get_longest (waiting) * G_TIME_SPAN_SECOND;

  return MIN (delay, MAX (due - g_get_monotonic_time (), 0));
}

static void
poll_again (NanogptJob *self, const NanogptResponse *response, gint64 at_least)
{
  gint64 delay = self->settings->poll_interval > 0
      ? self->settings->poll_interval * G_TIME_SPAN_MILLISECOND
      : get_adaptive_delay (self, response);

  if (self->last_look)
    nanogpt_job_time_out (self);
  else
    nanogpt_job_proceed_after (self, MAX (delay, at_least));
}

/* Only a job that was watched from its submit tells how long it took. */
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
      _ ("The service finished the job but does not say where the video is"));
  gint64 delay;

  nanogpt_error_get_details (error)->own = TRUE;
  delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_POLL, error, self->without_url++, 0);
  if (delay >= 0) {
    g_error_free (error);
    poll_again (self, response, delay);
    return;
  }
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  nanogpt_error_get_details (error)->answered = TRUE;
  nanogpt_job_fail (self, error);
}

void
nanogpt_job_handle_response (NanogptJob *self, const NanogptResponse *response)
{
  NanogptPhase phase = response->phase;
  GError *error;

  if (response->terminal && phase < NANOGPT_PHASE_COMPLETED)
    phase = NANOGPT_PHASE_FAILED;

  switch (phase) {
    case NANOGPT_PHASE_COMPLETED:
      if (response->url) {
        self->without_url = 0;
        note_completion (self, response);
        download (self, response->url);
      } else {
        ask_for_url (self, response);
      }
      break;
    case NANOGPT_PHASE_FAILED:
    case NANOGPT_PHASE_CANCELLED:
      error = nanogpt_response_error_new (response);
      nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
      nanogpt_job_end_refused (self, error);
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
    nanogpt_job_show_failure (self, error);
    nanogpt_job_note_failure (self, error);
    poll_again (self, NULL, delay);
  } else if (details->http_status == 404) {
    g_prefix_error (
        &error, _ ("The service does not know job %s: "), self->status.run_id);
    nanogpt_job_end_refused (self, error);
  } else {
    nanogpt_job_fail (self, error);
  }
}

static void
on_polled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;
  g_autoptr (NanogptResponse) response =
      nanogpt_client_status_finish (NANOGPT_CLIENT (source), result, &error);

  if (!nanogpt_job_end_exchange (self, error)
      || !nanogpt_job_is_wanted (self)) {
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
  nanogpt_job_handle_response (self, response);
}

/* Returns: when to ask at the latest, whatever the service wants; once that has
 * passed, one more time */
static gint64
take_last_look (NanogptJob *self)
{
  gint64 last = nanogpt_job_get_last_look (self);

  if (last > g_get_monotonic_time ())
    return last;
  if (self->looked_last)
    return G_MAXINT64;
  self->looked_last = TRUE;
  return last;
}

/* What the service asks for holds at the deadline, too. */
gboolean
nanogpt_job_may_look_again (NanogptJob *self)
{
  if (self->last_failure
      && nanogpt_error_get_details (self->last_failure)->retry_after > 0)
    return FALSE;
  return self->busy
      || g_get_monotonic_time () - self->poll_time >= SHORTEST_INTERVAL;
}

void
nanogpt_job_poll_status (NanogptJob *self)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (self);

  nanogpt_job_arm_deadline (self);
  nanogpt_job_set_waiting (self, TRUE);
  self->poll_time = g_get_monotonic_time ();
  nanogpt_client_status_async (self->client, status->run_id, status->model,
      self->alias, take_last_look (self), nanogpt_job_begin_exchange (self),
      on_polled, g_object_ref (self));
}
