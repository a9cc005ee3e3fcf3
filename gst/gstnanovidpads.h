/* nanovid: collects the inputs of nanovidtransform's sink pads
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "gstnanovidsinkpad.h"

G_BEGIN_DECLS

/**
 * GstNanovidPads:
 *
 * Passes inputs from the streaming threads of the pads to the thread that waits
 * for them.  With one job, each pad provides one input.  With many jobs, the
 * main pad provides one input after another, and each further pad provides what
 * is used with them.  All functions may be called from any thread.
 */
typedef struct _GstNanovidPads GstNanovidPads;

GstNanovidPads *gst_nanovid_pads_new (void);
void gst_nanovid_pads_free (GstNanovidPads *pads);

/**
 * gst_nanovid_pads_add:
 * @pad: the main pad if it is added first, else a further one
 */
void gst_nanovid_pads_add (GstNanovidPads *pads, GstNanovidSinkPad *pad);

/**
 * gst_nanovid_pads_remove:
 *
 * Removes @pad and drops its inputs.
 */
void gst_nanovid_pads_remove (GstNanovidPads *pads, GstNanovidSinkPad *pad);

/**
 * gst_nanovid_pads_start:
 * @many: whether there are many jobs
 *
 * Drops all inputs and starts a new run.
 */
void gst_nanovid_pads_start (GstNanovidPads *pads, gboolean many);

/**
 * gst_nanovid_pads_finish:
 * @finished: whether further pads get %GST_FLOW_EOS, because nothing more is
 *   needed
 */
void gst_nanovid_pads_finish (GstNanovidPads *pads, gboolean finished);

/**
 * gst_nanovid_pads_is_late:
 *
 * Returns: whether a pad added now is too late for the only job
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
 * Drops what has arrived on @pad; with one job, only if the input is not
 * complete yet.
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
 * Returns: whether the current input can continue with @caps; raw audio cannot
 *   change its format
 */
gboolean gst_nanovid_pads_accepts (
    GstNanovidPads *pads, GstNanovidSinkPad *pad, GstCaps *caps);

/**
 * gst_nanovid_pads_push:
 * @sample: what arrived on @pad
 *
 * With many jobs, waits while a further pad is far ahead of the main one.
 *
 * Returns: %GST_FLOW_OK; %GST_FLOW_EOS if nothing more is needed;
 *   %GST_FLOW_FLUSHING
 */
GstFlowReturn gst_nanovid_pads_push (
    GstNanovidPads *pads, GstNanovidSinkPad *pad, GstSample *sample);

/**
 * gst_nanovid_pads_end:
 *
 * Marks the end of the input on @pad.
 */
void gst_nanovid_pads_end (GstNanovidPads *pads, GstNanovidSinkPad *pad);

/**
 * gst_nanovid_pads_wait:
 * @cancellable: ends the wait
 * @error: return location for an error
 *
 * With one job, waits until each linked pad has its input.  The main pad may
 * have none if another pad is linked.
 *
 * Errors: %NANOGPT_ERROR_IMAGE_REQUIRED if a picture pad ended without data,
 * %NANOGPT_ERROR_INVALID_REQUEST if another pad did, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable) (element-type GstSample): the inputs,
 *   ordered by the names of the pads
 */
GPtrArray *gst_nanovid_pads_wait (
    GstNanovidPads *pads, GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_pads_wait_with:
 * @sample: an input of the main pad
 * @cancellable: ends the wait
 * @error: return location for an error
 *
 * With many jobs, waits until each linked further pad has provided an input.
 *
 * Errors: as for gst_nanovid_pads_wait().
 *
 * Returns: (transfer full) (nullable) (element-type GstSample): @sample, and
 *   from each further pad its last input at or before the time stamp of
 *   @sample, else its first one; if either has no time stamp, its last input
 */
GPtrArray *gst_nanovid_pads_wait_with (GstNanovidPads *pads, GstSample *sample,
    GCancellable *cancellable, GError **error);

G_END_DECLS
