/* nanovid: simulator: decodes the video or the sound of a media file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>

#define PATIENCE (10 * GST_SECOND)

struct _SimDecoder
{
  GstElement *pipeline;
  GstElement *sink;
};

SimDecoder *
sim_decoder_new (
    GBytes *file, const char *media, const char *caps, GError **error)
{
  gboolean video = g_str_equal (media, "video");
  g_autofree char *line = g_strdup_printf (
      "giostreamsrc name=src ! decodebin expose-all-streams=false "
      "caps=%s/x-raw ! %s ! %s ! appsink name=sink sync=false max-buffers=4",
      media,
      video ? "videoconvert ! videoscale ! videorate"
            : "audioconvert ! audioresample",
      caps);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (file);
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, error);
  g_autoptr (GstElement) src = NULL;
  SimDecoder *decoder;

  if (!pipeline)
    return NULL;
  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_object_set (src, "stream", stream, NULL);
  decoder = g_new0 (SimDecoder, 1);
  decoder->sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  decoder->pipeline = g_steal_pointer (&pipeline);
  gst_element_set_state (decoder->pipeline, GST_STATE_PLAYING);
  return decoder;
}

GstSample *
sim_decoder_pull (SimDecoder *decoder)
{
  return gst_app_sink_try_pull_sample (GST_APP_SINK (decoder->sink), PATIENCE);
}

void
sim_decoder_free (SimDecoder *decoder)
{
  gst_element_set_state (decoder->pipeline, GST_STATE_NULL);
  gst_object_unref (decoder->sink);
  gst_object_unref (decoder->pipeline);
  g_free (decoder);
}

/* By its own word, once its streams are known. */
double
sim_decoder_measure (GBytes *file)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (file);
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "giostreamsrc name=src ! decodebin ! fakesink async=true", NULL);
  g_autoptr (GstElement) src = NULL;
  gint64 duration = -1;

  if (!pipeline)
    return -1;
  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_object_set (src, "stream", stream, NULL);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  if (gst_element_get_state (pipeline, NULL, NULL, PATIENCE)
          != GST_STATE_CHANGE_SUCCESS
      || !gst_element_query_duration (pipeline, GST_FORMAT_TIME, &duration))
    duration = -1;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return duration > 0 ? (double)duration / GST_SECOND : -1;
}
