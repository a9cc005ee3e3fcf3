/* nanovid: tests that nothing is paid for when the clip has nowhere to go
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

typedef struct
{
  const char *name;
  const char *line;
} Case;

#define SOURCE "nanovidsrc name=source prompt=x "
#define FRAME "videotestsrc num-buffers=1 ! "
#define STREAM FRAME "nanovidtransform name=source prompt=x "
#define CLIPS STREAM "mode=clips on-error=skip "

/* These lead nowhere, or to an element that takes no video file. */
static const Case refused[] = {
  { "unlinked", SOURCE },
  { "queue", SOURCE "! queue" },
  { "tee", SOURCE "! tee" },
  { "tee-of-queues", SOURCE "! tee name=t ! queue t. ! queue" },
  { "identity", SOURCE "! identity" },
  { "chain", SOURCE "! queue2 ! capsfilter caps=video/webm ! valve" },
  { "encoder", SOURCE "! x264enc ! fakesink" },
  { "converter", SOURCE "! queue ! videoconvert ! fakesink" },
  { "muxer", SOURCE "! matroskamux ! fakesink" },
  { "parser", SOURCE "! h264parse ! fakesink" },
  { "image-decoder", SOURCE "! jpegdec ! fakesink" },
  { "raw-filter", SOURCE "! capsfilter caps=video/x-raw ! fakesink" },
  { "appsink", SOURCE "! appsink caps=image/jpeg" },
  { "tee-of-encoder",
      SOURCE "! tee name=t ! fakesink t. ! x264enc ! fakesink" },
  { "run-id", SOURCE "run-id=vid_1" },
  { "stream/unlinked", STREAM },
  { "stream/queue", STREAM "! queue" },
  { "stream/encoder", STREAM "! x264enc ! fakesink" },
  { "clips/unlinked", CLIPS },
  { "clips/queue", CLIPS "! queue" },
  { "clips/encoder", CLIPS "! x264enc ! fakesink" },
};

/* The path may also end at an element that takes another type of file. */
static const Case taken[] = {
  { "fakesink", SOURCE "! fakesink" },
  { "queue", SOURCE "! queue ! fakesink" },
  { "tee", SOURCE "! tee name=t ! queue ! fakesink t. ! queue ! fakesink" },
  { "identity", SOURCE "! identity ! fakesink" },
  { "filter", SOURCE "! capsfilter caps=video/quicktime ! fakesink" },
  { "appsink", SOURCE "! appsink wait-on-eos=false caps=video/quicktime" },
  { "decodebin", SOURCE "! decodebin ! fakesink" },
  { "decodebin3", SOURCE "! identity ! decodebin3 ! fakesink" },
  { "parsebin", SOURCE "! parsebin ! fakesink" },
  { "demuxer", SOURCE "! qtdemux ! fakesink" },
  { "typefind", SOURCE "! typefind ! fakesink" },
  { "stream", STREAM "! queue ! fakesink" },
  { "clips", CLIPS "! tee ! queue ! fakesink" },
};

static Player *
create (const char *line)
{
  static char *media;
  NanogptSimulatorOptions options;

  if (!media)
    media = fixture_media_path (FIXTURE_MEDIA_MP4);
  player_options_init (&options);
  options.media_file = media;
  return player_new (&options, "%s", line);
}

static guint
count_requests (Player *player)
{
  return nanogpt_simulator_count_requests (
      player->simulator, NANOGPT_SIMULATOR_ANY);
}

static void
assert_refused (Player *player)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  player_wait (player, GST_MESSAGE_ERROR);
  player_set_state (player, GST_STATE_NULL);
  details = player_get_error (player, &error);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  g_assert_cmpuint (count_requests (player), ==, 0);
}

static void
test_refused (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Player) player = create (test->line);

  player_set_state (player, GST_STATE_PLAYING);
  assert_refused (player);
}

static void
test_taken (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Player) player = create (test->line);

  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* The service may return another type than the one that the peer asked for. */
static void
test_other_file (void)
{
  g_autoptr (Player) player =
      create (SOURCE "! capsfilter caps=video/webm ! fakesink");

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* Puts the source into a bin whose ghost pad is unlinked. */
static void
test_ghost_pad (void)
{
  g_autoptr (Player) player = create (SOURCE);
  GstElement *bin = gst_bin_new (NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");

  gst_bin_remove (GST_BIN (player->pipeline), player->source);
  gst_bin_add (GST_BIN (bin), player->source);
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", pad));
  gst_bin_add (GST_BIN (player->pipeline), bin);
  player_set_state (player, GST_STATE_PLAYING);
  assert_refused (player);
}

static void
push_picture (GstElement *appsrc)
{
  GstFlowReturn flow;
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (image);

  g_signal_emit_by_name (appsrc, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
  g_signal_emit_by_name (appsrc, "end-of-stream", &flow);
}

/* A pad that is linked before the input arrives is linked in time. */
static void
test_late_link (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Player) player = create (test->line);
  g_autoptr (GstElement) appsrc =
      gst_bin_get_by_name (GST_BIN (player->pipeline), "input");
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  player_set_state (player, GST_STATE_PLAYING);
  gst_bin_add (GST_BIN (player->pipeline), sink);
  g_assert_true (gst_element_sync_state_with_parent (sink));
  g_assert_true (gst_element_link (player->source, sink));
  push_picture (appsrc);
  player_wait (player, GST_MESSAGE_EOS);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* A sink that is not running takes no data: the source pauses, as any source
 * would, and continues after a flush. */
static void
test_flushing_peer (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a sink that does not run", 20);
  g_autoptr (Player) player = create (SOURCE "! queue ! fakesink name=sink");
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (player->pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");

  gst_element_set_locked_state (sink, TRUE);
  player_set_state (player, GST_STATE_PLAYING);
  while (gst_pad_get_task_state (pad) != GST_TASK_PAUSED)
    g_usleep (1000);
  g_assert_cmpuint (count_requests (player), ==, 0);

  gst_element_set_locked_state (sink, FALSE);
  g_assert_true (gst_element_sync_state_with_parent (sink));
  g_assert_true (gst_element_seek_simple (
      player->source, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH, 0));
  player_wait (player, GST_MESSAGE_EOS);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

static const Case late[] = {
  { "stream",
      "appsrc name=input caps=image/png ! nanovidtransform "
      "name=source prompt=x" },
  { "clips",
      "appsrc name=input caps=image/png ! nanovidtransform "
      "name=source prompt=x mode=clips" },
};

static void
add (const char *group, const Case *test, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/outlet/%s/%s", group, test->name);

  g_test_add_data_func (path, test, function);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    add ("refused", &refused[i], test_refused);
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    add ("taken", &taken[i], test_taken);
  for (guint i = 0; i < G_N_ELEMENTS (late); i++)
    add ("late-link", &late[i], test_late_link);
  g_test_add_func ("/outlet/other-file", test_other_file);
  g_test_add_func ("/outlet/ghost-pad", test_ghost_pad);
  g_test_add_func ("/outlet/flushing-peer", test_flushing_peer);
  return g_test_run ();
}
