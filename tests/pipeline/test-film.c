/* nanovid: tests that joined clips play to their end, whatever follows the joiner
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/film.h"
#include "fixture/clips.h"
#include "fixture/env.h"
#include "fixture/watchdog.h"

#define H264 "x264enc speed-preset=ultrafast ! h264parse"
#define AAC "avenc_aac ! aacparse"

static const FixtureClip clips[] = {
  { "long.mp4", "mp4mux", H264, AAC, 64, 36, 24, 1, 72, FALSE, FALSE, 44100, 1,
      3100, 0 },
  { "short.webm", "webmmux", "vp8enc deadline=1", "opusenc", 36, 64, 30000,
      1001, 6, FALSE, FALSE, 48000, 1, 150, 0 },
  { "one-frame-no-sound.mp4", "mp4mux", H264, NULL, 64, 64, 25, 1, 1, FALSE,
      FALSE, 0, 0, 0, 0 },
};

#define MP4_SOUND "c.audio_src ! queue ! audioconvert ! avenc_aac"
#define FAST "x264enc speed-preset=ultrafast"
#define PLAYER                                                                 \
  "uridecodebin uri=%s name=d queue name=video ! videoconvert "                \
  "! fakesink name=v queue name=audio ! audioconvert ! audioresample "         \
  "! audio/x-raw,format=S16LE,rate=48000,channels=2 ! fakesink name=a"
#define FILE_URI "file://%s"

/* Encoders with lookahead, small or missing queues, and muxers that wait; the
 * player of each file must get all frames, and no more sound than that, except
 * where the encoder pads its last frame. */
static const struct
{
  const char *name;
  const char *film;
  const char *uri;
} films[] = {
  /* As in the README: the encoder has lookahead, and the queues are small. */
  { "mp4",
      "c.video_src ! queue ! x264enc ! m. " MP4_SOUND " ! m. "
      "mp4mux name=m ! filesink location=%s",
      FILE_URI },
  { "matroska",
      "c.video_src ! " FAST " tune=zerolatency ! m. "
      "c.audio_src ! audioconvert ! flacenc ! m. "
      "matroskamux name=m ! filesink location=%s",
      FILE_URI },
  { "webm",
      "c.video_src ! vp8enc deadline=1 ! m. "
      "c.audio_src ! audioconvert ! opusenc ! m. "
      "webmmux name=m ! filesink location=%s",
      FILE_URI },
  { "mpegts",
      "c.video_src ! queue max-size-buffers=1 ! " FAST " ! m. "
      "c.audio_src ! queue max-size-buffers=1 ! audioconvert "
      "! avenc_aac ! m. mpegtsmux name=m ! filesink location=%s",
      FILE_URI },
  { "flv",
      "c.video_src ! queue ! " FAST " ! m. " MP4_SOUND " ! aacparse ! m. "
      "flvmux name=m ! filesink location=%s",
      FILE_URI },
  { "splitmux",
      "c.video_src ! queue ! " FAST " key-int-max=25 ! s.video " MP4_SOUND
      " ! s.audio_0 splitmuxsink name=s "
      "max-size-time=1000000000 location=%s-%%05d.mp4",
      "splitmux://%s-*.mp4" },
  { "hls",
      "c.video_src ! queue ! " FAST " key-int-max=25 ! s.video " MP4_SOUND
      " ! s.audio hlssink2 name=s target-duration=1 "
      "playlist-length=0 max-files=0 playlist-location=%s.m3u8 "
      "location=%s.%%05d.ts",
      "file://%s.m3u8" },
  /* The same as webrtcbin sends. */
  { "rtp",
      "c.video_src ! queue ! vp8enc deadline=1 ! rtpvp8pay "
      "! rtpvp8depay ! m. c.audio_src ! queue ! audioconvert ! opusenc "
      "! rtpopuspay ! rtpopusdepay ! m. "
      "matroskamux name=m ! filesink location=%s",
      FILE_URI },
};

static char **
make_paths (const FixtureClip *of, guint n)
{
  char **paths = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    paths[i] = fixture_clip_path (&of[i]);
  return paths;
}

/* Returns: (transfer full): @format with @path for each %s, and % for %% */
static char *
insert_path (const char *format, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (format, "%s", -1);
  g_autofree char *all = g_strjoinv (path, parts);
  g_auto (GStrv) percent = g_strsplit (all, "%%", -1);

  return g_strjoinv ("%", percent);
}

typedef struct
{
  guint64 n_frames;
  guint64 n_bytes; /* of sound */
} Played;

