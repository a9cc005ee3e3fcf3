/* nanovid: nanovidsrc, from a prompt to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-nanovidsrc
 * @title: nanovidsrc
 *
 * Has a video generated from a prompt by the NanoGPT service, and pushes the
 * finished file as it arrives.  A clip costs money and takes half a minute to
 * twenty minutes; the wait shows as PROGRESS messages and as element messages
 * named `nanovid-job`.  The job is submitted when data is first wanted, that is
 * in PAUSED, and never twice: a flush, a seek or a restart of the same element
 * goes on with it.
 *
 * The API key comes from the `api-key` property, from `$NANOGPT_API_KEY`, or
 * from the file named by `$NANOGPT_API_KEY_FILE`.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 nanovidsrc prompt="a lighthouse at dusk" ! decodebin ! autovideosink
 * ]| Watch a clip.
 * |[
 * gst-launch-1.0 nanovidsrc prompt="a lighthouse at dusk" ! filesink location=clip.mp4
 * ]| Keep the file as the service made it.
 * |[
 * gst-launch-1.0 nanovidsrc run-id=vid_123 ! filesink location=clip.mp4
 * ]| Collect a job that was paid for before.
 */

#include "gstnanovidsrc.h"

#include "gstnanovidrequest.h"

struct _GstNanovidSrc
{
  GstNanovidBase parent;
};

G_DEFINE_FINAL_TYPE (GstNanovidSrc, gst_nanovid_src, GST_TYPE_NANOVID_BASE)
GST_ELEMENT_REGISTER_DEFINE (
    nanovidsrc, "nanovidsrc", GST_RANK_NONE, GST_TYPE_NANOVID_SRC)

static NanogptRequest *
gst_nanovid_src_create_request (GstNanovidBase *base,
    const GstNanovidProperties *properties, GCancellable *cancellable,
    GError **error)
{
  return gst_nanovid_request_new (
      GST_ELEMENT (base), properties, NULL, cancellable, error);
}

static void
gst_nanovid_src_class_init (GstNanovidSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstNanovidBaseClass *base_class = GST_NANOVID_BASE_CLASS (klass);

  base_class->create_request = gst_nanovid_src_create_request;

  gst_element_class_set_static_metadata (element_class, "NanoGPT video source",
      "Source/Network",
      "Generates a video from a prompt with the NanoGPT service",
      "The nanovid authors");
}

static void
gst_nanovid_src_init (GstNanovidSrc *self G_GNUC_UNUSED)
{
}
