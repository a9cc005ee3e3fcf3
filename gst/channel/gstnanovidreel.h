/* nanovid: one stream of a clip's file, decoded in a pipeline of its own
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "gst/gstnanovidbell.h"

G_BEGIN_DECLS

/**
 * GstNanovidReelKind:
 * @GST_NANOVID_REEL_PICTURE: decoded video, upright and scaled with borders
 * @GST_NANOVID_REEL_SOUND: decoded audio
 * @GST_NANOVID_REEL_INDEX: encoded video as stored in the file, a fast way to
 *   find out when each frame is shown
 */
typedef enum
{
  GST_NANOVID_REEL_PICTURE,
  GST_NANOVID_REEL_SOUND,
  GST_NANOVID_REEL_INDEX,
} GstNanovidReelKind;

/**
 * GstNanovidReelState:
 * @GST_NANOVID_REEL_OPENING: the streams of the file are not known yet
 * @GST_NANOVID_REEL_RUNNING: the stream was found
 * @GST_NANOVID_REEL_ABSENT: there is no such stream
 * @GST_NANOVID_REEL_FAILED: the stream cannot be decoded further
 */
typedef enum
{
  GST_NANOVID_REEL_OPENING,
  GST_NANOVID_REEL_RUNNING,
  GST_NANOVID_REEL_ABSENT,
  GST_NANOVID_REEL_FAILED,
} GstNanovidReelState;

/**
 * GstNanovidReel:
 *
 * A private pipeline of stock elements with a demuxer of its own, so that the
 * streams of a clip never wait for each other.  It decodes a few buffers ahead,
 * and its messages are not forwarded.
 */
typedef struct _GstNanovidReel GstNanovidReel;

/**
 * gst_nanovid_reel_new:
 * @location: the file name
 * @caps: (nullable): the output caps
 * @bell: rung on every change, interrupts all waits; must outlive the reel
 * @error: return location for an error in the domain %NANOGPT_ERROR, if a stock
 *   element is not installed
 *
 * Starts decoding.  Call without the bell's lock held.
 *
 * Returns: (transfer full) (nullable): a new reel
 */
GstNanovidReel *gst_nanovid_reel_new (GstNanovidReelKind kind,
    const char *location, GstCaps *caps, GstNanovidBell *bell, GError **error);

/**
 * gst_nanovid_reel_free:
 *
 * Waits for the threads of the reel, which end immediately.
 */
void gst_nanovid_reel_free (GstNanovidReel *reel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidReel, gst_nanovid_reel_free)

/**
 * gst_nanovid_reel_pull:
 * @error: return location for an error
 *
 * Waits for the next buffer.  Fails if the decoder stalls.
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE; %G_IO_ERROR_CANCELLED if the bell was
 * interrupted.
 *
 * Returns: (transfer full) (nullable): a buffer with its segment; %NULL without
 *   an error at the end, or if there is no such stream
 */
GstSample *gst_nanovid_reel_pull (GstNanovidReel *reel, GError **error);

/**
 * gst_nanovid_reel_get_missing_sound:
 *
 * Returns: (transfer full) (nullable): a description of the audio decoder that
 *   the file needs, if it is not installed; known once a buffer was pulled
 */
char *gst_nanovid_reel_get_missing_sound (GstNanovidReel *reel);

G_END_DECLS
