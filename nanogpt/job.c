/* nanovid: the life of one request, from submit to the last byte
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job.h"

#include "bookkeeper.h"
#include "cache.h"
#include "client.h"
#include "download.h"
#include "http-error.h"
#include "polling.h"
#include "recovery.h"
#include "retry.h"
#include "url.h"

/* How long a stop waits for the answer to a submit. */
#define STOP_PATIENCE (2 * G_USEC_PER_SEC)

/* A job may be unknown to the status endpoint for a while after its submit. */
#define NOT_FOUND_GRACE (30 * G_USEC_PER_SEC)

/* How long a lost submit is looked for among the account's recent jobs, and
 * how often: the service allows 20 look-ups a minute. */
#define RECOVER_PATIENCE (30 * G_USEC_PER_SEC)
#define RECOVER_INTERVAL (4 * G_USEC_PER_SEC)

/* Answers in a row that report COMPLETED and say not where the clip is. */
#define MAX_WITHOUT_URL 5

/* Fresh URLs, or changed files, in a row that brought no byte. */
#define MAX_REFRESHES 3

/* What is known of the job at the service. */
typedef enum
{
  STAGE_NEW,      /* certainly not there */
  STAGE_POSTING,  /* the submit is on its way */
  STAGE_UNKNOWN,  /* perhaps there: the answer to the submit was lost */
  STAGE_ACCEPTED, /* there, and its id is known */
  STAGE_CACHED,   /* not there, and not needed: the clip was in the cache */
  STAGE_OVER,     /* ended without a clip */
} Stage;

typedef struct
{
  guint id;
  NanogptJobObserver function;
  gpointer user_data;
} Observer;

struct _NanogptJob
{
  GObject parent;

  NanogptRequest *request;
  NanogptNetwork *network;

  GMutex lock; /* guards the following, never held while calling out */
  GCond posted;
  NanogptSettings *wanted_settings; /* of the last start */
  NanogptJobStatus status;
  NanogptClip *clip;
  gint64 start_time;
  gint64 end_time;
  gboolean wanted; /* between start and stop, or the end */
  gboolean delivered;
  Stage stage; /* written on the network thread only */

  GMutex observers_lock; /* held while observers run, taken before no other */
  GArray *observers;
  guint last_observer_id;

  /* The network thread's own */
  NanogptSettings *settings;
  NanogptClient *client;
  gboolean cache_searched;
  NanogptBookkeeper *books; /* set under the lock, too */
  gboolean books_open;
  gboolean busy;             /* one thing is under way */
  GCancellable *cancellable; /* of it, when it can be ended */
  GSource *timer;            /* until the next thing */
  GSource *deadline;
  NanogptPolling *polling;
  NanogptDownload *download;
  gint64 submit_time;   /* monotonic, 0 when somebody else submitted */
  gint64 lost_time;     /* when the answer to the submit was lost */
  GError *last_failure; /* what the current wait had to ride out */
  guint failures;       /* in a row */
  guint without_url;    /* in a row */
  guint refreshes;      /* in a row */
  guint64 refreshed_at; /* bytes of the clip at the last refresh */
  gboolean orphan;      /* taking up a lost submit after a new start */
};

G_DEFINE_FINAL_TYPE (NanogptJob, nanogpt_job, G_TYPE_OBJECT)

/* Observation */

static void
notify (NanogptJob *self)
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
  g_free (status->warning);
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
  status->warning = g_strdup (self->status.warning);
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

static NanogptJobState
get_state (NanogptJob *self)
{
  NanogptJobState state;

  g_mutex_lock (&self->lock);
  state = self->status.state;
  g_mutex_unlock (&self->lock);
  return state;
}

static void
set_state (NanogptJob *self, NanogptJobState state)
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
    notify (self);
}

static void
set_stage (NanogptJob *self, Stage stage)
{
  g_mutex_lock (&self->lock);
  self->stage = stage;
  if (stage != STAGE_POSTING)
    g_cond_broadcast (&self->posted);
  g_mutex_unlock (&self->lock);
}

static gboolean
is_wanted (NanogptJob *self)
{
  gboolean wanted;

  g_mutex_lock (&self->lock);
  wanted = self->wanted;
  g_mutex_unlock (&self->lock);
  return wanted;
}

