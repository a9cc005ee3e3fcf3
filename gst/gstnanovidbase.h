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
 * @create_request: creates the request from @properties, a snapshot, and from
 *   the element's own state.  Called on the streaming thread, without locks
 *   held, before the first byte of each start.  May block until the cancellable
 *   is cancelled.  Returns %NULL with an error in the domain %NANOGPT_ERROR, or
 *   with any error if it was cancelled
 * @create_job_structure: creates the value of the property `job`, or returns
 *   %NULL; may be called from any thread
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
 * Sets everything that a URI can set.  From then on, the element shares its job
 * and clip with other elements that make the same request, and shares the clips
 * of the last day with all processes on this machine, because an application
 * may create many elements for one URI.
 */
void gst_nanovid_base_set_request (
    GstNanovidBase *self, GstNanovidProperties *request);

/**
 * gst_nanovid_base_dup_properties:
 *
 * Returns: (transfer full): a copy of the current property values
 */
GstNanovidProperties *gst_nanovid_base_dup_properties (GstNanovidBase *self);

/**
 * gst_nanovid_base_warn_when_running:
 * @pspec: a property that is being set
 *
 * Logs a warning if the element has already read the property in its current
 * state.
 */
void gst_nanovid_base_warn_when_running (
    GstNanovidBase *self, const GParamSpec *pspec);

G_END_DECLS
