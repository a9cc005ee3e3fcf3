/* nanovid: NanogptJob: looking up the clip in the cache
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cached.h"

#include <glib/gi18n-lib.h>

#include "job-core.h"
#include "nanogpt/store/cache.h"

/* How many results of a job the cache is searched for, and for how long after
 * the job its other results are asked for. */
#define MAX_CACHED_RESULTS 8
#define RESULTS_KEPT_FOR (7 * G_TIME_SPAN_DAY)

/* What the cache has: the clip, or only another result of its job. */
typedef struct
{
  NanogptClip *clip;
  NanogptCacheInfo *info;
} Cached;

static void
cached_free (gpointer data)
{
  Cached *cached = data;

  g_clear_object (&cached->clip);
  g_clear_pointer (&cached->info, nanogpt_cache_info_free);
  g_free (cached);
}

static NanogptClip *
look_up (NanogptJob *self, const NanogptSettings *settings, guint index,
    NanogptCacheInfo **info, GError **error)
{
  g_autofree char *key = nanogpt_job_get_cache_key (self, settings, index);

  return nanogpt_cache_lookup (settings->cache_dir, key, info, error);
}

/* If another result of a job was fetched, the job has this one as well, as long
 * as the service can be expected to keep it. */
static NanogptCacheInfo *
find_other_result (NanogptJob *self, const NanogptSettings *settings)
{
  gint64 now = g_get_real_time ();

  for (guint i = 0; settings->resume && i < MAX_CACHED_RESULTS; i++) {
    g_autoptr (NanogptCacheInfo) info = NULL;
    g_autoptr (NanogptClip) clip = i != settings->output_index
        ? look_up (self, settings, i, &info, NULL)
        : NULL;

    if (clip && info->run_id && now - info->created < RESULTS_KEPT_FOR)
      return g_steal_pointer (&info);
  }
  return NULL;
}

/* When a fresh clip is requested, the old one must not be found again, and
 * neither must the other results of its job: after a crash, the fresh one would
 * be taken for lost. */
static void
forget_results (NanogptJob *self, const NanogptSettings *settings)
{
  for (guint i = 0; i < MAX_CACHED_RESULTS; i++) {
    g_autofree char *key = nanogpt_job_get_cache_key (self, settings, i);

    nanogpt_cache_remove (settings->cache_dir, key);
  }
}

static void
search_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJob *self = source;
  const NanogptSettings *settings = data;
  Cached *cached = g_new0 (Cached, 1);
  GError *error = NULL;

  if (settings->fresh)
    forget_results (self, settings);
  else
    cached->clip =
        look_up (self, settings, settings->output_index, &cached->info, &error);
  if (cached->clip && self->result_of
      && g_strcmp0 (cached->info->run_id, self->result_of) != 0)
    g_clear_object (&cached->clip);
  if (error)
    g_prefix_error (
        &error, "%s", _ ("The cache in cache-dir cannot be read: "));
  else if (!cached->clip && !self->result_of && !settings->fresh)
    cached->info = find_other_result (self, settings);
  /* Another result of a job that was paid for costs nothing, kept or not. */
  if (!error && !cached->clip && (self->result_of || !cached->info)
      && !nanogpt_cache_prepare (settings->cache_dir, &error))
    g_prefix_error (
        &error, "%s", _ ("The clip will not be kept in cache-dir: "));

  if (!error) {
    g_task_return_pointer (task, cached, cached_free);
    return;
  }
  cached_free (cached);
  g_task_return_error (task, error);
}

/* @info: (nullable): the origin of the clip in the cache, if there is one: the
 * clip of an earlier start may have been damaged */
static void
note_origin (NanogptJob *self, const NanogptCacheInfo *info)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_free (self->status.run_id);
  self->status.run_id = info ? g_strdup (info->run_id) : NULL;
  g_free (self->status.payment_source);
  self->status.payment_source = info ? g_strdup (info->payment_source) : NULL;
  self->status.cost = info ? info->cost : NANOGPT_MONEY_UNKNOWN;
}

static void
take_cached (NanogptJob *self, Cached *cached)
{
  g_mutex_lock (&self->lock);
  g_free (self->result_of);
  self->result_of = g_strdup (cached->info->run_id);
  self->status.outputs = cached->info->outputs;
  g_mutex_unlock (&self->lock);
  if (cached->clip)
    nanogpt_job_set_clip (self, g_steal_pointer (&cached->clip));
  else
    nanogpt_job_set_result_of (self, cached->info->run_id);
}

static void
on_cache_searched (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  NanogptJob *self = NANOGPT_JOB (source);
  g_autoptr (GError) error = NULL;
  Cached *cached = g_task_propagate_pointer (G_TASK (result), &error);
  NanogptClip *clip = cached ? cached->clip : NULL;

  if (error)
    nanogpt_job_take_warning (self, g_strdup (error->message));
  if (!self->result_of)
    note_origin (self, clip ? cached->info : NULL);
  if (clip
      && (guint64)nanogpt_clip_get_size (clip) > self->settings->max_size) {
    nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED,
        g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_RESULT_TOO_LARGE,
            _ ("The clip in the cache is larger than max-size allows")));
  } else {
    if (cached && cached->info && (clip || !self->result_of))
      take_cached (self, cached);
    nanogpt_job_handle (self, clip ? NANOGPT_EVENT_FOUND : NANOGPT_EVENT_DONE);
  }
  g_clear_pointer (&cached, cached_free);
}

void
nanogpt_job_show_cached (NanogptJob *self)
{
  g_mutex_lock (&self->lock);
  self->status.resumed = TRUE;
  g_mutex_unlock (&self->lock);
  nanogpt_job_log (self, NANOGPT_LOG_INFO, "its clip was in the cache");
  nanogpt_job_set_stage (self, NANOGPT_STAGE_CACHED);
  nanogpt_job_set_state (self, NANOGPT_JOB_COMPLETE);
}

void
nanogpt_job_search_cache (NanogptJob *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_cache_searched, NULL);

  g_task_set_task_data (task, nanogpt_settings_copy (self->settings),
      (GDestroyNotify)nanogpt_settings_free);
  g_task_run_in_thread (task, search_in_thread);
}
