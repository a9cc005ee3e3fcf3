/* nanovid: tests of the simulator's models that take pictures, video and sound
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "sim-client.h"

#include <gst/app/gstappsink.h>
#include <math.h>
#include <string.h>

#define SMALL                                                                  \
  "\"simulatorClip\":\"size=320x180,rate=10,seconds=2\",\"prompt\":\"x\""
#define RED 0xff0000
#define GREEN 0x00ff00
#define BLUE 0x0000ff

/* Returns: (transfer full): the output of pipeline @line, as a data URL of
 *   @type */
static char *
make_data_url (const char *type, const char *line)
{
  g_autofree char *text =
      g_strconcat (line, " ! appsink name=sink sync=false", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *base64 = NULL;
  GstSample *sample;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (
              GST_APP_SINK (sink), fixture_scaled (30) * GST_SECOND))) {
    GstMapInfo map;

    gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
    g_byte_array_append (bytes, map.data, map.size);
    gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpuint (bytes->len, >, 0);
  base64 = g_base64_encode (bytes->data, bytes->len);
  return g_strdup_printf ("data:%s;base64,%s", type, base64);
}

static char *
make_picture (const char *color)
{
  g_autofree char *line = g_strdup_printf (
      "videotestsrc num-buffers=1 pattern=%s ! "
      "video/x-raw,width=160,height=90 ! videoconvert ! pngenc",
      color);

  return make_data_url ("image/png", line);
}

static char *
make_tone (void)
{
  return make_data_url ("audio/wav",
      "audiotestsrc num-buffers=50 samplesperbuffer=480 freq=2000 volume=0.4 ! "
      "audio/x-raw,rate=24000,channels=1,format=S16LE ! wavenc");
}

static SimClient *
create_client (void)
{
  NanogptSimulatorOptions options;

  nanogpt_simulator_options_init (&options);
  options.generation_time = 0;
  return sim_client_new (&options);
}

static SimDecoded *
generate (SimClient *client, const char *body)
{
  g_autoptr (JsonObject) data = sim_client_generate (client, body);
  g_autoptr (GBytes) clip = NULL;
  guint status;

  g_assert_cmpstr (
      json_object_get_string_member_with_default (data, "error", NULL), ==,
      NULL);
  clip = sim_client_get (
      client, sim_client_look_up (data, "output.video.url"), &status);
  g_assert_cmpuint (status, ==, 200);
  return sim_decoded_new (clip);
}

static void
assert_color (
    SimDecoded *decoded, guint frame, double x, double y, guint32 expected)
{
  guint32 color = sim_decoded_get_color (decoded, frame, x, y);

  for (guint shift = 0; shift < 24; shift += 8)
    g_assert_cmpint (
        ABS ((int)(color >> shift & 0xff) - (int)(expected >> shift & 0xff)), <,
        60);
}

/* The clip changes from the first picture to the last, whatever the model calls
 * the field. */
static void
test_last_image (void)
{
  static const struct
  {
    const char *model, *field;
  } cases[] = { { "bytedance-seedance-2-0", "last_image" },
    { "luma/agent/ray/v3.2", "end_image" }, { "kling-v30-pro", "image_tail" } };
  g_autoptr (SimClient) client = create_client ();
  g_autofree char *red = make_picture ("red");
  g_autofree char *blue = make_picture ("blue");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *body = g_strdup_printf (
        "{\"model\":\"%s\"," SMALL ",\"imageDataUrl\":\"%s\",\"%s\":\"%s\"}",
        cases[i].model, red, cases[i].field, blue);
    g_autoptr (SimDecoded) decoded = generate (client, body);

    assert_color (decoded, 0, 0.05, 0.25, RED);
    assert_color (decoded, 19, 0.05, 0.25, BLUE);
    assert_color (decoded, 10, 0.05, 0.25, 0x800080);
  }
}

