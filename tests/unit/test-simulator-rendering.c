/* nanovid: tests of the clips that the simulator makes for ordinary requests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memmem */
#include "sim-fixture.h"

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <string.h>

/* A model that makes short clips and takes an image. */
#define SHORT "bytedance-seedance-v1-pro-fast"
#define SHORT_BODY                                                             \
  "\"model\":\"" SHORT                                                         \
  "\",\"prompt\":\"x\",\"duration\":\"2\",\"resolution\":\"480p\""

/* The properties of a decoded clip. */
typedef struct
{
  guint n_frames;
  int width, height;
  guint8 corner[3]; /* of the first frame, at a point without text or ball */
  gboolean moves;
  gboolean has_audio;
  char *caps;
} Seen;

static void
look_at_frame (Seen *seen, GstSample *sample, GstBuffer **first)
{
  GstStructure *caps = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;
  gsize offset;

  gst_structure_get_int (caps, "width", &seen->width);
  gst_structure_get_int (caps, "height", &seen->height);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  if (!*first) {
    offset = ((gsize)seen->height / 4 * seen->width + seen->width / 20) * 4;
    memcpy (seen->corner, map.data + offset, 3);
    *first = gst_buffer_ref (buffer);
  } else {
    seen->moves |= gst_buffer_memcmp (*first, 0, map.data, map.size) != 0;
  }
  gst_buffer_unmap (buffer, &map);
  seen->n_frames++;
}

static void
on_pad_added (G_GNUC_UNUSED GstElement *decoder, GstPad *pad, gpointer data)
{
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);

  if (g_str_has_prefix (
          gst_structure_get_name (gst_caps_get_structure (caps, 0)), "audio/"))
    g_atomic_int_set ((gint *)data, TRUE);
}

/* Decodes all of @clip. */
static void
watch (SimFixture *fixture, GBytes *clip, Seen *seen)
{
  g_autofree char *path = g_build_filename (fixture->dir, "clip", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "filesrc name=file ! decodebin name=decoder "
      "decoder. ! queue ! videoconvert ! video/x-raw,format=RGBx ! "
      "appsink name=video sync=false "
      "decoder. ! queue ! audioconvert ! fakesink sync=false",
      &error);
  g_autoptr (GstElement) file = NULL;
  g_autoptr (GstElement) decoder = NULL;
  g_autoptr (GstElement) video = NULL;
  GstBuffer *first = NULL;
  GstSample *sample;

  g_assert_no_error (error);
  g_file_set_contents (
      path, g_bytes_get_data (clip, NULL), g_bytes_get_size (clip), &error);
  g_assert_no_error (error);
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  decoder = gst_bin_get_by_name (GST_BIN (pipeline), "decoder");
  video = gst_bin_get_by_name (GST_BIN (pipeline), "video");
  g_object_set (file, "location", path, NULL);
  g_signal_connect (
      decoder, "pad-added", G_CALLBACK (on_pad_added), &seen->has_audio);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (
              GST_APP_SINK (video), 60 * GST_SECOND))) {
    look_at_frame (seen, sample, &first);
    gst_sample_unref (sample);
  }
  g_assert_true (gst_app_sink_is_eos (GST_APP_SINK (video)));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_clear_buffer (&first);
}

/* Submits, waits, downloads and decodes the clip. */
static GBytes *
generate (SimFixture *fixture, const char *body, const char *model, Seen *seen)
{
  g_autofree char *run_id = sim_submit_ok (fixture, body);
  g_autofree char *url = sim_await_url (fixture, run_id, model);
  g_autoptr (SimAnswer) media = sim_get (fixture, url, NULL);

  g_assert_no_error (media->error);
  g_assert_cmpuint (media->status, ==, 200);
  watch (fixture, media->body, seen);
  return g_bytes_ref (media->body);
}

static gint64
find (GBytes *bytes, const char *text)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *found = memmem (data, size, text, strlen (text));

  return found ? found - data : -1;
}

static void
test_index_first (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  sim_start (fixture);
  clip = generate (
      fixture, "{" SHORT_BODY ",\"aspect_ratio\":\"9:16\"}", SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_cmpint (seen.width, ==, 480);
  g_assert_cmpint (seen.height, ==, 854);
  g_assert_true (seen.moves);
  g_assert_true (seen.has_audio);
  g_assert_cmpint (find (clip, "moov"), >, 0);
  g_assert_cmpint (find (clip, "moov"), <, find (clip, "mdat"));
}

static void
test_index_last (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  fixture->options.index_last = TRUE;
  sim_start (fixture);
  clip = generate (fixture, "{" SHORT_BODY "}", SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_cmpint (find (clip, "mdat"), >, 0);
  g_assert_cmpint (find (clip, "moov"), >, find (clip, "mdat"));
}

static void
test_webm (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  fixture->options.container = "webm";
  sim_start (fixture);
  clip = generate (fixture, "{" SHORT_BODY "}", SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_cmpint (seen.width, ==, 854);
  g_assert_true (seen.has_audio);
  g_assert_cmpint (find (clip, "\x1a\x45\xdf\xa3"), ==, 0);
}

/* The number of frames depends on the request, and there is no sound. */
static void
test_frames (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) hunyuan = NULL;
  Seen seen = { 0 };

  sim_start (fixture);
  hunyuan = generate (fixture,
      "{\"model\":\"hunyuan-video\",\"prompt\":\"x\",\"num_frames\":65,"
      "\"resolution\":\"480p\",\"aspect_ratio\":\"1:1\"}",
      "hunyuan-video", &seen);
  g_assert_cmpuint (seen.n_frames, ==, 65);
  g_assert_cmpint (seen.width, ==, 480);
  g_assert_cmpint (seen.height, ==, 480);
}

static char *
make_data_url (const char *type)
{
  g_autofree char *description = g_strdup_printf (
      "videotestsrc num-buffers=1 pattern=red ! "
      "video/x-raw,width=320,height=180 ! videoconvert ! %senc ! "
      "appsink name=sink sync=false",
      type);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstSample) sample = NULL;
  g_autofree char *base64 = NULL;
  GstMapInfo map;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 30 * GST_SECOND);
  g_assert_nonnull (sample);
  gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
  base64 = g_base64_encode (map.data, map.size);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return g_strdup_printf ("data:image/%s;base64,%s", type, base64);
}

