/* nanovid: NanogptJob: private struct and functions for its source files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-core.h"

#include "job-error.h"
#include "nanogpt/base/url.h"
#include "nanogpt/store/cache.h"

/* How long before the deadline a last response is requested even if the service
 * asked to wait, and how long after it one more response is awaited. */
#define LAST_LOOK (2 * G_TIME_SPAN_SECOND)

G_DEFINE_FINAL_TYPE (NanogptJob, nanogpt_job, G_TYPE_OBJECT)

/* Status */

void
nanogpt_job_notify (NanogptJob *self)
{
  g_mutex_lock (&self->observers_lock);
  for (guint i = 0; i < self->observers->len; i++) {
    NanogptJobWatch *watch =
        &g_array_index (self->observers, NanogptJobWatch, i);

    watch->function (self, watch->user_data);
  }
  g_mutex_unlock (&self->observers_lock);
}

NanogptJobState
nanogpt_job_get_state (NanogptJob *self)
{
  NanogptJobState state;

  g_mutex_lock (&self->lock);
  state = self->status.state;
  g_mutex_unlock (&self->lock);
  return state;
}

void
nanogpt_job_set_state (NanogptJob *self, NanogptJobState state)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->status.state != state;
  if (changed) {
    self->status.state = state;
    self->status.serial++;
  }
  if (state >= NANOGPT_JOB_COMPLETE)
    self->end_time = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  if (!changed)
    return;
  nanogpt_job_log (
      self, NANOGPT_LOG_INFO, "is %s", nanogpt_job_state_get_name (state));
  nanogpt_job_notify (self);
}

void
nanogpt_job_set_stage (NanogptJob *self, NanogptJobStage stage)
{
  g_mutex_lock (&self->lock);
  self->stage = stage;
  g_mutex_unlock (&self->lock);
}

gboolean
nanogpt_job_is_wanted (NanogptJob *self)
{
  gboolean wanted;

  g_mutex_lock (&self->lock);
  wanted = self->wanted;
  g_mutex_unlock (&self->lock);
  return wanted;
}

void
nanogpt_job_take_warning (NanogptJob *self, char *warning)
{
  g_autoptr (GStrvBuilder) builder = NULL;

  if (!warning)
    return;

  builder = g_strv_builder_new ();
  g_mutex_lock (&self->lock);
  if (self->status.warnings)
    g_strv_builder_addv (builder, (const char **)self->status.warnings);
  g_strv_builder_add (builder, warning);
  g_strfreev (self->status.warnings);
  self->status.warnings = g_strv_builder_end (builder);
  self->status.serial++;
  g_mutex_unlock (&self->lock);
  g_free (warning);
  nanogpt_job_notify (self);
}

static void
replace_string (char **place, const char *value, gboolean *changed)
{
  if (!value || g_strcmp0 (*place, value) == 0)
    return;
  g_free (*place);
  *place = g_strdup (value);
  *changed = TRUE;
}

/* Call with the lock held.  Returns: whether something was being retried */
static gboolean
end_retries (NanogptJobStatus *status)
{
  if (status->attempt == 0)
    return FALSE;
  status->attempt = 0;
  g_clear_pointer (&status->details, g_free);
  status->serial++;
  return TRUE;
}

