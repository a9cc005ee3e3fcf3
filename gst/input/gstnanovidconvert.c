/* nanovid: converts one picture with stock decoders and encoders
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidconvert.h"

#include <glib/gi18n-lib.h>
#include <gst/app/app.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "nanogpt/base/error.h"

/* No picture takes so long: an element has lost it, and says nothing. */
#define PATIENCE (5 * 60 * GST_SECOND)

/* A pipeline for one picture: source ! stages ! sink. */
typedef struct
{
  GstElement *pipeline;
  GstElement *source;
  GstElement *sink;
} Chain;

static void
chain_clear (Chain *chain)
{
  g_clear_object (&chain->source);
  g_clear_object (&chain->sink);
  if (!chain->pipeline)
    return;
  gst_element_set_state (chain->pipeline, GST_STATE_NULL);
  gst_clear_object (&chain->pipeline);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Chain, chain_clear)

static void
set_error_from_reason (GError **error, const char *reason, const char *debug)
{
  GError *result = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The input picture cannot be converted, it may be broken: %s"),
      reason);

  nanogpt_error_get_details (result)->debug = g_strdup (debug);
  g_propagate_error (error, result);
}

/* @owner: who posts what is missing
 * @stages: as for gst-launch-1.0 */
static gboolean
chain_init (Chain *chain, GstElement *owner, const char *stages, GError **error)
{
  g_autofree char *line =
      g_strdup_printf ("appsrc name=source format=time ! %s "
                       "! appsink name=sink sync=false "
                       "wait-on-eos=false",
          stages);
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) missing = NULL;

  chain->pipeline = gst_parse_launch_full (
      line, context, GST_PARSE_FLAG_FATAL_ERRORS, &reason);
  if (chain->pipeline) {
    gst_object_ref_sink (chain->pipeline);
    chain->source = gst_bin_get_by_name (GST_BIN (chain->pipeline), "source");
    chain->sink = gst_bin_get_by_name (GST_BIN (chain->pipeline), "sink");
    return TRUE;
  }

  missing = gst_parse_context_get_missing_elements (context);
  if (!missing || !missing[0]) {
    set_error_from_reason (error, reason->message, NULL);
    return FALSE;
  }
  gst_element_post_message (
      owner, gst_missing_element_message_new (owner, missing[0]));
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The input picture cannot be converted: the GStreamer element \"%s\" is "
         "not installed"),
      missing[0]);
  return FALSE;
}

static void
stop_pipeline (GstElement *pipeline, gpointer user_data G_GNUC_UNUSED)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* What is being worked on is finished by somebody else. */
static void
chain_abandon (Chain *chain)
{
  gst_element_call_async (chain->pipeline, stop_pipeline, NULL, NULL);
  gst_clear_object (&chain->pipeline);
}

static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer bus)
{
  gst_bus_post (bus,
      gst_message_new_application (
          NULL, gst_structure_new_empty ("cancelled")));
}

/* Waits for the pipeline's end, its failure, or the cancellable.
 * Returns: (nullable): NULL when none of them came */
static GstMessage *
wait_for_end (
    GstElement *pipeline, GstClockTime patience, GCancellable *cancellable)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  gulong id =
      g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), bus, NULL);

  message = gst_bus_timed_pop_filtered (bus, patience,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION);
  g_cancellable_disconnect (cancellable, id);
  return message;
}

static void
set_error_from_message (GError **error, GstMessage *message)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_error (message, &reason, &debug);
  set_error_from_reason (error, reason->message, debug);
}

static void
set_error_without_message (GError **error)
{
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The input picture cannot be converted, it may be broken"));
}

static void
chain_push (Chain *chain, GstSample *input)
{
  g_autoptr (GstBuffer) buffer =
      gst_buffer_copy (gst_sample_get_buffer (input));
  g_autoptr (GstSample) sample = NULL;

  /* Its place in the stream that it is from means nothing here. */
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
  sample = gst_sample_new (buffer, gst_sample_get_caps (input), NULL, NULL);
  gst_app_src_push_sample (GST_APP_SRC (chain->source), sample);
  gst_app_src_end_of_stream (GST_APP_SRC (chain->source));
}