static void
on_frame (GstElement *sink G_GNUC_UNUSED, GstBuffer *buffer G_GNUC_UNUSED,
    GstPad *pad G_GNUC_UNUSED, gpointer data)
{
  ((Played *)data)->n_frames++;
}

static void
on_sound (GstElement *sink G_GNUC_UNUSED, GstBuffer *buffer,
    GstPad *pad G_GNUC_UNUSED, gpointer data)
{
  ((Played *)data)->n_bytes += gst_buffer_get_size (buffer);
}

static void
connect_sink (
    GstElement *pipeline, const char *name, GCallback handler, Played *played)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_object_set (sink, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", handler, played);
}

/* gst_parse_launch() would link these too, but with a race if two threads
 * add them, as for splitmux:. */
static void
on_pad_added (
    GstElement *decoder G_GNUC_UNUSED, GstPad *pad, GstElement *pipeline)
{
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);
  const char *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  g_autoptr (GstElement) queue = gst_bin_get_by_name (GST_BIN (pipeline),
      g_str_has_prefix (type, "video/") ? "video" : "audio");
  g_autoptr (GstPad) sink = gst_element_get_static_pad (queue, "sink");

  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
}

static void
play_uri (const char *uri, Played *played)
{
  g_autofree char *line = g_strdup_printf (PLAYER, uri);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) decoder = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  decoder = gst_bin_get_by_name (GST_BIN (pipeline), "d");
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad_added), pipeline);
  connect_sink (pipeline, "v", G_CALLBACK (on_frame), played);
  connect_sink (pipeline, "a", G_CALLBACK (on_sound), played);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, fixture_scaled (30) * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
test_muxer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) paths = make_paths (clips, G_N_ELEMENTS (clips));
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "film", NULL);
  g_autofree char *chain = insert_path (films[i].film, path);
  g_autofree char *line = g_strconcat ("testfilm name=c ", chain, NULL);
  g_autofree char *uri = insert_path (films[i].uri, path);
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (line, (const char *const *)paths, 30, &film);
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (films[i].name, 90);
  Played played = { 0 };

  film_play (pipeline, 60);
  g_assert_cmpuint (film->n_ended, ==, 30);
  g_assert_cmpuint (film->audio.end, ==, film->video.end * 48000 / 25);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  play_uri (uri, &played);
  g_test_message ("%s: %" G_GUINT64_FORMAT " frames, %" G_GINT64_FORMAT
                  " samples more than were written",
      films[i].name, played.n_frames,
      (gint64)(played.n_bytes / 4 - film->audio.end));
  g_assert_cmpuint (played.n_frames, ==, film->video.end);
  g_assert_cmpuint (played.n_bytes / 4, >=, film->audio.end);
  g_assert_cmpuint (played.n_bytes / 4, <=, film->audio.end + 2048);
}

/* With $MEASURE, measures the speed of 1080p with an encoder downstream. */
static void
test_speed (void)
{
  static const FixtureClip big[] = {
    { "big-a.mp4", "mp4mux", "x264enc speed-preset=veryfast ! h264parse", AAC,
        1920, 1080, 25, 1, 125, FALSE, FALSE, 48000, 2, 5000, 0 },
    { "big-b.mp4", "mp4mux", "x264enc speed-preset=veryfast ! h264parse", AAC,
        1280, 720, 24, 1, 120, FALSE, FALSE, 48000, 2, 5000, 0 },
  };
  g_auto (GStrv) paths = NULL;
  Film *film;
  g_autoptr (GstElement) pipeline = NULL;
  gint64 begin;

  if (!g_getenv ("MEASURE")) {
    g_test_skip ("$MEASURE is not set");
    return;
  }
  paths = make_paths (big, G_N_ELEMENTS (big));
  pipeline = film_launch ("testfilm name=c  c.video_src ! queue "
                          "! x264enc speed-preset=ultrafast ! m. "
                          "c.audio_src ! queue ! audioconvert ! avenc_aac ! m. "
                          "mp4mux name=m ! fakesink",
      (const char *const *)paths, 8, &film);
  gst_caps_set_simple (film->video_caps, "width", G_TYPE_INT, 1920, "height",
      G_TYPE_INT, 1080, NULL);
  begin = g_get_monotonic_time ();
  film_play (pipeline, 300);
  g_test_message ("%.1f s of 1080p25 in %.1f s", film->video.end / 25.,
      (g_get_monotonic_time () - begin) / 1e6);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (NULL, NULL);
  film_register ();
  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    g_autofree char *name = g_strdup_printf ("/film/muxer/%s", films[i].name);

    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_muxer);
  }
  g_test_add_func ("/film/speed", test_speed);
  return g_test_run ();
}
