/* nanovid: tests that joined clips play to their end, whatever is behind the joiner
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

/* Encoders that look ahead, queues that are small or missing, muxers that wait. */
static const char *const films[] = {
  /* As it is in the README: the encoder looks ahead, the queues are small. */
  "c.video_src ! queue ! x264enc ! m. c.audio_src ! queue ! audioconvert "
  "! avenc_aac ! m.  mp4mux name=m ! filesink location=%s",
  "c.video_src ! x264enc speed-preset=ultrafast tune=zerolatency ! m. "
  "c.audio_src ! audioconvert ! flacenc ! m. "
  "matroskamux name=m ! filesink location=%s",
  "c.video_src ! vp8enc deadline=1 ! m. c.audio_src ! audioconvert ! opusenc "
  "! m.  webmmux name=m ! filesink location=%s",
  "c.video_src ! queue max-size-buffers=1 ! x264enc speed-preset=ultrafast "
  "! m. c.audio_src ! queue max-size-buffers=1 ! audioconvert ! avenc_aac ! m. "
  "mpegtsmux name=m ! filesink location=%s",
  "c.video_src ! queue ! x264enc speed-preset=ultrafast ! m. c.audio_src "
  "! queue ! audioconvert ! avenc_aac ! aacparse ! m. "
  "flvmux name=m ! filesink location=%s",
  "c.video_src ! queue ! x264enc speed-preset=ultrafast key-int-max=25 "
  "! s.video c.audio_src ! queue ! audioconvert ! avenc_aac ! s.audio_0 "
  "splitmuxsink name=s max-size-time=1000000000 location=%s-%%05d.mp4",
  "c.video_src ! queue ! x264enc speed-preset=ultrafast key-int-max=25 "
  "! s.video c.audio_src ! queue ! audioconvert ! avenc_aac ! s.audio "
  "hlssink2 name=s target-duration=1 playlist-location=%s.m3u8 "
  "location=%s.%%05d.ts",
};

static char **
make_paths (const FixtureClip *of, guint n)
{
  char **paths = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    paths[i] = fixture_clip_path (&of[i]);
  return paths;
}

static void
test_muxer (gconstpointer data)
{
  g_auto (GStrv) paths = make_paths (clips, G_N_ELEMENTS (clips));
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "film", NULL);
  g_auto (GStrv) parts = g_strsplit (data, "%s", -1);
  g_autofree char *format = g_strjoinv (path, parts);
  g_autofree char *all = g_strjoin ("", "testfilm name=c ", format, NULL);
  g_auto (GStrv) percent = g_strsplit (all, "%%", -1);
  g_autofree char *line = g_strjoinv ("%", percent);
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (line, (const char *const *)paths, 30, &film);
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (data, 60);

  film_play (pipeline, 60);
  g_assert_cmpuint (film->n_ended, ==, 30);
  g_assert_cmpuint (film->audio.end, ==, film->video.end * 48000 / 25);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* $MEASURE: how fast 1080p is, with an encoder behind it. */
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
    g_autofree char *name = g_strdup_printf ("/film/muxer/%u", i);

    g_test_add_data_func (name, films[i], test_muxer);
  }
  g_test_add_func ("/film/speed", test_speed);
  return g_test_run ();
}
