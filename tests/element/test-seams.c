/* nanovid: tests that the picture and sound of each clip in a film begin together
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/player.h"
#include "fixture/env.h"

#define WIDTH 320
#define HEIGHT 180
#define RATE 48000
#define FRAME_SAMPLES (RATE / 25)

/* Each clip begins with a white disk in the middle, and a beep. */
#define BRIGHT 200
#define LOUD 8000

/* Clips of all shapes; the jobs use them in turn. */
static const char *const formats[] = {
  "size=320x180,rate=24,seconds=0.6,sound=stereo",
  "size=180x320,rate=30000/1001,seconds=0.5,sound=mono,sound-excess=0.3",
  "size=240x240,rate=25,seconds=0.4,sound=none",
  "size=320x180,rate=60,seconds=0.7,sound=stereo,b-frames,sound-excess=-0.2",
  "size=160x90,rate=variable,seconds=0.5,sound=mono",
  "size=320x180,rate=25,seconds=0.5,container=webm,sound=mono,sound-excess=0.2",
  "size=640x360,rate=24,seconds=0.3,sound=mono,b-frames",
  NULL,
};

/* The output. */
typedef struct
{
  guint64 n_frames, n_samples;
  guint n_disconts;
  GArray *flashes; /* guint64, frames */
  GArray *beeps;   /* guint64, samples */
  guint8 luma;     /* of the last frame */
  guint64 n_quiet; /* samples before the next beep */
} Film;

static void
count_discont (Film *film, GstBuffer *buffer)
{
  film->n_disconts +=
      GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT) ? 1 : 0;
}

static void
on_frame (GstElement *sink G_GNUC_UNUSED, GstBuffer *buffer,
    GstPad *pad G_GNUC_UNUSED, gpointer data)
{
  Film *film = data;
  guint8 luma;

  gst_buffer_extract (
      buffer, HEIGHT / 2 * WIDTH + WIDTH / 2, &luma, sizeof luma);
  if (luma > BRIGHT && film->luma <= BRIGHT)
    g_array_append_val (film->flashes, film->n_frames);
  film->luma = luma;
  film->n_frames++;
  count_discont (film, buffer);
}

static void
on_sound (GstElement *sink G_GNUC_UNUSED, GstBuffer *buffer,
    GstPad *pad G_GNUC_UNUSED, gpointer data)
{
  Film *film = data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / 4; i++) {
    if (ABS (((const gint16 *)map.data)[2 * i]) < LOUD) {
      film->n_quiet++;
    } else {
      if (film->n_quiet > FRAME_SAMPLES)
        g_array_append_val (film->beeps, film->n_samples);
      film->n_quiet = 0;
    }
    film->n_samples++;
  }
  gst_buffer_unmap (buffer, &map);
  count_discont (film, buffer);
}

static void
connect (Player *player, const char *name, GCallback handler, Film *film)
{
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (player->pipeline), name);

  g_signal_connect (sink, "handoff", handler, film);
}

/* Returns: (transfer full): of guint64, the first frames of the clips */
static GArray *
list_seams (Player *player)
{
  GArray *seams = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_mutex_lock (&player->lock);
  for (guint i = 0; i < player->messages->len; i++) {
    GstMessage *message = player->messages->pdata[i];
    guint64 time;

    if (!gst_message_has_name (message, "nanovid-clip"))
      continue;
    g_assert_true (gst_structure_get_uint64 (
        gst_message_get_structure (message), "running-time", &time));
    time = gst_util_uint64_scale_round (time, 25, GST_SECOND);
    g_array_append_val (seams, time);
  }
  g_mutex_unlock (&player->lock);
  return seams;
}

static void
assert_near (guint64 a, guint64 b, guint64 distance)
{
  g_assert_cmpuint (MAX (a, b) - MIN (a, b), <=, distance);
}

/* Each clip that has a sound has one beep, within a frame of its flash. */
static void
check_seams (Player *player, const Film *film)
{
  g_autoptr (GArray) seams = list_seams (player);
  guint n_beeps = 0;

  g_assert_cmpuint (seams->len, ==, g_strv_length ((char **)formats));
  g_assert_cmpuint (film->flashes->len, ==, seams->len);
  for (guint i = 0; i < seams->len; i++) {
    guint64 seam = g_array_index (seams, guint64, i);

    g_assert_cmpuint (g_array_index (film->flashes, guint64, i), ==, seam);
    if (strstr (formats[i], "sound=none"))
      continue;
    g_assert_cmpuint (film->beeps->len, >, n_beeps);
    assert_near (g_array_index (film->beeps, guint64, n_beeps++),
        seam * FRAME_SAMPLES, FRAME_SAMPLES);
  }
  g_assert_cmpuint (film->beeps->len, ==, n_beeps);
}

static void
test_seams (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GArray) flashes = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) beeps = g_array_new (FALSE, FALSE, sizeof (guint64));
  Film film = { .flashes = flashes, .beeps = beeps, .n_quiet = RATE };
  guint64 number;

  player_options_init (&options);
  options.clips = formats;
  player = player_new (&options,
      "nanovidchannel name=source max-jobs=1 "
      "video-caps=\"video/x-raw,format=I420,width=%d,height=%d,framerate=25/1,"
      "pixel-aspect-ratio=1/1\" "
      "source.video_src ! queue ! fakesink name=video signal-handoffs=true "
      "source.audio_src ! queue ! fakesink name=audio signal-handoffs=true",
      WIDTH, HEIGHT);
  connect (player, "video", G_CALLBACK (on_frame), &film);
  connect (player, "audio", G_CALLBACK (on_sound), &film);
  for (guint i = 0; formats[i]; i++)
    g_signal_emit_by_name (
        player->source, "push-prompt", formats[i], NULL, &number);
  g_signal_emit_by_name (player->source, "end-prompts");
  player_run (player);

  g_assert_cmpuint (film.n_samples, ==, film.n_frames * FRAME_SAMPLES);
  g_assert_cmpuint (film.n_disconts, ==, 2);
  check_seams (player, &film);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/seams/flash-and-beep", test_seams);
  return g_test_run ();
}
