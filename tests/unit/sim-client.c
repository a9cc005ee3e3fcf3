/* nanovid: a plain client of the simulator, for its tests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sim-client.h"

#include "fixture/env.h"

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <libsoup/soup.h>
#include <string.h>
#include <unistd.h>

struct _SimClient
{
  NanogptSimulator *simulator;
  SoupSession *session;
};

SimClient *
sim_client_new (const NanogptSimulatorOptions *options)
{
  SimClient *client = g_new0 (SimClient, 1);
  g_autoptr (GError) error = NULL;

  client->simulator = nanogpt_simulator_new (options, &error);
  g_assert_no_error (error);
  client->session = soup_session_new_with_options (
      "timeout", (guint)fixture_scaled (20), NULL);
  return client;
}

NanogptSimulator *
sim_client_get_simulator (SimClient *client)
{
  return client->simulator;
}

void
sim_client_free (SimClient *client)
{
  g_object_unref (client->session);
  nanogpt_simulator_free (client->simulator);
  g_free (client);
}

static GBytes *
send (SimClient *client, const char *method, const char *url, const char *body,
    guint *status)
{
  gboolean relative = *url == '/';
  g_autofree char *absolute = g_strconcat (
      relative ? nanogpt_simulator_get_base_url (client->simulator) : "", url,
      NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, absolute);
  g_autoptr (GBytes) sent = body ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GError) error = NULL;
  GBytes *answer;

  if (relative)
    soup_message_headers_append (
        soup_message_get_request_headers (message), "x-api-key", "any");
  if (sent)
    soup_message_set_request_body_from_bytes (
        message, "application/json", sent);
  answer = soup_session_send_and_read (client->session, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);
  return answer;
}

static JsonObject *
parse_object (GBytes *bytes)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  if (!json_parser_load_from_data (parser, text, size, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

JsonObject *
sim_client_submit (SimClient *client, const char *body, guint *status)
{
  g_autoptr (GBytes) answer =
      send (client, "POST", "/api/generate-video", body, status);

  return parse_object (answer);
}

GBytes *
sim_client_get (SimClient *client, const char *url, guint *status)
{
  return send (client, "GET", url, NULL, status);
}

JsonObject *
sim_client_generate (SimClient *client, const char *body)
{
  gint64 deadline =
      g_get_monotonic_time () + fixture_scaled (60) * G_USEC_PER_SEC;
  guint status;
  g_autoptr (JsonObject) submit = sim_client_submit (client, body, &status);
  g_autofree char *url = NULL;

  g_assert_cmpuint (status, ==, 202);
  url = g_strdup_printf ("/api/video/status?requestId=%s",
      json_object_get_string_member (submit, "runId"));
  while (g_get_monotonic_time () < deadline) {
    g_autoptr (GBytes) answer = sim_client_get (client, url, &status);
    g_autoptr (JsonObject) root = parse_object (answer);
    JsonObject *data = json_object_get_object_member (root, "data");
    const char *state = json_object_get_string_member (data, "status");

    if (g_str_equal (state, "COMPLETED") || g_str_equal (state, "FAILED"))
      return json_object_ref (data);
    g_usleep (10000);
  }
  g_error ("the job did not end");
}

const char *
sim_client_look_up (JsonObject *object, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  guint i;

  for (i = 0; object && names[i + 1]; i++) {
    JsonNode *node = json_object_get_member (object, names[i]);
    object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                                   : NULL;
  }
  return object
      ? json_object_get_string_member_with_default (object, names[i], NULL)
      : NULL;
}

static void
take_sound (SimDecoded *decoded, GstSample *sample)
{
  GstStructure *caps = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;
  const float *samples;

  if (decoded->channels == 0) {
    gst_structure_get_int (caps, "rate", &decoded->sample_rate);
    gst_structure_get_int (caps, "channels", &decoded->channels);
    decoded->sound_start =
        gst_segment_to_running_time (gst_sample_get_segment (sample),
            GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  }
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  samples = (const float *)map.data;
  for (gsize i = 0; i < map.size / sizeof (float); i += decoded->channels)
    g_array_append_val (decoded->samples, samples[i]);
  gst_buffer_unmap (buffer, &map);
}

static GstSample *
pull (GstElement *pipeline, const char *name)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), name);

  return gst_app_sink_try_pull_sample (
      GST_APP_SINK (sink), fixture_scaled (60) * GST_SECOND);
}

/* If a clip has no sound, its branch stays empty: the sink has neither caps nor
 * EOS, and there is no pad to link. */
SimDecoded *
sim_decoded_new (GBytes *clip)
{
  SimDecoded *decoded = g_new0 (SimDecoded, 1);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) decoder = NULL;
  g_autoptr (GError) error = NULL;
  GstSample *sample;
  int fd = g_file_open_tmp ("test-clip-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_file_set_contents (
      path, g_bytes_get_data (clip, NULL), g_bytes_get_size (clip), &error);
  g_assert_no_error (error);
  text = g_strdup_printf (
      "filesrc location=%s ! decodebin name=decoder "
      "decoder. ! queue max-size-bytes=0 max-size-buffers=0 max-size-time=0 ! "
      "videoconvert ! video/x-raw,format=RGBx ! appsink name=video sync=false "
      "decoder. ! queue max-size-bytes=0 max-size-buffers=0 max-size-time=0 ! "
      "audioconvert ! audio/x-raw,format=F32LE,layout=interleaved ! "
      "appsink name=audio sync=false async=false",
      path);
  pipeline = gst_parse_launch (text, &error);
  g_assert_no_error (error);
  decoder = gst_bin_get_by_name (GST_BIN (pipeline), "decoder");
  decoded->frames =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_sample_unref);
  decoded->samples = g_array_new (FALSE, FALSE, sizeof (float));

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = pull (pipeline, "video")))
    g_ptr_array_add (decoded->frames, sample);
  while (decoder->numsrcpads > 1 && (sample = pull (pipeline, "audio"))) {
    take_sound (decoded, sample);
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_unlink (path);
  return decoded;
}

void
sim_decoded_free (SimDecoded *decoded)
{
  g_ptr_array_unref (decoded->frames);
  g_array_unref (decoded->samples);
  g_free (decoded);
}

GstClockTime
sim_decoded_get_time (SimDecoded *decoded, guint frame)
{
  GstSample *sample = decoded->frames->pdata[frame];

  return gst_segment_to_running_time (gst_sample_get_segment (sample),
      GST_FORMAT_TIME, GST_BUFFER_PTS (gst_sample_get_buffer (sample)));
}

guint32
sim_decoded_get_color (SimDecoded *decoded, guint frame, double x, double y)
{
  GstSample *sample = decoded->frames->pdata[frame];
  GstVideoInfo info;
  GstVideoFrame pixels;
  const guint8 *pixel;
  guint32 color;

  g_assert_true (
      gst_video_info_from_caps (&info, gst_sample_get_caps (sample)));
  g_assert_true (gst_video_frame_map (
      &pixels, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
  pixel = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&pixels, 0)
      + (gsize)(y * (info.height - 1))
          * GST_VIDEO_FRAME_PLANE_STRIDE (&pixels, 0)
      + (gsize)(x * (info.width - 1)) * 4;
  color = pixel[0] << 16 | pixel[1] << 8 | pixel[2];
  gst_video_frame_unmap (&pixels);
  return color;
}
