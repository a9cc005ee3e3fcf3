/* nanovid: a channel that runs for simulated days, with an unreliable service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One channel plays tiny clips, and its hours are shortened. In each round the service,
 * a separate process, is healthy, dead, refusing, failing or slow; prompts arrive,
 * downstream may block, and the channel's clock is faster or slower than the system
 * clock. In all cases:
 *
 * - the output never ends, and has no gaps except where downstream blocked it;
 * - the flash and the beep at the start of each clip are simultaneous;
 * - the numbers of threads and descriptors stay the same, and memory does not grow. */

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gst/gst.h>

#include "fixture/clips.h"
#include "fixture/clock.h"
#include "fixture/env.h"
#include "gst/channel/gstnanovidchannel.h"
#include "simulator/simulator.h"

#define WIDTH 64
#define HEIGHT 48
/* Rounds until everything that stays allocated exists. */
#define WARM_UP 5
#define FRAME (GST_SECOND / 25)

static int rounds = 30;
static int speed = 360;
static int max_growth = 12;
static double max_gaps = 0;
static int seed = -1;

static const GOptionEntry options[] = {
  { "rounds", 'n', 0, G_OPTION_ARG_INT, &rounds, "of ten seconds (default 30)",
      "N" },
  { "speed", 's', 0, G_OPTION_ARG_INT, &speed,
      "how many times faster the channel's hours pass (default 360: one a round)",
      "N" },
  { "max-growth", 'g', 0, G_OPTION_ARG_INT, &max_growth,
      "of memory, from the sixth round on (default 12)", "MiB" },
  { "max-gaps", 0, 0, G_OPTION_ARG_DOUBLE, &max_gaps,
      "of the output in all, as a busy machine may make them (default 0)",
      "S" },
  { "random", 0, 0, G_OPTION_ARG_INT, &seed, "of all that is random", "N" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static const char *const weathers[] = { NULL, NULL, "any:refuse",
  "submit:status=401", "submit:error=no,states=IN_QUEUE/FAILED",
  "any:delay=900", "media#1:truncate=2000", "submit#1:reply-drop" };

typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean blocked, was_blocked;
  GstClockTime end, onset;
  GstClockTime gaps; /* total of gaps while it was not blocked */
  guint64 n_buffers, n_disconts, n_onsets, n_apart;
  GstClockTime furthest; /* maximum time between a flash and its beep */
  guint n_silent;        /* dark frames or silent samples */
} Track;

static Track video, audio;
static FILE *service;      /* a pipe to it, for a fault rule each round */
static guint64 n_clips[3]; /* new, replay, slate */

static void
meet (Track *track, Track *other)
{
  GstClockTime apart;

  track->n_onsets++;
  if (!GST_CLOCK_TIME_IS_VALID (other->onset) || track->was_blocked
      || other->was_blocked)
    return;
  apart = ABS (GST_CLOCK_DIFF (track->onset, other->onset));
  if (apart < 5 * FRAME)
    track->furthest = MAX (track->furthest, apart);
}

static void
look (GstBuffer *buffer)
{
  guint8 luma;

  gst_buffer_extract (buffer, WIDTH * HEIGHT / 2 + WIDTH / 2, &luma, 1);
  if (luma > 128 && video.n_silent > 2)
    video.onset = GST_BUFFER_PTS (buffer);
  if (luma > 128 && video.n_silent > 2)
    meet (&video, &audio);
  video.n_silent = luma > 128 ? 0 : video.n_silent + 1;
}

static void
listen (GstBuffer *buffer)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / 4; i++) {
    gboolean loud = ABS (((const gint16 *)map.data)[2 * i]) > 4000;

    if (loud && audio.n_silent > 48000 / 25) {
      audio.onset = GST_BUFFER_PTS (buffer)
          + gst_util_uint64_scale (i, GST_SECOND, 48000);
      meet (&audio, &video);
    }
    audio.n_silent = loud ? 0 : audio.n_silent + 1;
  }
  gst_buffer_unmap (buffer, &map);
}

static void
note_buffer (Track *track, GstBuffer *buffer)
{
  GstClockTime time = GST_BUFFER_PTS (buffer);

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT)) {
    if (track->n_buffers > 0 && !track->was_blocked)
      track->gaps += time - track->end;
    /* A flash or beep whose start is missing is not used. */
    track->n_silent = 0;
    track->n_disconts++;
  } else {
    g_assert_cmpuint (time, ==, track->end);
  }
  track->n_buffers++;
  track->end = time + GST_BUFFER_DURATION (buffer);
}

