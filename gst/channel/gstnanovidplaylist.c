/* nanovid: the shots of a film in the order of play, between feeder and player
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidplaylist.h"

struct _GstNanovidPlaylist
{
  GstNanovidBell *bell;     /* not owned; its lock guards the fields below */
  GQueue shots;             /* of GstNanovidShot */
  GstNanovidReplay *replay; /* (nullable), not owned */
  guint n_failures;         /* in a row */
  GstNanovidCounts counts;
  gboolean finished;
  GError *ending; /* why it has finished, if there was an error */
  GstNanovidPlace place;
  gboolean has_place;
};

/* The feeder */

const GQueue *
gst_nanovid_playlist_get_shots (GstNanovidPlaylist *self)
{
  return &self->shots;
}

void
gst_nanovid_playlist_add (GstNanovidPlaylist *self, GstNanovidShot *shot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  g_queue_push_tail (&self->shots, shot);
  gst_nanovid_bell_ring (self->bell);
}

/* The last unref of a job blocks, so drop the lock before freeing the shot. */
void
gst_nanovid_playlist_remove (GstNanovidPlaylist *self, GstNanovidShot *shot)
{
  g_mutex_lock (&self->bell->lock);
  g_queue_remove (&self->shots, shot);
  gst_nanovid_bell_ring (self->bell);
  g_mutex_unlock (&self->bell->lock);
  gst_nanovid_shot_free (shot);
}

gboolean
gst_nanovid_playlist_awaits_ending (GstNanovidPlaylist *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  for (GList *l = self->shots.tail; l; l = l->prev) {
    GstNanovidShot *shot = l->data;

    if (gst_nanovid_shot_is_under_way (shot))
      return TRUE;
    if (!shot->error)
      return FALSE;
  }
  return FALSE;
}

gboolean
gst_nanovid_playlist_is_loaded (GstNanovidPlaylist *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  for (GList *l = self->shots.head; l; l = l->next) {
    if (((GstNanovidShot *)l->data)->stage < GST_NANOVID_SHOT_LOADED)
      return FALSE;
  }
  return TRUE;
}

GstNanovidShotStage
gst_nanovid_playlist_get_stage (
    GstNanovidPlaylist *self, const GstNanovidShot *shot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return shot->stage;
}

gboolean
gst_nanovid_playlist_needs_look (
    GstNanovidPlaylist *self, const GstNanovidShot *shot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return !shot->error && (!shot->scene || shot->is_rejected);
}

void
gst_nanovid_playlist_take_scene (
    GstNanovidPlaylist *self, GstNanovidShot *shot, GstNanovidScene *scene)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  shot->scene = scene;
  gst_nanovid_bell_ring (self->bell);
}

void
gst_nanovid_playlist_reject (
    GstNanovidPlaylist *self, GstNanovidShot *shot, const GError *reason)
{
  g_mutex_lock (&self->bell->lock);
  shot->is_rejected = TRUE;
  g_mutex_unlock (&self->bell->lock);
  nanogpt_job_reject_clip (
      gst_nanovid_entry_get_job (shot->entry), reason->message);
}

void
gst_nanovid_playlist_set_error (
    GstNanovidPlaylist *self, GstNanovidShot *shot, const GError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  shot->error = g_error_copy (error);
}

guint
gst_nanovid_playlist_count (GstNanovidPlaylist *self, GstNanovidCounts *counts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  guint n_waiting = 0;

  self->counts.n_ready = self->counts.n_under_way = 0;
  for (GList *l = self->shots.head; l; l = l->next) {
    n_waiting += gst_nanovid_shot_is_waiting (l->data);
    self->counts.n_ready += gst_nanovid_shot_is_ready (l->data);
    self->counts.n_under_way += gst_nanovid_shot_is_under_way (l->data);
  }
  *counts = self->counts;
  return n_waiting;
}

void
gst_nanovid_playlist_add_cost (GstNanovidPlaylist *self, NanogptMicros cost)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->counts.spent += cost;
}

guint
gst_nanovid_playlist_note_failure (GstNanovidPlaylist *self, gboolean counts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->counts.n_failed++;
  self->n_failures += counts ? 1 : 0;
  return self->n_failures;
}

void
gst_nanovid_playlist_finish (
    GstNanovidPlaylist *self, const GstNanovidShot *shot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->finished = TRUE;
  if (shot) {
    self->ending = g_error_copy (shot->error);
    self->place = shot->entry->place;
    self->has_place = !shot->entry->fatal;
  }
  gst_nanovid_bell_ring (self->bell);
}

gboolean
gst_nanovid_playlist_is_finished (GstNanovidPlaylist *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return self->finished;
}

GError *
gst_nanovid_playlist_get_ending (
    GstNanovidPlaylist *self, GstNanovidPlace *place, gboolean *has_place)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  *place = self->place;
  *has_place = self->has_place;
  return self->ending ? g_error_copy (self->ending) : NULL;
}

/* The player */

