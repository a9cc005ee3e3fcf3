/* nanovid: tests of nanovidsrc in front of real demuxers and decoders
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

#define SOURCE "nanovidsrc name=source prompt=\"a lighthouse\" ! "
#define VIDEO "queue ! videoconvert ! fakesink name=video sync=false "
#define AUDIO "queue ! audioconvert ! fakesink name=audio sync=false "

typedef struct
{
  const char *name;
  FixtureMedia media;
  const char *decoder;
  gboolean has_audio;
  gboolean no_ranges;
  gboolean no_length;
} Case;

static const Case cases[] = {
  { .name = "index-first/decodebin",
      .media = FIXTURE_MEDIA_MP4,
      .decoder = "decodebin name=d" },
  { .name = "index-first/decodebin3",
      .media = FIXTURE_MEDIA_MP4,
      .decoder = "decodebin3 name=d" },
  { .name = "index-first/parsebin",
      .media = FIXTURE_MEDIA_MP4,
      .decoder = "parsebin ! decodebin name=d" },
  { .name = "index-first/qtdemux",
      .media = FIXTURE_MEDIA_MP4,
      .decoder = "qtdemux ! queue ! decodebin name=d" },
  { .name = "index-last/decodebin",
      .media = FIXTURE_MEDIA_MP4_BIG,
      .decoder = "decodebin name=d" },
  { .name = "index-last/decodebin3",
      .media = FIXTURE_MEDIA_MP4_BIG,
      .decoder = "decodebin3 name=d" },
  { .name = "index-last/small",
      .media = FIXTURE_MEDIA_MP4_INDEX_LAST,
      .decoder = "decodebin name=d" },
  { .name = "index-last/no-ranges",
      .media = FIXTURE_MEDIA_MP4_BIG,
      .decoder = "decodebin name=d",
      .no_ranges = TRUE },
  { .name = "index-last/no-length",
      .media = FIXTURE_MEDIA_MP4_BIG,
      .decoder = "decodebin name=d",
      .no_length = TRUE },
  { .name = "fragmented/decodebin",
      .media = FIXTURE_MEDIA_MP4_FRAGMENTED,
      .decoder = "decodebin name=d" },
  { .name = "fragmented/decodebin3",
      .media = FIXTURE_MEDIA_MP4_FRAGMENTED,
      .decoder = "decodebin3 name=d" },
  { .name = "audio/decodebin",
      .media = FIXTURE_MEDIA_MP4_AUDIO,
      .decoder = "decodebin name=d",
      .has_audio = TRUE },
  { .name = "audio/decodebin3",
      .media = FIXTURE_MEDIA_MP4_AUDIO,
      .decoder = "decodebin3 name=d",
      .has_audio = TRUE },
  { .name = "webm/decodebin",
      .media = FIXTURE_MEDIA_WEBM,
      .decoder = "decodebin name=d" },
  { .name = "webm/decodebin3",
      .media = FIXTURE_MEDIA_WEBM,
      .decoder = "decodebin3 name=d" },
  { .name = "webm/no-length",
      .media = FIXTURE_MEDIA_WEBM,
      .decoder = "decodebin name=d",
      .no_length = TRUE },
  { .name = "webm-audio/decodebin3",
      .media = FIXTURE_MEDIA_WEBM_AUDIO,
      .decoder = "decodebin3 name=d",
      .has_audio = TRUE },
};

static GstPadProbeReturn
count (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info G_GNUC_UNUSED,
    gpointer user_data)
{
  g_atomic_int_inc ((gint *)user_data);
  return GST_PAD_PROBE_OK;
}

static void
count_buffers (Player *player, const char *sink, gint *buffers)
{
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (player->pipeline), sink);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count, buffers, NULL);
}

static Player *
create (const Case *test, guint64 bandwidth)
{
  g_autofree char *path = fixture_media_path (test->media);
  NanogptSimulatorOptions options;
  Player *player;

  player_options_init (&options);
  options.media_file = path;
  options.no_ranges = test->no_ranges;
  options.bandwidth = bandwidth;
  player = player_new (&options, SOURCE "%s d. ! " VIDEO "%s", test->decoder,
      test->has_audio ? "d. ! " AUDIO : "");
  if (test->no_length)
    g_assert_true (nanogpt_simulator_add_fault (
        player->simulator, "media:no-length", NULL));
  return player;
}

/* Every decoder gets every frame of every file, for one charge. */
static void
test_frames (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Player) player = create (test, 0);
  gint frames = 0, samples = 0;

  count_buffers (player, "video", &frames);
  if (test->has_audio)
    count_buffers (player, "audio", &samples);
  player_run (player);
  g_assert_cmpint (frames, ==, 50);
  g_assert_cmpint (samples > 0, ==, test->has_audio);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* These elements store the clip and serve it in pull mode. Even with stock sources,
 * queue2 and downloadbuffer of 1.22 sometimes do not notice that the data of a seek has
 * arrived, so all files here are small enough to need no seeks. */

static const struct
{
  const char *name;
  const char *line; /* DIR is a directory */
} buffers[] = {
  { "queue2-memory", "queue2 ring-buffer-max-size=10000000 ! decodebin" },
  { "queue2-file", "queue2 temp-template=DIR/XXXXXX ! decodebin" },
  { "queue2-decodebin3", "queue2 temp-template=DIR/XXXXXX ! decodebin3" },
  { "downloadbuffer", "downloadbuffer temp-template=DIR/XXXXXX ! decodebin" },
  { "downloadbuffer-parsebin",
      "downloadbuffer temp-template=DIR/XXXXXX ! parsebin ! decodebin" },
  { "queue2", "queue2 use-buffering=true ! decodebin" },
};

