/* nanovid: makes an input image or frame fit the upload limit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GST_NANOVID_IMAGE_MAX_INPUT:
 *
 * Bytes that an encoded image may have before it is made to fit.
 */
#define GST_NANOVID_IMAGE_MAX_INPUT (256 << 20)

/**
 * GST_NANOVID_IMAGE_INFO:
 *
 * Name of a sample's info structure.  Its field `orientation`, of type
 * #GstVideoOrientationMethod, says how a raw frame has to be turned; `role`, of
 * type uint, is the #NanogptMediaRole of the input; `collected`, of type boolean,
 * is there when it was put together of all buffers until it was whole.
 */
#define GST_NANOVID_IMAGE_INFO "nanovid-image"

/**
 * gst_nanovid_image_is_raw:
 *
 * Returns: whether @input is a raw frame, and no encoded image
 */
gboolean gst_nanovid_image_is_raw (GstSample *input);

/**
 * gst_nanovid_image_fit:
 * @element: the element whose input it is
 * @input: a raw frame, with caps video/x-raw, or an encoded image, with any
 *   caps or none
 * @max_size: bytes that the result may have at most
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * An encoded image that fits is returned byte for byte.  What is too large, and
 * a raw frame, is encoded as JPEG, upright, with square pixels and white where
 * it is transparent, at the best quality that fits, and scaled down when none
 * does; it carries no metadata.  Blocks for as long as that takes, while threads
 * of its own do the work.
 *
 * Posts an info message that says what was done, and a missing-plugin message
 * for each element that it lacks.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for what is no whole image and for
 * what cannot be decoded or encoded, %NANOGPT_ERROR_UPLOAD_TOO_LARGE,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): a JPEG, PNG or WebP image
 */
GBytes *gst_nanovid_image_fit (GstElement *element, GstSample *input,
    gsize max_size, GCancellable *cancellable, GError **error);

G_END_DECLS
