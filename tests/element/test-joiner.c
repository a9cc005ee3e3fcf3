/* nanovid: tests that clips of all shapes are joined without a seam
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "element/film.h"
#include "gst/channel/gstnanovidslate.h"
#include "fixture/clips.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

#define H264 "x264enc speed-preset=ultrafast tune=zerolatency ! h264parse"
#define H264_B                                                                 \
  "x264enc speed-preset=veryfast bframes=3 b-adapt=false key-int-max=50 "      \
  "! h264parse"
#define AAC "avenc_aac ! aacparse"
#define VP8 "vp8enc deadline=1"
#define RAW                                                                    \
  "testfilm name=c  c.video_src ! queue ! fakesink "                           \
  "c.audio_src ! queue ! fakesink"

/* One clip of each shape, as long as needed */
static const FixtureClip shapes[] = {
  { "b-frames.mp4", "mp4mux", H264_B, AAC, 160, 90, 24, 1, 24, FALSE, FALSE,
      44100, 1, 1000, 0 },
  { "portrait-longer.webm", "webmmux", VP8, "opusenc", 90, 160, 30000, 1001, 30,
      FALSE, FALSE, 48000, 2, 1300, 0 },
  { "no-sound.mp4", "mp4mux", H264, NULL, 320, 180, 25, 1, 20, FALSE, FALSE, 0,
      0, 0, 0 },
  { "variable.mkv", "matroskamux", H264, AAC, 160, 120, 30, 1, 32, TRUE, FALSE,
      48000, 1, 500, 0 },
  { "fast.mp4", "mp4mux", H264, AAC, 176, 144, 60, 1, 45, FALSE, FALSE, 48000,
      2, 900, 0 },
  { "late-sound.mkv", "matroskamux", H264, "vorbisenc", 160, 90, 25, 1, 25,
      FALSE, FALSE, 44100, 2, 700, 320 },
};

/* Tiny clips, for many joins in little time */
static const FixtureClip tiny[] = {
  { "tiny.mp4", "mp4mux", H264, AAC, 64, 36, 24, 1, 5, FALSE, FALSE, 44100, 1,
      300, 0 },
  { "tiny.webm", "webmmux", VP8, "opusenc", 36, 64, 30000, 1001, 6, FALSE,
      FALSE, 48000, 1, 150, 0 },
  { "tiny-no-sound.mp4", "mp4mux", H264_B, NULL, 64, 64, 60, 1, 7, FALSE, FALSE,
      0, 0, 0, 0 },
  { "tiny-variable.mkv", "matroskamux", H264, "vorbisenc", 80, 60, 30, 1, 8,
      TRUE, FALSE, 48000, 2, 200, 0 },
  { "one-frame.mp4", "mp4mux", H264, AAC, 64, 36, 25, 1, 1, FALSE, FALSE, 48000,
      2, 90, 0 },
};

static const FixtureClip ramp = { "ramp.mp4", "mp4mux", H264, AAC, 64, 36, 25,
  1, 10, FALSE, TRUE, 48000, 1, 400, 0 };

