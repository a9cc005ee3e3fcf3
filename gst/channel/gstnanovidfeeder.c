/* nanovid: the feeder: prompts become jobs, and their clips scenes in order
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bell's lock guards shared data.  It is not held while waiting or
 * posting. */

#include "gstnanovidfeeder.h"

#include "gst/gstnanovidmessages.h"
#include "gst/gstnanovidprogress.h"
#include "gstnanovidforgotten.h"
#include "gstnanovidorder.h"
#include "gstnanovidshot.h"

/* Interval of the checks whether downstream is running. */
#define OUTLET_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)

struct _GstNanovidFeeder
{
  GstElement *element;                /* not owned */
  const GstNanovidFeederOwner *owner; /* not owned */
  GstNanovidPrompts *prompts;         /* not owned */
  GstNanovidPlaylist *playlist;       /* not owned */
  GstNanovidBell *bell;               /* not owned */
  GstNanovidFormers *formers;
  GCancellable *cancellable; /* cancels the preparation of a request */
  GThread *thread;
  gint64 start_time; /* monotonic */

  /* Guarded by the bell's lock */
  GstStructure *latest; /* the structure posted last */
  GstNanovidForgotten *forgotten;
  GstClockTime length; /* duration of a clip */

  /* Used by the feeder's thread only */
  GstNanovidFeederSettings settings;
  GstNanovidPrompt *prompt;    /* the next one, if it has to wait */
  GHashTable *numbers;         /* number of equal requests by digest */
  GstNanovidEnding last_frame; /* of the last clip that could be used */
  guint64 last_frame_of;       /* number of its prompt */
  GstNanovidThrottle throttle; /* of a channel */
  GstNanovidProgress progress;
  gboolean begun;       /* the PROGRESS operation has begun */
  gboolean leaves_lost; /* the result of a submit is unknown */
};

/* Requesting clips */

static gboolean
is_interrupted (GstNanovidFeeder *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return self->bell->interrupted;
}

static void
wake_at (gint64 *deadline, gint64 time)
{
  if (time >= 0)
    *deadline = *deadline < 0 ? time : MIN (*deadline, time);
}

/* A film runs as many jobs as allowed, a channel as many as it needs. */
static guint
get_n_jobs (GstNanovidFeeder *self)
{
  if (!self->settings.live)
    return self->settings.max_jobs;
  return gst_nanovid_throttle_get_n_jobs (
      &self->throttle, self->settings.hourly_budget, self->settings.max_jobs);
}

static gboolean
has_room (GstNanovidFeeder *self, GstNanovidCounts *counts)
{
  guint n_waiting = gst_nanovid_playlist_count (self->playlist, counts);
  guint n_jobs = get_n_jobs (self);

  return counts->n_under_way < n_jobs
      && n_waiting < (guint64)self->settings.ahead + n_jobs;
}

static gboolean
is_throttled (GstNanovidFeeder *self, gint64 *deadline)
{
  gint64 time = gst_nanovid_throttle_get_time (
      &self->throttle, self->settings.hourly_budget);
  gboolean waits = self->settings.live && time > g_get_monotonic_time ();

  if (waits)
    wake_at (deadline, time);
  return waits;
}

static const GQueue *
get_shots (GstNanovidFeeder *self)
{
  return gst_nanovid_playlist_get_shots (self->playlist);
}

