/* nanovid: one stream of a clip's file, decoded beside the pipeline
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "gst/gstnanovidbell.h"

G_BEGIN_DECLS

/**
 * GstNanovidReelKind:
 * @GST_NANOVID_REEL_PICTURE: the picture, upright and scaled with borders
 * @GST_NANOVID_REEL_SOUND: the sound
 * @GST_NANOVID_REEL_INDEX: the picture as it is in the file, not decoded: when
 *   each frame is shown, found out in no time
 */
typedef enum
{
  GST_NANOVID_REEL_PICTURE,
  GST_NANOVID_REEL_SOUND,
  GST_NANOVID_REEL_INDEX,
} GstNanovidReelKind;

/**
 * GstNanovidReelState:
 * @GST_NANOVID_REEL_OPENING: what is in the file is not known yet
 * @GST_NANOVID_REEL_RUNNING: the stream was found
 * @GST_NANOVID_REEL_ABSENT: there is no such stream
 * @GST_NANOVID_REEL_FAILED: what follows cannot be decoded
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
 * streams of a clip never wait for each other.  It works ahead by a few buffers,
 * and nothing that it posts reaches anybody else.
 */
typedef struct _GstNanovidReel GstNanovidReel;

/**
 * gst_nanovid_reel_new:
 * @location: the file's name
 * @caps: (nullable): what the buffers shall be
 * @bell: rung when there is something new, and interrupts; must outlive the reel
 * @error: return location for an error of %NANOGPT_ERROR: a stock element is not
 *   installed
 *
 * Starts to decode.  Call without the bell's lock.
 *
 * Returns: (transfer full) (nullable): a new reel
 */
GstNanovidReel *gst_nanovid_reel_new (GstNanovidReelKind kind,
    const char *location, GstCaps *caps, GstNanovidBell *bell, GError **error);

/**
 * gst_nanovid_reel_free:
 *
 * Waits for the threads of the reel, which end at once.
 */
void gst_nanovid_reel_free (GstNanovidReel *reel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidReel, gst_nanovid_reel_free)

/**
 * gst_nanovid_reel_pull:
 * @error: return location for an error
 *
 * Waits for the next buffer, as long as the file goes on giving some.
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE; %G_IO_ERROR_CANCELLED when the bell
 * interrupted the wait.
 *
 * Returns: (transfer full) (nullable): it, with its segment; %NULL without @error
 *   at the end, and when there is no such stream
 */
GstSample *gst_nanovid_reel_pull (GstNanovidReel *reel, GError **error);

/**
 * gst_nanovid_reel_get_missing_sound:
 *
 * Returns: (transfer full) (nullable): the decoder that the sound of the file
 *   needs, in words, when it is not installed; known once a buffer was pulled
 */
char *gst_nanovid_reel_get_missing_sound (GstNanovidReel *reel);

G_END_DECLS
