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
 * @n_played: clips that were begun
 * @n_failed: prompts that came to no clip
 * @n_ready: clips that wait
 * @n_under_way: jobs
 * @spent: what jobs of this start were charged, USD
 *
 * What became of the prompts since the start.
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
 * The feeder's thread alone adds and removes shots; who plays them changes their
 * stages.  All functions are called without the bell's lock, which guards it.
 */
typedef struct _GstNanovidPlaylist GstNanovidPlaylist;

/**
 * gst_nanovid_playlist_new:
 * @bell: (transfer none): is rung with each change; interrupted, nobody waits
 */
GstNanovidPlaylist *gst_nanovid_playlist_new (GstNanovidBell *bell);
void gst_nanovid_playlist_free (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_start:
 * @replay: (nullable): what is played when nothing is ready, instead of waiting
 *
 * Begins anew.
 */
void gst_nanovid_playlist_start (
    GstNanovidPlaylist *playlist, GstNanovidReplay *replay);

/**
 * gst_nanovid_playlist_clear:
 *
 * Drops all shots, while neither the feeder nor the player runs.
 */
void gst_nanovid_playlist_clear (GstNanovidPlaylist *playlist);

/* For the feeder */

/**
 * gst_nanovid_playlist_get_shots:
 *
 * Returns: (transfer none): of #GstNanovidShot, in the order of play
 */
const GQueue *gst_nanovid_playlist_get_shots (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_add:
 * @shot: (transfer full): comes after all others
 */
void gst_nanovid_playlist_add (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot);
void gst_nanovid_playlist_remove (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot);

/**
 * gst_nanovid_playlist_awaits_ending:
 *
 * Returns: whether the last clip that can be good is still under way
 */
gboolean gst_nanovid_playlist_awaits_ending (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_is_loaded:
 *
 * Returns: whether all of it can be played
 */
gboolean gst_nanovid_playlist_is_loaded (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_get_stage:
 *
 * Returns: what has become of @shot
 */
GstNanovidShotStage gst_nanovid_playlist_get_stage (
    GstNanovidPlaylist *playlist, const GstNanovidShot *shot);

/**
 * gst_nanovid_playlist_needs_look:
 *
 * Returns: whether the job of @shot has something to tell
 */
gboolean gst_nanovid_playlist_needs_look (
    GstNanovidPlaylist *playlist, const GstNanovidShot *shot);

/**
 * gst_nanovid_playlist_take_scene:
 * @scene: (transfer full): of the clip of @shot
 */
void gst_nanovid_playlist_take_scene (
    GstNanovidPlaylist *playlist, GstNanovidShot *shot, GstNanovidScene *scene);

/**
 * gst_nanovid_playlist_reject:
 * @reason: why the clip of @shot is none
 *
 * The job of @shot is about to say so.
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
 * Brings the counts up to date.
 *
 * Returns: how many shots were asked for and have not begun
 */
guint gst_nanovid_playlist_count (
    GstNanovidPlaylist *playlist, GstNanovidCounts *counts);
void gst_nanovid_playlist_add_cost (
    GstNanovidPlaylist *playlist, NanogptMicros cost);

/**
 * gst_nanovid_playlist_note_failure:
 * @counts: whether it is one of a row of failures
 *
 * There is no clip where one should be played.
 *
 * Returns: how many such failures there were in a row
 */
guint gst_nanovid_playlist_note_failure (
    GstNanovidPlaylist *playlist, gboolean counts);

/**
 * gst_nanovid_playlist_finish:
 * @shot: (nullable): what the film ends with before its time; its error says why
 *
 * Nothing comes after what is loaded.
 */
void gst_nanovid_playlist_finish (
    GstNanovidPlaylist *playlist, const GstNanovidShot *shot);
gboolean gst_nanovid_playlist_is_finished (GstNanovidPlaylist *playlist);

/**
 * gst_nanovid_playlist_get_ending:
 * @place: (out): what the error is about
 * @has_place: (out): whether it is about one prompt
 *
 * Returns: (transfer full) (nullable): the error that the film ends with
 */
GError *gst_nanovid_playlist_get_ending (
    GstNanovidPlaylist *playlist, GstNanovidPlace *place, gboolean *has_place);

/* For who plays: each scene fails before the next is wanted, or is begun and
 * ended some time. */

/**
 * gst_nanovid_playlist_next:
 * @error: return location for an error of %NANOGPT_ERROR
 *
 * Waits for the next scene.  The one before can be played, unless it has failed.
 *
 * Returns: (transfer full) (nullable): the scene; %NULL without an error at the end
 *   and when the bell interrupted, with an error when the film is to end with it
 */
GstNanovidScene *gst_nanovid_playlist_next (
    GstNanovidPlaylist *playlist, GError **error);
void gst_nanovid_playlist_begin (
    GstNanovidPlaylist *playlist, GstNanovidScene *scene);
void gst_nanovid_playlist_end (
    GstNanovidPlaylist *playlist, GstNanovidScene *scene);

/**
 * gst_nanovid_playlist_fail:
 * @error: why it cannot be decoded
 */
void gst_nanovid_playlist_fail (
    GstNanovidPlaylist *playlist, GstNanovidScene *scene, const GError *error);

G_END_DECLS
