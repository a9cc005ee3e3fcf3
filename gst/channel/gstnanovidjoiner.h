/* nanovid: joins clips to one picture and one sound without a seam
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidturn.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_joiner_new:
 * @element: (transfer none): who owns the pads, and posts errors of flow
 * @video_pad: (transfer none): a source pad of @element
 * @audio_pad: (transfer none): another one
 * @callbacks: (transfer none): must outlive the joiner
 * @data: for @callbacks
 */
GstNanovidJoiner *gst_nanovid_joiner_new (GstElement *element,
    GstPad *video_pad, GstPad *audio_pad,
    const GstNanovidJoinerCallbacks *callbacks, gpointer data);

/* When it is stopped */
void gst_nanovid_joiner_free (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_joiner_set_live:
 * @live: whether the next start is one of a channel, which keeps the clock's pace
 *   and goes on when there is no clip
 * @slate_location: (nullable): the name of a picture's file, to be shown then
 */
void gst_nanovid_joiner_set_live (
    GstNanovidJoiner *joiner, gboolean live, const char *slate_location);

/**
 * gst_nanovid_joiner_set_playing:
 *
 * Whether the element's clock counts.  Matters only to a channel.
 */
void gst_nanovid_joiner_set_playing (
    GstNanovidJoiner *joiner, gboolean playing);

/**
 * gst_nanovid_joiner_get_times:
 *
 * Any thread.
 */
void gst_nanovid_joiner_get_times (
    GstNanovidJoiner *joiner, GstNanovidTimes *times);

/**
 * gst_nanovid_joiner_start:
 * @video_caps: what the picture's pad gives from first to last
 * @audio_caps: what the sound's pad gives
 *
 * Begins from time zero, a channel from the running time that it then is.  Call
 * when the pads are active.
 *
 * Returns: whether the caps can be given at all
 */
gboolean gst_nanovid_joiner_start (
    GstNanovidJoiner *joiner, GstCaps *video_caps, GstCaps *audio_caps);

/**
 * gst_nanovid_joiner_end:
 *
 * EOS after the buffers that are being pushed, without @finished; any thread.
 */
void gst_nanovid_joiner_end (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_joiner_stop:
 *
 * Ends it at once, deactivates the pads, and returns when no thread is left.
 */
void gst_nanovid_joiner_stop (GstNanovidJoiner *joiner);

G_END_DECLS
