/* nanovid: tests of nanovidchannel: how many jobs it buys, and how it fails and ends
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "element/script.h"
#include "fixture/env.h"

/* Money */

/* The number of submits is limited, whatever downstream does. */
static void
test_bound (void)
{
  g_autoptr (Player) player =
      script_new ("a\nb\nc\nd\ne\nf\ng\nh", "ahead=1 max-jobs=2");

  /* In PAUSED, the first clip has begun, and three more may have been submitted. */
  player_set_state (player, GST_STATE_PAUSED);
  script_wait_for_charges (player, 4);
  g_usleep (fixture_scaled (1) * G_USEC_PER_SEC);
  g_assert_cmpuint (script_count_charges (player), ==, 4);
  player_run (player);
  g_assert_cmpuint (script_count_charges (player), ==, 8);
  script_assert_clips (player, "index", "0 1 2 3 4 5 6 7");
}

static GstPadProbeReturn
hold (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info G_GNUC_UNUSED,
    gpointer data G_GNUC_UNUSED)
{
  return GST_PAD_PROBE_OK;
}

/* A blocked pad, pauses and refused seeks do not raise the limit. */
static void
test_bound_blocked (void)
{
  g_autoptr (Player) player =
      script_new ("a\nb\nc\nd\ne\nf\ng\nh", "ahead=1 max-jobs=2");
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (player->source, "video_src");
  gulong probe = gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, hold, NULL, NULL);

  player_set_state (player, GST_STATE_PLAYING);
  script_wait_for_charges (player, 3);
  for (guint i = 0; i < 10; i++) {
    player_set_state (player, i % 2 ? GST_STATE_PLAYING : GST_STATE_PAUSED);
    g_assert_false (gst_element_seek_simple (
        player->source, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, i * GST_SECOND));
    g_usleep (fixture_scaled (0.1) * G_USEC_PER_SEC);
  }
  g_assert_cmpuint (script_count_charges (player), <=, 4);
  gst_pad_remove_probe (pad, probe);
  player_run (player);
  g_assert_cmpuint (script_count_charges (player), ==, 8);
  script_assert_clips (player, "index", "0 1 2 3 4 5 6 7");
}

/* Each of several equal prompts has its own clip, which is played again. */
static void
test_again (void)
{
  g_autoptr (Player) player = script_new ("a\na\nb\na", "");
  g_autofree char *runs = NULL;

  player_run (player);
  runs = script_list_clips (player, "run-id");
  g_assert_cmpuint (script_count_charges (player), ==, 4);
  player_reset (player);
  player_run (player);
  script_assert_clips (player, "run-id", runs);
  g_assert_cmpuint (script_count_charges (player), ==, 4);
}

static void
forget (Player *player, guint64 index)
{
  g_signal_emit_by_name (player->source, "forget", index);
}

static void
test_forget (void)
{
  g_autoptr (Player) player = script_new ("a\na\nb", "");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_auto (GStrv) runs = NULL;
  g_auto (GStrv) again = NULL;

  player_run (player);
  first = script_list_clips (player, "run-id");
  forget (player, 1);
  player_reset (player);
  player_run (player);
  second = script_list_clips (player, "run-id");
  runs = g_strsplit (first, " ", -1);
  again = g_strsplit (second, " ", -1);
  g_assert_cmpstr (runs[0], ==, again[0]);
  g_assert_cmpstr (runs[1], !=, again[1]);
  g_assert_cmpstr (runs[2], ==, again[2]);

  player_reset (player);
  player_run (player);
  script_assert_clips (player, "run-id", second);
  g_assert_cmpuint (script_count_charges (player), ==, 4);

  forget (player, G_MAXUINT64);
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (script_count_charges (player), ==, 7);
}