static GstPadProbeReturn
on_buffer (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  static GMutex both;
  Track *track = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  g_mutex_lock (&both);
  note_buffer (track, buffer);
  if (track == &video)
    look (buffer);
  else
    listen (buffer);
  g_mutex_unlock (&both);

  g_mutex_lock (&track->lock);
  while (track->blocked)
    g_cond_wait (&track->cond, &track->lock);
  g_mutex_unlock (&track->lock);
  return GST_PAD_PROBE_OK;
}

static GstBusSyncReply
on_message (
    GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer data G_GNUC_UNUSED)
{
  static const char *const origins[] = { "new", "replay", "slate" };
  const GstStructure *structure = gst_message_get_structure (message);

  g_assert_false (
      GST_MESSAGE_TYPE (message) & (GST_MESSAGE_ERROR | GST_MESSAGE_EOS));
  if (structure && gst_structure_has_name (structure, "nanovid-clip"))
    for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
      n_clips[i] += g_str_equal (
          gst_structure_get_string (structure, "origin"), origins[i]);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
set_blocked (Track *track, gboolean blocked)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&track->lock);

  track->blocked = blocked;
  track->was_blocked |= blocked;
  g_cond_broadcast (&track->cond);
}

static guint
count_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir))
    count++;
  return count;
}

/* Returns: resident memory of this process without shared pages, in KiB */
static guint64
get_memory (void)
{
  g_autofree char *text = NULL;
  guint64 size, resident, shared;

  malloc_trim (0);
  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (
      sscanf (text,
          "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
          &size, &resident, &shared),
      ==, 3);
  return (resident - shared) * 4;
}

static void
play_round (GstElement *channel, GstClock *clock)
{
  const char *weather =
      weathers[g_random_int_range (0, G_N_ELEMENTS (weathers))];
  gboolean blocks = g_random_int_range (0, 3) == 0;

  fprintf (service, "%s\n", weather ? weather : "");
  fflush (service);
  fixture_clock_set_rate (clock, g_random_int_range (995, 1006));
  for (int i = g_random_int_range (0, 6); i > 0; i--) {
    g_autofree char *prompt = g_strdup_printf ("%x", g_random_int ());
    guint64 number;

    g_signal_emit_by_name (channel, "push-prompt", prompt, NULL, &number);
  }
  set_blocked (&video, blocks && g_random_boolean ());
  set_blocked (&audio, blocks && g_random_boolean ());
  g_usleep (3 * G_USEC_PER_SEC);
  set_blocked (&video, FALSE);
  set_blocked (&audio, FALSE);
  g_usleep (7 * G_USEC_PER_SEC);
  video.was_blocked = audio.was_blocked = FALSE;
  printf ("%-40s %s", weather ? weather : "well", blocks ? "blocked " : "");
}

/* After any round, the output continues at the current time. */
static void
check_round (GstElement *channel, int n)
{
  static guint n_threads, n_files;
  static guint64 memory;
  GstClockTime now = gst_element_get_current_running_time (channel);
  guint threads = count_dir ("/proc/self/task");
  guint files = count_dir ("/proc/self/fd");
  guint64 used = get_memory ();
  gint64 latest = (gint64)((2 + max_gaps) * GST_SECOND);

  printf ("%u threads, %u files, %" G_GUINT64_FORMAT " KiB; %" G_GUINT64_FORMAT
          " new, %" G_GUINT64_FORMAT " replayed, %" G_GUINT64_FORMAT
          " slates, %.2f s of gaps\n",
      threads, files, used, n_clips[0], n_clips[1], n_clips[2],
      (double)(video.gaps + audio.gaps) / GST_SECOND);
  fflush (stdout);
  g_assert_cmpfloat (
      (double)(video.gaps + audio.gaps) / GST_SECOND, <=, max_gaps);
  g_assert_cmpint (GST_CLOCK_DIFF (video.end, now), <, latest);
  g_assert_cmpint (GST_CLOCK_DIFF (audio.end, now), <, latest);
  if (n == WARM_UP) {
    n_threads = threads;
    n_files = files;
    memory = used;
  }
  if (n > WARM_UP) {
    g_assert_cmpuint (threads, <, n_threads + 30);
    g_assert_cmpuint (files, <, n_files + 30);
    g_assert_cmpuint (used, <, memory + (guint64)max_growth * 1024);
  }
}

static FixtureClip clip = { .name = "soak.mkv",
  .muxer = "matroskamux",
  .video = "x264enc key-int-max=5 ! h264parse",
  .audio = "flacenc ! flacparse",
  .width = WIDTH,
  .height = HEIGHT,
  .fps_n = 25,
  .fps_d = 1,
  .n_frames = 10,
  .rate = 48000,
  .channels = 2,
  .audio_ms = 400 };