/* Takes @warning, which may be NULL. */
static void
take_warning (NanogptJob *self, char *warning)
{
  if (!warning)
    return;

  g_mutex_lock (&self->lock);
  g_free (self->status.warning);
  self->status.warning = warning;
  self->status.serial++;
  g_mutex_unlock (&self->lock);
  notify (self);
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

static void
update_status (NanogptJob *self, const NanogptAnswer *answer)
{
  NanogptJobStatus *status = &self->status;
  gboolean changed = FALSE;

  g_mutex_lock (&self->lock);
  /* The id of the submit's answer stays: the status may name another one. */
  if (!status->run_id)
    replace_string (&status->run_id, answer->run_id, &changed);
  replace_string (&status->model, answer->model, &changed);
  replace_string (&status->details, answer->details, &changed);
  replace_string (&status->payment_source, answer->payment_source, &changed);
  if (answer->cost >= 0 && answer->cost != status->cost) {
    status->cost = answer->cost;
    changed = TRUE;
  }
  if (answer->remaining_balance >= 0
      && answer->remaining_balance != status->remaining_balance) {
    status->remaining_balance = answer->remaining_balance;
    changed = TRUE;
  }
  if (answer->progress >= 0 && answer->progress != status->progress) {
    status->progress = answer->progress;
    changed = TRUE;
  }
  if (changed)
    status->serial++;
  g_mutex_unlock (&self->lock);
  if (changed)
    notify (self);
}

/* Life */

static void
nanogpt_job_finalize (GObject *object)
{
  NanogptJob *self = NANOGPT_JOB (object);

  if (self->books && self->stage == STAGE_NEW)
    nanogpt_bookkeeper_drop (self->books);
  g_clear_object (&self->books);
  g_clear_pointer (&self->polling, nanogpt_polling_free);
  g_clear_object (&self->download);
  g_clear_object (&self->client);
  g_clear_object (&self->clip);
  g_clear_error (&self->last_failure);
  g_clear_pointer (&self->request, nanogpt_request_unref);
  g_clear_pointer (&self->settings, nanogpt_settings_free);
  g_clear_pointer (&self->wanted_settings, nanogpt_settings_free);
  g_clear_pointer (&self->network, nanogpt_network_unref);
  g_free (self->status.run_id);
  g_free (self->status.model);
  g_free (self->status.details);
  g_free (self->status.payment_source);
  g_free (self->status.warning);
  g_clear_error (&self->status.error);
  g_array_unref (self->observers);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->observers_lock);
  g_cond_clear (&self->posted);
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
  g_mutex_init (&self->observers_lock);
  g_cond_init (&self->posted);
  self->polling = nanogpt_polling_new (NULL, 0);
  self->observers = g_array_new (FALSE, FALSE, sizeof (Observer));
  self->status.cost = -1;
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
    self->stage = STAGE_ACCEPTED;
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
      && g_strcmp0 (self->wanted_settings->run_id, settings->run_id) == 0;
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
  collectable = self->stage != STAGE_OVER;
  g_mutex_unlock (&self->lock);
  return collectable;
}

static void proceed (NanogptJob *self);

/* Whatever is under way ends soon and then finds that nobody wants it; a
 * submit that has left is never ended. */
static void
halt (NanogptJob *self)
{
  if (self->timer) {
    g_source_destroy (self->timer);
    g_clear_pointer (&self->timer, g_source_unref);
  }
  if (self->deadline) {
    g_source_destroy (self->deadline);
    g_clear_pointer (&self->deadline, g_source_unref);
  }
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  if (self->download)
    nanogpt_download_stop (self->download);
}

/* Whatever ended the wait, what was paid for can still be had. */
static void
explain_collecting (NanogptJob *self, GError *error)
{
  const char *run_id = self->status.run_id;
  char *message = g_strdup_printf (
      "%s. Job %s goes on and is charged: collect its clip by running the same "
      "again, or with run-id=%s",
      error->message, run_id, run_id);

  g_free (error->message);
  error->message = message;
}

/* Takes @error. */
static void
fail (NanogptJob *self, GError *error)
{
  NanogptErrorDetails *details = nanogpt_error_get_details (error);

  g_mutex_lock (&self->lock);
  if (self->stage == STAGE_ACCEPTED)
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
  g_mutex_unlock (&self->lock);

  halt (self);
  notify (self);
}

