/* nanovid: checks, before a submit, that downstream takes a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_outlet_check:
 * @pad: a source pad
 * @error: return location for an error
 *
 * Foresees what a push of a video file would come to.  A pad that is linked to
 * what only hands things on leads somewhere when that does.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST when the pad leads nowhere, and when
 * what it leads to takes no kind of video file.
 *
 * Returns: %GST_FLOW_OK; %GST_FLOW_FLUSHING, without an error, when what is
 *   there does not run; %GST_FLOW_NOT_LINKED or %GST_FLOW_NOT_NEGOTIATED
 */
GstFlowReturn gst_nanovid_outlet_check (GstPad *pad, GError **error);

/**
 * gst_nanovid_outlet_check_caps:
 * @pad: a source pad
 * @caps: what is going to be pushed
 * @error: return location for an error
 *
 * Foresees what a push of raw video or audio would come to.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST when what the pad leads to does not
 * take @caps.
 *
 * Returns: as gst_nanovid_outlet_check(); %GST_FLOW_NOT_LINKED is no error here
 */
GstFlowReturn gst_nanovid_outlet_check_caps (
    GstPad *pad, GstCaps *caps, GError **error);

/**
 * gst_nanovid_outlet_check_either:
 *
 * As gst_nanovid_outlet_check_caps(), for two pads of which one is enough.
 */
GstFlowReturn gst_nanovid_outlet_check_either (GstPad *video_pad,
    GstCaps *video_caps, GstPad *audio_pad, GstCaps *audio_caps,
    GError **error);

G_END_DECLS
