/* nanovid: the shots of a film in the order of play, between feeder and player
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidbell.h"
#include "gstnanovidreplay.h"
#include "gstnanovidshot.h"

G_BEGIN_DECLS

/**
 * GstNanovidCounts:
 * @n_played: number of clips that have begun
 * @n_failed: number of prompts that failed
 * @n_ready: number of clips that are ready to play
 * @n_under_way: number of jobs under way
 * @spent: total charged for the jobs of this run, in USD
 *
 * Statistics since the start.
 */
typedef struct
{
  guint64 n_played;
  guint64 n_failed;
  guint64 n_ready;
  guint64 n_under_way;
  NanogptMicros spent;
} GstNanovidCounts;

/**
 * GstNanovidPlaylist:
 *
 * Only the feeder's thread adds and removes shots; the player changes their
 * stages.  The bell's lock guards the playlist; call all functions without it.
 */
typedef struct _GstNanovidPlaylist GstNanovidPlaylist;

/**
 * gst_nanovid_playlist_new:
 * @bell: (transfer none): rung on every change; interrupts all waits
 */
GstNanovidPlaylist *gst_nanovid_playlist_new (GstNanovidBell *bell);
void gst_nanovid_playlist_free (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_start:
 * @replay: (nullable): what to play instead of waiting when no clip is ready
 *
 * Starts a new run.
 */
void gst_nanovid_playlist_start (
    GstNanovidPlaylist *playlist, GstNanovidReplay *replay);

/**
 * gst_nanovid_playlist_clear:
 *
 * Drops all shots.  Call while neither the feeder nor the player is running.
 */
void gst_nanovid_playlist_clear (GstNanovidPlaylist *playlist);

/* For the feeder */

/**
 * gst_nanovid_playlist_get_shots:
 *
 * Returns: (transfer none): a queue of #GstNanovidShot, in playing order
 */
const GQueue *gst_nanovid_playlist_get_shots (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_add:
 * @shot: (transfer full): the shot to append
 */
void gst_nanovid_playlist_add (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot);
void gst_nanovid_playlist_remove (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot);

/**
 * gst_nanovid_playlist_awaits_ending:
 *
 * Returns: whether the last clip that has not failed is still under way
 */
gboolean gst_nanovid_playlist_awaits_ending (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_is_loaded:
 *
 * Returns: whether all shots were loaded and can be played
 */
gboolean gst_nanovid_playlist_is_loaded (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_get_stage:
 *
 * Returns: the stage of @shot
 */
GstNanovidShotStage gst_nanovid_playlist_get_stage (
    GstNanovidPlaylist *playlist, const GstNanovidShot *shot);

/**
 * gst_nanovid_playlist_needs_look:
 *
 * Returns: whether the job of @shot still needs to be checked
 */
gboolean gst_nanovid_playlist_needs_look (
    GstNanovidPlaylist *playlist, const GstNanovidShot *shot);

/**
 * gst_nanovid_playlist_take_scene:
 * @scene: (transfer full): the scene of the clip of @shot
 */
void gst_nanovid_playlist_take_scene (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot, GstNanovidScene *scene);

/**
 * gst_nanovid_playlist_reject:
 * @reason: why the clip of @shot cannot be used
 *
 * Rejects the clip.  The job of @shot will then report the error.
 */
void gst_nanovid_playlist_reject (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot, const GError *reason);

/**
 * gst_nanovid_playlist_set_error:
 * @error: why there will be no clip for @shot
 */
void gst_nanovid_playlist_set_error (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot, const GError *error);

/**
 * gst_nanovid_playlist_count:
 *
 * Updates the counts.
 *
 * Returns: the number of shots that were requested and have not begun
 */
guint gst_nanovid_playlist_count (
    GstNanovidPlaylist *playlist, GstNanovidCounts *counts);
void gst_nanovid_playlist_add_cost (
    GstNanovidPlaylist *playlist, NanogptMicros cost);

/**
 * gst_nanovid_playlist_note_failure:
 * @counts: whether it counts as one of several failures in a row
 *
 * Notes that the next shot in playing order has no clip.
 *
 * Returns: the number of such failures in a row
 */
guint gst_nanovid_playlist_note_failure (
    GstNanovidPlaylist *playlist, gboolean counts);

/**
 * gst_nanovid_playlist_finish:
 * @shot: (nullable): the shot whose error ends the film early
 *
 * Ends the film after the shots that are loaded.
 */
void gst_nanovid_playlist_finish (
    GstNanovidPlaylist *playlist, const GstNanovidShot *shot);
gboolean gst_nanovid_playlist_is_finished (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_get_ending:
 * @place: (out): the prompt that the error is about
 * @has_place: (out): whether the error is about one prompt
 *
 * Returns: (transfer full) (nullable): the error that ends the film
 */
GError *gst_nanovid_playlist_get_ending (
    GstNanovidPlaylist *playlist, GstNanovidPlace *place, gboolean *has_place);

/* For the player: each scene either fails before the next one is requested, or
 * begins and ends at some time. */

/**
 * gst_nanovid_playlist_next:
 * @error: return location for an error of %NANOGPT_ERROR
 *
 * Waits for the next scene.  Confirms that the one before can be played, unless
 * it has failed.
 *
 * Returns: (transfer full) (nullable): the scene; %NULL without an error at the
 *   end or if the bell was interrupted; %NULL with an error if the film ends
 *   with that
 */
GstNanovidScene *gst_nanovid_playlist_next (
    GstNanovidPlaylist *playlist, GError **error);
void gst_nanovid_playlist_begin (
    GstNanovidPlaylist *playlist, GstNanovidScene *scene);
void gst_nanovid_playlist_end (
    GstNanovidPlaylist *playlist, GstNanovidScene *scene);

/**
 * gst_nanovid_playlist_fail:
 * @error: why the clip cannot be decoded
 */
void gst_nanovid_playlist_fail (
    GstNanovidPlaylist *playlist, GstNanovidScene *scene, const GError *error);

G_END_DECLS
