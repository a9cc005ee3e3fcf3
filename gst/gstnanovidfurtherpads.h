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
 * @pads: takes what the new pad brings
 * @template: one of those that were installed
 * @name: (nullable): the name that is asked for
 *
 * Returns: (transfer none) (nullable): the new pad of @element, %NULL when there
 *   can be none with that name
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