/* Whether the shot's error ends the film, once the film gets there. */
static gboolean
is_last (GstNanovidFeeder *self, const GstNanovidShot *shot)
{
  if (shot->entry->fatal || self->settings.live)
    return shot->entry->fatal;
  return self->settings.on_error == GST_NANOVID_ON_ERROR_FAIL
      || g_error_matches (
          shot->error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
}

/* Whether the film is known to end with the existing shots. */
static gboolean
is_doomed (GstNanovidFeeder *self)
{
  if (gst_nanovid_playlist_is_finished (self->playlist))
    return TRUE;
  for (GList *l = get_shots (self)->head; l; l = l->next) {
    GstNanovidShot *shot = l->data;

    if (shot->error && is_last (self, shot))
      return TRUE;
  }
  return FALSE;
}

/* With a budget, prompts are submitted one at a time: when one is refused, all
 * later ones are refused as well, even cheaper ones. */
static gboolean
waits_for_acceptance (GstNanovidFeeder *self, const NanogptSettings *settings)
{
  GstNanovidShot *last = g_queue_peek_tail ((GQueue *)get_shots (self));

  return last && nanogpt_settings_has_budget (settings)
      && gst_nanovid_shot_is_submitting (last);
}

/* The clips of a film are cached like those of a URI.  The clips of a channel
 * are always new, and a job with an unknown result must not stop it. */
static void
prepare_settings (
    GstNanovidFeeder *self, NanogptSettings *settings, guint64 number)
{
  if (self->settings.live) {
    g_clear_pointer (&settings->cache_dir, g_free);
    settings->fresh = self->leaves_lost;
    return;
  }
  if (!settings->cache_dir)
    settings->cache_dir =
        g_build_filename (g_get_user_cache_dir (), "nanovid", NULL);
  g_mutex_lock (&self->bell->lock);
  settings->fresh = gst_nanovid_forgotten_take (self->forgotten, number);
  g_mutex_unlock (&self->bell->lock);
}

/* Returns: the number of equal requests before this one */
static guint
count_request (GstNanovidFeeder *self, const NanogptRequest *request)
{
  const char *digest = nanogpt_request_get_digest (request);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers, digest));

  g_hash_table_insert (
      self->numbers, g_strdup (digest), GUINT_TO_POINTER (number + 1));
  return number;
}

static void
start_job (GstNanovidFeeder *self, GstNanovidShot *shot,
    NanogptRequest *request, NanogptSettings *settings)
{
  shot->prompt = g_strdup (nanogpt_request_get_prompt (request));
  prepare_settings (self, settings, shot->entry->place.index);
  settings->cache_number = count_request (self, request);
  gst_nanovid_entry_start (shot->entry, self->element, self->bell,
      settings->fresh ? NULL : self->formers, request, settings);
}

/* A channel that has begun may be linked to something else.
 *
 * @error: return location for what makes every clip useless
 * Returns: whether not to wait for what is downstream */
static gboolean
check_outlets (GstNanovidFeeder *self, gint64 *deadline, GError **error)
{
  GError *refusal = NULL;
  GstFlowReturn flow = self->owner->check_outlets (self->element, &refusal);

  if (flow == GST_FLOW_FLUSHING
      || (flow == GST_FLOW_NOT_LINKED && self->settings.live && self->begun)) {
    g_clear_error (&refusal);
    wake_at (deadline, g_get_monotonic_time () + OUTLET_INTERVAL);
    return FALSE;
  }
  if (refusal)
    g_propagate_error (error, refusal);
  return TRUE;
}

/* Adds a shot, with a job or an error.
 *
 * Returns: whether to continue requesting */
static gboolean
request_clip (GstNanovidFeeder *self, GstNanovidProperties *properties,
    const GstNanovidEnding *ending, gint64 *deadline)
{
  const GstNanovidPrompt *prompt = self->prompt;
  g_autoptr (GstNanovidShot) shot =
      gst_nanovid_shot_new (prompt->number, prompt->sample);
  g_autoptr (NanogptRequest) request = NULL;

  if (!check_outlets (self, deadline, NULL))
    return FALSE;
  shot->follows = ending != NULL;
  request = gst_nanovid_order_create_request (self->element, prompt, properties,
      ending, self->cancellable, &shot->error);
  if (is_interrupted (self)
      || !gst_nanovid_prompts_is_current (self->prompts, prompt))
    return FALSE;
  if (request && !check_outlets (self, deadline, &shot->error))
    return FALSE;
  shot->entry->fatal = request && shot->error;
  if (request && !shot->error)
    start_job (self, shot, request, properties->settings);
  shot->origin = g_steal_pointer (&self->prompt);
  gst_nanovid_playlist_add (self->playlist, g_steal_pointer (&shot));
  return TRUE;
}

