/* nanovid: the life of one request, from submit to the last byte
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-private.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/store/cache.h"
#include "nanogpt/base/text.h"

/* How long a stop waits for the answer to a submit. */
#define STOP_PATIENCE (2 * G_TIME_SPAN_SECOND)

/* How long before the deadline a last answer is asked for in spite of what the
 * service wants, and how long after it one more is waited for. */
#define LAST_LOOK (2 * G_TIME_SPAN_SECOND)

typedef struct
{
  guint id;
  NanogptJobObserver function;
  gpointer user_data;
} Observer;

G_DEFINE_FINAL_TYPE (NanogptJob, nanogpt_job, G_TYPE_OBJECT)

/* Observation */

void
nanogpt_job_notify (NanogptJob *self)
{
  g_mutex_lock (&self->observers_lock);
  for (guint i = 0; i < self->observers->len; i++) {
    Observer *observer = &g_array_index (self->observers, Observer, i);

    observer->function (self, observer->user_data);
  }
  g_mutex_unlock (&self->observers_lock);
}

guint
nanogpt_job_add_observer (
    NanogptJob *self, NanogptJobObserver function, gpointer user_data)
{
  Observer observer = { 0, function, user_data };

  g_mutex_lock (&self->observers_lock);
  observer.id = ++self->last_observer_id;
  g_array_append_val (self->observers, observer);
  g_mutex_unlock (&self->observers_lock);
  return observer.id;
}

void
nanogpt_job_remove_observer (NanogptJob *self, guint id)
{
  g_mutex_lock (&self->observers_lock);
  for (guint i = 0; i < self->observers->len; i++) {
    if (g_array_index (self->observers, Observer, i).id == id) {
      g_array_remove_index (self->observers, i);
      break;
    }
  }
  g_mutex_unlock (&self->observers_lock);
}

/* Status */

const char *
nanogpt_job_state_get_name (NanogptJobState state)
{
  static const char *const names[] = { "submitting", "queued", "generating",
    "downloading", "complete", "failed", "cancelled" };

  return names[state];
}

void
nanogpt_job_status_free (NanogptJobStatus *status)
{
  g_free (status->run_id);
  g_free (status->model);
  g_free (status->details);
  g_free (status->payment_source);
  g_strfreev (status->warnings);
  g_free (status->estimate_source);
  g_clear_error (&status->error);
  g_free (status);
}

NanogptJobStatus *
nanogpt_job_get_status (NanogptJob *self)
{
  NanogptJobStatus *status = g_new (NanogptJobStatus, 1);

  g_mutex_lock (&self->lock);
  *status = self->status;
  status->run_id = g_strdup (self->status.run_id);
  status->model = g_strdup (self->status.model);
  status->details = g_strdup (self->status.details);
  status->payment_source = g_strdup (self->status.payment_source);
  status->warnings = g_strdupv (self->status.warnings);
  status->estimate_source = g_strdup (self->status.estimate_source);
  status->error = self->status.error ? g_error_copy (self->status.error) : NULL;
  if (self->start_time > 0)
    status->elapsed =
        (self->end_time ? self->end_time : g_get_monotonic_time ())
        - self->start_time;
  if (self->clip) {
    status->bytes = nanogpt_clip_get_bytes (self->clip);
    status->size = nanogpt_clip_get_size (self->clip);
  }
  g_mutex_unlock (&self->lock);
  return status;
}