/* Remembers what went wrong for whoever has to explain the end of the wait.
 * Takes @error. */
static void
note_failure (NanogptJob *self, GError *error)
{
  g_clear_error (&self->last_failure);
  self->last_failure = error;
  self->failures++;
}

static gboolean
on_timer (gpointer data)
{
  NanogptJob *self = data;
  g_autoptr (GSource) keep = g_steal_pointer (&self->timer);

  proceed (self);
  return G_SOURCE_REMOVE;
}

static GSource *
add_timeout (NanogptJob *self, gint64 delay, GSourceFunc function)
{
  return nanogpt_network_add_timeout (
      delay, function, g_object_ref (self), g_object_unref);
}

static void
proceed_after (NanogptJob *self, gint64 delay)
{
  if (is_wanted (self))
    self->timer = add_timeout (self, delay, on_timer);
}

/* The deadline */

static GError *
timed_out_error (NanogptJob *self)
{
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_TIMED_OUT,
      "The job was not finished within the %u seconds of the property "
      "timeout%s%s",
      self->settings->timeout, self->last_failure ? ". The last failure: " : "",
      self->last_failure ? self->last_failure->message : "");
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

static GError *
submit_unknown_error (const GError *cause, const char *why)
{
  NanogptErrorDetails *details;
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
      "It is not known whether the service took the request: %s (%s). Nothing "
      "was sent a second time. Run the same again to look it up once more, "
      "or change the request or set resume=false to pay for another one",
      cause->message, why);

  details = nanogpt_error_get_details (error);
  details->may_have_been_charged = TRUE;
  if (cause->domain == NANOGPT_ERROR) {
    NanogptErrorDetails *cause_details = nanogpt_error_get_details (cause);

    details->http_status = cause_details->http_status;
    details->debug = g_strdup (cause_details->debug);
  }
  return error;
}

static gboolean
on_deadline (gpointer data)
{
  NanogptJob *self = data;
  g_autoptr (GSource) keep = g_steal_pointer (&self->deadline);
  g_autoptr (GError) cause = NULL;

  switch (self->stage) {
    case STAGE_NEW:
      fail (self,
          self->last_failure
              ? g_error_copy (self->last_failure)
              : g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_TIMED_OUT,
                  "Nothing was submitted within %u seconds",
                  self->settings->timeout));
      break;
    case STAGE_POSTING:
      cause = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
          "no answer within %u seconds", self->settings->timeout);
      fail (self, submit_unknown_error (cause, "its answer is still awaited"));
      break;
    case STAGE_UNKNOWN:
      fail (self, submit_unknown_error (self->last_failure, "timeout"));
      break;
    default:
      fail (self, timed_out_error (self));
      break;
  }
  return G_SOURCE_REMOVE;
}

static void
arm_deadline (NanogptJob *self)
{
  if (self->settings->timeout > 0 && !self->deadline)
    self->deadline = add_timeout (
        self, self->settings->timeout * G_USEC_PER_SEC, on_deadline);
}

static gboolean
is_beyond_deadline (NanogptJob *self, gint64 delay)
{
  return self->deadline
      && g_get_monotonic_time () + delay
      > g_source_get_ready_time (self->deadline);
}

/* Things under way: one at a time */

static void
begin_work (NanogptJob *self)
{
  g_assert (!self->busy);
  self->busy = TRUE;
}

static GCancellable *
begin_exchange (NanogptJob *self)
{
  begin_work (self);
  self->cancellable = g_cancellable_new ();
  return self->cancellable;
}

static void
end_work (NanogptJob *self)
{
  self->busy = FALSE;
  g_clear_object (&self->cancellable);
}

/* Returns: whether the outcome of the exchange still matters. */
static gboolean
end_exchange (NanogptJob *self, const GError *error)
{
  end_work (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    /* Somebody may have started the job again meanwhile. */
    proceed (self);
    return FALSE;
  }
  return TRUE;
}

/* Submit */

typedef struct
{
  NanogptJob *job;
  NanogptAnswer *answer;
} Acceptance;

static void
acceptance_free (Acceptance *acceptance)
{
  g_object_unref (acceptance->job);
  nanogpt_answer_free (acceptance->answer);
  g_free (acceptance);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Acceptance, acceptance_free)

static void handle_answer (NanogptJob *self, const NanogptAnswer *answer);