static const struct
{
  const char *name;
  FixtureMedia media;
} files[] = {
  { "index-first", FIXTURE_MEDIA_MP4 },
  { "index-last", FIXTURE_MEDIA_MP4_INDEX_LAST },
  { "fragmented", FIXTURE_MEDIA_MP4_FRAGMENTED },
  { "webm", FIXTURE_MEDIA_WEBM },
};

static char *
create_decoder_line (const char *line)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (GString) result = g_string_new (line);

  g_string_replace (result, "DIR", dir, 0);
  g_string_append (result, " name=d");
  return g_string_free (g_steal_pointer (&result), FALSE);
}

typedef struct
{
  guint buffer;
  guint file;
  gboolean no_length;
} Buffered;

static void
test_buffered (gconstpointer data)
{
  const Buffered *test = data;
  g_autofree char *line = create_decoder_line (buffers[test->buffer].line);
  const Case frames = { .media = files[test->file].media,
    .decoder = line,
    .no_length = test->no_length };

  test_frames (&frames);
}

static void
add_buffered (guint buffer, guint file, gboolean no_length)
{
  g_autofree char *path = g_strdup_printf ("/decode/buffered/%s/%s%s",
      buffers[buffer].name, files[file].name, no_length ? "-no-length" : "");
  Buffered test = { buffer, file, no_length };

  g_test_add_data_func_full (
      path, g_memdup2 (&test, sizeof test), test_buffered, g_free);
}

/* The first frame does not wait for the last byte, wherever the index is. */
static void
test_first_frame (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GBytes) bytes = fixture_media_bytes (test->media);
  gsize size = g_bytes_get_size (bytes);
  g_autoptr (Player) player = create (test, size / 20);
  g_autoptr (GstStructure) job = NULL;
  guint64 arrived;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ASYNC_DONE);
  g_object_get (player->source, "job", &job, NULL);
  g_assert_true (gst_structure_get_uint64 (job, "bytes", &arrived));
  g_assert_cmpuint (arrived, <, size / 2);
}

/* Seeks by time into the middle, as a player does. */
static void
test_seek_by_time (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Player) player = create (test, 0);
  gint frames = 0;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ASYNC_DONE);
  count_buffers (player, "video", &frames);
  for (guint i = 0; i < 5; i++) {
    g_assert_true (gst_element_seek_simple (player->pipeline, GST_FORMAT_TIME,
        GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE, GST_SECOND));
    g_assert_cmpint (gst_element_get_state (player->pipeline, NULL, NULL,
                         fixture_scaled (10) * GST_SECOND),
        ==, GST_STATE_CHANGE_SUCCESS);
  }
  g_atomic_int_set (&frames, 0);
  player_run (player);
  /* The frame that was shown in PAUSED, and those after it */
  g_assert_cmpint (frames, >=, 23);
  g_assert_cmpint (frames, <=, 26);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

static void
test_duration (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Player) player = create (test, 0);
  gint64 duration = 0;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ASYNC_DONE);
  g_assert_true (gst_element_query_duration (
      player->pipeline, GST_FORMAT_TIME, &duration));
  g_assert_cmpint (duration, >, 1900 * GST_MSECOND);
  g_assert_cmpint (duration, <, 2100 * GST_MSECOND);
}

/* A demuxer that cannot parse the data fails with an error, and does not hang. */
static void
test_wrong_demuxer (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_WEBM);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;

  player_options_init (&options);
  options.media_file = path;
  player = player_new (&options, SOURCE "qtdemux ! fakesink");
  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ERROR);
}

static void
test_filesink (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *out = g_build_filename (dir, "clip.mp4", NULL);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autofree char *written = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  player_options_init (&options);
  options.media_file = path;
  player = player_new (&options, SOURCE "filesink location=%s", out);
  player_run (player);
  player_set_state (player, GST_STATE_NULL);
  player_assert_bytes (player, path);
  g_file_get_contents (out, &written, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (written, size, player->bytes->data, player->bytes->len);
}

static const Case *
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (g_str_equal (cases[i].name, name))
      return &cases[i];
  }
  g_assert_not_reached ();
}

static void
add (const char *prefix, const char *name, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/decode/%s/%s", prefix, name);

  g_test_add_data_func (path, find (name), function);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    add ("frames", cases[i].name, test_frames);
  for (guint i = 0; i < G_N_ELEMENTS (buffers) * G_N_ELEMENTS (files); i++) {
    add_buffered (i / G_N_ELEMENTS (files), i % G_N_ELEMENTS (files), FALSE);
    add_buffered (i / G_N_ELEMENTS (files), i % G_N_ELEMENTS (files), TRUE);
  }
  add ("first-frame", "index-first/decodebin", test_first_frame);
  add ("first-frame", "index-last/decodebin", test_first_frame);
  add ("first-frame", "index-last/decodebin3", test_first_frame);
  add ("first-frame", "webm/decodebin", test_first_frame);
  add ("seek", "index-first/decodebin", test_seek_by_time);
  add ("seek", "index-last/decodebin3", test_seek_by_time);
  add ("seek", "webm/decodebin", test_seek_by_time);
  add ("duration", "index-last/decodebin", test_duration);
  add ("duration", "webm/decodebin3", test_duration);
  g_test_add_func ("/decode/wrong-demuxer", test_wrong_demuxer);
  g_test_add_func ("/decode/filesink", test_filesink);
  return g_test_run ();
}