static void
test_references (void)
{
  static const struct
  {
    const char *model, *field;
  } cases[] = { { "bytedance-seedance-2-0", "reference_images" },
    { "luma/agent/ray/v3.2", "reference_image_urls" },
    { "kling-video-o1", "referenceImages" } };
  g_autoptr (SimClient) client = create_client ();
  g_autofree char *red = make_picture ("red");
  g_autofree char *green = make_picture ("green");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *body = g_strdup_printf (
        "{\"model\":\"%s\"," SMALL ",\"%s\":[\"%s\",{\"url\":\"%s\"}]}",
        cases[i].model, cases[i].field, red, green);
    g_autoptr (SimDecoded) decoded = generate (client, body);

    assert_color (decoded, 10, 1.5 / 12, 0.26, RED);
    assert_color (decoded, 10, 2.6 / 12, 0.26, GREEN);
  }
}

static double
get_power (SimDecoded *decoded, double hertz)
{
  double re = 0, im = 0;
  guint from = decoded->sample_rate / 2, n = decoded->sample_rate / 4;

  g_assert_cmpuint (decoded->samples->len, >, from + n);
  for (guint i = 0; i < n; i++) {
    double angle = 2 * G_PI * hertz * i / decoded->sample_rate;
    float sample = g_array_index (decoded->samples, float, from + i);
    re += sample * cos (angle);
    im += sample * sin (angle);
  }
  return sqrt (re * re + im * im) / n;
}

static void
test_sound (void)
{
  g_autoptr (SimClient) client = create_client ();
  g_autofree char *tone = make_tone ();
  g_autofree char *red = make_picture ("red");
  g_autofree char *body = g_strdup_printf (
      "{\"model\":\"kling-v2-avatar-standard\"," SMALL
      ",\"imageDataUrl\":\"%s\",\"audioDataUrl\":\"%s\",\"audioDuration\":1}",
      red, tone);
  g_autoptr (SimDecoded) decoded = generate (client, body);

  g_assert_cmpfloat (get_power (decoded, 2000), >, 0.1);
  g_assert_cmpfloat (get_power (decoded, 440), <, 0.02);
}

#define FRAMES                                                                 \
  "videotestsrc num-buffers=20 pattern=green ! "                               \
  "video/x-raw,width=160,height=90,framerate=10/1 ! videoconvert ! "

static void
test_video (void)
{
  static const struct
  {
    const char *model, *field, *type, *stages;
  } cases[] = {
    { "video-upscaler", "videoDataUrl", "video/webm",
        FRAMES "vp8enc deadline=1 ! webmmux" },
    { "wan-wavespeed-25-extend", "video", "video/mp4",
        FRAMES
        "video/x-raw,format=I420 ! x264enc ! mp4mux fragment-duration=500" },
    { "minimax-h3", "videoDataUrl", "video/x-matroska",
        "audiotestsrc num-buffers=50 ! vorbisenc ! m. " FRAMES
        "video/x-raw,format=Y444 ! x264enc ! matroskamux name=m" },
  };
  g_autoptr (SimClient) client = create_client ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *video = make_data_url (cases[i].type, cases[i].stages);
    g_autofree char *body =
        g_strdup_printf ("{\"model\":\"%s\"," SMALL ",\"%s\":\"%s\"}",
            cases[i].model, cases[i].field, video);
    g_autoptr (SimDecoded) decoded = generate (client, body);

    assert_color (decoded, 10, 0.05, 0.25, GREEN);
  }
}

/* A sound in place of a video is charged, and fails. */
static void
test_broken_video (void)
{
  g_autoptr (SimClient) client = create_client ();
  g_autofree char *sound = make_data_url ("video/webm",
      "audiotestsrc num-buffers=50 ! audioconvert ! vorbisenc ! webmmux");
  g_autofree char *body = g_strdup_printf (
      "{\"model\":\"video-upscaler\"," SMALL ",\"videoDataUrl\":\"%s\"}",
      sound);
  g_autoptr (JsonObject) data = sim_client_generate (client, body);

  g_assert_nonnull (strstr (json_object_get_string_member (data, "error"),
      "source video could not be decoded"));
}

