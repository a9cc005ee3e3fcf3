/* nanovid: the request for one prompt of a film
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidproperties.h"
#include "gstnanovidprompt.h"

G_BEGIN_DECLS

/**
 * GstNanovidEnding:
 * @frame: (nullable): the last frame of a clip, as it was shown
 * @run_id: (nullable): the run ID of the clip's job
 *
 * The last frame of a clip, with which the next one may begin.
 */
typedef struct
{
  GstSample *frame;
  char *run_id;
} GstNanovidEnding;

void gst_nanovid_ending_clear (GstNanovidEnding *ending);

/**
 * gst_nanovid_order_apply:
 * @element: the element that has the properties
 * @prompt: the prompt
 * @properties: the properties of the element, which are changed to those of the
 *   prompt
 * @error: return location for an error of %NANOGPT_ERROR_INVALID_REQUEST
 */
gboolean gst_nanovid_order_apply (GstElement *element,
    const GstNanovidPrompt *prompt, GstNanovidProperties *properties,
    GError **error);

/**
 * gst_nanovid_order_has_picture:
 * @properties: the properties of the prompt
 *
 * Returns: whether the prompt has a first picture of its own
 */
gboolean gst_nanovid_order_has_picture (
    const GstNanovidPrompt *prompt, const GstNanovidProperties *properties);

/**
 * gst_nanovid_order_create_request:
 * @properties: the properties of the prompt
 * @ending: (nullable): what the clip is to begin with, instead of the element's
 *   picture
 *
 * Like gst_nanovid_request_new().
 */
NanogptRequest *gst_nanovid_order_create_request (GstElement *element,
    const GstNanovidPrompt *prompt, GstNanovidProperties *properties,
    const GstNanovidEnding *ending, GCancellable *cancellable, GError **error);

G_END_DECLS
