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
 * Maximum size in bytes of an encoded image that is made to fit.
 */
#define GST_NANOVID_IMAGE_MAX_INPUT (256 << 20)

/**
 * GST_NANOVID_IMAGE_INFO:
 *
 * Name of the info structure of a sample.  The field `orientation`, of type
 * #GstVideoOrientationMethod, says how to rotate or flip a raw frame.  The
 * field `role`, of type uint, is the #NanogptMediaRole of the input.  The field
 * `collected`, of type boolean, is present if the input was assembled from
 * several buffers until it was complete.
 */
#define GST_NANOVID_IMAGE_INFO "nanovid-image"

/**
 * gst_nanovid_image_is_raw:
 *
 * Returns: whether @input is a raw frame, and not an encoded image
 */
gboolean gst_nanovid_image_is_raw (GstSample *input);

/**
 * gst_nanovid_image_fit:
 * @element: the element whose input it is
 * @input: a raw frame, with caps video/x-raw, or an encoded image, with any
 *   caps or none
 * @max_size: maximum size of the result in bytes
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * An encoded image that fits is returned unchanged.  A raw frame, or an image
 * that is too large, is encoded as JPEG, upright, with square pixels and white
 * in place of transparency.  It gets the best quality that fits, is scaled down
 * if none does, and carries no metadata.  Blocks while threads of its own do
 * the work.
 *
 * Posts an info message about the conversion, and a missing-plugin message for
 * each missing element.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for an incomplete image and for one
 * that cannot be decoded or encoded, %NANOGPT_ERROR_UPLOAD_TOO_LARGE,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): a JPEG, PNG or WebP image
 */
GBytes *gst_nanovid_image_fit (GstElement *element, GstSample *input,
    gsize max_size, GCancellable *cancellable, GError **error);

G_END_DECLS
