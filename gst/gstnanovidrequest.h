/* nanovid: builds the request from an element's properties and inputs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidproperties.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_request_new:
 * @element: the requesting element; posts messages about what is done to an
 *   input
 * @properties: the values of its properties
 * @inputs: (nullable) (element-type GstSample): the inputs from its sink pads,
 *   in pad order: each is text, a raw frame, raw audio or a complete file, with
 *   its role, see gst_nanovid_input_get_role()
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Text replaces the prompt.  Pictures and raw audio, from the inputs and from
 * files named by properties, are converted to fit the limits of the service.
 * May block on disk access, and while media are encoded and measured.
 *
 * Errors: those of nanogpt_request_new(), %NANOGPT_ERROR_INVALID_REQUEST if two
 * inputs have the same role or an input cannot be used, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the request
 */
NanogptRequest *gst_nanovid_request_new (GstElement *element,
    const GstNanovidProperties *properties, GPtrArray *inputs,
    GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_request_is_text:
 *
 * Returns: whether @input is text, and not a picture
 */
gboolean gst_nanovid_request_is_text (GstSample *input);

/**
 * gst_nanovid_request_read_text:
 * @input: a text input
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if the text is not UTF-8.
 *
 * Returns: (transfer full) (nullable): the text, without leading and trailing
 *   whitespace
 */
char *gst_nanovid_request_read_text (GstSample *input, GError **error);

G_END_DECLS
