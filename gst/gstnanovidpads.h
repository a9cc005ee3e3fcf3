/* nanovid: the inputs of nanovidtransform's sink pads, and who waits for them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "gstnanovidsinkpad.h"

G_BEGIN_DECLS

/**
 * GstNanovidPads:
 *
 * Between the threads that bring the inputs, one for each pad, and the one that
 * waits for them.  Of one job, each pad gives one input.  Of many, the main pad
 * gives one after the other, and each further pad what goes with them.  All
 * functions may be called from any thread.
 */
typedef struct _GstNanovidPads GstNanovidPads;

GstNanovidPads *gst_nanovid_pads_new (void);
void gst_nanovid_pads_free (GstNanovidPads *pads);

/**
 * gst_nanovid_pads_add:
 * @pad: the main pad when it is the first one, else a further one
 */
void gst_nanovid_pads_add (GstNanovidPads *pads, GstNanovidSinkPad *pad);

/**
 * gst_nanovid_pads_remove:
 *
 * What @pad has brought counts no more.
 */
void gst_nanovid_pads_remove (GstNanovidPads *pads, GstNanovidSinkPad *pad);

/**
 * gst_nanovid_pads_start:
 * @many: whether there are many jobs
 *
 * Begins anew, with nothing.
 */
void gst_nanovid_pads_start (GstNanovidPads *pads, gboolean many);

/**
 * gst_nanovid_pads_finish:
 * @finished: whether further pads are notified that nothing more is needed
 */
void gst_nanovid_pads_finish (GstNanovidPads *pads, gboolean finished);

/**
 * gst_nanovid_pads_is_late:
 *
 * Returns: whether a pad that is added now has no part in the only job
 */
gboolean gst_nanovid_pads_is_late (GstNanovidPads *pads);

/**
 * gst_nanovid_pads_set_flushing:
 * @pad: (nullable): %NULL for all further pads
 * @flushing: whether gst_nanovid_pads_push() returns at once
 */
void gst_nanovid_pads_set_flushing (
    GstNanovidPads *pads, GstNanovidSinkPad *pad, gboolean flushing);

/**
 * gst_nanovid_pads_flush:
 *
 * Drops what has come on @pad: of one job, only what is not whole yet.
 */
void gst_nanovid_pads_flush (GstNanovidPads *pads, GstNanovidSinkPad *pad);

/**
 * gst_nanovid_pads_seek:
 * @segment: a new segment of @pad
 */
void gst_nanovid_pads_seek (
    GstNanovidPads *pads, GstNanovidSinkPad *pad, const GstSegment *segment);

/**
 * gst_nanovid_pads_accepts:
 * @caps: new caps of @pad
 *
 * Returns: whether what comes can go on with them: a raw sound has one format
 */
gboolean gst_nanovid_pads_accepts (
    GstNanovidPads *pads, GstNanovidSinkPad *pad, GstCaps *caps);

/**
 * gst_nanovid_pads_push:
 * @sample: what arrived on @pad
 *
 * With many jobs, waits while a further pad is far ahead of the main one.
 *
 * Returns: %GST_FLOW_OK; %GST_FLOW_EOS when nothing more is needed;
 *   %GST_FLOW_FLUSHING
 */
GstFlowReturn gst_nanovid_pads_push (
    GstNanovidPads *pads, GstNanovidSinkPad *pad, GstSample *sample);

/**
 * gst_nanovid_pads_end:
 *
 * Nothing more comes on @pad.
 */
void gst_nanovid_pads_end (GstNanovidPads *pads, GstNanovidSinkPad *pad);

/**
 * gst_nanovid_pads_wait:
 * @cancellable: ends the wait
 * @error: return location for an error
 *
 * For one job, waits until each pad that is linked has its input.  The main pad
 * may have none when another one is linked.
 *
 * Errors: %NANOGPT_ERROR_IMAGE_REQUIRED when a pad for pictures ended before it
 * began, %NANOGPT_ERROR_INVALID_REQUEST when another one did,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable) (element-type GstSample): the inputs, in
 *   the order of the pads' names
 */
GPtrArray *gst_nanovid_pads_wait (
    GstNanovidPads *pads, GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_pads_wait_with:
 * @sample: an input of the main pad
 * @cancellable: ends the wait
 * @error: return location for an error
 *
 * For one of many jobs, waits until each further pad that is linked has given
 * something.
 *
 * Errors: as gst_nanovid_pads_wait().
 *
 * Returns: (transfer full) (nullable) (element-type GstSample): @sample, and of
 *   each further pad the last of what is at or before its time stamp, else the
 *   first; the last of all when one of them has no time stamp
 */
GPtrArray *gst_nanovid_pads_wait_with (GstNanovidPads *pads, GstSample *sample,
    GCancellable *cancellable, GError **error);

G_END_DECLS