NanogptClip *
nanogpt_job_get_clip (NanogptJob *self)
{
  NanogptClip *clip;

  g_mutex_lock (&self->lock);
  clip = self->clip ? g_object_ref (self->clip) : NULL;
  g_mutex_unlock (&self->lock);
  return clip;
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
  if (changed)
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

void
nanogpt_job_update_status (NanogptJob *self, const NanogptResponse *response)
{
  NanogptJobStatus *status = &self->status;
  gboolean changed = FALSE;
  gboolean renamed;

  g_mutex_lock (&self->lock);
  /* The id of the submit's answer stays: the status may name another one. */
  if (!status->run_id)
    replace_string (&status->run_id, response->run_id, &changed);
  /* So does the model: the service may call it otherwise, and knows the job by
   * the name that it was asked with. */
  if (!status->model)
    replace_string (&status->model, response->model, &changed);
  else if (g_strcmp0 (status->model, response->model) != 0)
    replace_string (&self->alias, response->model, &renamed);
  /* They may still tell of what is over now. */
  if (self->last_failure && !response->details && status->details) {
    g_clear_pointer (&status->details, g_free);
    changed = TRUE;
  }
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
  if (changed)
    status->serial++;
  g_mutex_unlock (&self->lock);
  if (changed)
    nanogpt_job_notify (self);
}

void
nanogpt_job_show_failure (NanogptJob *self, const GError *error)
{
  gboolean changed = FALSE;

  g_mutex_lock (&self->lock);
  replace_string (&self->status.details, error->message, &changed);
  if (changed)
    self->status.serial++;
  g_mutex_unlock (&self->lock);
  if (changed)
    nanogpt_job_notify (self);
}

/* Life */

/* An entry that nobody needs any more, and the network to drop it on: the last
 * to let go of a job may be on any thread, whose main context may never run. */
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
  g_clear_pointer (&self->request, nanogpt_request_unref);
  g_clear_pointer (&self->settings, nanogpt_settings_free);
  g_clear_pointer (&self->wanted_settings, nanogpt_settings_free);
  g_clear_pointer (&self->network, nanogpt_network_unref);
  g_free (self->alias);
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
  g_mutex_clear (&self->delivery_lock);
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
  g_mutex_init (&self->lock);
  g_mutex_init (&self->delivery_lock);
  g_mutex_init (&self->observers_lock);
  g_cond_init (&self->settled_down);
  self->polling = nanogpt_polling_new (NULL, 0);
  self->observers = g_array_new (FALSE, FALSE, sizeof (Observer));
  self->status.cost = -1;
  self->status.estimate = -1;
  self->status.remaining_balance = -1;
  self->status.progress = -1;
  self->status.size = -1;
}

NanogptJob *
nanogpt_job_new (NanogptRequest *request, const NanogptSettings *settings)
{
  NanogptJob *self;

  g_return_val_if_fail (request || settings->run_id, NULL);

  self = g_object_new (NANOGPT_TYPE_JOB, NULL);
  self->network = nanogpt_network_get ();
  self->wanted_settings = nanogpt_settings_copy (settings);
  if (request) {
    self->request = nanogpt_request_ref (request);
    self->status.model = g_strdup (nanogpt_request_get_model (request));
  }
  if (settings->run_id) {
    self->stage = NANOGPT_STAGE_ACCEPTED;
    self->status.resumed = TRUE;
    self->status.state = NANOGPT_JOB_QUEUED;
    self->status.run_id = g_strdup (settings->run_id);
    /* Whose model it is, is not known: the request's is only a default. */
    g_clear_pointer (&self->status.model, g_free);
  }
  return self;
}

gboolean
nanogpt_job_matches (
    NanogptJob *self, NanogptRequest *request, const NanogptSettings *settings)
{
  gboolean same;

  g_mutex_lock (&self->lock);
  same = g_strcmp0 (self->wanted_settings->base_url, settings->base_url) == 0
      && g_strcmp0 (self->wanted_settings->api_key, settings->api_key) == 0
      && g_strcmp0 (self->wanted_settings->run_id, settings->run_id) == 0
      && (settings->resume || !self->adopted || !self->status.error);
  g_mutex_unlock (&self->lock);

  if (!same || settings->run_id)
    return same;
  return request && self->request
      && g_str_equal (nanogpt_request_get_digest (request),
          nanogpt_request_get_digest (self->request));
}

gboolean
nanogpt_job_is_collectable (NanogptJob *self)
{
  gboolean collectable;

  g_mutex_lock (&self->lock);
  collectable = self->stage != NANOGPT_STAGE_OVER;
  g_mutex_unlock (&self->lock);
  return collectable;
}

/* Whatever is under way ends soon and then finds that nobody wants it; a
 * submit that has left is never ended, and whoever asks for the same may have
 * what becomes of it. */
static void
halt (NanogptJob *self)
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

/* A job that was resumed may end in the same way at every start, and there must
 * be an end of that. */
static void
explain_giving_up (NanogptJob *self, GString *message)
{
  const NanogptSettings *settings = self->wanted_settings;
  g_autofree char *dir = g_shell_quote (settings->state_dir);
  g_autofree char *option = settings->state_dir_is_default
      ? g_strdup ("")
      : g_strdup_printf ("--state-dir=%s ", dir);
  g_autofree char *way = g_strdup_printf (
      _ ("To give it up and pay for a new one, set resume=false, or run "
         "\"nanovid-jobs %sforget %s\" first"),
      option, self->status.run_id);

  nanogpt_text_append_sentence (message, way);
}