void
nanogpt_job_update_status (NanogptJob *self, const NanogptResponse *response)
{
  NanogptJobStatus *status = &self->status;
  gboolean changed = FALSE;
  gboolean renamed;

  g_mutex_lock (&self->lock);
  /* Keep the id from the submit's response: the status may have a different one. */
  if (!status->run_id)
    replace_string (&status->run_id, response->run_id, &changed);
  /* Keep the model, too: the service may use another name for it, but knows the
   * job by the name in the request. */
  if (!status->model)
    replace_string (&status->model, response->model, &changed);
  else if (g_strcmp0 (status->model, response->model) != 0)
    replace_string (&self->alias, response->model, &renamed);
  /* The details may still describe a failure that is over now. */
  changed |= end_retries (status);
  changed |= status->simulated != response->simulated;
  status->simulated = response->simulated;
  replace_string (&status->details, response->details, &changed);
  replace_string (&status->payment_source, response->payment_source, &changed);
  if (response->cost >= 0 && response->cost != status->cost) {
    status->cost = response->cost;
    changed = TRUE;
  }
  if (response->remaining_balance >= 0
      && response->remaining_balance != status->remaining_balance) {
    status->remaining_balance = response->remaining_balance;
    changed = TRUE;
  }
  if (response->progress >= 0 && response->progress != status->progress) {
    status->progress = response->progress;
    changed = TRUE;
  }
  if (response->phase == NANOGPT_PHASE_COMPLETED && response->urls
      && g_strv_length (response->urls) != status->outputs) {
    status->outputs = g_strv_length (response->urls);
    changed = TRUE;
  }
  if (changed)
    status->serial++;
  g_mutex_unlock (&self->lock);
  if (changed)
    nanogpt_job_notify (self);
}

void
nanogpt_job_set_details (NanogptJob *self, const char *details)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = g_strcmp0 (self->status.details, details) != 0;
  if (changed) {
    g_free (self->status.details);
    self->status.details = g_strdup (details);
    self->status.serial++;
  }
  g_mutex_unlock (&self->lock);
  if (changed)
    nanogpt_job_notify (self);
}

void
nanogpt_job_set_clip (NanogptJob *self, NanogptClip *clip)
{
  g_mutex_lock (&self->lock);
  g_clear_object (&self->clip);
  self->clip = clip;
  g_mutex_unlock (&self->lock);
}

/* Life */

/* An entry that is not needed any more, and the network to drop it on: the last
 * reference to a job may be dropped on any thread, whose main context may never
 * run. */
typedef struct
{
  NanogptNetwork *network;
  NanogptJournalWriter *writer;
} Leftover;

static void
on_leftover_dropped (
    GObject *source, GAsyncResult *result G_GNUC_UNUSED, gpointer data)
{
  g_object_unref (source);
  nanogpt_network_unref (data);
}

static gboolean
drop_leftover (gpointer data)
{
  Leftover *leftover = data;

  nanogpt_journal_writer_drop_async (
      leftover->writer, FALSE, on_leftover_dropped, leftover->network);
  return G_SOURCE_REMOVE;
}

static void
nanogpt_job_finalize (GObject *object)
{
  NanogptJob *self = NANOGPT_JOB (object);

  if (self->writer && self->stage == NANOGPT_STAGE_NEW) {
    Leftover *leftover = g_new (Leftover, 1);

    leftover->network = g_steal_pointer (&self->network);
    leftover->writer = g_steal_pointer (&self->writer);
    nanogpt_network_run (leftover->network, drop_leftover, leftover, g_free);
  }
  g_clear_object (&self->writer);
  g_clear_pointer (&self->estimate, nanogpt_estimate_free);
  g_clear_pointer (&self->polling, nanogpt_polling_free);
  g_clear_object (&self->download);
  g_clear_object (&self->client);
  g_clear_object (&self->clip);
  g_clear_error (&self->last_failure);
  g_clear_error (&self->error);
  g_clear_pointer (&self->response, nanogpt_response_free);
  g_clear_pointer (&self->request, nanogpt_request_unref);
  g_clear_pointer (&self->settings, nanogpt_settings_free);
  g_clear_pointer (&self->wanted_settings, nanogpt_settings_free);
  g_free (self->kept_in);
  g_clear_pointer (&self->network, nanogpt_network_unref);
  g_free (self->alias);
  g_free (self->result_of);
  g_free (self->status.run_id);
  g_free (self->status.model);
  g_free (self->status.details);
  g_free (self->status.payment_source);
  g_strfreev (self->status.warnings);
  g_free (self->status.estimate_source);
  g_clear_error (&self->status.error);
  g_array_unref (self->observers);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->observers_lock);
  g_cond_clear (&self->settled_down);
  G_OBJECT_CLASS (nanogpt_job_parent_class)->finalize (object);
}

