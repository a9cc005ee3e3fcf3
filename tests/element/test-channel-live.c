/* nanovid: tests of nanovidchannel with live=true, a channel that never stalls
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <unistd.h>

#include "element/channel.h"
#include "fixture/env.h"
#include "fixture/watchdog.h"

/* The service */

/* The service is dead, then failing, then slow: there is always something to see. */
static void
test_outage (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea retries=0 "
                                             "http-timeout=2 max-failures=2");

  channel_set_speed (channel, 600);
  channel_add_fault (channel, "any#1-12:refuse");
  channel_play (channel, 1);
  g_assert_cmpuint (channel_count_clips (channel, "new"), ==, 0);
  g_assert_cmpuint (channel_count_clips (channel, "slate"), ==, 1);
  channel_wait_for_clips (channel, "new", 2);
  nanogpt_simulator_clear_faults (channel->player->simulator);
  channel_add_fault (channel, "submit:status=401");
  channel_wait_for_clips (channel, "replay", 4);
  nanogpt_simulator_clear_faults (channel->player->simulator);
  channel_add_fault (channel, "any:delay=700");
  channel_wait_for_clips (
      channel, "new", channel_count_clips (channel, "new") + 2);
  g_assert_cmpuint (channel->video.n_eos, ==, 0);
  g_assert_cmpuint (channel_get_stat (channel, "clips-failed"), >=, 2);
  channel_check (channel);
}

/* The service is back soon after the start, and so is the channel, which does
 * not even know what a clip costs. */
static void
test_late_service (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea retries=0");

  channel_add_fault (channel, "any#1-2:refuse");
  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "new", 1);
  channel_check (channel);
}

/* The outcome of a submit stays unknown: that clip is lost, and others follow. */
static void
test_lost_submit (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Channel) channel = NULL;

  channel_options_init (&options);
  options.no_recover = TRUE;
  channel = channel_new_with (&options, NULL, "prompt=sea");
  channel_add_fault (channel, "submit#1:reply-drop");
  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "new", 2);
  g_assert_cmpuint (channel_get_stat (channel, "clips-failed"), ==, 1);
}

/* After max-failures failures in a row, the channel tries once every ten minutes. */
static void
test_pause (void)
{
  const double pause = 2;
  g_autoptr (Channel) channel =
      channel_new ("prompt=sea retries=0 max-failures=2");
  NanogptSimulator *simulator = channel->player->simulator;
  gint64 start;

  channel_set_speed (channel, 600 / pause);
  channel_add_fault (channel, "submit:status=401");
  player_set_state (channel->player, GST_STATE_PLAYING);
  g_assert_true (nanogpt_simulator_wait_requests (
      simulator, NANOGPT_SIMULATOR_SUBMIT, 2, fixture_scaled (10) * 1000));
  start = g_get_monotonic_time ();
  for (guint i = 1; i <= 3; i++) {
    g_assert_true (nanogpt_simulator_wait_requests (simulator,
        NANOGPT_SIMULATOR_SUBMIT, 2 + i, fixture_scaled (pause + 10) * 1000));
    g_assert_cmpint (g_get_monotonic_time () - start, >,
        (gint64)((i * pause - 0.5) * G_TIME_SPAN_SECOND));
  }
  nanogpt_simulator_clear_faults (simulator);
  channel_wait_for_clips (channel, "new", 2);
}

/* The same request is submitted again and again: each gives a new clip. */
static void
test_always_new (void)
{
  g_autofree char *cache = fixture_make_dir ();
  g_autofree char *properties =
      g_strdup_printf ("prompt=sea replay=false cache-dir=%s", cache);
  g_autoptr (Channel) channel = channel_new (properties);
  g_autofree char *origins = NULL;

  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "new", 3);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (channel->player->simulator), >=, 3);
  g_assert_cmpuint (channel_count_clips (channel, "replay"), ==, 0);
  /* The first pad to reach a clip posts its message; the other has no tags yet. */
  g_assert_cmpuint (MAX (channel->video.n_tags, channel->audio.n_tags), >=, 3);
  channel_check (channel);
}

