/* nanovid: a sink pad of nanovidtransform, with the state of its stream
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidsinkpad.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "gst/input/gstnanovidimage.h"

struct _GstNanovidSinkPad
{
  GstPad parent;

  NanogptMediaRole role;

  /* Guarded by the stream lock */
  GstCaps *caps;
  GstSegment segment;
  GstVideoOrientationMethod orientation;
};

G_DEFINE_FINAL_TYPE (GstNanovidSinkPad, gst_nanovid_sink_pad, GST_TYPE_PAD)

NanogptMediaRole
gst_nanovid_sink_pad_get_role (GstNanovidSinkPad *self)
{
  return self->role;
}

void
gst_nanovid_sink_pad_reset (GstNanovidSinkPad *self)
{
  self->orientation = GST_VIDEO_ORIENTATION_IDENTITY;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  gst_caps_replace (&self->caps, NULL);
}

void
gst_nanovid_sink_pad_note_event (GstNanovidSinkPad *self, GstEvent *event)
{
  GstVideoOrientationMethod orientation;
  GstTagList *tags;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      self->orientation = GST_VIDEO_ORIENTATION_IDENTITY;
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      gst_caps_replace (&self->caps, caps);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      break;
    case GST_EVENT_TAG:
      gst_event_parse_tag (event, &tags);
      if (gst_video_orientation_from_tag (tags, &orientation))
        self->orientation = orientation;
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_segment_init (&self->segment, GST_FORMAT_TIME);
      break;
    default:
      break;
  }
}

GstBuffer *
gst_nanovid_sink_pad_clip (GstNanovidSinkPad *self, GstBuffer *buffer)
{
  GstAudioInfo info;

  if (self->role != NANOGPT_MEDIA_AUDIO || !self->caps
      || self->segment.format != GST_FORMAT_TIME
      || !gst_structure_has_name (
          gst_caps_get_structure (self->caps, 0), "audio/x-raw")
      || !gst_audio_info_from_caps (&info, self->caps))
    return buffer;
  return gst_audio_buffer_clip (buffer, &self->segment,
      GST_AUDIO_INFO_RATE (&info), GST_AUDIO_INFO_BPF (&info));
}

GstSample *
gst_nanovid_sink_pad_create_sample (GstNanovidSinkPad *self, GstBuffer *buffer)
{
  return gst_sample_new (buffer, self->caps, &self->segment,
      gst_structure_new (GST_NANOVID_IMAGE_INFO, "orientation",
          GST_TYPE_VIDEO_ORIENTATION_METHOD, self->orientation, "role",
          G_TYPE_UINT, self->role, NULL));
}

/* The default handler answers for caps.  Seeking is supported because a muxer
 * may write parts of the beginning of its file last.  Other queries are not
 * forwarded: the stream of the source pad is another one. */
gboolean
gst_nanovid_sink_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  NanogptMediaRole role = GST_NANOVID_SINK_PAD (pad)->role;
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default (pad, parent, query);
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      if (format != GST_FORMAT_BYTES
          || (role != NANOGPT_MEDIA_VIDEO && role != NANOGPT_MEDIA_AUDIO))
        return FALSE;
      gst_query_set_seeking (query, format, TRUE, 0, -1);
      return TRUE;
    default:
      return FALSE;
  }
}

GstPad *
gst_nanovid_sink_pad_new (
    GstPadTemplate *template, const char *name, NanogptMediaRole role)
{
  GstNanovidSinkPad *self = g_object_new (GST_TYPE_NANOVID_SINK_PAD, "name",
      name, "direction", GST_PAD_SINK, "template", template, NULL);

  self->role = role;
  return GST_PAD (self);
}

static void
gst_nanovid_sink_pad_finalize (GObject *object)
{
  gst_caps_replace (&GST_NANOVID_SINK_PAD (object)->caps, NULL);
  G_OBJECT_CLASS (gst_nanovid_sink_pad_parent_class)->finalize (object);
}

static void
gst_nanovid_sink_pad_class_init (GstNanovidSinkPadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_nanovid_sink_pad_finalize;
}

static void
gst_nanovid_sink_pad_init (GstNanovidSinkPad *self)
{
  gst_nanovid_sink_pad_reset (self);
}
