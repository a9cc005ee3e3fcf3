/* nanovid: what is asked for with one prompt of a film
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gst/gstnanovidproperties.h"
#include "gstnanovidprompt.h"

G_BEGIN_DECLS

/**
 * GstNanovidEnding:
 * @frame: (nullable): the last frame of a clip, as it was shown
 * @run_id: (nullable): of that clip's job
 *
 * What the next clip may begin with.
 */
typedef struct
{
  GstSample *frame;
  char *run_id;
} GstNanovidEnding;

void gst_nanovid_ending_clear (GstNanovidEnding *ending);

/**
 * gst_nanovid_order_apply:
 * @element: the element, which has the properties
 * @prompt: what is to be seen
 * @properties: the element's, which become this prompt's
 * @error: return location for an error of %NANOGPT_ERROR_INVALID_REQUEST
 */
gboolean gst_nanovid_order_apply (GstElement *element,
    const GstNanovidPrompt *prompt, GstNanovidProperties *properties,
    GError **error);

/**
 * gst_nanovid_order_has_picture:
 * @properties: those of the prompt
 *
 * Returns: whether the prompt has a picture of its own to begin with
 */
gboolean gst_nanovid_order_has_picture (
    const GstNanovidPrompt *prompt, const GstNanovidProperties *properties);

/**
 * gst_nanovid_order_create_request:
 * @properties: those of the prompt
 * @ending: (nullable): what the clip shall begin with, in place of a picture of
 *   the element's
 *
 * As gst_nanovid_request_new().
 */
NanogptRequest *gst_nanovid_order_create_request (GstElement *element,
    const GstNanovidPrompt *prompt, GstNanovidProperties *properties,
    const GstNanovidEnding *ending, GCancellable *cancellable, GError **error);

G_END_DECLS