static void
add_probe (Track *track, GstElement *channel, const char *name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (channel, name);

  g_mutex_init (&track->lock);
  g_cond_init (&track->cond);
  track->onset = GST_CLOCK_TIME_NONE;
  track->n_silent = 48000;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, track, NULL);
}

static GstElement *
create_pipeline (const char *base_url, GstClock *clock)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (
      "nanovidchannel name=c live=true max-cost-per-hour=1000000 prompt=sea "
      "keep=5 retries=1 http-timeout=2 poll-interval=50 video-caps=\"video/x-raw,"
      "format=I420,width=64,height=48,framerate=25/1,pixel-aspect-ratio=1/1\" "
      "c.video_src ! queue ! fakesink async=false "
      "c.audio_src ! queue ! fakesink async=false",
      &error);
  g_autoptr (GstElement) channel =
      gst_bin_get_by_name (GST_BIN (pipeline), "c");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  g_assert_no_error (error);
  g_object_set (channel, "base-url", base_url, "api-key", "sk-soak", NULL);
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  g_object_set_data (
      G_OBJECT (channel), GST_NANOVID_CHANNEL_SPEED, GUINT_TO_POINTER (speed));
  gst_bus_set_sync_handler (bus, on_message, NULL, NULL);
  add_probe (&video, channel, "video_src");
  add_probe (&audio, channel, "audio_src");
  return pipeline;
}

/* The service */

static NanogptSimulator *
create_simulator (void)
{
  NanogptSimulatorOptions simulator_options;
  g_autofree char *path = fixture_clip_path (&clip);
  g_autoptr (GError) error = NULL;
  NanogptSimulator *simulator;

  nanogpt_simulator_options_init (&simulator_options);
  simulator_options.generation_time = 0.3;
  simulator_options.submit_limit = 0;
  simulator_options.default_balance = 1000000;
  simulator_options.media_file = path;
  simulator = nanogpt_simulator_new (&simulator_options, &error);
  g_assert_no_error (error);
  return simulator;
}

/* Applies one line of @weather_lines after the other, until there are no more. */
static void
serve (FILE *weather_lines, FILE *answer)
{
  g_autoptr (NanogptSimulator) simulator = NULL;
  char line[100];

  gst_init (NULL, NULL);
  simulator = create_simulator ();
  fprintf (answer, "%s\n", nanogpt_simulator_get_base_url (simulator));
  fflush (answer);
  while (fgets (line, sizeof line, weather_lines)) {
    g_autoptr (GError) error = NULL;

    nanogpt_simulator_clear_faults (simulator);
    g_strchomp (line);
    if (*line)
      nanogpt_simulator_add_fault (simulator, line, &error);
    g_assert_no_error (error);
  }
}

/* Forks, so this must run before there are threads.
 * Returns: (transfer full): the base URL of the service */
static char *
start_service (void)
{
  int weather_pipe[2], answer_pipe[2];
  char line[100];
  FILE *answer;

  g_assert_cmpint (pipe (weather_pipe), ==, 0);
  g_assert_cmpint (pipe (answer_pipe), ==, 0);
  if (fork () == 0) {
    close (weather_pipe[1]);
    serve (fdopen (weather_pipe[0], "r"), fdopen (answer_pipe[1], "w"));
    _exit (0);
  }
  close (weather_pipe[0]);
  close (answer_pipe[1]);
  service = fdopen (weather_pipe[1], "w");
  answer = fdopen (answer_pipe[0], "r");
  g_assert_nonnull (fgets (line, sizeof line, answer));
  fclose (answer);
  return g_strdup (g_strchomp (line));
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *base_url = NULL;
  g_autoptr (GstClock) clock = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) channel = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  fixture_init (&argc, &argv);
  base_url = start_service ();
  gst_init (&argc, &argv);
  if (seed >= 0)
    g_random_set_seed (seed);

  clock = g_object_new (GST_TYPE_SYSTEM_CLOCK, NULL);
  pipeline = create_pipeline (base_url, clock);
  channel = gst_bin_get_by_name (GST_BIN (pipeline), "c");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (int n = 0; n < rounds; n++) {
    play_round (channel, clock);
    check_round (channel, n);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  printf ("%" G_GUINT64_FORMAT " flashes, %" G_GUINT64_FORMAT
          " beeps, at most %.2f ms apart; %" G_GUINT64_FORMAT
          " discontinuities\n",
      video.n_onsets, audio.n_onsets,
      (double)MAX (video.furthest, audio.furthest) / GST_MSECOND,
      video.n_disconts + audio.n_disconts);
  g_assert_cmpuint (video.n_onsets, >, 0);
  g_assert_cmpuint (MAX (video.furthest, audio.furthest), <, GST_MSECOND);
  fclose (service);
  return 0;
}