static void
on_acceptance_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Acceptance) acceptance = data;
  NanogptJob *self = acceptance->job;
  char *warning;

  nanogpt_bookkeeper_finish (NANOGPT_BOOKKEEPER (source), result, &warning);
  end_work (self);
  take_warning (self, warning);
  set_stage (self, STAGE_ACCEPTED);
  if (is_wanted (self))
    handle_answer (self, acceptance->answer);
}

/* The id is on disk before anything else happens; whoever stops the job
 * meanwhile waits for that. */
static void
accept_job (NanogptJob *self, const NanogptAnswer *answer)
{
  Acceptance *acceptance = g_new (Acceptance, 1);

  acceptance->job = g_object_ref (self);
  acceptance->answer = nanogpt_answer_copy (answer);
  nanogpt_recovery_own (answer->run_id);
  update_status (self, answer);
  self->failures = 0;
  g_clear_error (&self->last_failure);
  begin_work (self);
  nanogpt_bookkeeper_accept_async (
      self->books, answer, on_acceptance_kept, acceptance);
}

/* Takes @error. */
static void
end_refused (NanogptJob *self, GError *error)
{
  nanogpt_bookkeeper_drop (self->books);
  set_stage (self, STAGE_OVER);
  fail (self, error);
}

static void
retry_submit (NanogptJob *self, GError *error)
{
  NanogptErrorDetails *details = nanogpt_error_get_details (error);
  gboolean limited = error->code == NANOGPT_ERROR_RATE_LIMITED;
  gint64 delay = limited
      ? nanogpt_retry_get_rate_limit_delay (
          self->failures, details->retry_after)
      : nanogpt_retry_get_delay (self->failures, details->retry_after);
  gboolean enough = limited ? self->settings->retries == 0
                            : self->failures >= self->settings->retries;

  if (!details->transient || enough || is_beyond_deadline (self, delay)) {
    end_refused (self, error);
    return;
  }
  set_stage (self, STAGE_NEW);
  note_failure (self, error);
  proceed_after (self, delay);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  gboolean accepted = FALSE;
  g_autoptr (NanogptAnswer) answer = nanogpt_client_submit_finish (
      NANOGPT_CLIENT (source), result, &accepted, &error);

  end_work (self);
  if (answer) {
    accept_job (self, answer);
    return;
  }
  if (accepted) {
    self->lost_time = g_get_monotonic_time ();
    note_failure (self, g_steal_pointer (&error));
    self->failures = 0;
    set_stage (self, STAGE_UNKNOWN);
    proceed (self);
    return;
  }
  if (!is_wanted (self)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    set_stage (self, STAGE_NEW);
    proceed (self);
    return;
  }
  retry_submit (self, g_steal_pointer (&error));
}

static void
on_sending_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  char *warning;

  nanogpt_bookkeeper_finish (NANOGPT_BOOKKEEPER (source), result, &warning);
  end_work (self);
  take_warning (self, warning);
  if (!is_wanted (self))
    return;

  arm_deadline (self);
  set_stage (self, STAGE_POSTING);
  self->submit_time = g_get_monotonic_time ();
  nanogpt_client_submit_async (self->client,
      nanogpt_request_get_body (self->request), begin_exchange (self),
      on_submitted, g_object_ref (self));
}