/* Stopping takes effect at once, and nothing is lost or paid for twice. */
static void
test_stop (void)
{
  g_autoptr (Player) player = script_new ("a\nb\nc", "");
  gint64 begin;

  script_add_fault (player, "submit:generation-time=1");
  player_set_state (player, GST_STATE_PLAYING);
  script_wait_for_charges (player, 3);
  player_wait_job_state (player, "generating");
  begin = g_get_monotonic_time ();
  player_reset (player);
  g_assert_cmpint (g_get_monotonic_time () - begin, <,
      fixture_scaled (0.1) * G_USEC_PER_SEC);
  player_run (player);
  script_assert_clips (player, "index", "0 1 2");
  g_assert_cmpuint (script_count_charges (player), ==, 3);
}

static void
test_budget (void)
{
  g_autoptr (Player) player =
      script_new ("a\nb\nc\nd\ne", "max-total-cost=0.30 on-error=skip");

  script_run_to_error (player, "over-budget");
  script_assert_clips (player, "index", "0 1 2");
  g_assert_cmpuint (script_count_charges (player), ==, 3);
}

/* An element keeps its name while it is in a bin, so take it out first. */
static void
rename_source (Player *player, const char *name)
{
  g_autoptr (GstPad) video =
      gst_element_get_static_pad (player->source, "video_src");
  g_autoptr (GstPad) audio =
      gst_element_get_static_pad (player->source, "audio_src");
  g_autoptr (GstPad) video_peer = gst_pad_get_peer (video);
  g_autoptr (GstPad) audio_peer = gst_pad_get_peer (audio);
  GstBin *bin = GST_BIN (player->pipeline);

  gst_object_ref (player->source);
  g_assert_true (gst_bin_remove (bin, player->source));
  g_assert_true (gst_object_set_name (GST_OBJECT (player->source), name));
  g_assert_true (gst_bin_add (bin, player->source));
  gst_object_unref (player->source);
  g_assert_cmpint (gst_pad_link (video, video_peer), ==, GST_PAD_LINK_OK);
  g_assert_cmpint (gst_pad_link (audio, audio_peer), ==, GST_PAD_LINK_OK);
}

/* Charges under the element's name still count after a restart. */
static void
test_hourly_budget (void)
{
  g_autoptr (Player) player =
      script_new ("a\nb\nc\nd\ne", "max-cost-per-hour=0.30 on-error=skip");

  script_run_to_error (player, "over-budget");
  script_assert_clips (player, "index", "0 1 2");
  g_assert_cmpuint (script_count_charges (player), ==, 3);

  forget (player, 0);
  player_reset (player);
  script_run_to_error (player, "over-budget");
  g_assert_cmpuint (script_count_charges (player), ==, 3);

  /* Another name has its own budget. */
  player_reset (player);
  rename_source (player, "other");
  player_run (player);
  g_assert_cmpuint (script_count_charges (player), ==, 6);
}

/* Nothing is submitted when the clips have nowhere to go. */
static void
test_no_outlet (gconstpointer data)
{
  g_autoptr (Player) player =
      player_new (NULL, SCRIPT_CHANNEL "prompt=x %s", (const char *)data);

  script_run_to_error (player, "invalid-request");
  g_assert_cmpuint (script_count_charges (player), ==, 0);
}

static void
test_one_outlet (gconstpointer data)
{
  g_autoptr (Player) player =
      player_new (NULL, SCRIPT_CHANNEL "prompt=x %s", (const char *)data);

  player_run (player);
  script_assert_clips (player, "prompt", "x");
}

/* Failures */

static void
test_fail (void)
{
  g_autoptr (Player) player = script_new ("a\nb\nc\nd", "max-jobs=1");

  script_add_fault (player, "submit#2:states=IN_QUEUE/FAILED");
  script_run_to_error (player, "generation-failed");
  script_assert_clips (player, "index", "0");
  g_assert_cmpuint (script_count_charges (player), ==, 2);
}

static void
test_skip (void)
{
  g_autoptr (Player) player =
      script_new ("a\nb\nc\nd", "max-jobs=1 on-error=skip");

  script_add_fault (player, "submit#2:states=IN_QUEUE/FAILED");
  player_run (player);
  script_assert_clips (player, "index", "0 2 3");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 1);
}

