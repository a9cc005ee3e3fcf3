/* nanovid: converts one picture with stock decoders and encoders
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Each function runs a pipeline of its own, with its own threads, and waits for
 * it; when cancelled, it returns at once.  @element posts a missing-plugin
 * message for every missing plugin. */

/**
 * gst_nanovid_convert_decode:
 * @element: the element to act for
 * @image: an encoded image with its caps
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the picture as a raw frame
 */
GstSample *gst_nanovid_convert_decode (GstElement *element, GstSample *image,
    GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_convert_flatten:
 * @element: the element to act for
 * @frame: a raw frame of any format with its caps
 * @changed: (out): whether any pixel was transparent
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the frame, blended over white
 */
GstSample *gst_nanovid_convert_flatten (GstElement *element, GstSample *frame,
    gboolean *changed, GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_convert_prepare:
 * @element: the element to act for
 * @frame: a raw frame of any format with its caps
 * @orientation: how to rotate or flip it
 * @width: width of the result in pixels
 * @height: height of the result in pixels
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): a frame for
 *   gst_nanovid_convert_encode()
 */
GstSample *gst_nanovid_convert_prepare (GstElement *element, GstSample *frame,
    GstVideoOrientationMethod orientation, int width, int height,
    GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_convert_encode:
 * @element: the element to act for
 * @frame: a frame from gst_nanovid_convert_prepare()
 * @quality: 0 to 100
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Equal frames give equal images.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): a JPEG image
 */
GBytes *gst_nanovid_convert_encode (GstElement *element, GstSample *frame,
    int quality, GCancellable *cancellable, GError **error);

G_END_DECLS