static gboolean
on_submit_turn (gpointer data)
{
  NanogptJob *self = data;
  g_autoptr (GSource) keep = g_steal_pointer (&self->timer);

  begin_work (self);
  nanogpt_bookkeeper_send_async (
      self->books, on_sending_kept, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
submit (NanogptJob *self)
{
  GError *error = NULL;
  gint64 delay = nanogpt_client_reserve_submit (self->client, &error);

  if (delay < 0) {
    end_refused (self, error);
    return;
  }
  if (delay == 0)
    on_submit_turn (self);
  else
    self->timer = add_timeout (self, delay, on_submit_turn);
}

/* Recover: looking up a submit whose answer was lost */

static void
adopt (NanogptJob *self, const NanogptRun *run)
{
  NanogptAnswer answer = { .run_id = run->run_id,
    .model = run->model,
    .cost = -1,
    .remaining_balance = -1,
    .progress = -1 };

  g_mutex_lock (&self->lock);
  self->status.resumed = TRUE;
  g_mutex_unlock (&self->lock);
  accept_job (self, &answer);
}

/* What came instead of the answer was an answer, if a strange one. */
static GError *
lost_submit_error (NanogptJob *self, const char *why)
{
  const GError *cause = self->last_failure;
  GError *error;

  if (!g_error_matches (cause, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE))
    return submit_unknown_error (cause, why);

  error = g_error_copy (cause);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GPtrArray) runs = nanogpt_client_recover_finish (
      NANOGPT_CLIENT (source), result, &date, &error);
  gint64 now = g_get_monotonic_time ();
  gboolean patient = now - self->lost_time < RECOVER_PATIENCE;
  const NanogptRun *run;
  guint candidates;

  if (!end_exchange (self, error) || !is_wanted (self))
    return;

  if (error) {
    if (nanogpt_error_get_details (error)->transient && patient)
      proceed_after (self, RECOVER_INTERVAL);
    else
      fail (self, lost_submit_error (self, error->message));
    return;
  }

  run = nanogpt_recovery_match (runs, nanogpt_request_get_model (self->request),
      nanogpt_request_get_conversation (self->request), date,
      now - self->submit_time, &candidates);
  if (run)
    adopt (self, run);
  else if (candidates > 1)
    fail (self,
        lost_submit_error (self, "several recent jobs could be this one"));
  else if (patient)
    proceed_after (self, RECOVER_INTERVAL);
  else if (self->orphan) {
    set_stage (self, STAGE_NEW);
    proceed (self);
  } else
    fail (self,
        lost_submit_error (self, "it is not among the account's recent jobs"));
}

static void
on_others_owned (GObject *source G_GNUC_UNUSED,
    GAsyncResult *result G_GNUC_UNUSED, gpointer data)
{
  g_autoptr (NanogptJob) self = data;

  end_work (self);
  if (!is_wanted (self))
    return;

  nanogpt_client_recover_async (self->client,
      nanogpt_request_get_model (self->request),
      nanogpt_request_get_conversation (self->request), begin_exchange (self),
      on_recovered, g_object_ref (self));
}

static void
recover (NanogptJob *self)
{
  arm_deadline (self);
  begin_work (self);
  nanogpt_bookkeeper_own_all_async (
      self->books, on_others_owned, g_object_ref (self));
}

/* Download */

static void
on_grown (gpointer data)
{
  notify (data);
}

/* Takes @error.  The file has become another one: harmless as long as nobody
 * has read the former. */
static void
start_over (NanogptJob *self, GError *error)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);

  g_clear_object (&self->download);
  if (self->refreshes++ < MAX_REFRESHES && nanogpt_clip_discard (clip)) {
    g_mutex_lock (&self->lock);
    g_clear_object (&self->clip);
    g_mutex_unlock (&self->lock);
    g_error_free (error);
    proceed (self);
    return;
  }
  fail (self,
      g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
          "The video changed at the service while it was being fetched"));
  g_error_free (error);
}

static gboolean
is_expired_url (const GError *error)
{
  guint status = nanogpt_error_get_details (error)->http_status;

  return status == 401 || status == 403 || status == 404 || status == 410;
}

static void
on_downloaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;

  if (nanogpt_download_run_finish (NANOGPT_DOWNLOAD (source), result, &error)) {
    end_exchange (self, NULL);
    set_state (self, NANOGPT_JOB_COMPLETE);
    return;
  }
  if (!end_exchange (self, error)) {
    g_error_free (error);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG)) {
    start_over (self, error);
    return;
  }
  if (is_expired_url (error)) {
    g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
    guint64 bytes = nanogpt_clip_get_bytes (clip);

    if (bytes > self->refreshed_at)
      self->refreshes = 0;
    self->refreshed_at = bytes;
    if (self->refreshes++ < MAX_REFRESHES) {
      g_error_free (error);
      proceed (self);
      return;
    }
  }
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  fail (self, error);
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
    fail (self, error);
    return;
  }
  if (self->deadline) {
    g_source_destroy (self->deadline);
    g_clear_pointer (&self->deadline, g_source_unref);
  }
  begin_exchange (self);
  set_state (self, NANOGPT_JOB_DOWNLOADING);
  nanogpt_download_run_async (
      self->download, url, on_downloaded, g_object_ref (self));
}

/* Poll */