/* Call with the lock held. */
static GstNanovidShot *
find_stage (GstNanovidPlaylist *self, GstNanovidShotStage stage)
{
  for (GList *l = self->shots.head; l; l = l->next) {
    GstNanovidShot *shot = l->data;

    if (shot->stage == stage)
      return shot;
  }
  return NULL;
}

/* Call with the lock held.  Clips play in order, so a shot whose result is
 * unknown, or may end the film, has to be settled first.
 * Returns: (nullable): the shot to open next, if it is ready */
static GstNanovidShot *
find_ready (GstNanovidPlaylist *self)
{
  for (GList *l = self->shots.head; l; l = l->next) {
    GstNanovidShot *shot = l->data;

    if (shot->stage < GST_NANOVID_SHOT_LOADED)
      return shot->stage == GST_NANOVID_SHOT_ASKED
              && gst_nanovid_shot_is_ready (shot)
          ? shot
          : NULL;
  }
  return NULL;
}

/* Call with the lock held. */
static GstNanovidShot *
find_scene (GstNanovidPlaylist *self, const GstNanovidScene *scene)
{
  for (GList *l = self->shots.head; l; l = l->next) {
    GstNanovidShot *shot = l->data;

    if (shot->scene == scene)
      return shot;
  }
  return NULL;
}

/* Call with the lock held. */
static void
note_loaded (GstNanovidPlaylist *self)
{
  GstNanovidShot *opened = find_stage (self, GST_NANOVID_SHOT_OPENED);

  if (!opened)
    return;
  opened->stage = GST_NANOVID_SHOT_LOADED;
  self->n_failures = 0;
  gst_nanovid_bell_ring (self->bell);
}

GstNanovidScene *
gst_nanovid_playlist_next (GstNanovidPlaylist *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  note_loaded (self);
  while (!self->bell->interrupted) {
    GstNanovidShot *ready = find_ready (self);

    if (self->finished) {
      if (self->ending)
        g_propagate_error (error, g_error_copy (self->ending));
      return NULL;
    }
    if (ready) {
      ready->stage = GST_NANOVID_SHOT_OPENED;
      return gst_nanovid_scene_ref (ready->scene);
    }
    if (self->replay) {
      GstNanovidScene *again = gst_nanovid_replay_take (self->replay);

      if (again)
        return again;
    }
    g_cond_wait (&self->bell->cond, &self->bell->lock);
  }
  return NULL;
}

/* The first clip may begin before the player requests the next one. */
void
gst_nanovid_playlist_begin (GstNanovidPlaylist *self, GstNanovidScene *scene)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  GstNanovidShot *shot = find_scene (self, scene);

  if (!shot)
    return;
  if (shot->stage == GST_NANOVID_SHOT_OPENED)
    self->n_failures = 0;
  shot->stage = MAX (shot->stage, GST_NANOVID_SHOT_BEGUN);
  self->counts.n_played++;
  gst_nanovid_bell_ring (self->bell);
}

void
gst_nanovid_playlist_end (GstNanovidPlaylist *self, GstNanovidScene *scene)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  GstNanovidShot *shot = find_scene (self, scene);

  if (!shot)
    return;
  shot->stage = GST_NANOVID_SHOT_ENDED;
  gst_nanovid_bell_ring (self->bell);
}

void
gst_nanovid_playlist_fail (
    GstNanovidPlaylist *self, GstNanovidScene *scene, const GError *error)
{
  g_autoptr (NanogptJob) job = NULL;
  GstNanovidShot *shot;

  g_mutex_lock (&self->bell->lock);
  shot = find_scene (self, scene);
  if (shot) {
    shot->stage = GST_NANOVID_SHOT_BROKEN;
    shot->is_rejected = TRUE;
    job = g_object_ref (gst_nanovid_entry_get_job (shot->entry));
    gst_nanovid_bell_ring (self->bell);
  }
  g_mutex_unlock (&self->bell->lock);
  if (job)
    nanogpt_job_reject_clip (job, error->message);
}

/* Lifecycle */

void
gst_nanovid_playlist_clear (GstNanovidPlaylist *self)
{
  g_queue_clear_full (&self->shots, (GDestroyNotify)gst_nanovid_shot_free);
}

void
gst_nanovid_playlist_start (GstNanovidPlaylist *self, GstNanovidReplay *replay)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->replay = replay;
  self->n_failures = 0;
  self->counts = (GstNanovidCounts){ 0 };
  self->finished = FALSE;
  g_clear_error (&self->ending);
}

GstNanovidPlaylist *
gst_nanovid_playlist_new (GstNanovidBell *bell)
{
  GstNanovidPlaylist *self = g_new0 (GstNanovidPlaylist, 1);

  self->bell = bell;
  g_queue_init (&self->shots);
  return self;
}

void
gst_nanovid_playlist_free (GstNanovidPlaylist *self)
{
  gst_nanovid_playlist_clear (self);
  g_clear_error (&self->ending);
  g_free (self);
}