static void
assert_refused (
    SimClient *client, const char *body, guint expected, const char *code)
{
  guint status;
  g_autoptr (JsonObject) answer = sim_client_submit (client, body, &status);

  g_assert_cmpuint (status, ==, expected);
  if (code)
    g_assert_cmpstr (sim_client_look_up (answer, "code"), ==, code);
}

static void
test_refused (void)
{
  g_autoptr (SimClient) client = create_client ();
  g_autoptr (GString) many = g_string_new ("\"https://a.example/0.png\"");
  g_autofree char *long_url = g_strnfill (4300000, 'A');
  g_autofree char *large = g_strdup_printf (
      "{\"model\":\"video-upscaler\",\"videoDataUrl\":\"data:video/mp4;base64,"
      "%s\"}",
      long_url);
  g_autofree char *references = NULL;

  for (guint i = 1; i < 10; i++)
    g_string_append_printf (many, ",\"https://a.example/%u.png\"", i);
  references =
      g_strdup_printf ("{\"model\":\"bytedance-seedance-2-0\",\"prompt\":\"x\","
                       "\"reference_images\":[%s]}",
          many->str);
  assert_refused (client, references, 400, NULL);
  assert_refused (client, large, 413, "VIDEO_INPUT_TOO_LARGE");
  assert_refused (client,
      "{\"model\":\"latentsync\",\"videoUrl\":"
      "\"https://a.example/v.mp4\"}",
      400, NULL);
  assert_refused (client,
      "{\"model\":\"latentsync\",\"videoUrl\":"
      "\"https://a.example/v.mp4\",\"audioUrl\":\"https://a.example/a.mp3\","
      "\"audioDuration\":\"5\"}",
      400, NULL);
  assert_refused (client,
      "{\"model\":\"latentsync\",\"videoUrl\":"
      "\"https://a.example/v.mp4\",\"audioUrl\":\"https://a.example/a.mp3\","
      "\"audioDuration\":61}",
      400, "INVALID_AUDIO_DURATION");
  assert_refused (client,
      "{\"model\":\"latentsync\",\"videoUrl\":"
      "\"http://a.example/v.mp4\",\"audioUrl\":\"https://a.example/a.mp3\"}",
      400, NULL);
  assert_refused (client,
      "{\"model\":\"video-upscaler\",\"videoDataUrl\":"
      "\"data:video/mp4;base64,iVBORw0KGgoAAAAAAAAA\"}",
      400, NULL);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (sim_client_get_simulator (client)), ==,
      0);
}

/* Fields that a model does not have are accepted, and the ledger lists them as
 * ignored. */
static void
test_ledger (void)
{
  NanogptSimulatorOptions options;
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "ledger", NULL);
  g_autofree char *text = NULL;
  g_autoptr (SimClient) client = NULL;
  guint status;
  g_autoptr (JsonObject) answer = NULL;

  nanogpt_simulator_options_init (&options);
  options.ledger_file = path;
  client = sim_client_new (&options);
  answer = sim_client_submit (client,
      "{\"model\":\"kling-video-o1\",\"prompt\":\"x\",\"last_image\":"
      "\"https://a.example/l.png\",\"referenceImages\":["
      "\"https://a.example/r.png\"],\"reference_images\":[\"https://a/b\"]}",
      &status);
  g_assert_cmpuint (status, ==, 202);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (
      strstr (text, "\"used\":[\"model\",\"prompt\",\"referenceImages\"]"));
  g_assert_nonnull (
      strstr (text, "\"ignored\":[\"last_image\",\"reference_images\"]"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/simulator-inputs/last-image", test_last_image);
  g_test_add_func ("/simulator-inputs/references", test_references);
  g_test_add_func ("/simulator-inputs/sound", test_sound);
  g_test_add_func ("/simulator-inputs/video", test_video);
  g_test_add_func ("/simulator-inputs/broken-video", test_broken_video);
  g_test_add_func ("/simulator-inputs/refused", test_refused);
  g_test_add_func ("/simulator-inputs/ledger", test_ledger);
  return g_test_run ();
}
