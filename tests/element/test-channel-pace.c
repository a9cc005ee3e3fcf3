/* nanovid: tests that a channel keeps the pace of its clock, and of the service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/app/gstappsink.h>

#include "element/channel.h"
#include "fixture/clock.h"
#include "fixture/env.h"

/* Downstream */

/* Output continues at the current time, without a burst: only a few frames were
 * in flight. */
static void
check_after_block (Track *track, GstClockTime length)
{
  if (!channel_keeps_pace ())
    return;
  g_assert_cmpuint (track->n_disconts, ==, 2);
  g_assert_cmpuint (track->end - track->first - track->pushed, >=,
      length - 10 * CHANNEL_FRAME);
  g_assert_cmpint (GST_CLOCK_DIFF (track->end,
                       gst_element_get_current_running_time (track->element)),
      <, GST_SECOND);
}

static void
test_blocked (void)
{
  const double length = 4;
  g_autoptr (Channel) channel = channel_new ("prompt=sea");

  channel_play (channel, 1);
  track_set_blocked (&channel->video, TRUE);
  track_set_blocked (&channel->audio, TRUE);
  g_usleep (length * G_USEC_PER_SEC);
  track_set_blocked (&channel->video, FALSE);
  track_set_blocked (&channel->audio, FALSE);
  track_wait (&channel->video, length + 2);
  track_wait (&channel->audio, length + 2);
  check_after_block (&channel->video, length * GST_SECOND);
  check_after_block (&channel->audio, length * GST_SECOND);
}

/* A consumer of one pad's data does not wait for the consumer of the other's. */
static void
test_one_blocked (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");

  channel_play (channel, 1);
  track_set_blocked (&channel->audio, TRUE);
  track_wait (&channel->video, 5);
  if (channel_keeps_pace ())
    g_assert_cmpuint (channel->video.n_disconts, ==, 1);
  g_assert_cmpuint (channel_count_clips (channel, "replay")
          + channel_count_clips (channel, "new"),
      >=, 4);
  track_set_blocked (&channel->audio, FALSE);
  track_wait (&channel->audio, 7);
  check_after_block (&channel->audio, 4 * GST_SECOND);
  player_set_state (channel->player, GST_STATE_NULL);
  track_check (&channel->video);
}

/* Clips that passed while the video was blocked are not shown later: others follow. */
static void
test_picture_blocked (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea replay=false ahead=0");
  guint n_new;

  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "new", 1);
  track_set_blocked (&channel->video, TRUE);
  track_wait (&channel->audio, 6);
  n_new = channel_count_clips (channel, "new");
  g_assert_cmpuint (n_new, >=, 3);
  track_set_blocked (&channel->video, FALSE);
  channel_wait_for_clips (channel, "new", n_new + 2);
  player_set_state (channel->player, GST_STATE_NULL);
  track_check (&channel->audio);
}

typedef struct
{
  guint n_buffers;
  guint n_old; /* buffers much later than their time */
} Pulled;

static void
pull_for (Channel *channel, double seconds, Pulled pulled[2])
{
  static const char *const names[] = { "picture", "sound" };
  gint64 end = g_get_monotonic_time () + (gint64)(seconds * G_TIME_SPAN_SECOND);

  while (g_get_monotonic_time () < end) {
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
      g_autoptr (GstElement) sink =
          gst_bin_get_by_name (GST_BIN (channel->player->pipeline), names[i]);
      g_autoptr (GstSample) sample =
          gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 5 * GST_MSECOND);
      GstClockTimeDiff late;

      if (!sample)
        continue;
      late = GST_CLOCK_DIFF (GST_BUFFER_PTS (gst_sample_get_buffer (sample)),
          gst_element_get_current_running_time (channel->player->source));
      pulled[i].n_buffers++;
      pulled[i].n_old += late > (GstClockTimeDiff)GST_SECOND / 2;
    }
  }
}

/* Sinks that block for a while get the few buffers in flight, and then current
 * ones. $CHANNEL_PACE_BLOCK sets how many seconds they block. */
