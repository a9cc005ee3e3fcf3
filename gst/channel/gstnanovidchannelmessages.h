/* nanovid: messages and statistics of a film or channel: nanovid-clip, stats
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidjoiner.h"
#include "gstnanovidplaylist.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_channel_post_begun:
 * @turn: the turn that begins
 *
 * Posts `nanovid-clip`.
 */
void gst_nanovid_channel_post_begun (
    GstElement *element, const GstNanovidTurn *turn);

/**
 * gst_nanovid_channel_post_clip:
 * @scene: a new clip that begins to play
 *
 * Posts an INFO message.
 */
void gst_nanovid_channel_post_clip (GstElement *element,
    const GstNanovidScene *scene, const GstNanovidCounts *counts);

/**
 * gst_nanovid_channel_create_stats:
 * @n_replayed: number of replays that have begun
 *
 * Returns: (transfer full): the value of the property `stats`
 */
GstStructure *gst_nanovid_channel_create_stats (const GstNanovidCounts *counts,
    const GstNanovidTimes *times, guint64 n_replayed);

G_END_DECLS