/* A channel submits only from PLAYING on. */
static void
test_paused (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");
  GstStateChangeReturn result =
      gst_element_set_state (channel->player->pipeline, GST_STATE_PAUSED);

  g_assert_cmpint (result, ==, GST_STATE_CHANGE_NO_PREROLL);
  g_assert_false (nanogpt_simulator_wait_requests (
      channel->player->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 300));
  g_assert_cmpuint (channel->video.n_buffers, ==, 0);
  channel_play (channel, 1);
  player_set_state (channel->player, GST_STATE_PAUSED);
  g_usleep (fixture_scaled (1.5) * G_USEC_PER_SEC);
  channel_play (channel, 2);
  /* Running time stood still as well, so nothing is missing. */
  player_set_state (channel->player, GST_STATE_NULL);
  if (channel_keeps_pace ())
    g_assert_cmpuint (channel->video.n_disconts, ==, 1);
}

/* What is shown */

/* Whatever was played while there were fewer clips, each is replayed in turn. */
static void
check_order (char **prompts)
{
  guint n = g_strv_length (prompts);

  for (guint i = n - 6; i < n; i++) {
    g_assert_cmpstr (prompts[i], ==, prompts[i - 3]);
    g_assert_cmpstr (prompts[i], !=, prompts[i - 1]);
    g_assert_cmpstr (prompts[i], !=, prompts[i - 2]);
  }
}

static void
test_replay_order (void)
{
  g_autoptr (Channel) channel = channel_new ("");
  const char *words[] = { "one", "two", "three" };
  g_auto (GStrv) prompts = NULL;
  g_autofree char *all = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    guint64 number;

    g_signal_emit_by_name (
        channel->player->source, "push-prompt", words[i], NULL, &number);
    g_assert_cmpuint (number, ==, i);
  }
  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "new", 3);
  channel_wait_for_clips (
      channel, "replay", channel_count_clips (channel, "replay") + 9);
  all = channel_list_clips (channel, "prompt");
  g_test_message ("%s", all);
  prompts = g_strsplit (all, " ", -1);
  check_order (prompts);
  channel_check (channel);
}

/* The user's own files are played from the start, while the service is dead. */
static void
test_fillers (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = channel_get_clip ();
  g_autofree char *properties =
      g_strdup_printf ("prompt=sea retries=0 keep=0 replay-location=%s", dir);
  g_autoptr (Channel) channel = channel_new (properties);

  for (guint i = 0; i < 2; i++) {
    g_autofree char *link = g_strdup_printf ("%s/%u.mkv", dir, i);

    g_assert_cmpint (symlink (path, link), ==, 0);
  }
  channel_add_fault (channel, "any:refuse");
  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "replay", 4);
  g_assert_cmpuint (channel_get_stat (channel, "clips-replayed"), >=, 4);
  channel_check (channel);
}

