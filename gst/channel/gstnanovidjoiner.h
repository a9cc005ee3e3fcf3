/* nanovid: joins clips to one picture and one sound without a seam
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidturn.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_joiner_new:
 * @element: (transfer none): the element that owns the pads and posts flow
 *   errors
 * @video_pad: (transfer none): a source pad of @element
 * @audio_pad: (transfer none): another one
 * @callbacks: (transfer none): must outlive the joiner
 * @data: for @callbacks
 */
GstNanovidJoiner *gst_nanovid_joiner_new (GstElement *element,
    GstPad *video_pad, GstPad *audio_pad,
    const GstNanovidJoinerCallbacks *callbacks, gpointer data);

/* Call only after the joiner was stopped */
void gst_nanovid_joiner_free (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_joiner_set_live:
 * @live: whether the next start is one of a channel, which follows the clock
 *   and continues when there is no clip
 * @slate_location: (nullable): the file name of the picture that is shown in
 *   that case
 */
void gst_nanovid_joiner_set_live (
    GstNanovidJoiner *joiner, gboolean live, const char *slate_location);

/**
 * gst_nanovid_joiner_set_playing:
 *
 * Sets whether the element's clock is running.  Only used by a channel.
 */
void gst_nanovid_joiner_set_playing (
    GstNanovidJoiner *joiner, gboolean playing);

/**
 * gst_nanovid_joiner_get_times:
 *
 * May be called from any thread.
 */
void gst_nanovid_joiner_get_times (
    GstNanovidJoiner *joiner, GstNanovidTimes *times);

/**
 * gst_nanovid_joiner_start:
 * @video_caps: the caps of the video pad, which do not change
 * @audio_caps: the caps of the audio pad
 *
 * Starts at time zero, or for a channel at the current running time.  Call
 * while the pads are active.
 *
 * Returns: whether the caps are supported
 */
gboolean gst_nanovid_joiner_start (
    GstNanovidJoiner *joiner, GstCaps *video_caps, GstCaps *audio_caps);

/**
 * gst_nanovid_joiner_end:
 *
 * Pushes EOS after the buffers that are being pushed, without calling
 * @finished.  May be called from any thread.
 */
void gst_nanovid_joiner_end (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_joiner_stop:
 *
 * Stops immediately, deactivates the pads, and returns when all threads have
 * ended.
 */
void gst_nanovid_joiner_stop (GstNanovidJoiner *joiner);

G_END_DECLS