static void
nanogpt_job_class_init (NanogptJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_job_finalize;
}

static void
nanogpt_job_init (NanogptJob *self)
{
  static guint n_jobs; /* atomic */

  self->number = g_atomic_int_add (&n_jobs, 1) + 1;
  g_mutex_init (&self->lock);
  g_mutex_init (&self->observers_lock);
  g_cond_init (&self->settled_down);
  self->polling = nanogpt_polling_new (NULL, 0, NULL, 0);
  self->last_look = G_MAXINT64;
  self->observers = g_array_new (FALSE, FALSE, sizeof (NanogptJobWatch));
  self->status.cost = NANOGPT_MONEY_UNKNOWN;
  self->status.estimate = NANOGPT_MONEY_UNKNOWN;
  self->status.remaining_balance = NANOGPT_MONEY_UNKNOWN;
  self->status.progress = -1;
  self->status.size = -1;
}

char *
nanogpt_job_get_cache_key (
    NanogptJob *self, const NanogptSettings *settings, guint index)
{
  g_autoptr (GUri) base = nanogpt_base_url_parse (settings->base_url, NULL);
  g_autofree char *origin = nanogpt_url_get_origin (base);

  return nanogpt_cache_get_key (origin,
      nanogpt_request_get_digest (self->request), settings->cache_number,
      index);
}

void
nanogpt_job_set_result_of (NanogptJob *self, const char *run_id)
{
  g_autofree char *id = g_strdup (run_id);

  g_mutex_lock (&self->lock);
  self->stage = NANOGPT_STAGE_ACCEPTED;
  self->status.resumed = TRUE;
  self->status.state = NANOGPT_JOB_QUEUED;
  g_free (self->status.run_id);
  self->status.run_id = g_strdup (id);
  g_free (self->result_of);
  self->result_of = g_steal_pointer (&id);
  self->status.serial++;
  g_mutex_unlock (&self->lock);
}

gboolean
nanogpt_job_uses_cache (NanogptJob *self, const NanogptSettings *settings)
{
  return settings->cache_dir && self->request && !settings->run_id;
}

gboolean
nanogpt_job_renew_client (NanogptJob *self, GError **error)
{
  g_clear_object (&self->client);
  self->client = nanogpt_client_new (self->network, self->settings, error);
  return self->client != NULL;
}

/* Responses of the service */

void
nanogpt_job_take_response (NanogptJob *self, NanogptResponse *response)
{
  g_clear_pointer (&self->response, nanogpt_response_free);
  self->response = response;
}

void
nanogpt_job_set_accepted (NanogptJob *self)
{
  nanogpt_job_update_status (self, self->response);
  self->known_time = g_get_monotonic_time ();
  self->failures = 0;
  g_clear_error (&self->last_failure);
  nanogpt_job_set_stage (self, NANOGPT_STAGE_ACCEPTED);
}

/* Events */

