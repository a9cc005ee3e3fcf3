/* nanovid: the clips that a channel has, to be played again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidbell.h"
#include "gstnanovidscene.h"

G_BEGIN_DECLS

/**
 * GstNanovidReplay:
 *
 * The scene that was not seen for longest comes first.  Any thread; the bell's lock
 * guards it.
 */
typedef struct _GstNanovidReplay GstNanovidReplay;

/**
 * gst_nanovid_replay_new:
 * @bell: (transfer none): is rung when there is one more; outlives it
 */
GstNanovidReplay *gst_nanovid_replay_new (GstNanovidBell *bell);
void gst_nanovid_replay_free (GstNanovidReplay *replay);

/**
 * gst_nanovid_replay_set_limits:
 * @enabled: whether any is given
 * @keep: how many scenes are kept that are not files of their own
 */
void gst_nanovid_replay_set_limits (
    GstNanovidReplay *replay, gboolean enabled, guint keep);

/**
 * gst_nanovid_replay_load:
 * @location: a directory, or a pattern such as `/srv/clips/a*.mp4`
 *
 * Adds all files that are there, in the order of their names.  Waits for the disk.
 *
 * Returns: how many there are
 */
guint gst_nanovid_replay_load (GstNanovidReplay *replay, const char *location);

/**
 * gst_nanovid_replay_add:
 * @scene: (transfer none): what is being seen; one that was taken comes back
 *
 * The scenes that are kept longest make room.
 */
void gst_nanovid_replay_add (GstNanovidReplay *replay, GstNanovidScene *scene);

/**
 * gst_nanovid_replay_take:
 *
 * Call with the bell's lock held.
 *
 * Returns: (transfer full) (nullable): the scene that was not seen for longest
 */
GstNanovidScene *gst_nanovid_replay_take (GstNanovidReplay *replay);
void gst_nanovid_replay_clear (GstNanovidReplay *replay);

G_END_DECLS
