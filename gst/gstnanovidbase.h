/* nanovid: GstNanovidBase: the base class that plays the clip of a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/base/gstpushsrc.h>

#include "gstnanovidproperties.h"

G_BEGIN_DECLS

#define GST_TYPE_NANOVID_BASE (gst_nanovid_base_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    GstNanovidBase, gst_nanovid_base, GST, NANOVID_BASE, GstPushSrc)

/**
 * GstNanovidBaseClass:
 * @create_request: called on the streaming thread, with no lock held, before
 *   the first byte of each start: makes the request from @properties, a
 *   snapshot, and whatever else the element knows.  May wait, until the
 *   cancellable is cancelled.  Returns %NULL with an error of %NANOGPT_ERROR,
 *   or with any when it was cancelled.
 * @create_job_structure: makes the value of the property `job`, or %NULL; may
 *   be called from any thread
 */
struct _GstNanovidBaseClass
{
  GstPushSrcClass parent_class;

  NanogptRequest *(*create_request) (GstNanovidBase *self,
      const GstNanovidProperties *properties, GCancellable *cancellable,
      GError **error);
  GstStructure *(*create_job_structure) (GstNanovidBase *self);
};

/**
 * gst_nanovid_base_set_request:
 * @request: (transfer full): what to generate
 *
 * Sets all that a URI may set.  From then on the element shares job and clip
 * with others for the same request, and clips of the last day with all that
 * runs on this machine: one URI makes many elements.
 */
void gst_nanovid_base_set_request (
    GstNanovidBase *self, GstNanovidProperties *request);

/**
 * gst_nanovid_base_dup_properties:
 *
 * Returns: (transfer full): the properties' values as of now
 */
GstNanovidProperties *gst_nanovid_base_dup_properties (GstNanovidBase *self);

/**
 * gst_nanovid_base_warn_when_running:
 * @pspec: a property that is being set
 *
 * Logs a warning in a state in which the element has read the property already.
 */
void gst_nanovid_base_warn_when_running (
    GstNanovidBase *self, const GParamSpec *pspec);

G_END_DECLS