/* Whatever ended the wait, what was paid for can still be had. */
static void
explain_collecting (NanogptJob *self, GError *error)
{
  const char *run_id = self->status.run_id;
  g_autofree char *advice = g_strdup_printf (
      _ ("Job %s goes on and is charged: collect its clip by running the same "
         "again, or with run-id=%s"),
      run_id, run_id);
  GString *message = g_string_new (error->message);

  nanogpt_text_append_sentence (message, advice);
  if (self->adopted)
    explain_giving_up (self, message);
  g_free (error->message);
  error->message = g_string_free (message, FALSE);
}

/* Takes @error. */
static void
fail (NanogptJob *self, GError *error, gboolean keep_clip)
{
  NanogptErrorDetails *details = nanogpt_error_get_details (error);
  g_autoptr (NanogptClip) dropped = NULL;

  g_mutex_lock (&self->lock);
  if (self->stage == NANOGPT_STAGE_ACCEPTED)
    explain_collecting (self, error);
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

  halt (self);
  if (!keep_clip)
    g_clear_object (&self->download);
  nanogpt_job_notify (self);
}

void
nanogpt_job_fail (NanogptJob *self, GError *error)
{
  fail (self, error, TRUE);
}

typedef struct
{
  NanogptJob *job;
  GError *error;
} Refusal;

static void
on_entry_dropped (GObject *source G_GNUC_UNUSED,
    GAsyncResult *result G_GNUC_UNUSED, gpointer data)
{
  g_autofree Refusal *refusal = data;
  g_autoptr (NanogptJob) self = refusal->job;

  nanogpt_job_end_work (self);
  nanogpt_job_fail (self, refusal->error);
}

/* Whoever is told of the end may end the process: the entry, and what was
 * reserved of a budget, are gone by then. */
void
nanogpt_job_end_refused (NanogptJob *self, GError *error)
{
  Refusal *refusal = g_new (Refusal, 1);

  refusal->job = g_object_ref (self);
  refusal->error = error;
  nanogpt_job_set_stage (self, NANOGPT_STAGE_OVER);
  halt (self);
  nanogpt_job_begin_work (self);
  nanogpt_journal_writer_drop_async (self->writer,
      nanogpt_error_get_details (error)->may_have_been_charged,
      on_entry_dropped, refusal);
}

void
nanogpt_job_note_failure (NanogptJob *self, GError *error)
{
  g_clear_error (&self->last_failure);
  self->last_failure = error;
  self->failures++;
}

gint64
nanogpt_job_get_last_look (NanogptJob *self)
{
  gint64 quarter = self->settings->timeout * G_TIME_SPAN_SECOND / 4;

  if (!self->deadline)
    return G_MAXINT64;
  return nanogpt_timer_get_due (self->deadline) - MIN (quarter, LAST_LOOK);
}

gint64
nanogpt_job_get_retry_delay (NanogptJob *self, NanogptRetryPhase phase,
    const GError *error, guint failures, gint64 since)
{
  NanogptRetryState state = { failures, self->settings->retries, since,
    self->seen, self->deadline ? nanogpt_timer_get_due (self->deadline) : -1,
    nanogpt_job_get_last_look (self) };

  return nanogpt_retry_get_delay (phase, error, &state);
}

static gboolean
on_timer (gpointer data)
{
  NanogptJob *self = data;

  nanogpt_timer_clear (&self->timer);
  nanogpt_job_proceed (self);
  return G_SOURCE_REMOVE;
}

NanogptTimer *
nanogpt_job_add_timer (NanogptJob *self, gint64 delay, GSourceFunc function)
{
  return nanogpt_timer_new (
      delay, function, g_object_ref (self), g_object_unref);
}

void
nanogpt_job_proceed_after (NanogptJob *self, gint64 delay)
{
  if (nanogpt_job_is_wanted (self))
    self->timer = nanogpt_job_add_timer (self, delay, on_timer);
}

/* The deadline */

