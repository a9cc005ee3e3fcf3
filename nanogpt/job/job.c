/* nanovid: NanogptJob: one request, from submit to finished download
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job.h"

#include <glib/gi18n-lib.h>

#include "cached.h"
#include "fetch.h"
#include "job-actions.h"
#include "job-core.h"
#include "nanogpt/base/worker.h"
#include "nanogpt/store/cache.h"
#include "prepare.h"
#include "recover.h"
#include "submit.h"

/* How long a stop waits for the response to a submit. */
#define STOP_PATIENCE (2 * G_TIME_SPAN_SECOND)
#define UNSENT_STOP_PATIENCE (G_TIME_SPAN_SECOND / 20)

/* How long a state change waits for the disk. */
#define DELIVERY_PATIENCE (50 * G_TIME_SPAN_MILLISECOND)

typedef struct _Delivery Delivery;

static Delivery *delivery_new (
    NanogptJob *self, const NanogptSettings *settings);
static void keep_clip (gpointer data);

/* The table's actions, in the files of their phases */

/* Nothing waits until the clip is in the cache, except its delivery. */
static void
show_complete (NanogptJob *self)
{
  if (nanogpt_job_uses_cache (self, self->settings)) {
    g_mutex_lock (&self->lock);
    self->keeping = TRUE;
    g_mutex_unlock (&self->lock);
    nanogpt_worker_run (keep_clip, delivery_new (self, self->settings));
  }
  nanogpt_job_show_complete (self);
}

static void
follow_response (NanogptJob *self)
{
  nanogpt_job_read_response (self);
  nanogpt_job_refresh_catalog (self);
}

static const NanogptJobAction actions[] = {
  [NANOGPT_ACTION_CHECK_DISK] = nanogpt_job_check_disk,
  [NANOGPT_ACTION_BEGIN] = nanogpt_job_begin,
  [NANOGPT_ACTION_SEARCH_CACHE] = nanogpt_job_search_cache,
  [NANOGPT_ACTION_SHOW_CACHED] = nanogpt_job_show_cached,
  [NANOGPT_ACTION_OPEN_ENTRY] = nanogpt_job_open_entry,
  [NANOGPT_ACTION_ASK_DATE] = nanogpt_job_ask_date,
  [NANOGPT_ACTION_ESTIMATE] = nanogpt_job_estimate,
  [NANOGPT_ACTION_CHOOSE] = nanogpt_job_choose,
  [NANOGPT_ACTION_LIST_MODELS] = nanogpt_job_list_models,
  [NANOGPT_ACTION_CHECK_BALANCE] = nanogpt_job_check_balance,
  [NANOGPT_ACTION_TAKE_TURN] = nanogpt_job_take_turn,
  [NANOGPT_ACTION_RESERVE] = nanogpt_job_reserve,
  [NANOGPT_ACTION_WRITE_SENDING] = nanogpt_job_write_sending,
  [NANOGPT_ACTION_POST] = nanogpt_job_post,
  [NANOGPT_ACTION_CANCEL_POST] = nanogpt_job_cancel_post,
  [NANOGPT_ACTION_WITHDRAW] = nanogpt_job_withdraw,
  [NANOGPT_ACTION_ACCEPT] = nanogpt_job_accept,
  [NANOGPT_ACTION_LOSE] = nanogpt_job_lose,
  [NANOGPT_ACTION_LOOK_UP] = nanogpt_job_look_up,
  [NANOGPT_ACTION_FOLLOW] = follow_response,
  [NANOGPT_ACTION_WAIT] = nanogpt_job_wait,
  [NANOGPT_ACTION_POLL] = nanogpt_job_poll,
  [NANOGPT_ACTION_AWAIT_LAST] = nanogpt_job_extend_deadline,
  [NANOGPT_ACTION_POLL_LAST] = nanogpt_job_poll_last,
  [NANOGPT_ACTION_DOWNLOAD] = nanogpt_job_download,
  [NANOGPT_ACTION_SHOW_COMPLETE] = show_complete,
  [NANOGPT_ACTION_TIME_OUT] = nanogpt_job_time_out,
  [NANOGPT_ACTION_DROP] = nanogpt_job_drop,
  [NANOGPT_ACTION_FAIL] = nanogpt_job_report_error,
  [NANOGPT_ACTION_CLOSE] = nanogpt_job_close_entry,
  [NANOGPT_ACTION_SETTLE] = nanogpt_job_settle,
};

G_STATIC_ASSERT (G_N_ELEMENTS (actions) == NANOGPT_N_ACTIONS);

/* Observation */

guint
nanogpt_job_add_observer (
    NanogptJob *self, NanogptJobObserver function, gpointer user_data)
{
  NanogptJobWatch observer = { 0, function, user_data };

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
    if (g_array_index (self->observers, NanogptJobWatch, i).id == id) {
      g_array_remove_index (self->observers, i);
      break;
    }
  }
  g_mutex_unlock (&self->observers_lock);
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