/* @answer, if there is one, may say how far the job is. */
static void
poll_again (NanogptJob *self, const NanogptAnswer *answer, gint64 at_least)
{
  gint64 since = self->submit_time ? self->submit_time : self->start_time;
  double elapsed = (g_get_monotonic_time () - since) / 1e6;
  gint64 delay = self->settings->poll_interval > 0
      ? self->settings->poll_interval * G_GINT64_CONSTANT (1000)
      : nanogpt_polling_get_delay (self->polling, elapsed,
            answer ? answer->progress : -1, answer ? answer->eta : -1)
          * G_USEC_PER_SEC;

  proceed_after (self, MAX (delay, at_least));
}

static void
handle_answer (NanogptJob *self, const NanogptAnswer *answer)
{
  NanogptPhase phase = answer->phase;
  GError *error;

  if (answer->terminal && phase < NANOGPT_PHASE_COMPLETED)
    phase = NANOGPT_PHASE_FAILED;

  switch (phase) {
    case NANOGPT_PHASE_COMPLETED:
      if (answer->url) {
        self->without_url = 0;
        download (self, answer->url);
      } else if (self->without_url++ < MAX_WITHOUT_URL) {
        poll_again (self, answer, G_USEC_PER_SEC);
      } else {
        error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
            "The service finished the job but does not say where the video is");
        nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
        nanogpt_error_get_details (error)->answered = TRUE;
        fail (self, error);
      }
      break;
    case NANOGPT_PHASE_FAILED:
    case NANOGPT_PHASE_CANCELLED:
      error = nanogpt_answer_error_new (answer);
      nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
      end_refused (self, error);
      break;
    case NANOGPT_PHASE_RUNNING:
      set_state (self, NANOGPT_JOB_GENERATING);
      poll_again (self, answer, 0);
      break;
    case NANOGPT_PHASE_QUEUED:
      set_state (self, NANOGPT_JOB_QUEUED);
      poll_again (self, answer, 0);
      break;
    case NANOGPT_PHASE_UNKNOWN:
      if (get_state (self) == NANOGPT_JOB_SUBMITTING)
        set_state (self, NANOGPT_JOB_QUEUED);
      poll_again (self, answer, 0);
      break;
  }
}

static void
on_polled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;
  g_autoptr (NanogptAnswer) answer =
      nanogpt_client_status_finish (NANOGPT_CLIENT (source), result, &error);
  NanogptErrorDetails *details;
  gint64 delay;

  if (!end_exchange (self, error) || !is_wanted (self)) {
    g_clear_error (&error);
    return;
  }
  if (answer) {
    self->failures = 0;
    g_clear_error (&self->last_failure);
    update_status (self, answer);
    handle_answer (self, answer);
    return;
  }

  details = nanogpt_error_get_details (error);
  details->may_have_been_charged = TRUE;
  if (details->http_status == 404) {
    if (self->submit_time > 0
        && g_get_monotonic_time () - self->submit_time < NOT_FOUND_GRACE) {
      note_failure (self, error);
      poll_again (self, NULL, G_USEC_PER_SEC);
    } else {
      end_refused (self, error);
    }
    return;
  }

  delay = error->code == NANOGPT_ERROR_RATE_LIMITED
      ? nanogpt_retry_get_rate_limit_delay (
          self->failures, details->retry_after)
      : nanogpt_retry_get_delay (self->failures, details->retry_after);
  if (error->code == NANOGPT_ERROR_BAD_RESPONSE)
    details->transient = self->failures < self->settings->retries;
  if (!details->transient
      || (error->code == NANOGPT_ERROR_RATE_LIMITED
          && is_beyond_deadline (self, delay))) {
    fail (self, error);
    return;
  }
  note_failure (self, error);
  poll_again (self, NULL, delay);
}

static void
poll_status (NanogptJob *self)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (self);

  arm_deadline (self);
  nanogpt_client_status_async (self->client, status->run_id, status->model,
      begin_exchange (self), on_polled, g_object_ref (self));
}

/* The journal */