/* Failures are counted in the order of play; a good clip in between resets the count. */
static void
test_max_failures (void)
{
  g_autoptr (Player) player = script_new (
      "a\nb\nc\nd\ne\nf\ng\nh", "max-jobs=1 on-error=skip max-failures=2");

  script_add_fault (player, "submit#2:states=IN_QUEUE/FAILED");
  script_add_fault (player, "submit#4-5:states=IN_QUEUE/FAILED");
  script_run_to_error (player, "generation-failed");
  script_assert_clips (player, "index", "0 2");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 2);
}

/* A clip that cannot be decoded counts as a failure. */
static void
test_not_decodable (void)
{
  g_autoptr (Player) player =
      script_new ("a\nb\nc", "max-jobs=1 on-error=skip");

  script_add_fault (player, "media#2:html");
  player_run (player);
  script_assert_clips (player, "index", "0 2");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), >=, 1);
}

/* Ending at once */

static void
test_application_eos (void)
{
  g_autoptr (Player) player = script_new ("a\nb", "");
  g_autofree char *progress = NULL;
  g_autofree char *texts = NULL;

  script_add_fault (player, "submit:generation-time=60");
  player_set_state (player, GST_STATE_PLAYING);
  script_wait_for_charges (player, 2);
  player_wait_job_state (player, "queued");
  gst_element_send_event (player->pipeline, gst_event_new_eos ());
  player_wait (player, GST_MESSAGE_EOS);
  progress = player_get_progress (player);
  g_assert_true (g_str_has_suffix (progress, "canceled"));
  texts = player_get_progress_texts (player);
  g_assert_nonnull (strstr (texts, "nanovid-jobs collect"));
  g_assert_null (strstr (texts, "run-id="));
  g_assert_cmpuint (player_count (player, GST_MESSAGE_ERROR), ==, 0);
}

/* EOS from downstream ends the film, and nothing more is submitted. */
static void
test_downstream_eos (void)
{
  g_autoptr (Player) player = player_new (NULL,
      SCRIPT_CHANNEL "source.video_src ! identity eos-after=5 ! fakesink "
                     "source.audio_src ! identity eos-after=5 ! fakesink");

  script_push (player, "a", NULL);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_EOS);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_ERROR), ==, 0);
  g_assert_cmpuint (script_push (player, "b", NULL), ==, G_MAXUINT64);
  g_assert_cmpuint (script_count_charges (player), ==, 1);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/channel/bound", test_bound);
  g_test_add_func ("/channel/bound/blocked", test_bound_blocked);
  g_test_add_func ("/channel/again", test_again);
  g_test_add_func ("/channel/forget", test_forget);
  g_test_add_func ("/channel/stop", test_stop);
  g_test_add_func ("/channel/budget", test_budget);
  g_test_add_func ("/channel/hourly-budget", test_hourly_budget);
  g_test_add_data_func ("/channel/no-outlet", "", test_no_outlet);
  g_test_add_data_func ("/channel/unfit-outlet",
      "source.video_src ! capsfilter caps=video/x-raw,width=100 ! fakesink",
      test_no_outlet);
  g_test_add_data_func (
      "/channel/only-picture", "source.video_src ! fakesink", test_one_outlet);
  g_test_add_data_func (
      "/channel/only-sound", "source.audio_src ! fakesink", test_one_outlet);
  g_test_add_func ("/channel/fail", test_fail);
  g_test_add_func ("/channel/skip", test_skip);
  g_test_add_func ("/channel/max-failures", test_max_failures);
  g_test_add_func ("/channel/not-decodable", test_not_decodable);
  g_test_add_func ("/channel/application-eos", test_application_eos);
  g_test_add_func ("/channel/downstream-eos", test_downstream_eos);
  return g_test_run ();
}
