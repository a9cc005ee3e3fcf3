/* nanovid: a sink pad of nanovidtransform, with the state of its stream
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/request/media.h"

G_BEGIN_DECLS

#define GST_TYPE_NANOVID_SINK_PAD (gst_nanovid_sink_pad_get_type ())
G_DECLARE_FINAL_TYPE (
    GstNanovidSinkPad, gst_nanovid_sink_pad, GST, NANOVID_SINK_PAD, GstPad)

/**
 * gst_nanovid_sink_pad_new:
 * @role: the role of its input
 *
 * Returns: (transfer floating): a sink pad without pad functions
 */
GstPad *gst_nanovid_sink_pad_new (
    GstPadTemplate *template, const char *name, NanogptMediaRole role);
NanogptMediaRole gst_nanovid_sink_pad_get_role (GstNanovidSinkPad *pad);

/* Call with the pad's stream lock held, or while the pad is inactive */

/**
 * gst_nanovid_sink_pad_reset:
 *
 * Resets everything that events have set.
 */
void gst_nanovid_sink_pad_reset (GstNanovidSinkPad *pad);

/**
 * gst_nanovid_sink_pad_note_event:
 *
 * Records what @event says about the stream.
 */
void gst_nanovid_sink_pad_note_event (GstNanovidSinkPad *pad, GstEvent *event);

/**
 * gst_nanovid_sink_pad_clip:
 * @buffer: (transfer full): a buffer that arrived
 *
 * Returns: (transfer full) (nullable): @buffer; for raw audio only the part
 *   inside the segment, %NULL if there is none
 */
GstBuffer *gst_nanovid_sink_pad_clip (
    GstNanovidSinkPad *pad, GstBuffer *buffer);

/**
 * gst_nanovid_sink_pad_create_sample:
 *
 * Returns: (transfer full): @buffer with the caps and the segment of the stream,
 *   and an info structure %GST_NANOVID_IMAGE_INFO
 */
GstSample *gst_nanovid_sink_pad_create_sample (
    GstNanovidSinkPad *pad, GstBuffer *buffer);

/**
 * gst_nanovid_sink_pad_query:
 *
 * Answers queries that concern the stream of a single pad.
 */
gboolean gst_nanovid_sink_pad_query (
    GstPad *pad, GstObject *parent, GstQuery *query);

G_END_DECLS