/* Life */

NanogptJob *
nanogpt_job_new (NanogptRequest *request, const NanogptSettings *settings)
{
  NanogptJob *self;

  g_return_val_if_fail (request || settings->run_id, NULL);

  self = g_object_new (NANOGPT_TYPE_JOB, NULL);
  self->actions = actions;
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
    /* The model of that job is not known: the request's is only a default. */
    g_clear_pointer (&self->status.model, g_free);
  }
  return self;
}

/* Whether it is the same job at the service, regardless of the result. */
static gboolean
is_same_job (
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
nanogpt_job_matches (
    NanogptJob *self, NanogptRequest *request, const NanogptSettings *settings)
{
  gboolean same;

  g_mutex_lock (&self->lock);
  same = self->wanted_settings->output_index == settings->output_index;
  g_mutex_unlock (&self->lock);
  return same && is_same_job (self, request, settings);
}

NanogptJob *
nanogpt_job_new_result (
    NanogptJob *self, NanogptRequest *request, const NanogptSettings *settings)
{
  g_autofree char *run_id = NULL;
  NanogptJob *result;

  if (!request || settings->run_id || !is_same_job (self, request, settings))
    return NULL;
  g_mutex_lock (&self->lock);
  if (self->stage == NANOGPT_STAGE_ACCEPTED)
    run_id = g_strdup (self->status.run_id);
  else if (self->stage == NANOGPT_STAGE_CACHED)
    run_id = g_strdup (self->result_of);
  g_mutex_unlock (&self->lock);
  if (!run_id)
    return NULL;
  result = nanogpt_job_new (request, settings);
  nanogpt_job_set_result_of (result, run_id);
  return result;
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

/* A clip keeps its limit, so one with another limit is dropped. */
static void
drop_limited_clip (NanogptJob *self, NanogptClip *clip, guint64 max_size)
{
  if (max_size == self->settings->max_size
      || nanogpt_step_get_info (self->step)->kind == NANOGPT_STEP_WORKS
      || !nanogpt_clip_discard (clip))
    return;

  g_clear_object (&self->download);
  nanogpt_job_set_clip (self, NULL);
}

/* Forgets the state of the last wait. */
static void
forget_wait (NanogptJob *self)
{
  nanogpt_job_end_retries (self);
  self->failures = 0;
  self->without_url = 0;
  self->refreshes = 0;
  self->resumed = self->stage != NANOGPT_STAGE_NEW;
  self->catalog_asked = FALSE;
  self->orphan = self->stage == NANOGPT_STAGE_UNKNOWN;
  self->searched_time = 0;
  self->awaited_since = 0;
  self->service_date = 0;
  if (self->writer)
    nanogpt_journal_writer_set_abandoned (self->writer, FALSE);
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
  forget_wait (self);
  if (nanogpt_step_get_info (self->step)->kind == NANOGPT_STEP_RESTS)
    nanogpt_job_handle (self, NANOGPT_EVENT_START);
  else if (!nanogpt_job_renew_client (self, &error))
    nanogpt_job_handle_error (self, NANOGPT_EVENT_ENDED, error);
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
  nanogpt_job_end_soon (self);
  return TRUE;
}

/* The database may be gone, and a job that was never sent needs no response
 * from it. */
static gint64
limit_stop (NanogptJob *self, gint64 until)
{
  if (self->stage != NANOGPT_STAGE_NEW || !self->wanted_settings
      || !self->wanted_settings->database)
    return until;
  return MIN (until, g_get_monotonic_time () + UNSENT_STOP_PATIENCE);
}

static void
wait_for_stop (NanogptJob *self, gint64 until)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  until = limit_stop (self, until);
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

/* Keeping the clip in the cache, and delivery: on threads that may block on the
 * disk, one after the other */

struct _Delivery
{
  NanogptJob *job;
  NanogptJournalWriter *writer;
  NanogptSettings *settings;
};

static Delivery *
delivery_new (NanogptJob *self, const NanogptSettings *settings)
{
  Delivery *delivery = g_new (Delivery, 1);

  delivery->job = g_object_ref (self);
  delivery->writer = g_object_ref (self->writer);
  delivery->settings = nanogpt_settings_copy (settings);
  return delivery;
}

static void
delivery_free (Delivery *delivery)
{
  g_object_unref (delivery->job);
  g_object_unref (delivery->writer);
  nanogpt_settings_free (delivery->settings);
  g_free (delivery);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Delivery, delivery_free)

/* Stores the clip once in each cache. */
static void
store_in_cache (NanogptJob *self, const NanogptSettings *settings)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self);
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (self);
  g_autoptr (NanogptCacheInfo) info = nanogpt_cache_info_new ();
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;

  if (!clip || !nanogpt_job_uses_cache (self, settings)
      || g_strcmp0 (self->kept_in, settings->cache_dir) == 0)
    return;

  g_free (self->kept_in);
  self->kept_in = g_strdup (settings->cache_dir);
  key = nanogpt_job_get_cache_key (self, settings, settings->output_index);
  info->run_id = g_strdup (status->run_id);
  info->model = g_strdup (status->model);
  info->payment_source = g_strdup (status->payment_source);
  info->cost = status->cost;
  info->outputs = status->outputs;
  if (!nanogpt_cache_store (settings->cache_dir, key, clip, info, &error))
    nanogpt_job_take_warning (self,
        g_strdup_printf (
            _ ("The clip could not be kept in cache-dir: %s"), error->message));
}