/* A white slate of another shape is always visible, with borders. */
static void
test_slate (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *line = g_strdup_printf (
      "videotestsrc num-buffers=1 pattern=white ! "
      "video/x-raw,width=50,height=100 ! pngenc ! filesink location=%s/s.png",
      dir);
  g_autofree char *properties =
      g_strdup_printf ("retries=0 slate-location=%s/s.png", dir);
  g_autoptr (GstElement) maker = gst_parse_launch (line, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (maker);
  g_autoptr (Channel) channel = channel_new (properties);

  gst_element_set_state (maker, GST_STATE_PLAYING);
  gst_message_unref (gst_bus_timed_pop_filtered (
      bus, 10 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_element_set_state (maker, GST_STATE_NULL);
  channel_play (channel, 1);
  channel_check (channel);
  for (guint i = 0; i < channel->video.lumas->len; i++)
    g_assert_cmpuint (g_array_index (channel->video.lumas, guint8, i), >, 200);
}

/* Without a slate, the channel shows black, and later the last frame. */
static void
test_hold (void)
{
  g_autoptr (Channel) channel = channel_new ("replay=false");
  guint64 number;

  channel_play (channel, 0.5);
  g_assert_cmpuint (g_array_index (channel->video.lumas, guint8, 3), <=, 16);
  g_signal_emit_by_name (
      channel->player->source, "push-prompt", "one", NULL, &number);
  channel_wait_for_clips (channel, "slate", 2);
  channel_check (channel);
  g_assert_cmpuint (channel_get_stat (channel, "clips-new"), ==, 1);
}

/* What the application sees */

static void
test_stats (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");
  GstClockTime sum;

  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "new", 2);
  gst_element_send_event (channel->player->pipeline, gst_event_new_eos ());
  player_wait (channel->player, GST_MESSAGE_EOS);
  sum = channel_get_stat (channel, "time-new")
      + channel_get_stat (channel, "time-replayed")
      + channel_get_stat (channel, "time-slate");
  g_assert_cmpuint (sum, ==, channel->video.pushed);
  g_assert_cmpuint (channel_get_stat (channel, "clips-new"), ==,
      channel_count_clips (channel, "new"));
  g_assert_cmpuint (channel_get_stat (channel, "clips-replayed"), ==,
      channel_count_clips (channel, "replay"));
  channel_check (channel);
}

static void
test_latency (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (channel->player->source, "audio_src");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live;

  player_set_state (channel->player, GST_STATE_PLAYING);
  g_assert_true (gst_pad_query (pad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  g_assert_true (live);
  g_assert_cmpuint (min, ==, CHANNEL_FRAME);
  g_assert_cmpuint (max, >=, GST_SECOND);
}

/* Money */

static void
expect_refusal (const char *line)
{
  g_autoptr (Player) player = player_new (NULL, "%s", line);
  GstStateChangeReturn result =
      gst_element_set_state (player->pipeline, GST_STATE_PLAYING);
  const GstStructure *details;

  if (result != GST_STATE_CHANGE_FAILURE)
    player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 0);
}

static void
test_no_budget (void)
{
  expect_refusal (
      "nanovidchannel name=source live=true prompt=sea" CHANNEL_SINKS);
}

static void
test_nowhere (void)
{
  expect_refusal (
      "nanovidchannel name=source live=true max-cost-per-hour=1 prompt=sea");
}

/* With one dollar an hour and 0.4 for a clip, there are at most two clips, also
 * after a restart, and the second one is not submitted at once. */
static void
test_hour (void)
{
  NanogptSimulatorOptions options;
  g_autofree char *state_dir = fixture_make_dir ();
  g_autofree char *properties = g_strdup_printf (
      "prompt=sea max-cost-per-hour=1 state-dir=%s", state_dir);
  g_autoptr (Channel) channel = NULL;

  channel_options_init (&options);
  options.price = 0.4;
  channel = channel_new_with (&options, NULL, properties);
  player_set_state (channel->player, GST_STATE_PLAYING);
  g_assert_true (nanogpt_simulator_wait_charges (
      channel->player->simulator, 1, fixture_scaled (10) * 1000));
  channel_play (channel, 3);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (channel->player->simulator), ==, 1);
  for (guint i = 0; i < 3; i++) {
    player_set_state (channel->player, GST_STATE_NULL);
    channel->video.end = channel->audio.end = 0;
    channel_play (channel, 2);
  }
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (channel->player->simulator), ==, 2);
  g_assert_cmpuint (channel_count_clips (channel, "new"), ==, 2);
  g_assert_cmpuint (player_count (channel->player, GST_MESSAGE_ERROR), ==, 0);
}

/* A larger budget need not wait until the hour of the smaller one is over. */
static void
test_more_budget (void)
{
  g_autoptr (Channel) channel =
      channel_new ("prompt=sea max-cost-per-hour=0.2");
  NanogptSimulator *simulator = channel->player->simulator;

  player_set_state (channel->player, GST_STATE_PLAYING);
  channel_wait_for_clips (channel, "replay", 1);
  g_assert_cmpuint (nanogpt_simulator_count_charges (simulator), ==, 1);
  g_object_set (channel->player->source, "max-cost-per-hour", 1000.0, NULL);
  channel_wait_for_clips (channel, "new", 2);
}

/* A film fails when it is over budget; it does not wait. */
static void
test_film_over_budget (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  const GstStructure *details;

  channel_options_init (&options);
  options.price = 0.4;
  player = player_new (&options,
      "nanovidchannel name=source max-cost-per-hour=1 " CHANNEL_SINKS);
  for (guint i = 0; i < 3; i++) {
    guint64 number;

    g_signal_emit_by_name (player->source, "push-prompt", "sea", NULL, &number);
  }
  g_signal_emit_by_name (player->source, "end-prompts");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "over-budget");
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 2);
}

#define PICTURE                                                                \
  " source.video_src ! queue name=queue ! fakesink name=picture async=false"

#define SOUND                                                                  \
  " source.audio_src ! queue name=sounds ! fakesink name=sound async=false"

