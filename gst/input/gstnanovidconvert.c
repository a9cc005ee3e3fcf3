/* nanovid: converts one picture with stock decoders and encoders
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidconvert.h"

#include <glib/gi18n-lib.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "gstnanovidchain.h"
#include "nanogpt/base/error.h"

/* Chooses a software decoder, since others may leave the frame where the next
 * stage cannot read it.
 * Returns: (transfer full) (nullable): the name of an element */
static char *
find_decoder (GstElement *owner, GstCaps *caps, GError **error)
{
  GList *all = gst_element_factory_list_get_elements (
      GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL);
  GList *fitting =
      gst_element_factory_list_filter (all, caps, GST_PAD_SINK, FALSE);
  char *decoder = NULL;

  for (GList *l = fitting; l && !decoder; l = l->next) {
    const char *klass =
        gst_element_factory_get_metadata (l->data, GST_ELEMENT_METADATA_KLASS);
    g_autoptr (GstPluginFeature) loaded = NULL;

    if (strstr (klass, "Hardware"))
      continue;
    loaded = gst_plugin_feature_load (l->data);
    if (loaded)
      decoder = g_strdup (gst_plugin_feature_get_name (loaded));
  }
  gst_plugin_feature_list_free (fitting);
  gst_plugin_feature_list_free (all);
  if (decoder)
    return decoder;

  gst_element_post_message (
      owner, gst_missing_decoder_message_new (owner, caps));
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The input image is too large, and cannot be made smaller: a GStreamer "
         "decoder for %s is not installed"),
      gst_structure_get_name (gst_caps_get_structure (caps, 0)));
  return NULL;
}

/* pngdec writes 16-bit alpha one pixel late, and none for the first pixel.  Set
 * the first one here, so that the same file always gives the same frame.  Takes
 * ownership of @sample. */
static GstSample *
mend_first_alpha (GstSample *sample)
{
  g_autoptr (GstSample) given = sample;
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoInfo info;
  GstMapInfo map;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (given))
      || GST_VIDEO_INFO_FORMAT (&info) != GST_VIDEO_FORMAT_ARGB64)
    return g_steal_pointer (&given);

  buffer = gst_buffer_copy_deep (gst_sample_get_buffer (given));
  if (!gst_buffer_map (buffer, &map, GST_MAP_READWRITE))
    return g_steal_pointer (&given);
  if (map.size >= 16)
    memcpy (map.data, map.data + 8, 2);
  else
    memset (map.data, 0xff, 2);
  gst_buffer_unmap (buffer, &map);
  return gst_sample_new (buffer, gst_sample_get_caps (given), NULL, NULL);
}

GstSample *
gst_nanovid_convert_decode (GstElement *element, GstSample *image,
    GCancellable *cancellable, GError **error)
{
  g_auto (GstNanovidChain) chain = { 0 };
  GstSample *frame;
  g_autofree char *decoder =
      find_decoder (element, gst_sample_get_caps (image), error);

  if (!decoder || !gst_nanovid_chain_init (&chain, element, decoder, error))
    return NULL;
  frame = gst_nanovid_chain_convert (&chain, image, cancellable, error);
  return frame ? mend_first_alpha (frame) : NULL;
}

/* Returns: the alpha value of opaque pixels after conversion: formats with few
 *   bits keep them as the highest ones */
static guint
get_opaque (GstSample *frame)
{
  GstVideoInfo info;
  guint depth;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (frame)))
    return 255;

  depth = GST_VIDEO_FORMAT_INFO_DEPTH (info.finfo, GST_VIDEO_COMP_A);
  /* The alpha of palette formats has no depth of its own. */
  return depth > 0 && depth < 8 ? 256 - (256 >> depth) : 255;
}

/* Returns: whether any pixel was transparent */
static gboolean
whiten (GstVideoFrame *frame, guint opaque)
{
  gboolean changed = FALSE;

  for (int y = 0; y < GST_VIDEO_FRAME_HEIGHT (frame); y++) {
    guint8 *pixel = (guint8 *)GST_VIDEO_FRAME_PLANE_DATA (frame, 0)
        + y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

    for (int x = 0; x < GST_VIDEO_FRAME_WIDTH (frame); x++, pixel += 4) {
      guint alpha = MIN (pixel[3] * 255 / opaque, 255);

      pixel[3] = 255;
      if (alpha == 255)
        continue;
      changed = TRUE;
      for (guint i = 0; i < 3; i++)
        pixel[i] = 255 - ((255 - pixel[i]) * alpha + 127) / 255;
    }
  }
  return changed;
}

