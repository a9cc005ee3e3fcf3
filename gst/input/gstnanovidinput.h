/* nanovid: collects the input of mode=stream until it is complete
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstNanovidInput:
 *
 * Between the thread that brings the input and the one that waits for it.  All
 * functions may be called from any thread.
 */
typedef struct _GstNanovidInput GstNanovidInput;

GstNanovidInput *gst_nanovid_input_new (void);
void gst_nanovid_input_free (GstNanovidInput *input);

/**
 * gst_nanovid_input_reset:
 *
 * Begins anew, with nothing.
 */
void gst_nanovid_input_reset (GstNanovidInput *input);

/**
 * gst_nanovid_input_flush:
 *
 * Drops what has come of an input that is not whole yet.
 */
void gst_nanovid_input_flush (GstNanovidInput *input);

/**
 * gst_nanovid_input_push:
 * @sample: text, a raw frame, or a piece of an encoded image
 *
 * Returns: %GST_FLOW_OK when more has to come, %GST_FLOW_EOS from the moment on
 *   when the input is whole: what comes after that is ignored
 */
GstFlowReturn gst_nanovid_input_push (
    GstNanovidInput *input, GstSample *sample);

/**
 * gst_nanovid_input_end:
 *
 * Nothing more comes: what is there is all.
 */
void gst_nanovid_input_end (GstNanovidInput *input);

/**
 * gst_nanovid_input_wait:
 * @cancellable: ends the wait
 * @error: return location for an error
 *
 * Waits until the input is whole or over; an image that ended too early is for
 * the caller to find.
 *
 * Errors: %NANOGPT_ERROR_IMAGE_REQUIRED when it ended before it began,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the input
 */
GstSample *gst_nanovid_input_wait (
    GstNanovidInput *input, GCancellable *cancellable, GError **error);

G_END_DECLS