static void
test_blocking_sinks (void)
{
  const char *wanted = g_getenv ("CHANNEL_PACE_BLOCK");
  double length = wanted ? g_ascii_strtod (wanted, NULL) : 4;
  g_autoptr (Channel) channel = channel_new_with (NULL,
      "source.video_src ! appsink name=picture max-buffers=1 sync=false async=false "
      "source.audio_src ! appsink name=sound max-buffers=1 sync=false async=false",
      "prompt=sea");
  Pulled before[2] = { 0 }, after[2] = { 0 };

  player_set_state (channel->player, GST_STATE_PLAYING);
  pull_for (channel, fixture_scaled (2), before);
  g_usleep (length * G_USEC_PER_SEC);
  pull_for (channel, fixture_scaled (2), after);
  for (guint i = 0; i < 2; i++) {
    g_test_message ("%u and %u buffers, %u old", before[i].n_buffers,
        after[i].n_buffers, after[i].n_old);
    g_assert_cmpuint (before[i].n_buffers, >, 0);
    if (!channel_keeps_pace ())
      continue;
    /* One is in the sink and one in flight. */
    g_assert_cmpuint (after[i].n_old, <=, 2);
    g_assert_cmpuint (after[i].n_buffers, >=, 12);
  }
}

/* The clock */

/* The sound of each clip begins exactly with its picture. */
static void
check_onsets (Channel *channel)
{
  const GArray *flashes = channel->video.onsets;
  const GArray *beeps = channel->audio.onsets;
  guint n = MIN (flashes->len, beeps->len);

  g_test_message ("%u flashes, %u beeps", flashes->len, beeps->len);
  g_assert_cmpuint (n, >, 10);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (g_array_index (beeps, gint64, i)
            - 1920 * g_array_index (flashes, gint64, i),
        ==,
        g_array_index (beeps, gint64, 0)
            - 1920 * g_array_index (flashes, gint64, 0));
}

/* The output follows a clock that is twice as fast as the system clock, and
 * alternately half a percent faster and slower than that. */
static void
test_drift (void)
{
  const guint n_seconds = 60, speed = 2;
  g_autoptr (Channel) channel = channel_new ("prompt=sea");
  g_autoptr (GstClock) clock = g_object_new (GST_TYPE_SYSTEM_CLOCK, NULL);

  fixture_clock_set_rate (clock, speed * 1000);
  gst_pipeline_use_clock (GST_PIPELINE (channel->player->pipeline), clock);
  player_set_state (channel->player, GST_STATE_PLAYING);
  for (guint i = 0; i < n_seconds; i += 10) {
    fixture_clock_set_rate (clock, speed * (i % 20 == 0 ? 1005 : 995));
    track_wait (&channel->video, i + 10);
  }
  player_set_state (channel->player, GST_STATE_NULL);
  if (!channel_keeps_pace ())
    return;
  /* By the system clock, this is half a minute. */
  g_assert_cmpuint (channel->video.latest, <, 10 * GST_SECOND);
  g_assert_cmpuint (channel->audio.latest, <, 10 * GST_SECOND);
  /* A machine that stalls for half a second loses a second of this clock, and
   * the channel then continues at the current time. */
  if (channel->video.n_disconts > 1 || channel->audio.n_disconts > 1) {
    g_test_message ("the machine has stalled");
    return;
  }
  channel_check (channel);
  check_onsets (channel);
}

/* The service */

typedef struct
{
  Channel *channel;
  guint n_new;     /* clips that have begun */
  guint n_charged; /* clips that were submitted */
  guint n_at_once; /* maximum number of concurrent jobs at the service */
  gint64 closest;  /* minimum time between two submits, in microseconds */
} Bought;

