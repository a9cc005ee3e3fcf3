/* nanovid: the clips that a channel can play again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidbell.h"
#include "gstnanovidscene.h"

G_BEGIN_DECLS

/**
 * GstNanovidReplay:
 *
 * A queue of scenes, least recently seen first.  All functions may be called
 * from any thread; the bell's lock guards the queue.
 */
typedef struct _GstNanovidReplay GstNanovidReplay;

/**
 * gst_nanovid_replay_new:
 * @bell: (transfer none): rung when a scene is added; must outlive the queue
 */
GstNanovidReplay *gst_nanovid_replay_new (GstNanovidBell *bell);
void gst_nanovid_replay_free (GstNanovidReplay *replay);

/**
 * gst_nanovid_replay_set_limits:
 * @enabled: whether scenes are replayed
 * @keep: number of scenes to keep whose files exist only for them
 */
void gst_nanovid_replay_set_limits (
    GstNanovidReplay *replay, gboolean enabled, guint keep);

/**
 * gst_nanovid_replay_load:
 * @location: a directory, or a pattern such as `/srv/clips/a*.mp4`
 *
 * Adds all matching files, ordered by name.  May block on disk access.
 *
 * Returns: the number of files
 */
guint gst_nanovid_replay_load (GstNanovidReplay *replay, const char *location);

/**
 * gst_nanovid_replay_add:
 * @scene: (transfer none): the scene being shown; a scene that was taken
 *   returns this way
 *
 * Adds a scene, and drops the oldest of the kept scenes to make room.
 */
void gst_nanovid_replay_add (GstNanovidReplay *replay, GstNanovidScene *scene);

/**
 * gst_nanovid_replay_take:
 *
 * Call with the bell's lock held.
 *
 * Returns: (transfer full) (nullable): the least recently seen scene
 */
GstNanovidScene *gst_nanovid_replay_take (GstNanovidReplay *replay);
void gst_nanovid_replay_clear (GstNanovidReplay *replay);

G_END_DECLS
