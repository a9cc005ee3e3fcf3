/* nanovid: builds the request from an element's properties and input
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidproperties.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_request_new:
 * @element: the element that asks: what becomes of an image is posted there
 * @properties: the values of its properties
 * @input: (nullable): what arrived at its sink pad: text, a raw frame
 *   or an encoded image, see gst_nanovid_image_fit()
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Text takes the place of the prompt.  An image, from the input or the file
 * that `image-location` names, is made to fit what the service takes.  May
 * block on the disk, and takes as long as the encoding of a frame.
 *
 * Errors: those of nanogpt_request_new(), %NANOGPT_ERROR_INVALID_REQUEST for
 * an input that cannot be used, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the request
 */
NanogptRequest *gst_nanovid_request_new (GstElement *element,
    const GstNanovidProperties *properties, GstSample *input,
    GCancellable *cancellable, GError **error);

G_END_DECLS