GstSample *
gst_nanovid_convert_flatten (GstElement *element, GstSample *frame,
    gboolean *changed, GCancellable *cancellable, GError **error)
{
  g_auto (GstNanovidChain) chain = { 0 };
  g_autoptr (GstSample) output = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoInfo info;
  GstVideoFrame pixels;

  if (!gst_nanovid_chain_init (
          &chain, element, "videoconvert ! video/x-raw,format=BGRA", error))
    return NULL;
  output = gst_nanovid_chain_convert (&chain, frame, cancellable, error);
  if (!output)
    return NULL;

  buffer = gst_buffer_copy_deep (gst_sample_get_buffer (output));
  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (output))
      || !gst_video_frame_map (&pixels, &info, buffer, GST_MAP_READWRITE)) {
    gst_nanovid_chain_set_error (&chain, error);
    return NULL;
  }
  *changed = whiten (&pixels, get_opaque (frame));
  gst_video_frame_unmap (&pixels);
  return gst_sample_new (buffer, gst_sample_get_caps (output), NULL, NULL);
}

GstSample *
gst_nanovid_convert_prepare (GstElement *element, GstSample *frame,
    GstVideoOrientationMethod orientation, int width, int height,
    GCancellable *cancellable, GError **error)
{
  g_autofree char *turn = orientation == GST_VIDEO_ORIENTATION_IDENTITY
      ? g_strdup ("")
      : g_strdup_printf ("videoflip video-direction=%d ! ", orientation);
  /* JPEG files are read as full-range BT.601, and the encoder takes its input
   * as is.  Convert by way of RGB, because videoconvert keeps the range between
   * formats with the same matrix. */
  g_autofree char *stages = g_strdup_printf (
      "videoconvert ! video/x-raw,format=BGRx ! %s"
      "videoscale add-borders=false ! "
      "video/x-raw,width=%d,height=%d,pixel-aspect-ratio=1/1 ! "
      "videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0",
      turn, width, height);
  g_auto (GstNanovidChain) chain = { 0 };

  if (!gst_nanovid_chain_init (&chain, element, stages, error))
    return NULL;
  return gst_nanovid_chain_convert (&chain, frame, cancellable, error);
}

static void
extend_rows (GstVideoFrame *frame)
{
  for (guint i = 0; i < GST_VIDEO_FRAME_N_COMPONENTS (frame); i++) {
    int width = GST_VIDEO_FRAME_COMP_WIDTH (frame, i);
    int stride = GST_VIDEO_FRAME_COMP_STRIDE (frame, i);
    guint8 *row = GST_VIDEO_FRAME_COMP_DATA (frame, i);

    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (frame, i); y++) {
      memset (row + width, row[width - 1], stride - width);
      row += stride;
    }
  }
}

/* The encoder reads whole blocks, including memory beyond the edge of the
 * picture.  Fill them, because the same frame has to give the same image:
 * otherwise, an unfinished job for it is not found again. */
static GstSample *
fill_blocks (GstSample *sample)
{
  GstCaps *caps = gst_sample_get_caps (sample);
  GstVideoInfo info, aligned;
  GstVideoAlignment alignment;
  GstVideoFrame from, to;
  g_autoptr (GstBuffer) buffer = NULL;

  if (!gst_video_info_from_caps (&info, caps))
    return NULL;

  aligned = info;
  gst_video_alignment_reset (&alignment);
  alignment.padding_right = GST_ROUND_UP_16 (info.width) - info.width;
  gst_video_info_align (&aligned, &alignment);
  buffer = gst_buffer_new_allocate (NULL, aligned.size, NULL);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_INFO_FORMAT (&info), info.width, info.height,
      GST_VIDEO_INFO_N_PLANES (&info), aligned.offset, aligned.stride);

  if (!gst_video_frame_map (
          &from, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return NULL;
  gst_video_frame_map (&to, &info, buffer, GST_MAP_READWRITE);
  gst_video_frame_copy (&to, &from);
  extend_rows (&to);
  gst_video_frame_unmap (&to);
  gst_video_frame_unmap (&from);
  return gst_sample_new (buffer, caps, NULL, NULL);
}

GBytes *
gst_nanovid_convert_encode (GstElement *element, GstSample *frame, int quality,
    GCancellable *cancellable, GError **error)
{
  g_autofree char *stages = g_strdup_printf ("jpegenc quality=%d", quality);
  g_auto (GstNanovidChain) chain = { 0 };
  g_autoptr (GstSample) filled = fill_blocks (frame);

  g_return_val_if_fail (filled, NULL);

  if (!gst_nanovid_chain_init (&chain, element, stages, error))
    return NULL;
  return gst_nanovid_chain_encode (&chain, filled, cancellable, error);
}