static GError *
timed_out_error (NanogptJob *self)
{
  g_autoptr (GString) message = g_string_new (NULL);
  NanogptError code = NANOGPT_ERROR_TIMED_OUT;
  GError *error;

  g_string_printf (message,
      _ ("The job was not finished within the %u seconds of the property "
         "timeout"),
      self->settings->timeout);
  if (self->last_failure)
    g_string_append_printf (
        message, _ (". The last failure: %s"), self->last_failure->message);
  /* An empty success is no page of an edge, and no matter of time. */
  if (self->last_failure
      && nanogpt_error_get_details (self->last_failure)->http_status == 204)
    code = NANOGPT_ERROR_BAD_RESPONSE;
  error = g_error_new_literal (NANOGPT_ERROR, code, message->str);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

void
nanogpt_job_time_out (NanogptJob *self)
{
  nanogpt_job_fail (self, timed_out_error (self));
}

static void look_for_the_last_time (NanogptJob *self);

static gboolean
on_deadline (gpointer data)
{
  NanogptJob *self = data;
  g_autoptr (GError) cause = NULL;

  nanogpt_timer_clear (&self->deadline);
  switch (self->stage) {
    case NANOGPT_STAGE_NEW:
      nanogpt_job_fail (self, nanogpt_job_not_submitted_error (self));
      break;
    case NANOGPT_STAGE_POSTING:
      if (!self->submit_sent) {
        self->late = TRUE;
        g_cancellable_cancel (self->cancellable);
        break;
      }
      if (!self->status.run_id) {
        cause = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
            _ ("no answer within %u seconds"), self->settings->timeout);
        nanogpt_job_fail (self,
            nanogpt_job_submit_unknown_error (
                cause, _ ("its answer is still awaited")));
        break;
      }
      /* It is just being written down. */
      G_GNUC_FALLTHROUGH;
    case NANOGPT_STAGE_UNKNOWN:
      nanogpt_job_fail (self,
          nanogpt_job_submit_unknown_error (self->last_failure, "timeout"));
      break;
    default:
      if (!self->last_look && nanogpt_job_may_look_again (self))
        look_for_the_last_time (self);
      else
        nanogpt_job_time_out (self);
      break;
  }
  return G_SOURCE_REMOVE;
}

/* The job may have been finished since the last poll, above all when this
 * process was stopped, or the machine asleep. */
static void
look_for_the_last_time (NanogptJob *self)
{
  self->last_look = TRUE;
  self->deadline = nanogpt_job_add_timer (self, LAST_LOOK, on_deadline);
  nanogpt_timer_clear (&self->timer);
  nanogpt_job_proceed (self);
}

void
nanogpt_job_arm_deadline (NanogptJob *self)
{
  if (self->settings->timeout > 0 && !self->deadline)
    self->deadline = nanogpt_job_add_timer (
        self, self->settings->timeout * G_TIME_SPAN_SECOND, on_deadline);
}

/* Things under way */

void
nanogpt_job_begin_work (NanogptJob *self)
{
  g_assert (!self->busy);
  self->busy = TRUE;
}

GCancellable *
nanogpt_job_begin_exchange (NanogptJob *self)
{
  nanogpt_job_begin_work (self);
  self->cancellable = g_cancellable_new ();
  return self->cancellable;
}

static gboolean end (gpointer data);

/* What was under way may have kept a stop from being over. */
void
nanogpt_job_end_work (NanogptJob *self)
{
  self->busy = FALSE;
  g_clear_object (&self->cancellable);
  if (!nanogpt_job_is_wanted (self))
    nanogpt_network_run (
        self->network, end, g_object_ref (self), g_object_unref);
}

gboolean
nanogpt_job_end_exchange (NanogptJob *self, const GError *error)
{
  nanogpt_job_end_work (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    /* Somebody may have started the job again meanwhile. */
    nanogpt_job_proceed (self);
    return FALSE;
  }
  return TRUE;
}
void
nanogpt_job_proceed (NanogptJob *self)
{
  if (!nanogpt_job_is_wanted (self) || self->busy || self->timer)
    return;

  if (self->settings->cache_dir && self->request && !self->settings->fresh
      && !self->settings->run_id && !self->cache_searched) {
    nanogpt_job_search_cache (self);
    return;
  }
  if (self->orphan && !self->settings->resume
      && self->stage == NANOGPT_STAGE_UNKNOWN)
    nanogpt_job_abandon_lost_submit (self);
  if (!self->writer)
    nanogpt_job_set_journal_writer (
        self, nanogpt_journal_writer_new (self->request, self->settings));
  if (!self->entry_open) {
    nanogpt_job_open_entry (self);
    return;
  }

  if (!self->estimate && self->request) {
    nanogpt_job_estimate (self);
    return;
  }
  switch (self->stage) {
    case NANOGPT_STAGE_NEW:
      nanogpt_job_submit (self);
      break;
    case NANOGPT_STAGE_UNKNOWN:
      nanogpt_job_recover (self);
      break;
    case NANOGPT_STAGE_ACCEPTED:
      nanogpt_job_poll_status (self);
      break;
    case NANOGPT_STAGE_POSTING:
    case NANOGPT_STAGE_CACHED:
    case NANOGPT_STAGE_OVER:
      break;
  }
}