static void
add_error (GstNanovidFeeder *self, GError *error, gboolean fatal)
{
  GstNanovidShot *shot =
      gst_nanovid_shot_new (self->prompt ? self->prompt->number : 0, NULL);

  shot->error = error;
  shot->entry->fatal = fatal;
  gst_nanovid_playlist_add (self->playlist, shot);
  g_clear_pointer (&self->prompt, gst_nanovid_prompt_free);
}

/* There are no more prompts, so the film ends once all shots are loaded. */
static void
note_over (GstNanovidFeeder *self)
{
  if (!gst_nanovid_playlist_is_loaded (self->playlist))
    return;
  gst_nanovid_playlist_finish (self->playlist, NULL);
  gst_nanovid_prompts_end (self->prompts);
}

static GstNanovidPromptsDefault
get_default (GstNanovidFeeder *self, const GstNanovidProperties *properties)
{
  if (!properties->parameters->prompt)
    return GST_NANOVID_PROMPTS_DEFAULT_NONE;
  return self->settings.live ? GST_NANOVID_PROMPTS_DEFAULT_AGAIN
                             : GST_NANOVID_PROMPTS_DEFAULT_ONCE;
}

/* Returns: whether there is a prompt */
static gboolean
take_prompt (GstNanovidFeeder *self, const GstNanovidProperties *properties,
    guint n_ready, gint64 *deadline)
{
  g_autoptr (GError) error = NULL;

  if (self->prompt
      && !gst_nanovid_prompts_is_current (self->prompts, self->prompt))
    g_clear_pointer (&self->prompt, gst_nanovid_prompt_free);
  if (self->prompt)
    return TRUE;
  switch (
      gst_nanovid_prompts_take (self->prompts, get_default (self, properties),
          n_ready, &self->prompt, deadline, &error)) {
    case GST_NANOVID_PROMPTS_TAKEN:
      return TRUE;
    case GST_NANOVID_PROMPTS_WAIT:
      return FALSE;
    case GST_NANOVID_PROMPTS_OVER:
      if (!self->settings.live)
        note_over (self);
      return FALSE;
    case GST_NANOVID_PROMPTS_ERROR:
      add_error (self, g_steal_pointer (&error), TRUE);
      return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

/* Returns: whether a clip was requested, or the request failed */
static gboolean
ask_for_next (GstNanovidFeeder *self, gint64 *deadline)
{
  g_autoptr (GstNanovidProperties) properties = NULL;
  GError *error = NULL;
  GstNanovidCounts counts;
  gboolean follows;

  if (is_interrupted (self) || is_doomed (self) || !has_room (self, &counts)
      || is_throttled (self, deadline))
    return FALSE;
  properties = self->owner->dup_properties (self->element);
  if (!take_prompt (self, properties, counts.n_ready, deadline))
    return FALSE;

  if (!gst_nanovid_order_apply (self->element, self->prompt, properties, &error)
      || !nanogpt_settings_resolve (properties->settings, &error)) {
    add_error (self, error, FALSE);
    return TRUE;
  }
  follows = self->settings.continuity
      && !gst_nanovid_order_has_picture (self->prompt, properties);
  if (waits_for_acceptance (self, properties->settings)
      || (follows && gst_nanovid_playlist_awaits_ending (self->playlist)))
    return FALSE;

  return request_clip (self, properties,
      follows && self->last_frame.frame ? &self->last_frame : NULL, deadline);
}

/* Monitoring the jobs */

/* Updates the throttle of a channel from a job.  An adopted job was paid for in
 * an earlier run. */
static void
note_job (GstNanovidFeeder *self, GstNanovidShot *shot,
    const NanogptJobStatus *status)
{
  if (status->slow > 0)
    self->throttle.slow = status->slow;
  if (shot->is_accepted || !status->run_id)
    return;
  shot->is_accepted = TRUE;
  if (!status->resumed)
    gst_nanovid_throttle_note_spent (&self->throttle,
        status->estimate >= 0 ? status->estimate : status->cost);
}

/* Returns: (transfer full): the status of the shot's job */
static NanogptJobStatus *
post_status (GstNanovidFeeder *self, GstNanovidShot *shot)
{
  const GstNanovidPlace *place = &shot->entry->place;
  gboolean is_new;
  NanogptJobStatus *status =
      gst_nanovid_reader_post_status (shot->entry->reader, place, &is_new);
  GstStructure *latest;

  if (!is_new)
    return status;

  gst_nanovid_playlist_add_cost (
      self->playlist, gst_nanovid_shot_take_cost (shot, status));
  note_job (self, shot, status);
  latest = gst_nanovid_job_structure_new (status, place);
  g_mutex_lock (&self->bell->lock);
  gst_clear_structure (&self->latest);
  self->latest = latest;
  g_mutex_unlock (&self->bell->lock);
  gst_nanovid_notify_job (self->element, FALSE);
  return status;
}

/* The wait is one PROGRESS operation, which ends with the first clip. */
static void
update_progress (
    GstNanovidFeeder *self, const NanogptJobStatus *status, gint64 *deadline)
{
  if (!self->begun)
    gst_nanovid_progress_begin (&self->progress, status);
  self->begun = TRUE;
  wake_at (deadline, gst_nanovid_progress_update (&self->progress, status));
}

/* Keeps the last frame, as shown, for the next clip to begin with. */
static gboolean
keep_last_frame (GstNanovidFeeder *self, GstNanovidScene *scene, GError **error)
{
  GstSample *frame;

  if (!self->settings.continuity
      || (self->last_frame.frame && scene->index < self->last_frame_of))
    return TRUE;

  frame = gst_nanovid_deck_read_last_frame (
      scene, self->settings.format, self->bell, error);
  if (!frame)
    return FALSE;
  gst_nanovid_ending_clear (&self->last_frame);
  self->last_frame.frame = frame;
  self->last_frame.run_id = g_strdup (scene->run_id);
  self->last_frame_of = scene->index;
  return TRUE;
}

/* Rejects a clip that cannot be shown. */
static void
take_clip (GstNanovidFeeder *self, GstNanovidShot *shot,
    const NanogptJobStatus *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstNanovidScene) scene =
      gst_nanovid_shot_create_scene (shot, status, &error);

  if (scene && keep_last_frame (self, scene, &error)) {
    gst_nanovid_throttle_note_success (&self->throttle);
    gst_nanovid_playlist_take_scene (
        self->playlist, shot, g_steal_pointer (&scene));
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    gst_nanovid_playlist_reject (self->playlist, shot, error);
  }
}

static void
look_at_job (GstNanovidFeeder *self, GstNanovidShot *shot, gint64 *deadline)
{
  g_autoptr (NanogptJobStatus) status = post_status (self, shot);

  if (shot == g_queue_peek_head ((GQueue *)get_shots (self)))
    update_progress (self, status, deadline);
  if (status->error)
    gst_nanovid_playlist_set_error (self->playlist, shot, status->error);
  else if (status->state == NANOGPT_JOB_COMPLETE && !shot->is_rejected)
    take_clip (self, shot, status);
}

static void
look_after_jobs (GstNanovidFeeder *self, gint64 *deadline)
{
  for (GList *l = get_shots (self)->head; l; l = l->next) {
    GstNanovidShot *shot = l->data;

    if (gst_nanovid_playlist_needs_look (self->playlist, shot))
      look_at_job (self, shot, deadline);
  }
}

/* Handling the results in playing order */

/* A clip that the channel cannot pay for yet is requested again later. */
static void
settle_excess (GstNanovidFeeder *self, GstNanovidShot *shot)
{
  const NanogptErrorDetails *details = nanogpt_error_get_details (shot->error);

  if (gst_nanovid_throttle_note_over_budget (&self->throttle,
          details->retry_after, shot->entry->settings->hourly_budget))
    gst_nanovid_post_skipped (self->element, shot->error, &shot->entry->place);
  if (self->prompt)
    gst_nanovid_prompts_put_back (
        self->prompts, g_steal_pointer (&self->prompt));
  gst_nanovid_prompts_put_back (self->prompts, g_steal_pointer (&shot->origin));
  gst_nanovid_playlist_remove (self->playlist, shot);
}

static void
settle_excesses (GstNanovidFeeder *self)
{
  GList *next;

  for (GList *l = get_shots (self)->head; l; l = next) {
    GstNanovidShot *shot = l->data;

    next = l->next;
    if (self->settings.live && shot->origin
        && g_error_matches (
            shot->error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET))
      settle_excess (self, shot);
  }
}

/* Returns: whether the film continues */
static gboolean
settle_failure (GstNanovidFeeder *self, GstNanovidShot *shot)
{
  guint max_failures = self->settings.max_failures;
  guint n_failures = gst_nanovid_playlist_note_failure (
      self->playlist, gst_nanovid_shot_has_failed (shot));
  gboolean too_many = max_failures > 0 && n_failures >= max_failures;
  gboolean goes_on =
      !is_last (self, shot) && (self->settings.live || !too_many);

  gst_nanovid_throttle_note_failure (&self->throttle, too_many);
  self->leaves_lost |= g_error_matches (
      shot->error, NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN);
  if (goes_on) {
    gst_nanovid_post_skipped (self->element, shot->error, &shot->entry->place);
  } else {
    gst_nanovid_playlist_finish (self->playlist, shot);
    gst_nanovid_prompts_end (self->prompts);
  }
  gst_nanovid_playlist_remove (self->playlist, shot);
  return goes_on;
}

/* Handles the result of each shot once all shots before it are settled. */
static void
settle_shots (GstNanovidFeeder *self)
{
  GList *next;

  if (gst_nanovid_playlist_is_finished (self->playlist))
    return;
  for (GList *l = get_shots (self)->head; l; l = next) {
    GstNanovidShot *shot = l->data;

    GstNanovidShotStage stage =
        gst_nanovid_playlist_get_stage (self->playlist, shot);

    next = l->next;
    if (shot->scene && stage != GST_NANOVID_SHOT_BROKEN)
      gst_nanovid_progress_complete (&self->progress);
    switch (stage) {
      case GST_NANOVID_SHOT_ASKED:
      case GST_NANOVID_SHOT_BROKEN:
        if (!shot->error || !settle_failure (self, shot))
          return;
        break;
      case GST_NANOVID_SHOT_OPENED:
        return;
      case GST_NANOVID_SHOT_LOADED:
      case GST_NANOVID_SHOT_BEGUN:
      case GST_NANOVID_SHOT_ENDED:
        break;
    }
  }
}

static void
deliver_ended (GstNanovidFeeder *self)
{
  GList *next;

  for (GList *l = get_shots (self)->head; l; l = next) {
    GstNanovidShot *shot = l->data;

    next = l->next;
    if (gst_nanovid_playlist_get_stage (self->playlist, shot)
        != GST_NANOVID_SHOT_ENDED)
      continue;
    /* After a restart, a channel wants other clips. */
    if (self->settings.live)
      gst_nanovid_reader_deliver (
          shot->entry->reader, nanogpt_job_deliver_soon);
    else
      gst_nanovid_entry_deliver (shot->entry, self->formers);
    gst_nanovid_playlist_remove (self->playlist, shot);
  }
}

static gpointer
feeder_thread (gpointer data)
{
  GstNanovidFeeder *self = data;

  for (;;) {
    gint64 deadline = -1;
    gboolean interrupted;
    guint changes;

    g_mutex_lock (&self->bell->lock);
    interrupted = self->bell->interrupted;
    changes = self->bell->changes;
    self->throttle.length = self->length;
    g_mutex_unlock (&self->bell->lock);
    if (interrupted)
      return NULL;

    self->owner->read_settings (self->element, &self->settings);
    deliver_ended (self);
    look_after_jobs (self, &deadline);
    settle_excesses (self);
    settle_shots (self);
    while (ask_for_next (self, &deadline))
      continue;
    gst_nanovid_bell_wait (self->bell, changes, deadline);
  }
}

void
gst_nanovid_feeder_post_error (GstNanovidFeeder *self)
{
  GstNanovidPlace place;
  gboolean has_place;
  g_autoptr (GError) error =
      gst_nanovid_playlist_get_ending (self->playlist, &place, &has_place);

  if (!error)
    return;

  gst_nanovid_bell_wait_for_main_loop (self->bell, self->start_time);
  gst_nanovid_post_error (self->element, error, has_place ? &place : NULL);
  gst_nanovid_progress_fail (&self->progress, error);
}

void
gst_nanovid_feeder_note_length (GstNanovidFeeder *self, GstClockTime length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->length = length;
}

/* The application */

void
gst_nanovid_feeder_forget (GstNanovidFeeder *self, guint64 index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  gst_nanovid_forgotten_add (self->forgotten, index);
}

GstStructure *
gst_nanovid_feeder_create_job_structure (GstNanovidFeeder *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return self->latest ? gst_structure_copy (self->latest) : NULL;
}

/* Lifecycle */

void
gst_nanovid_feeder_start (GstNanovidFeeder *self)
{
  g_mutex_lock (&self->bell->lock);
  gst_clear_structure (&self->latest);
  gst_nanovid_forgotten_begin (self->forgotten);
  self->length = 0;
  g_mutex_unlock (&self->bell->lock);

  self->begun = self->leaves_lost = FALSE;
  self->start_time = g_get_monotonic_time ();
  self->owner->read_settings (self->element, &self->settings);
  gst_nanovid_throttle_init (&self->throttle, self->settings.speed);
  g_hash_table_remove_all (self->numbers);
  gst_nanovid_ending_clear (&self->last_frame);
  gst_nanovid_formers_begin (self->formers);
  g_cancellable_reset (self->cancellable);
  self->thread = g_thread_new ("nanovid-feeder", feeder_thread, self);
}

void
gst_nanovid_feeder_cancel (GstNanovidFeeder *self)
{
  g_autoptr (GstStructure) job = gst_nanovid_feeder_create_job_structure (self);

  g_cancellable_cancel (self->cancellable);
  gst_nanovid_progress_cancel (
      &self->progress, job ? gst_structure_get_string (job, "run-id") : NULL);
}

static void
stop_shots (GstNanovidFeeder *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();

  for (GList *l = get_shots (self)->head; l; l = l->next) {
    GstNanovidShot *shot = l->data;

    g_ptr_array_add (entries, shot->entry);
  }
  gst_nanovid_entries_stop (
      (GstNanovidEntry *const *)entries->pdata, entries->len, self->formers);
}

void
gst_nanovid_feeder_stop (GstNanovidFeeder *self)
{
  if (!self->thread)
    return;
  gst_nanovid_feeder_cancel (self);
  g_clear_pointer (&self->thread, g_thread_join);
  deliver_ended (self);
  stop_shots (self);
  gst_nanovid_playlist_clear (self->playlist);
  g_clear_pointer (&self->prompt, gst_nanovid_prompt_free);
}

GstNanovidFeeder *
gst_nanovid_feeder_new (GstElement *element, const GstNanovidFeederOwner *owner,
    GstNanovidPrompts *prompts, GstNanovidPlaylist *playlist,
    GstNanovidBell *bell)
{
  GstNanovidFeeder *self = g_new0 (GstNanovidFeeder, 1);

  self->element = element;
  self->owner = owner;
  self->prompts = prompts;
  self->playlist = playlist;
  self->bell = bell;
  self->formers = gst_nanovid_formers_new ();
  self->cancellable = g_cancellable_new ();
  self->forgotten = gst_nanovid_forgotten_new ();
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gst_nanovid_progress_init (&self->progress, element, FALSE);
  return self;
}

void
gst_nanovid_feeder_free (GstNanovidFeeder *self)
{
  gst_nanovid_feeder_stop (self);
  gst_nanovid_formers_free (self->formers);
  g_object_unref (self->cancellable);
  gst_nanovid_forgotten_free (self->forgotten);
  g_hash_table_unref (self->numbers);
  gst_nanovid_ending_clear (&self->last_frame);
  gst_clear_structure (&self->latest);
  gst_nanovid_progress_clear (&self->progress);
  g_free (self);
}