/* Takes up what another process, or an earlier run of this one, has left. */
static void
adopt_record (NanogptJob *self, const NanogptJournalRecord *record)
{
  gint64 now = g_get_monotonic_time ();
  gint64 age = MAX (g_get_real_time () - record->sent, 0);

  if (record->sent > 0)
    self->submit_time = now - age;

  g_mutex_lock (&self->lock);
  if (record->state >= NANOGPT_JOURNAL_ACCEPTED) {
    g_free (self->status.run_id);
    self->status.run_id = g_strdup (record->run_id);
    g_free (self->status.model);
    self->status.model = g_strdup (record->model);
    g_free (self->status.payment_source);
    self->status.payment_source = g_strdup (record->payment_source);
    self->status.cost = record->cost;
    self->status.resumed = TRUE;
    self->status.serial++;
  }
  g_mutex_unlock (&self->lock);

  if (record->state >= NANOGPT_JOURNAL_ACCEPTED) {
    nanogpt_recovery_own (record->run_id);
    set_stage (self, STAGE_ACCEPTED);
    set_state (self, NANOGPT_JOB_QUEUED);
  } else if (record->state == NANOGPT_JOURNAL_SENDING) {
    self->lost_time = self->submit_time;
    self->orphan = TRUE;
    note_failure (self,
        g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
            "the process that sent it ended before the answer came"));
    self->failures = 0;
    set_stage (self, STAGE_UNKNOWN);
  }
}

static void
on_books_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  char *warning;
  g_autoptr (NanogptJournalRecord) record = nanogpt_bookkeeper_open_finish (
      NANOGPT_BOOKKEEPER (source), result, &warning);

  end_work (self);
  self->books_open = TRUE;
  take_warning (self, warning);
  if (record)
    adopt_record (self, record);
  proceed (self);
}

static void
open_books (NanogptJob *self)
{
  begin_work (self);
  nanogpt_bookkeeper_open_async (
      self->books, on_books_opened, g_object_ref (self));
}

/* Takes @books. */
static void
set_books (NanogptJob *self, NanogptBookkeeper *books)
{
  g_mutex_lock (&self->lock);
  g_clear_object (&self->books);
  self->books = books;
  g_mutex_unlock (&self->lock);
}

/* The cache */

static void
search_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJob *self = source;
  const NanogptSettings *settings = data;
  GError *error = NULL;
  NanogptClip *clip = nanogpt_cache_lookup (settings->cache_dir,
      nanogpt_request_get_digest (self->request), settings->cache_max_age, NULL,
      &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, clip, g_object_unref);
}

static void
on_cache_searched (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  NanogptJob *self = NANOGPT_JOB (source);
  g_autoptr (GError) error = NULL;
  NanogptClip *clip = g_task_propagate_pointer (G_TASK (result), &error);

  end_work (self);
  if (error)
    take_warning (self,
        g_strdup_printf (
            "The cache in cache-dir cannot be read: %s", error->message));
  if (clip) {
    g_mutex_lock (&self->lock);
    self->clip = clip;
    self->status.resumed = TRUE;
    g_mutex_unlock (&self->lock);
    set_stage (self, STAGE_CACHED);
    set_state (self, NANOGPT_JOB_COMPLETE);
  } else {
    proceed (self);
  }
}

static void
search_cache (NanogptJob *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_cache_searched, NULL);

  begin_work (self);
  self->cache_searched = TRUE;
  g_task_set_task_data (task, nanogpt_settings_copy (self->settings),
      (GDestroyNotify)nanogpt_settings_free);
  g_task_run_in_thread (task, search_in_thread);
}

/* The user's word to pay again for what may have been paid. */
static void
renounce_lost_submit (NanogptJob *self)
{
  nanogpt_bookkeeper_drop (self->books);
  set_books (self, NULL);
  self->books_open = FALSE;
  set_stage (self, STAGE_NEW);
}