/* The clip is stored in the cache first, and is delivered only then. */
static void
write_delivery (gpointer data)
{
  g_autoptr (Delivery) delivery = data;
  NanogptJob *self = delivery->job;

  store_in_cache (self, delivery->settings);
  nanogpt_job_log (self, NANOGPT_LOG_INFO, "its clip is delivered");
  nanogpt_job_take_warning (
      self, nanogpt_journal_writer_deliver (delivery->writer));

  g_mutex_lock (&self->lock);
  self->delivering = FALSE;
  g_cond_broadcast (&self->settled_down);
  g_mutex_unlock (&self->lock);
}

static void
keep_clip (gpointer data)
{
  g_autoptr (Delivery) keeping = data;
  NanogptJob *self = keeping->job;
  Delivery *delivery;

  store_in_cache (self, keeping->settings);

  g_mutex_lock (&self->lock);
  self->keeping = FALSE;
  delivery = g_steal_pointer (&self->delivery);
  g_cond_broadcast (&self->settled_down);
  g_mutex_unlock (&self->lock);
  if (delivery)
    write_delivery (delivery);
}

/* A second caller waits as well, because it may be about to exit the process. */
static void
deliver (NanogptJob *self, gint64 patience)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 until = g_get_monotonic_time () + patience;

  if (self->status.state == NANOGPT_JOB_COMPLETE
      && self->stage == NANOGPT_STAGE_ACCEPTED && !self->delivered) {
    Delivery *delivery = delivery_new (self, self->wanted_settings);

    self->delivered = TRUE;
    self->delivering = TRUE;
    if (self->keeping)
      self->delivery = delivery;
    else
      nanogpt_worker_run (write_delivery, delivery);
  }
  while (self->delivering
      && g_cond_wait_until (&self->settled_down, &self->lock, until))
    continue;
}

void
nanogpt_job_deliver (NanogptJob *self)
{
  deliver (self, G_TIME_SPAN_DAY);
}

/* If the next start comes too early, it plays the same clip again. */
void
nanogpt_job_deliver_soon (NanogptJob *self)
{
  deliver (self, DELIVERY_PATIENCE);
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

/* Takes @error.  An observer may start the job again immediately, and must not
 * find the clip then. */
static void
end_with_bad_clip (NanogptJob *self, GError *error)
{
  self->clip_is_bad = TRUE;
  nanogpt_job_handle_error (self, NANOGPT_EVENT_ENDED, error);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJob *self = source;
  const NanogptSettings *settings = data;
  g_autofree char *key =
      nanogpt_job_get_cache_key (self, settings, settings->output_index);

  g_mutex_lock (&self->lock);
  while (self->keeping)
    g_cond_wait (&self->settled_down, &self->lock);
  g_mutex_unlock (&self->lock);
  nanogpt_cache_remove (settings->cache_dir, key);
  g_task_return_boolean (task, TRUE);
}

static void
on_removed (GObject *source, GAsyncResult *result G_GNUC_UNUSED, gpointer data)
{
  end_with_bad_clip (NANOGPT_JOB (source), data);
}

static gboolean
reject (gpointer data)
{
  Rejection *rejection = data;
  NanogptJob *self = rejection->job;
  g_autoptr (GTask) task = NULL;
  GError *error = g_error_new_literal (
      NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE, rejection->message);

  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  nanogpt_error_get_details (error)->responded = TRUE;
  if (!self->clip || !nanogpt_job_uses_cache (self, self->settings)) {
    end_with_bad_clip (self, error);
    return G_SOURCE_REMOVE;
  }

  if (self->stage == NANOGPT_STAGE_CACHED)
    nanogpt_job_set_stage (self, NANOGPT_STAGE_OVER);
  task = g_task_new (self, NULL, on_removed, error);
  g_task_set_task_data (task, nanogpt_settings_copy (self->settings),
      (GDestroyNotify)nanogpt_settings_free);
  g_task_run_in_thread (task, remove_in_thread);
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
