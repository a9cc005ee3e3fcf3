/* nanovid: nanovidtransform, from an image, a frame or a text to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-nanovidtransform
 * @title: nanovidtransform
 *
 * Has a video generated from an image, a raw frame or a text by the NanoGPT
 * service.  The first image, frame or text at the sink pad is the input, and
 * upstream is told that it has done enough; from then on the element is as
 * #nanovidsrc.
 *
 * An image that is encoded and not too large is sent byte for byte.  What is
 * too large, and a raw frame, is encoded as JPEG, upright, and scaled down if
 * need be.  A text takes the place of the `prompt`.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=cat.png ! nanovidtransform prompt="the cat waves" ! decodebin ! autovideosink
 * ]| Animate a picture.
 * |[
 * gst-launch-1.0 v4l2src num-buffers=1 ! nanovidtransform prompt="it starts to snow" ! filesink location=snow.mp4
 * ]| Animate what the camera sees.
 * |[
 * gst-launch-1.0 v4l2src ! nanovidtransform prompt="it starts to snow" ! decodebin ! clocksync sync-to-first=true ! autovideosink sync=false
 * ]| Watch it at once: after a live source, the pipeline's clock runs on while
 * the clip is generated.
 */

#include "gstnanovidtransform.h"

#include <gst/video/video.h>

#include "gstnanovidimage.h"
#include "gstnanovidinput.h"
#include "gstnanovidrequest.h"

GST_DEBUG_CATEGORY_STATIC (gst_nanovid_transform_debug);
#define GST_CAT_DEFAULT gst_nanovid_transform_debug

struct _GstNanovidTransform
{
  GstNanovidBase parent;

  GstPad *sink_pad;
  GstNanovidInput *input;

  /* The sink pad's stream lock */
  GstCaps *caps;
  GstVideoOrientationMethod orientation;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GstNanovidTransform, gst_nanovid_transform,
    GST_TYPE_NANOVID_BASE,
    GST_DEBUG_CATEGORY_INIT (gst_nanovid_transform_debug, "nanovidtransform", 0,
        "nanovid: clips from images, frames and texts"))
GST_ELEMENT_REGISTER_DEFINE (nanovidtransform, "nanovidtransform",
    GST_RANK_NONE, GST_TYPE_NANOVID_TRANSFORM)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("image/jpeg; image/png; image/webp; video/x-raw; "
                         "text/x-raw, format=(string)utf8"));

/* The sink pad */

static GstFlowReturn
gst_nanovid_transform_chain (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstBuffer *buffer)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (parent);
  g_autoptr (GstSample) sample = NULL;

  GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, buffer);
  sample = gst_sample_new (buffer, self->caps, NULL,
      gst_structure_new (GST_NANOVID_IMAGE_INFO, "orientation",
          GST_TYPE_VIDEO_ORIENTATION_METHOD, self->orientation, NULL));
  gst_buffer_unref (buffer);
  return gst_nanovid_input_push (self->input, sample);
}

static void
set_orientation (GstNanovidTransform *self, GstEvent *event)
{
  GstVideoOrientationMethod orientation;
  GstTagList *tags;

  gst_event_parse_tag (event, &tags);
  if (gst_video_orientation_from_tag (tags, &orientation))
    self->orientation = orientation;
}

/* Nothing of the input's stream means anything to that of the clip. */
static gboolean
gst_nanovid_transform_sink_event (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstEvent *event)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (parent);
  GstCaps *caps;

  GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, event);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      self->orientation = GST_VIDEO_ORIENTATION_IDENTITY;
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      gst_caps_replace (&self->caps, caps);
      break;
    case GST_EVENT_TAG:
      set_orientation (self, event);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_nanovid_input_flush (self->input);
      break;
    case GST_EVENT_EOS:
      /* The end of the input and not of the wait for the clip: an
       * application's EOS comes to gst_element_send_event(), as to any
       * source. */
      gst_nanovid_input_end (self->input);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return TRUE;
}

static gboolean
gst_nanovid_transform_sink_query (
    GstPad *pad, GstObject *parent, GstQuery *query)
{
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default (pad, parent, query);
    default:
      /* What is behind the source pad is another stream. */
      return FALSE;
  }
}

/* GstNanovidBase */

static NanogptRequest *
gst_nanovid_transform_create_request (GstNanovidBase *base,
    const GstNanovidProperties *properties, GCancellable *cancellable,
    GError **error)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (base);
  g_autoptr (GstSample) sample = NULL;

  /* What was asked for before needs no input. */
  if (properties->settings->run_id)
    return NULL;

  sample = gst_nanovid_input_wait (self->input, cancellable, error);
  if (!sample)
    return NULL;
  return gst_nanovid_request_new (
      GST_ELEMENT (self), properties, sample, cancellable, error);
}

/* GstBaseSrc: called before the sink pad begins, and after it ended */

static gboolean
gst_nanovid_transform_start (GstBaseSrc *src)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (src);

  gst_nanovid_input_reset (self->input);
  return GST_BASE_SRC_CLASS (gst_nanovid_transform_parent_class)->start (src);
}

/* GObject */

static void
gst_nanovid_transform_finalize (GObject *object)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (object);

  gst_caps_replace (&self->caps, NULL);
  gst_nanovid_input_free (self->input);
  G_OBJECT_CLASS (gst_nanovid_transform_parent_class)->finalize (object);
}

static void
gst_nanovid_transform_class_init (GstNanovidTransformClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);
  GstNanovidBaseClass *base_class = GST_NANOVID_BASE_CLASS (klass);

  object_class->finalize = gst_nanovid_transform_finalize;
  src_class->start = GST_DEBUG_FUNCPTR (gst_nanovid_transform_start);
  base_class->create_request = gst_nanovid_transform_create_request;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class,
      "NanoGPT video transform", "Filter/Converter/Network",
      "Generates a video from an image, a frame or a text with the NanoGPT "
      "service",
      "The nanovid authors");
}

static void
gst_nanovid_transform_init (GstNanovidTransform *self)
{
  self->input = gst_nanovid_input_new ();
  self->sink_pad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (
      self->sink_pad, GST_DEBUG_FUNCPTR (gst_nanovid_transform_chain));
  gst_pad_set_event_function (
      self->sink_pad, GST_DEBUG_FUNCPTR (gst_nanovid_transform_sink_event));
  gst_pad_set_query_function (
      self->sink_pad, GST_DEBUG_FUNCPTR (gst_nanovid_transform_sink_query));
  gst_element_add_pad (GST_ELEMENT (self), self->sink_pad);
}