static GstSample *
chain_run (
    Chain *chain, GstSample *input, GCancellable *cancellable, GError **error)
{
  g_autoptr (GstMessage) message = NULL;
  GstStateChangeReturn result;
  GstSample *output;

  chain_push (chain, input);
  result = gst_element_set_state (chain->pipeline, GST_STATE_PLAYING);
  /* A state change may fail without a word. */
  message = wait_for_end (chain->pipeline,
      result == GST_STATE_CHANGE_FAILURE ? 0 : PATIENCE, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    chain_abandon (chain);
    return NULL;
  }
  if (!message) {
    set_error_without_message (error);
    chain_abandon (chain);
    return NULL;
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    set_error_from_message (error, message);
    return NULL;
  }

  output = gst_app_sink_try_pull_sample (GST_APP_SINK (chain->sink), 0);
  if (!output)
    set_error_without_message (error);
  return output;
}

/* Software only: others may leave the frame where the next stage cannot read
 * it.
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

/* pngdec writes an alpha of 16 bits one pixel late, and none for the first
 * pixel: the same file has to give the same frame.
 * Takes @sample. */
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
  g_auto (Chain) chain = { 0 };
  GstSample *frame;
  g_autofree char *decoder =
      find_decoder (element, gst_sample_get_caps (image), error);

  if (!decoder || !chain_init (&chain, element, decoder, error))
    return NULL;
  frame = chain_run (&chain, image, cancellable, error);
  return frame ? mend_first_alpha (frame) : NULL;
}

/* What converting a frame makes of an alpha that hides all: a few bits stay
 * where they are, the highest ones. */
static guint
get_opaque (GstSample *frame)
{
  GstVideoInfo info;
  guint depth;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (frame)))
    return 255;

  depth = GST_VIDEO_FORMAT_INFO_DEPTH (info.finfo, GST_VIDEO_COMP_A);
  /* That of a palette has none of its own. */
  return depth > 0 && depth < 8 ? 256 - (256 >> depth) : 255;
}

/* Returns: whether any of it was to be seen through */
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
  g_auto (Chain) chain = { 0 };
  g_autoptr (GstSample) output = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoInfo info;
  GstVideoFrame pixels;

  if (!chain_init (
          &chain, element, "videoconvert ! video/x-raw,format=BGRA", error))
    return NULL;
  output = chain_run (&chain, frame, cancellable, error);
  if (!output)
    return NULL;

  buffer = gst_buffer_copy_deep (gst_sample_get_buffer (output));
  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (output))
      || !gst_video_frame_map (&pixels, &info, buffer, GST_MAP_READWRITE)) {
    set_error_without_message (error);
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
  /* JPEG files are read as full-range BT.601, and the encoder takes what it
   * gets.  On the way there by RGB, since videoconvert leaves the range as it
   * is between formats with the same matrix. */
  g_autofree char *stages = g_strdup_printf (
      "videoconvert ! video/x-raw,format=BGRx ! %s"
      "videoscale add-borders=false ! "
      "video/x-raw,width=%d,height=%d,pixel-aspect-ratio=1/1 ! "
      "videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0",
      turn, width, height);
  g_auto (Chain) chain = { 0 };

  if (!chain_init (&chain, element, stages, error))
    return NULL;
  return chain_run (&chain, frame, cancellable, error);
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

/* The encoder takes whole blocks, whatever is in memory beside the picture: the
 * same frame has to give the same image, or an unfinished job for it is not
 * found again. */
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
  g_auto (Chain) chain = { 0 };
  g_autoptr (GstSample) filled = fill_blocks (frame);
  g_autoptr (GstSample) output = NULL;
  gpointer data;
  gsize size;

  g_return_val_if_fail (filled, NULL);

  if (!chain_init (&chain, element, stages, error))
    return NULL;
  output = chain_run (&chain, filled, cancellable, error);
  if (!output)
    return NULL;
  gst_buffer_extract_dup (gst_sample_get_buffer (output), 0, -1, &data, &size);
  return g_bytes_new_take (data, size);
}