/* Nothing is paid for that could not be stored. */
static gboolean
check_spool (NanogptJob *self, GError **error)
{
  g_autoptr (NanogptClip) clip = nanogpt_clip_new (
      self->settings->spool_dir, self->settings->max_size, error);

  return clip != NULL;
}

/* A clip keeps the limit that it began with. */
static void
drop_limited_clip (NanogptJob *self, NanogptClip *clip, guint64 max_size)
{
  if (max_size == self->settings->max_size || self->busy
      || !nanogpt_clip_discard (clip))
    return;

  g_clear_object (&self->download);
  g_mutex_lock (&self->lock);
  g_clear_object (&self->clip);
  g_mutex_unlock (&self->lock);
}

static gboolean
begin (gpointer data)
{
  NanogptJob *self = data;
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
  guint64 max_size = self->settings ? self->settings->max_size : 0;
  GError *error = NULL;

  if (!nanogpt_job_is_wanted (self)
      || (clip && nanogpt_clip_is_complete (clip)))
    return G_SOURCE_REMOVE;

  g_clear_pointer (&self->settings, nanogpt_settings_free);
  g_mutex_lock (&self->lock);
  self->settings = nanogpt_settings_copy (self->wanted_settings);
  g_mutex_unlock (&self->lock);
  if (clip)
    drop_limited_clip (self, clip, max_size);
  g_clear_object (&self->client);
  self->client = nanogpt_client_new (self->network, self->settings, &error);
  if (!self->client || !check_spool (self, &error)) {
    nanogpt_job_fail (self, error);
    return G_SOURCE_REMOVE;
  }
  self->failures = 0;
  self->without_url = 0;
  self->refreshes = 0;
  self->late = FALSE;
  self->last_look = FALSE;
  self->resumed = self->stage != NANOGPT_STAGE_NEW;
  self->balance_known = FALSE;
  self->catalog_asked = FALSE;
  self->orphan = self->stage == NANOGPT_STAGE_UNKNOWN;
  self->searched_time = 0;
  self->looked_last = FALSE;
  self->awaited_since = 0;
  self->service_date = 0;
  if (self->writer)
    nanogpt_journal_writer_set_abandoned (self->writer, FALSE);
  nanogpt_job_proceed (self);
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_start (NanogptJob *self, const NanogptSettings *settings)
{
  gboolean complete;

  g_mutex_lock (&self->lock);
  self->users++;
  if (self->wanted) {
    g_mutex_unlock (&self->lock);
    return;
  }
  complete = self->clip && nanogpt_clip_is_complete (self->clip);
  g_clear_pointer (&self->wanted_settings, nanogpt_settings_free);
  self->wanted_settings = nanogpt_settings_copy (settings);
  self->wanted = TRUE;
  self->start_time = g_get_monotonic_time ();
  self->end_time = complete ? self->start_time : 0;
  g_clear_error (&self->status.error);
  if (complete)
    self->status.state = NANOGPT_JOB_COMPLETE;
  else if (self->stage == NANOGPT_STAGE_ACCEPTED)
    self->status.state = NANOGPT_JOB_QUEUED;
  else
    self->status.state = NANOGPT_JOB_SUBMITTING;
  self->status.serial++;
  g_mutex_unlock (&self->lock);

  if (!complete)
    nanogpt_network_run (
        self->network, begin, g_object_ref (self), g_object_unref);
}

/* Comes back until all that was under way has ended. */
static gboolean
end (gpointer data)
{
  NanogptJob *self = data;

  if (nanogpt_job_is_wanted (self))
    return G_SOURCE_REMOVE;

  halt (self);
  if (self->busy)
    return G_SOURCE_REMOVE;
  if (self->entry_open) {
    nanogpt_job_close_entry (self);
    return G_SOURCE_REMOVE;
  }
  g_mutex_lock (&self->lock);
  self->settled = TRUE;
  g_cond_broadcast (&self->settled_down);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

/* Returns: whether there is something to wait for */
static gboolean
begin_stop (NanogptJob *self)
{
  g_mutex_lock (&self->lock);
  if (self->users == 0 || --self->users > 0) {
    g_mutex_unlock (&self->lock);
    return FALSE;
  }
  self->wanted = FALSE;
  self->settled = FALSE;
  g_mutex_unlock (&self->lock);
  nanogpt_network_run (self->network, end, g_object_ref (self), g_object_unref);
  return TRUE;
}

static void
wait_for_stop (NanogptJob *self, gint64 until)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->settled && !self->wanted)
    if (!g_cond_wait_until (&self->settled_down, &self->lock, until))
      break;
}

