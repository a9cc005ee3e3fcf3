/* nanovid: simulator: decodes the video or the sound of a media file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>

#define PATIENCE (10 * GST_SECOND)
#define STEP (GST_SECOND / 20)

struct _SimDecoder
{
  GstElement *pipeline;
  GstElement *sink;
  gboolean is_over;
};

SimDecoder *
sim_decoder_new (
    GBytes *file, const char *media, const char *caps, GError **error)
{
  gboolean video = g_str_equal (media, "video");
  g_autofree char *line =
      g_strdup_printf ("giostreamsrc name=src ! decodebin ! %s ! %s ! "
                       "appsink name=sink sync=false max-buffers=4",
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

/* Errors do not reach the sink. */
static gboolean
has_failed (SimDecoder *decoder)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (decoder->pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  return message != NULL;
}

GstSample *
sim_decoder_pull (SimDecoder *decoder)
{
  GstAppSink *sink = GST_APP_SINK (decoder->sink);
  GstSample *sample = NULL;

  for (GstClockTime waited = 0; !sample && !decoder->is_over; waited += STEP) {
    sample = gst_app_sink_try_pull_sample (sink, STEP);
    decoder->is_over = !sample
        && (waited >= PATIENCE || gst_app_sink_is_eos (sink)
            || has_failed (decoder));
  }
  return sample;
}

void
sim_decoder_free (SimDecoder *decoder)
{
  gst_element_set_state (decoder->pipeline, GST_STATE_NULL);
  gst_object_unref (decoder->sink);
  gst_object_unref (decoder->pipeline);
  g_free (decoder);
}

/* Queries the duration once the streams of the file are known. */
double
sim_decoder_measure (GBytes *file)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (file);
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "giostreamsrc name=src ! decodebin ! fakesink async=true", NULL);
  g_autoptr (GstElement) src = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  gint64 duration = -1;

  if (!pipeline)
    return -1;
  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_object_set (src, "stream", stream, NULL);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  message = gst_bus_timed_pop_filtered (
      bus, PATIENCE, GST_MESSAGE_ERROR | GST_MESSAGE_ASYNC_DONE);
  if (!message || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
      || !gst_element_query_duration (pipeline, GST_FORMAT_TIME, &duration))
    duration = -1;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return duration > 0 ? (double)duration / GST_SECOND : -1;
}
