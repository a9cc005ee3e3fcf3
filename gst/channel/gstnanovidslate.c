/* nanovid: what is shown while there is no clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidslate.h"

#include <glib/gi18n-lib.h>

#include "gstnanovidreel.h"
#include "nanogpt/base/error.h"

struct _GstNanovidSlate
{
  const GstNanovidFormat *format;
  GstBuffer *picture; /* (nullable) */
  GstBuffer *last;
};

/* Converts a black pixel, so that black is the same as in the borders drawn by
 * the converter. */
static GstBuffer *
create_black (const GstNanovidFormat *format)
{
  GstVideoInfo wanted = format->video;
  GstBuffer *black =
      gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&wanted), NULL);
  g_autoptr (GstBuffer) dot = gst_buffer_new_allocate (NULL, 4, NULL);
  GstVideoConverter *converter;
  GstVideoInfo dot_info;
  GstVideoFrame from, to;

  gst_buffer_memset (dot, 0, 0, 4);
  gst_video_info_set_format (&dot_info, GST_VIDEO_FORMAT_xRGB, 1, 1);
  /* The converter converts neither frame rates nor fields. */
  wanted.fps_n = dot_info.fps_n;
  wanted.fps_d = dot_info.fps_d;
  wanted.interlace_mode = dot_info.interlace_mode;
  converter = gst_video_converter_new (&dot_info, &wanted, NULL);
  if (converter && gst_video_frame_map (&from, &dot_info, dot, GST_MAP_READ)) {
    if (gst_video_frame_map (&to, &wanted, black, GST_MAP_WRITE)) {
      gst_video_converter_frame (converter, &from, &to);
      gst_video_frame_unmap (&to);
    }
    gst_video_frame_unmap (&from);
  }
  g_clear_pointer (&converter, gst_video_converter_free);
  return black;
}

GstNanovidSlate *
gst_nanovid_slate_new (const GstNanovidFormat *format)
{
  GstNanovidSlate *self = g_new0 (GstNanovidSlate, 1);

  self->format = format;
  self->last = create_black (format);
  return self;
}

void
gst_nanovid_slate_free (GstNanovidSlate *self)
{
  g_clear_pointer (&self->picture, gst_buffer_unref);
  gst_buffer_unref (self->last);
  g_free (self);
}

gboolean
gst_nanovid_slate_load (GstNanovidSlate *self, const char *location,
    GstNanovidBell *bell, GError **error)
{
  g_autoptr (GstCaps) caps =
      gst_nanovid_format_create_picture_caps (self->format);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GstNanovidReel) reel = gst_nanovid_reel_new (
      GST_NANOVID_REEL_PICTURE, location, caps, bell, error);
  g_autoptr (GstSample) sample = NULL;

  if (!reel)
    return FALSE;
  sample = gst_nanovid_reel_pull (reel, &reason);
  if (sample) {
    /* Copy the frame, because a buffer of the decoder's pool must not be
     * kept. */
    g_atomic_pointer_set (
        &self->picture, gst_buffer_copy_deep (gst_sample_get_buffer (sample)));
    return TRUE;
  }
  if (reason)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("There is no picture in \"%s\""), location);
  return FALSE;
}

gboolean
gst_nanovid_slate_has_picture (GstNanovidSlate *self)
{
  return g_atomic_pointer_get (&self->picture) != NULL;
}

void
gst_nanovid_slate_keep (GstNanovidSlate *self, GstBuffer *frame)
{
  gst_buffer_replace (&self->last, frame);
}

GstBuffer *
gst_nanovid_slate_create_frame (GstNanovidSlate *self, gboolean holds)
{
  GstBuffer *picture = g_atomic_pointer_get (&self->picture);

  return gst_buffer_copy (holds || !picture ? self->last : picture);
}