/* The next step, from whatever is known of the job. */
static void
proceed (NanogptJob *self)
{
  if (!is_wanted (self) || self->busy || self->timer)
    return;

  if (self->settings->cache_dir && self->request && !self->settings->fresh
      && !self->settings->run_id && !self->cache_searched) {
    search_cache (self);
    return;
  }
  if (!self->books_open) {
    open_books (self);
    return;
  }

  switch (self->stage) {
    case STAGE_NEW:
      submit (self);
      break;
    case STAGE_UNKNOWN:
      recover (self);
      break;
    case STAGE_ACCEPTED:
      poll_status (self);
      break;
    case STAGE_POSTING:
    case STAGE_CACHED:
    case STAGE_OVER:
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

static gboolean
begin (gpointer data)
{
  NanogptJob *self = data;
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
  GError *error = NULL;

  if (!is_wanted (self) || (clip && nanogpt_clip_is_complete (clip)))
    return G_SOURCE_REMOVE;

  g_clear_pointer (&self->settings, nanogpt_settings_free);
  g_mutex_lock (&self->lock);
  self->settings = nanogpt_settings_copy (self->wanted_settings);
  g_mutex_unlock (&self->lock);
  g_clear_object (&self->client);
  self->client = nanogpt_client_new (self->network, self->settings, &error);
  if (!self->client || !check_spool (self, &error)) {
    fail (self, error);
    return G_SOURCE_REMOVE;
  }
  self->failures = 0;
  self->without_url = 0;
  self->refreshes = 0;
  self->orphan = self->stage == STAGE_UNKNOWN;
  if (self->orphan && !self->settings->resume && !self->busy)
    renounce_lost_submit (self);
  if (!self->books)
    set_books (self, nanogpt_bookkeeper_new (self->request, self->settings));
  proceed (self);
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_start (NanogptJob *self, const NanogptSettings *settings)
{
  gboolean complete;

  g_mutex_lock (&self->lock);
  complete = self->clip && nanogpt_clip_is_complete (self->clip);
  g_clear_pointer (&self->wanted_settings, nanogpt_settings_free);
  self->wanted_settings = nanogpt_settings_copy (settings);
  self->wanted = TRUE;
  self->start_time = g_get_monotonic_time ();
  self->end_time = complete ? self->start_time : 0;
  g_clear_error (&self->status.error);
  if (complete)
    self->status.state = NANOGPT_JOB_COMPLETE;
  else if (self->stage == STAGE_ACCEPTED)
    self->status.state = NANOGPT_JOB_QUEUED;
  else
    self->status.state = NANOGPT_JOB_SUBMITTING;
  self->status.serial++;
  g_mutex_unlock (&self->lock);

  if (!complete)
    nanogpt_network_run (
        self->network, begin, g_object_ref (self), g_object_unref);
}

static gboolean
end (gpointer data)
{
  NanogptJob *self = data;

  if (!is_wanted (self))
    halt (self);
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_stop (NanogptJob *self)
{
  gint64 until = g_get_monotonic_time () + STOP_PATIENCE;

  g_mutex_lock (&self->lock);
  self->wanted = FALSE;
  g_mutex_unlock (&self->lock);
  nanogpt_network_run (self->network, end, g_object_ref (self), g_object_unref);

  g_mutex_lock (&self->lock);
  while (self->stage == STAGE_POSTING && !self->wanted)
    if (!g_cond_wait_until (&self->posted, &self->lock, until))
      break;
  g_mutex_unlock (&self->lock);
}

static void
store_in_cache (NanogptJob *self, const NanogptSettings *settings)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (self);
  g_autoptr (NanogptCacheInfo) info = nanogpt_cache_info_new ();
  g_autoptr (GError) error = NULL;

  info->run_id = g_strdup (status->run_id);
  info->model = g_strdup (status->model);
  info->payment_source = g_strdup (status->payment_source);
  info->cost = status->cost;
  if (!nanogpt_cache_store (settings->cache_dir,
          nanogpt_request_get_digest (self->request), clip, info,
          settings->cache_max_age, &error))
    take_warning (self,
        g_strdup_printf (
            "The clip could not be kept in cache-dir: %s", error->message));
}

void
nanogpt_job_deliver (NanogptJob *self)
{
  g_autoptr (NanogptBookkeeper) books = NULL;
  g_autoptr (NanogptSettings) settings = NULL;

  g_mutex_lock (&self->lock);
  if (self->status.state == NANOGPT_JOB_COMPLETE
      && self->stage == STAGE_ACCEPTED && !self->delivered) {
    self->delivered = TRUE;
    books = g_object_ref (self->books);
    settings = nanogpt_settings_copy (self->wanted_settings);
  }
  g_mutex_unlock (&self->lock);
  if (!books)
    return;

  if (settings->cache_dir && self->request && !settings->run_id)
    store_in_cache (self, settings);
  nanogpt_bookkeeper_deliver (books);
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
  fail (self, error);
  g_clear_object (&self->download);
  g_mutex_lock (&self->lock);
  g_clear_object (&self->clip);
  g_mutex_unlock (&self->lock);
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