static char **
make_paths (const FixtureClip *clips, guint n)
{
  char **paths = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    paths[i] = fixture_clip_path (&clips[i]);
  return paths;
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static guint64
get_end_sample (Film *film)
{
  GstVideoInfo video;
  GstAudioInfo audio;

  gst_video_info_from_caps (&video, film->video_caps);
  gst_audio_info_from_caps (&audio, film->audio_caps);
  return gst_util_uint64_scale_round (
      film->video.end, (guint64)audio.rate * video.fps_d, video.fps_n);
}

static void
check_track (FilmTrack *track, guint n_scenes)
{
  g_assert_cmpuint (track->n_starts, ==, 1);
  g_assert_cmpuint (track->n_caps, ==, 1);
  g_assert_cmpuint (track->n_segments, ==, 1);
  g_assert_cmpuint (track->n_tags, ==, n_scenes);
  g_assert_cmpuint (track->n_eos, ==, 1);
}

/* These checks hold for every film. */
static void
check_film (Film *film)
{
  guint n = film->n_scenes - film->n_failed;

  check_track (&film->video, n);
  check_track (&film->audio, n);
  g_assert_cmpuint (film->audio.end, ==, get_end_sample (film));
  g_assert_cmpuint (film->turns->len, ==, n);
  g_assert_cmpuint (film->n_ended, ==, n);
  g_assert_cmpuint (film->n_finished, ==, 1);
}

/* This encoder begins with 1024 samples of silence, which no muxer records. */
static GstClockTime
get_priming (const FixtureClip *clip)
{
  return g_strcmp0 (clip->audio, AAC) ? 0 : 1024 * GST_SECOND / clip->rate;
}

/* Checks how many frames each clip has, and when it begins, flashes and beeps. */
static void
test_shapes (gconstpointer data)
{
  const char *rate = data;
  g_auto (GStrv) paths = make_paths (shapes, G_N_ELEMENTS (shapes));
  guint n = 2 * G_N_ELEMENTS (shapes), flash = 0, beep = 0;
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (RAW, (const char *const *)paths, n, &film);
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("shapes", 60);
  GstVideoInfo video;

  gst_caps_set_simple (film->video_caps, "framerate", GST_TYPE_FRACTION,
      atoi (rate), strchr (rate, '/') ? 1001 : 1, NULL);
  gst_video_info_from_caps (&video, film->video_caps);
  film_play (pipeline, 60);
  check_film (film);
  for (guint i = 0; i < n; i++) {
    const FixtureClip *clip = &shapes[i % G_N_ELEMENTS (shapes)];
    GstNanovidTurn *turn = &g_array_index (film->turns, GstNanovidTurn, i);
    double frame = (double)GST_SECOND * video.fps_d / video.fps_n;
    double begin = turn->running_time;
    double length =
        (double)clip->n_frames * GST_SECOND * clip->fps_d / clip->fps_n;

    /* WebM rounds to milliseconds. */
    g_assert_cmpfloat_with_epsilon (
        turn->duration, length, frame / 2 + GST_MSECOND);
    g_assert_cmpfloat_with_epsilon (
        g_array_index (film->video.onsets, guint64, flash++) * frame, begin,
        1.);
    if (!clip->audio)
      continue;
    g_assert_cmpfloat_with_epsilon (
        g_array_index (film->audio.onsets, guint64, beep++) / 48000.
            * GST_SECOND,
        begin + clip->audio_delay_ms * GST_MSECOND,
        get_priming (clip) + 3 * GST_MSECOND);
  }
  g_assert_cmpuint (film->video.onsets->len, ==, flash);
  g_assert_cmpuint (film->audio.onsets->len, ==, beep);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
check_luma (guint8 luma, guint n)
{
  g_assert_cmpint (ABS (luma - FIXTURE_RAMP ((int)n)), <=, 2);
}

/* A clip that continues from the last frame of the one before repeats that
 * frame first, so the repetition is dropped. */
static void
test_drop_first_frame (void)
{
  g_auto (GStrv) paths = make_paths (&ramp, 1);
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (RAW, (const char *const *)paths, 3, &film);

  film->drop_first_frames = TRUE;
  film_play (pipeline, 60);
  check_film (film);
  g_assert_cmpuint (film->lumas->len, ==, 10 + 9 + 9);
  for (guint i = 0; i < film->lumas->len; i++)
    check_luma (
        g_array_index (film->lumas, guint8, i), i < 10 ? i : (i - 10) % 9 + 1);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* The data that a cache appends to a clip in its file is not part of the clip. */
static void
test_trailer (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_auto (GStrv) good = make_paths (shapes, G_N_ELEMENTS (shapes));
  Film *film;
  g_autoptr (GstElement) pipeline = NULL;
  guint64 end;

  pipeline = film_launch (
      RAW, (const char *const *)good, G_N_ELEMENTS (shapes), &film);
  film_play (pipeline, 60);
  end = film->video.end;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_clear_object (&pipeline);

  for (guint i = 0; good[i]; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *name = g_path_get_basename (good[i]);
    g_autofree char *data = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (good[i], &data, &size, NULL));
    g_string_append_len (text, data, size);
    g_string_append (text, "[clip]\nrun-id=vid_1\nmodel=some-model\n");
    g_free (good[i]);
    good[i] = g_build_filename (dir, name, NULL);
    g_assert_true (g_file_set_contents (good[i], text->str, text->len, NULL));
  }
  pipeline = film_launch (
      RAW, (const char *const *)good, G_N_ELEMENTS (shapes), &film);
  film_play (pipeline, 60);
  check_film (film);
  g_assert_cmpuint (film->video.end, ==, end);
  g_assert_cmpuint (film->n_failed, ==, 0);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static GstNanovidFormat *
make_format (void)
{
  g_autoptr (GstCaps) video = gst_caps_from_string (
      "video/x-raw,format=GRAY8,width=128,height=72,framerate=25/1");
  g_autoptr (GstCaps) audio = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2");

  return gst_nanovid_format_new (video, audio);
}

/* Caps must be fixed. */
static void
test_format (void)
{
  g_autoptr (GstCaps) video = gst_caps_from_string (
      "video/x-raw,format=GRAY8,width=[16,128],height=72,framerate=25/1");
  g_autoptr (GstCaps) audio = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2");

  g_assert_null (gst_nanovid_format_new (video, audio));
  g_assert_null (gst_nanovid_format_new (NULL, audio));
  gst_caps_set_simple (video, "width", G_TYPE_INT, 128, NULL);
  g_assert_null (gst_nanovid_format_new (video, NULL));
  gst_caps_set_simple (
      video, "interlace-mode", G_TYPE_STRING, "alternate", NULL);
  gst_caps_set_features_simple (
      video, gst_caps_features_new_single (GST_CAPS_FEATURE_FORMAT_INTERLACED));
  g_assert_null (gst_nanovid_format_new (video, audio));
}

/* Interlaced frames are black before the first clip, too. */
static void
test_interlaced_slate (void)
{
  g_autoptr (GstCaps) video = gst_caps_from_string (
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1,"
      "interlace-mode=interleaved");
  g_autoptr (GstCaps) audio = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2");
  g_autoptr (GstNanovidFormat) format = gst_nanovid_format_new (video, audio);
  GstNanovidSlate *slate = gst_nanovid_slate_new (format);
  g_autoptr (GstBuffer) frame = gst_nanovid_slate_create_frame (slate, FALSE);
  guint8 luma, chroma;

  gst_buffer_extract (frame, 64 * 47 + 63, &luma, 1);
  gst_buffer_extract (frame, 64 * 48, &chroma, 1);
  g_assert_cmpuint (luma, ==, 16);
  g_assert_cmpuint (chroma, ==, 128);
  gst_nanovid_slate_free (slate);
}

/* Returns: the luma of the last frame at @x in its middle row */
static guint8
read_last_luma (GstNanovidScene *scene, gsize x)
{
  g_autoptr (GstNanovidFormat) format = make_format ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GstSample) sample = NULL;
  GstNanovidBell bell = { 0 };
  guint8 luma;

  gst_nanovid_bell_init (&bell);
  sample = gst_nanovid_deck_read_last_frame (scene, format, &bell, &error);
  g_assert_no_error (error);
  gst_buffer_extract (gst_sample_get_buffer (sample), 36 * 128 + x, &luma, 1);
  gst_nanovid_bell_clear (&bell);
  return luma;
}

/* Reads the last frame of a deleted file, repeatedly. */
static void
test_last_frame (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = fixture_clip_path (&ramp);
  g_autofree char *copy = g_build_filename (dir, "copy.mp4", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GstNanovidScene) scene = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_true (g_file_set_contents (copy, data, size, NULL));
  scene = gst_nanovid_scene_new_from_fd (g_open (copy, O_RDONLY));
  g_assert_cmpint (g_unlink (copy), ==, 0);
  for (guint i = 0; i < 2; i++)
    check_luma (read_last_luma (scene, 64), 9);
}

/* A picture that is rotated by its header is turned upright, and then has borders. The
 * muxer cannot write that, so the matrix in the track's header is replaced. */
static void
test_rotated (void)
{
  static const guint8 matrix[] = { 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff,
    0xff };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *rotated = g_build_filename (dir, "rotated.mp4", NULL);
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autofree char *data = NULL;
  g_autoptr (GstNanovidScene) scene = NULL;
  gsize size, at = 0;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  while (memcmp (data + at, "tkhd", 4) != 0)
    g_assert_cmpuint (++at, <, size - 60);
  memset (data + at + 44, 0, 32);
  memcpy (data + at + 44, matrix, sizeof (matrix));
  g_assert_true (g_file_set_contents (rotated, data, size, NULL));
  scene = gst_nanovid_scene_new (rotated);
  /* 240x320 in 128x72: 54 columns in the middle, which are green */
  g_assert_cmpuint (read_last_luma (scene, 64), >, 60);
  g_assert_cmpuint (read_last_luma (scene, 30), <, 40);
}

static guint64
get_memory (void)
{
  g_autofree char *text = NULL;
  guint64 pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*u %" G_GUINT64_FORMAT, &pages), ==, 1);
  return pages * 4096;
}

/* Returns: (transfer full): small clips of all shapes, and the files of $CLIPS */
static char **
make_many_paths (void)
{
  g_auto (GStrv) made = make_paths (tiny, G_N_ELEMENTS (tiny));
  const char *list = g_getenv ("CLIPS");
  g_auto (GStrv) given = g_strsplit (list ? list : "", ":", -1);
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();

  g_strv_builder_addv (paths, (const char **)made);
  g_strv_builder_addv (paths, (const char **)given);
  return g_strv_builder_end (paths);
}

/* $JOINS sets the number of joins; a thousand and more show whether memory grows. */
static void
test_many (void)
{
  const char *joins = g_getenv ("JOINS");
  guint n = joins ? atoi (joins) : 100, n_descriptors = count_descriptors ();
  g_auto (GStrv) paths = make_many_paths ();
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (RAW, (const char *const *)paths, n / 5, &film);
  guint64 memory;

  film_play (pipeline, 60 + n / 5.);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  memory = get_memory ();
  gst_clear_object (&pipeline);

  pipeline = film_launch (RAW, (const char *const *)paths, n, &film);
  film_play (pipeline, 60 + n / 5.);
  check_film (film);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_test_message ("%u clips, %" G_GUINT64_FORMAT
                  " frames, memory %" G_GUINT64_FORMAT " -> %" G_GUINT64_FORMAT
                  " kB, descriptors %u -> %u",
      n, film->video.end, memory / 1024, get_memory () / 1024, n_descriptors,
      count_descriptors ());
#ifndef __SANITIZE_ADDRESS__ /* it holds freed memory back */
  g_assert_cmpuint (get_memory (), <, memory + 32 * 1024 * 1024);
#endif
  gst_clear_object (&pipeline);
  g_assert_cmpuint (count_descriptors (), <=, n_descriptors + 2);
}

/* Clips that cannot be played are skipped. */
static void
test_broken (void)
{
  static const char gif_data[] =
      "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,"
      "\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
  g_autofree char *dir = fixture_make_dir ();
  g_auto (GStrv) good = make_paths (shapes, 3);
  g_autofree char *noise = g_build_filename (dir, "noise.mp4", NULL);
  g_autofree char *empty = g_build_filename (dir, "empty.mp4", NULL);
  g_autofree char *none = g_build_filename (dir, "none.mp4", NULL);
  g_autofree char *gif = g_build_filename (dir, "picture.gif", NULL);
  g_autofree char *cut = g_build_filename (dir, "cut.mp4", NULL);
  g_autofree char *half = g_build_filename (dir, "half.mp4", NULL);
  g_autofree char *index_last =
      fixture_media_path (FIXTURE_MEDIA_MP4_INDEX_LAST);
  g_autofree char *index_first = fixture_media_path (FIXTURE_MEDIA_MP4_AUDIO);
  const char *paths[] = { good[0], noise, good[1], empty, none, gif, cut, half,
    good[2], NULL };
  g_autofree char *data = NULL;
  gsize size;
  Film *film;
  g_autoptr (GstElement) pipeline = NULL;

  g_assert_true (g_file_get_contents (index_first, &data, &size, NULL));
  g_assert_true (g_file_set_contents (half, data, size / 2, NULL));
  g_free (data);
  g_assert_true (g_file_get_contents (index_last, &data, &size, NULL));
  g_assert_true (g_file_set_contents (cut, data, size / 2, NULL));
  memset (data + 40, 'x', 4000);
  g_assert_true (g_file_set_contents (noise, data + 40, 4000, NULL));
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_true (
      g_file_set_contents (gif, gif_data, sizeof (gif_data) - 1, NULL));
  pipeline = film_launch (RAW, paths, 9, &film);
  film_play (pipeline, 60);
  g_assert_cmpuint (film->n_failed, ==, 5);
  check_film (film);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Either pad may stay unlinked. */
static void
test_unlinked (gconstpointer line)
{
  g_auto (GStrv) paths = make_paths (shapes, 4);
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (line, (const char *const *)paths, 4, &film);

  film_play (pipeline, 60);
  g_assert_cmpuint (film->turns->len, ==, 4);
  g_assert_cmpuint (film->n_ended, ==, 4);
  g_assert_cmpuint (film->n_finished, ==, 1);
  g_assert_true (film->video.end == 0 || film->audio.end == 0
      || film->audio.end == get_end_sample (film));
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Stopping is quick at any time. */
static void
test_stop (void)
{
  g_auto (GStrv) paths = make_paths (shapes, G_N_ELEMENTS (shapes));
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (RAW, (const char *const *)paths, 10000, &film);
  gint64 worst = 0;

  for (guint i = 0; i < 20; i++) {
    g_array_set_size (film->turns, 0);
    film->n_ended = film->n_next = 0;
    film->video.end = film->audio.end = 0;
    film->video.n_segments = film->audio.n_segments = 0;
    gst_element_set_state (
        pipeline, i % 2 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
    g_mutex_lock (&film->lock);
    while (film->turns->len < (i % 2 ? 1 : 1 + i % 5))
      g_cond_wait (&film->cond, &film->lock);
    g_mutex_unlock (&film->lock);

    gint64 begin = g_get_monotonic_time ();
    gst_element_set_state (pipeline, GST_STATE_NULL);
    worst = MAX (worst, g_get_monotonic_time () - begin);
  }
  g_test_message ("stopped in %d ms at most", (int)(worst / 1000));
  g_assert_cmpint (worst, <, fixture_scaled (0.3) * G_TIME_SPAN_SECOND);
}

/* A film that waits for its next clip ends at once on an application's EOS. */
static void
test_end (void)
{
  g_auto (GStrv) paths = make_paths (shapes, 1);
  Film *film;
  g_autoptr (GstElement) pipeline =
      film_launch (RAW, (const char *const *)paths, 1, &film);
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("end", 30);

  film->waits = TRUE;
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_mutex_lock (&film->lock);
  while (film->turns->len < 1)
    g_cond_wait (&film->cond, &film->lock);
  g_mutex_unlock (&film->lock);
  gst_nanovid_joiner_end (film->joiner);
  film_play (pipeline, 30);
  g_assert_cmpuint (film->n_finished, ==, 0);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (NULL, NULL);
  film_register ();
  g_test_add_data_func ("/joiner/shapes/25", "25", test_shapes);
  g_test_add_data_func ("/joiner/shapes/ntsc", "30000/1001", test_shapes);
  g_test_add_func ("/joiner/drop-first-frame", test_drop_first_frame);
  g_test_add_func ("/joiner/trailer", test_trailer);
  g_test_add_func ("/deck/last-frame", test_last_frame);
  g_test_add_func ("/deck/rotated", test_rotated);
  g_test_add_func ("/joiner/many", test_many);
  g_test_add_func ("/joiner/broken", test_broken);
  g_test_add_func ("/joiner/format", test_format);
  g_test_add_func ("/joiner/interlaced-slate", test_interlaced_slate);
  g_test_add_data_func ("/joiner/unlinked/audio",
      "testfilm name=c  c.video_src ! fakesink", test_unlinked);
  g_test_add_data_func ("/joiner/unlinked/video",
      "testfilm name=c  c.audio_src ! fakesink", test_unlinked);
  g_test_add_func ("/joiner/stop", test_stop);
  g_test_add_func ("/joiner/end", test_end);
  return g_test_run ();
}
