/* nanovid: the request pads of nanovidtransform, for further inputs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidpads.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_further_pads_install:
 *
 * Adds the templates of the pads `last_image`, `reference_%u`, `video` and
 * `audio` to a class.
 */
void gst_nanovid_further_pads_install (GstElementClass *klass);

/**
 * gst_nanovid_further_pads_request:
 * @pads: receives the input of the new pad
 * @template: one of the installed templates
 * @name: (nullable): the requested name
 *
 * Returns: (transfer none) (nullable): the new pad of @element, %NULL if no pad
 *   with that name can be added
 */
GstPad *gst_nanovid_further_pads_request (GstElement *element,
    GstNanovidPads *pads, GstPadTemplate *template, const char *name);

/**
 * gst_nanovid_further_pads_release:
 *
 * Removes a pad from @element, in any state.
 */
void gst_nanovid_further_pads_release (
    GstElement *element, GstNanovidPads *pads, GstPad *pad);

G_END_DECLS
