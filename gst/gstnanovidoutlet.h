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
 * Predicts the result of pushing a video file.  If the pad is linked to an
 * element that only passes data on, what counts is what that element is linked
 * to.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if the pad is not linked to anything
 * that consumes data, or if the peer does not accept any kind of video file.
 *
 * Returns: %GST_FLOW_OK; %GST_FLOW_FLUSHING, without an error, if the peer is
 *   not running; %GST_FLOW_NOT_LINKED or %GST_FLOW_NOT_NEGOTIATED
 */
GstFlowReturn gst_nanovid_outlet_check (GstPad *pad, GError **error);

/**
 * gst_nanovid_outlet_check_caps:
 * @pad: a source pad
 * @caps: the caps that will be pushed
 * @error: return location for an error
 *
 * Predicts the result of pushing raw video or audio.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if the peer does not accept @caps.
 *
 * Returns: as gst_nanovid_outlet_check(), but %GST_FLOW_NOT_LINKED is not an
 *   error here
 */
GstFlowReturn gst_nanovid_outlet_check_caps (
    GstPad *pad, GstCaps *caps, GError **error);

/**
 * gst_nanovid_outlet_check_either:
 *
 * Like gst_nanovid_outlet_check_caps(), for two pads, of which at least one has
 * to be linked.
 */
GstFlowReturn gst_nanovid_outlet_check_either (GstPad *video_pad,
    GstCaps *video_caps, GstPad *audio_pad, GstCaps *audio_caps,
    GError **error);

G_END_DECLS