static void
unlink_pad (Channel *channel, const char *pad, const char *name)
{
  g_autoptr (GstElement) queue =
      gst_bin_get_by_name (GST_BIN (channel->player->pipeline), name);

  gst_element_unlink_pads (channel->player->source, pad, queue, "sink");
}

static void
link_pad (Channel *channel, const char *pad, const char *name)
{
  g_autoptr (GstElement) queue =
      gst_bin_get_by_name (GST_BIN (channel->player->pipeline), name);

  g_assert_true (
      gst_element_link_pads (channel->player->source, pad, queue, "sink"));
}

static GstPadProbeReturn
count_buffer (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info G_GNUC_UNUSED,
    gpointer count)
{
  g_atomic_int_inc ((int *)count);
  return GST_PAD_PROBE_OK;
}

/* Waits until something has arrived. */
static void
await_buffers (Channel *channel, const char *name)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (name, 20);
  g_autoptr (GstElement) queue =
      gst_bin_get_by_name (GST_BIN (channel->player->pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (queue, "sink");
  int *count = g_new0 (int, 1);
  gulong probe = gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, count_buffer, count, g_free);

  while (g_atomic_int_get (count) < 10)
    g_usleep (1000);
  gst_pad_remove_probe (pad, probe);
}

/* The only pad that is linked, or both, are unlinked for a while, and linked again
 * one after the other. */
static void
test_relinked (gconstpointer sinks)
{
  g_autoptr (Channel) channel = channel_new_with (NULL, sinks, "prompt=sea");
  gboolean both = g_str_has_suffix (sinks, SOUND);

  player_set_state (channel->player, GST_STATE_PLAYING);
  await_buffers (channel, "queue");
  unlink_pad (channel, "video_src", "queue");
  if (both)
    unlink_pad (channel, "audio_src", "sounds");
  /* Several frames have nowhere to go. */
  g_usleep (fixture_scaled (0.3) * G_USEC_PER_SEC);
  if (both) {
    link_pad (channel, "audio_src", "sounds");
    await_buffers (channel, "sounds");
  }
  link_pad (channel, "video_src", "queue");
  await_buffers (channel, "queue");
  g_assert_cmpuint (channel->video.n_eos, ==, 0);
}

/* Without a consumer that takes them, no more clips are bought than are kept ready:
 * in this time, ten would have been played. */
static void
test_only_picture_blocked (void)
{
  g_autoptr (Channel) channel = channel_new_with (NULL, PICTURE, "prompt=sea");
  guint n_charges;

  player_set_state (channel->player, GST_STATE_PLAYING);
  track_wait (&channel->video, 1);
  track_set_blocked (&channel->video, TRUE);
  n_charges = nanogpt_simulator_count_charges (channel->player->simulator);
  g_usleep (5 * G_USEC_PER_SEC);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (channel->player->simulator), <=,
      n_charges + 7);
  track_set_blocked (&channel->video, FALSE);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/channel-live/outage", test_outage);
  g_test_add_func ("/channel-live/late-service", test_late_service);
  g_test_add_func ("/channel-live/lost-submit", test_lost_submit);
  g_test_add_func ("/channel-live/pause", test_pause);
  g_test_add_func ("/channel-live/always-new", test_always_new);
  g_test_add_func ("/channel-live/paused", test_paused);
  g_test_add_func ("/channel-live/replay-order", test_replay_order);
  g_test_add_func ("/channel-live/fillers", test_fillers);
  g_test_add_func ("/channel-live/slate", test_slate);
  g_test_add_func ("/channel-live/hold", test_hold);
  g_test_add_func ("/channel-live/stats", test_stats);
  g_test_add_func ("/channel-live/latency", test_latency);
  g_test_add_func ("/channel-live/no-budget", test_no_budget);
  g_test_add_func ("/channel-live/nowhere", test_nowhere);
  g_test_add_data_func ("/channel-live/relinked/one", PICTURE, test_relinked);
  g_test_add_data_func (
      "/channel-live/relinked/both", PICTURE SOUND, test_relinked);
  g_test_add_func (
      "/channel-live/only-picture-blocked", test_only_picture_blocked);
  g_test_add_func ("/channel-live/hour", test_hour);
  g_test_add_func ("/channel-live/more-budget", test_more_budget);
  g_test_add_func ("/channel-live/film-over-budget", test_film_over_budget);
  return g_test_run ();
}