void
nanogpt_jobs_stop (NanogptJob *const *jobs, guint n_jobs)
{
  gint64 until = g_get_monotonic_time () + STOP_PATIENCE;
  g_autoptr (GPtrArray) stopping = g_ptr_array_new ();

  for (guint i = 0; i < n_jobs; i++) {
    if (begin_stop (jobs[i]))
      g_ptr_array_add (stopping, jobs[i]);
  }
  for (guint i = 0; i < stopping->len; i++)
    wait_for_stop (stopping->pdata[i], until);
}

void
nanogpt_job_stop (NanogptJob *self)
{
  nanogpt_jobs_stop (&self, 1);
}

static void
store_in_cache (NanogptJob *self, const NanogptSettings *settings)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (self);
  g_autoptr (NanogptCacheInfo) info = nanogpt_cache_info_new ();
  g_autofree char *key = nanogpt_job_get_cache_key (self, settings);
  g_autoptr (GError) error = NULL;

  info->run_id = g_strdup (status->run_id);
  info->model = g_strdup (status->model);
  info->payment_source = g_strdup (status->payment_source);
  info->cost = status->cost;
  if (!nanogpt_cache_store (settings->cache_dir, key, clip, info,
          settings->cache_max_age, &error))
    nanogpt_job_take_warning (self,
        g_strdup_printf (
            _ ("The clip could not be kept in cache-dir: %s"), error->message));
}

/* Whoever comes second waits as well: it may be about to end the process. */
void
nanogpt_job_deliver (NanogptJob *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->delivery_lock);
  g_autoptr (NanogptJournalWriter) writer = NULL;
  g_autoptr (NanogptSettings) settings = NULL;

  g_mutex_lock (&self->lock);
  if (self->status.state == NANOGPT_JOB_COMPLETE
      && self->stage == NANOGPT_STAGE_ACCEPTED && !self->delivered) {
    self->delivered = TRUE;
    writer = g_object_ref (self->writer);
    settings = nanogpt_settings_copy (self->wanted_settings);
  }
  g_mutex_unlock (&self->lock);
  if (!writer)
    return;

  if (settings->cache_dir && self->request && !settings->run_id)
    store_in_cache (self, settings);
  nanogpt_job_take_warning (self, nanogpt_journal_writer_deliver (writer));
}

typedef struct
{
  NanogptJob *job;
  guint64 offset;
} Want;

static gboolean
want (gpointer data)
{
  Want *wish = data;

  if (wish->job->download)
    nanogpt_download_want (wish->job->download, wish->offset);
  return G_SOURCE_REMOVE;
}

static void
want_free (gpointer data)
{
  Want *wish = data;

  g_object_unref (wish->job);
  g_free (wish);
}

void
nanogpt_job_want (NanogptJob *self, guint64 offset)
{
  Want *wish = g_new (Want, 1);

  wish->job = g_object_ref (self);
  wish->offset = offset;
  nanogpt_network_run (self->network, want, wish, want_free);
}

typedef struct
{
  NanogptJob *job;
  char *message;
} Rejection;

static void
rejection_free (gpointer data)
{
  Rejection *rejection = data;

  g_object_unref (rejection->job);
  g_free (rejection->message);
  g_free (rejection);
}

static gboolean
reject (gpointer data)
{
  Rejection *rejection = data;
  NanogptJob *self = rejection->job;
  GError *error = g_error_new_literal (
      NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE, rejection->message);

  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  nanogpt_error_get_details (error)->answered = TRUE;
  if (self->stage == NANOGPT_STAGE_CACHED) {
    g_autofree char *key = nanogpt_job_get_cache_key (self, self->settings);

    nanogpt_cache_remove (self->settings->cache_dir, key);
    nanogpt_job_set_stage (self, NANOGPT_STAGE_OVER);
  }
  /* Whoever is told may start again at once, and must not find it there. */
  fail (self, error, FALSE);
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_reject_clip (NanogptJob *self, const char *message)
{
  Rejection *rejection = g_new (Rejection, 1);

  rejection->job = g_object_ref (self);
  rejection->message = g_strdup (message);
  nanogpt_network_run (self->network, reject, rejection, rejection_free);
}