/* @seconds: how long each job takes */
static void
count_bought (Bought *self, Channel *channel, double seconds)
{
  g_autoptr (GPtrArray) submits = NULL;
  gint64 span = (gint64)(seconds * G_TIME_SPAN_SECOND);

  self->n_new = channel_count_clips (channel, "new");
  submits = nanogpt_simulator_list_submits (channel->player->simulator);
  self->n_charged = submits->len;
  self->n_at_once = 0;
  self->closest = G_MAXINT64;
  for (guint i = 0; i < submits->len; i++) {
    gint64 time = ((NanogptSimulatorSubmit *)submits->pdata[i])->time;
    guint n = 0;

    for (guint j = 0; j <= i; j++)
      n += ((NanogptSimulatorSubmit *)submits->pdata[j])->time > time - span;
    self->n_at_once = MAX (self->n_at_once, n);
    if (i > 0)
      self->closest = MIN (self->closest,
          time - ((NanogptSimulatorSubmit *)submits->pdata[i - 1])->time);
  }
  g_test_message ("%u new of %u charged, at most %u at once, %.2f s apart",
      self->n_new, self->n_charged, self->n_at_once,
      (double)self->closest / G_TIME_SPAN_SECOND);
}

/* Plays until @count new clips have begun. */
static void
buy (Bought *bought, const char *properties, double seconds, guint count)
{
  NanogptSimulatorOptions options;

  channel_options_init (&options);
  options.generation_time = seconds;
  bought->channel = channel_new_with (&options, NULL, properties);
  player_set_state (bought->channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (bought->channel, "new", count);
  count_bought (bought, bought->channel, seconds);
}

/* Clips of half a second take more than a second to make: three or four jobs
 * run at once, although eight may, and soon only new clips are seen. */
static void
test_fresh (void)
{
  Bought bought;
  g_autoptr (Channel) channel = NULL;
  g_auto (GStrv) origins = NULL;
  g_autofree char *all = NULL;
  guint n_other = 0;

  buy (&bought, "prompt=sea max-jobs=8", 1.2, 16);
  channel = bought.channel;
  all = channel_list_clips (channel, "origin");
  origins = g_strsplit (all, " ", -1);
  for (guint i = g_strv_length (origins) - 8; origins[i]; i++)
    n_other += !g_str_equal (origins[i], "new");
  g_test_message ("%s", all);
  if (!channel_keeps_pace ())
    return;
  g_assert_cmpuint (bought.n_at_once, >=, 3);
  g_assert_cmpuint (bought.n_at_once, <=, 5);
  g_assert_cmpuint (bought.n_charged - bought.n_new, <=, 2 + 5);
  g_assert_cmpuint (n_other, <=, 1);
}

/* Two jobs at once give as many new clips as they can: except for those two,
 * every clip that was paid for is seen at once. */
static void
test_not_fresh (void)
{
  Bought bought;
  g_autoptr (Channel) channel = NULL;

  buy (&bought, "prompt=sea max-jobs=2", 2, 6);
  channel = bought.channel;
  g_assert_cmpuint (bought.n_at_once, <=, 2);
  if (channel_keeps_pace ())
    g_assert_cmpuint (bought.n_charged - bought.n_new, <=, 3);
}

/* The hourly budget allows one clip of $0.09 each second. */
static void
test_thrifty (void)
{
  Bought bought;
  g_autoptr (Channel) channel = NULL;

  buy (&bought, "prompt=sea max-jobs=8 max-cost-per-hour=324", 1.2, 6);
  channel = bought.channel;
  g_assert_cmpuint (bought.n_at_once, <=, 2);
  g_assert_cmpint (bought.closest, >, (gint64)(0.9 * G_TIME_SPAN_SECOND));
  if (channel_keeps_pace ())
    g_assert_cmpuint (bought.n_charged - bought.n_new, <=, 3);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/channel-pace/blocked", test_blocked);
  g_test_add_func ("/channel-pace/one-blocked", test_one_blocked);
  g_test_add_func ("/channel-pace/picture-blocked", test_picture_blocked);
  g_test_add_func ("/channel-pace/blocking-sinks", test_blocking_sinks);
  g_test_add_func ("/channel-pace/drift", test_drift);
  g_test_add_func ("/channel-pace/fresh", test_fresh);
  g_test_add_func ("/channel-pace/not-fresh", test_not_fresh);
  g_test_add_func ("/channel-pace/thrifty", test_thrifty);
  return g_test_run ();
}