static void
test_image (SimFixture *fixture, gconstpointer data)
{
  const char *type = data;
  g_autofree char *url = make_data_url (type);
  g_autofree char *body =
      g_strdup_printf ("{" SHORT_BODY ",\"imageDataUrl\":\"%s\"}", url);
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  sim_start (fixture);
  clip = generate (fixture, body, SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_true (seen.moves);
  g_assert_cmpuint (seen.corner[0], >, 220);
  g_assert_cmpuint (seen.corner[1], <, 40);
  g_assert_cmpuint (seen.corner[2], <, 40);
}

/* Data that only begins like an image. */
static void
test_broken_image (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autoptr (SimAnswer) status = NULL;

  sim_start (fixture);
  run_id = sim_submit_ok (fixture,
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/png;base64,iVBORw0KGgoAAAAAAAAA\"}");
  status = sim_await_value (fixture, run_id, MODEL, "$.data.status", "FAILED");
  sim_answer_assert (
      status, "$.data.error", "The input image could not be decoded");
  g_assert_cmpfloat (
      nanogpt_simulator_get_balance (fixture->simulator, KEY), ==, 100);
}

static void
test_media_file (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "film.mp4", NULL);
  g_autofree char *run_id = NULL;
  g_autofree char *url = NULL;
  g_autoptr (SimAnswer) media = NULL;

  g_file_set_contents (path, "0123456789", -1, NULL);
  fixture->options.media_file = path;
  sim_start (fixture);
  run_id = sim_submit_ok (fixture, BODY);
  url = sim_await_url (fixture, run_id, MODEL);
  media = sim_get (fixture, url, NULL);
  g_assert_cmpmem (g_bytes_get_data (media->body, NULL),
      g_bytes_get_size (media->body), "0123456789", 10);
}

/* Returns: (transfer full) (nullable): the name of a file in a cache */
static char *
find_clip (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".mp4"))
      return g_build_filename (directory, name, NULL);
  return NULL;
}

/* If two simulators render the same clip at once into one cache, the first file
 * is kept, and a simulator that has begun to serve it continues with it. */
static void
test_shared_cache (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  NanogptSimulator *simulators[2];
  char *run_ids[2];
  g_autofree char *path = NULL;
  gint64 deadline = sim_get_deadline ();
  GStatBuf first, last;

  fixture->options.cache_dir = fixture->dir;
  for (guint i = 0; i < 2; i++) {
    sim_start (fixture);
    simulators[i] = fixture->simulator;
  }
  for (guint i = 0; i < 2; i++) {
    fixture->simulator = simulators[i];
    run_ids[i] = sim_submit_ok (fixture, "{" SHORT_BODY "}");
  }
  while (!(path = find_clip (fixture->dir))) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  g_assert_cmpint (g_stat (path, &first), ==, 0);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *url = NULL;

    fixture->simulator = simulators[i];
    url = sim_await_url (fixture, run_ids[i], SHORT);
    g_free (run_ids[i]);
  }
  g_assert_cmpint (g_stat (path, &last), ==, 0);
  g_assert_cmpint (first.st_ino, ==, last.st_ino);
  nanogpt_simulator_free (simulators[0]);
}

int
main (int argc, char **argv)
{
  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  sim_add_test ("/simulator/clip/index-first", NULL, test_index_first);
  sim_add_test ("/simulator/clip/index-last", NULL, test_index_last);
  sim_add_test ("/simulator/clip/webm", NULL, test_webm);
  sim_add_test ("/simulator/clip/frames", NULL, test_frames);
  sim_add_test ("/simulator/clip/png", "png", test_image);
  sim_add_test ("/simulator/clip/jpeg", "jpeg", test_image);
  sim_add_test ("/simulator/clip/webp", "webp", test_image);
  sim_add_test ("/simulator/clip/broken-image", NULL, test_broken_image);
  sim_add_test ("/simulator/clip/file", NULL, test_media_file);
  sim_add_test ("/simulator/shared-cache", NULL, test_shared_cache);
  return g_test_run ();
}
