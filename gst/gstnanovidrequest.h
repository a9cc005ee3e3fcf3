/* nanovid: builds the request from an element's properties and inputs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidproperties.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_request_new:
 * @element: the element that asks: what becomes of an input is posted there
 * @properties: the values of its properties
 * @inputs: (nullable) (element-type GstSample): what arrived at its sink pads,
 *   in their order: each a text, a raw frame, a raw sound, or a whole file, with
 *   its role, see gst_nanovid_input_get_role()
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Text takes the place of the prompt.  Pictures and raw sound, from the inputs
 * and the files that properties name, are made to fit what the service takes.
 * May block on the disk, and takes as long as encoding and measuring them.
 *
 * Errors: those of nanogpt_request_new(), %NANOGPT_ERROR_INVALID_REQUEST for
 * two inputs in one role and for one that cannot be used,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the request
 */
NanogptRequest *gst_nanovid_request_new (GstElement *element,
    const GstNanovidProperties *properties, GPtrArray *inputs,
    GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_request_is_text:
 *
 * Returns: whether @input is a text, and no picture
 */
gboolean gst_nanovid_request_is_text (GstSample *input);

/**
 * gst_nanovid_request_read_text:
 * @input: a text
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for what is not UTF-8.
 *
 * Returns: (transfer full) (nullable): it, without blanks around it
 */
char *gst_nanovid_request_read_text (GstSample *input, GError **error);

G_END_DECLS