static gboolean
end (gpointer data)
{
  NanogptJob *self = data;

  if (nanogpt_job_is_wanted (self))
    return G_SOURCE_REMOVE;

  nanogpt_job_halt (self);
  if (nanogpt_step_get_info (self->step)->kind != NANOGPT_STEP_WORKS)
    nanogpt_job_handle (self, NANOGPT_EVENT_STOP);
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_end_soon (NanogptJob *self)
{
  nanogpt_network_run (self->network, end, g_object_ref (self), g_object_unref);
}

static void
log_transition (NanogptJob *self, NanogptEvent event, NanogptStep next)
{
  nanogpt_job_log (self, NANOGPT_LOG_DEBUG, "%s, %s -> %s",
      nanogpt_step_get_info (self->step)->name, nanogpt_event_get_name (event),
      nanogpt_step_get_info (next)->name);
}

/* A job that comes to rest after a stop, but not in RESTING, still has to be
 * closed. */
static void
follow_stop (NanogptJob *self)
{
  if (self->step != NANOGPT_STEP_RESTING
      && nanogpt_step_get_info (self->step)->kind == NANOGPT_STEP_RESTS)
    nanogpt_job_end_soon (self);
}

void
nanogpt_job_handle (NanogptJob *self, NanogptEvent event)
{
  const NanogptTransition *row = nanogpt_transition_find (self->step, event);
  gboolean wanted = nanogpt_job_is_wanted (self);
  NanogptAction action;
  NanogptStep next;

  g_return_if_fail (row);

  action = row->action;
  next = row->next == NANOGPT_STEP_SAME ? self->step : row->next;
  if (!wanted && row->next != NANOGPT_STEP_SAME
      && nanogpt_step_get_info (next)->needs_user) {
    action = NANOGPT_ACTION_CLOSE;
    next = NANOGPT_STEP_CLOSING;
  }
  log_transition (self, event, next);
  if (next != self->step)
    nanogpt_timer_clear (&self->timer);
  self->step = next;
  self->actions[action](self);
  if (!wanted)
    follow_stop (self);
}

void
nanogpt_job_on_done (GObject *source G_GNUC_UNUSED,
    GAsyncResult *result G_GNUC_UNUSED, gpointer job)
{
  g_autoptr (NanogptJob) self = job;

  nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

void
nanogpt_job_handle_wait (NanogptJob *self, NanogptEvent event, gint64 delay)
{
  self->due = g_get_monotonic_time () + delay;
  nanogpt_job_handle (self, event);
}

void
nanogpt_job_handle_error (NanogptJob *self, NanogptEvent event, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  nanogpt_job_handle (self, event);
}

GCancellable *
nanogpt_job_begin_request (NanogptJob *self)
{
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  return self->cancellable;
}

gboolean
nanogpt_job_end_request (NanogptJob *self, const GError *error)
{
  g_clear_object (&self->cancellable);
  if (nanogpt_job_is_wanted (self)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;

  /* The job may have been started again meanwhile. */
  nanogpt_job_handle (self, NANOGPT_EVENT_CANCELLED);
  return FALSE;
}

/* The current operation ends soon, and then finds that the job is not wanted.
 * A submit that has been sent is never ended; the next identical request may
 * adopt its job. */
void
nanogpt_job_halt (NanogptJob *self)
{
  if (self->stage == NANOGPT_STAGE_POSTING)
    nanogpt_journal_writer_set_abandoned (self->writer, TRUE);
  nanogpt_timer_clear (&self->timer);
  nanogpt_timer_clear (&self->deadline);
  nanogpt_job_set_waiting (self, FALSE);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (self->download)
    nanogpt_download_stop (self->download);
}

void
nanogpt_job_fail (NanogptJob *self, GError *error, gboolean keep_clip)
{
  NanogptErrorDetails *details = nanogpt_error_get_details (error);
  g_autoptr (NanogptClip) dropped = NULL;

  g_mutex_lock (&self->lock);
  if (self->stage == NANOGPT_STAGE_ACCEPTED)
    nanogpt_job_error_explain_collecting (error, self->status.run_id,
        self->adopted ? self->wanted_settings : NULL);
  if (!details->run_id)
    details->run_id = g_strdup (self->status.run_id);
  self->wanted = FALSE;
  self->end_time = g_get_monotonic_time ();
  self->status.state = error->code == NANOGPT_ERROR_CANCELLED
      ? NANOGPT_JOB_CANCELLED
      : NANOGPT_JOB_FAILED;
  self->status.serial++;
  g_clear_error (&self->status.error);
  self->status.error = error;
  if (!keep_clip)
    dropped = g_steal_pointer (&self->clip);
  g_mutex_unlock (&self->lock);

  nanogpt_job_log (self, NANOGPT_LOG_ERROR, "ends: %s, HTTP status %u",
      nanogpt_error_get_reason (error->code), details->http_status);
  nanogpt_job_log (self, NANOGPT_LOG_DEBUG, "ends: %s", error->message);
  nanogpt_job_halt (self);
  if (!keep_clip)
    g_clear_object (&self->download);
  nanogpt_job_notify (self);
}

static int n_waiting; /* in this process, on any network thread */

/* A service on this machine can handle any number of polls. */
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

guint
nanogpt_job_count_waiting (void)
{
  return g_atomic_int_get (&n_waiting);
}

/* Time */

static NanogptTimer *
add_timer (NanogptJob *self, gint64 delay, GSourceFunc function)
{
  return nanogpt_timer_new (
      delay, function, g_object_ref (self), g_object_unref);
}

static gboolean
on_deadline (gpointer data)
{
  NanogptJob *self = data;

  nanogpt_timer_clear (&self->deadline);
  nanogpt_job_log (self, NANOGPT_LOG_INFO, "the deadline has passed");
  nanogpt_job_handle (self, NANOGPT_EVENT_DEADLINE);
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_arm_deadline (NanogptJob *self)
{
  gint64 patience = self->settings->timeout * G_TIME_SPAN_SECOND;

  if (self->deadline)
    return;
  if (patience == 0) {
    self->last_look = G_MAXINT64;
    return;
  }
  self->deadline = add_timer (self, patience, on_deadline);
  self->last_look =
      nanogpt_timer_get_due (self->deadline) - MIN (patience / 4, LAST_LOOK);
}

void
nanogpt_job_extend_deadline (NanogptJob *self)
{
  nanogpt_timer_clear (&self->deadline);
  self->deadline = add_timer (self, LAST_LOOK, on_deadline);
}

void
nanogpt_job_note_failure (NanogptJob *self, GError *error)
{
  g_clear_error (&self->last_failure);
  self->last_failure = error;
  self->failures++;
}

void
nanogpt_job_report_retry (
    NanogptJob *self, const GError *error, guint failures, gint64 delay)
{
  nanogpt_job_log (self, NANOGPT_LOG_DEBUG, "tries again in %.1f s: %s",
      delay / 1e6, error->message);
  g_mutex_lock (&self->lock);
  g_free (self->status.details);
  self->status.details = g_strdup (error->message);
  self->status.attempt = failures + 2;
  self->status.serial++;
  g_mutex_unlock (&self->lock);
  nanogpt_job_notify (self);
}

void
nanogpt_job_retry (NanogptJob *self, GError *error, gint64 delay)
{
  nanogpt_job_report_retry (self, error, self->failures, delay);
  nanogpt_job_note_failure (self, error);
  nanogpt_job_handle_wait (self, NANOGPT_EVENT_RETRY, delay);
}

void
nanogpt_job_end_retries (NanogptJob *self)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = end_retries (&self->status);
  g_mutex_unlock (&self->lock);
  if (changed)
    nanogpt_job_notify (self);
}

gint64
nanogpt_job_get_retry_delay (NanogptJob *self, NanogptRetryPhase phase,
    const GError *error, guint failures, gint64 since)
{
  NanogptRetryState state = { failures, self->settings->retries, since,
    self->seen, self->deadline ? nanogpt_timer_get_due (self->deadline) : -1,
    self->last_look };

  return nanogpt_retry_get_delay (phase, error, &state);
}

static gboolean
on_timer (gpointer data)
{
  NanogptJob *self = data;

  nanogpt_timer_clear (&self->timer);
  nanogpt_job_handle (self, NANOGPT_EVENT_TIMER);
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_wait (NanogptJob *self)
{
  gint64 delay = self->due - g_get_monotonic_time ();

  self->timer = add_timer (self, MAX (delay, 0), on_timer);
}
