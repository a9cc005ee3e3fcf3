/* nanovid: tests of nanovidchannel: where its prompts and their pictures come from
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/player.h"
#include "element/script.h"
#include "element/submits.h"
#include "fixture/env.h"
#include "fixture/media.h"

/* Prompts */

static void
end_prompts (Player *player)
{
  g_signal_emit_by_name (player->source, "end-prompts");
}

static void
test_script (void)
{
  g_autoptr (Player) player = script_new (
      "\xef\xbb\xbf# a script\n\none\n  {\"duration\": 10, \"seed\": 7} two \r\n"
      "  # no prompt\nthree",
      "max-jobs=1");
  g_autofree char *duration = NULL;

  player_run (player);
  script_assert_clips (player, "prompt", "one two three");
  script_assert_clips (player, "index", "0 1 2");
  script_assert_clips (player, "number", "0 1 2");
  script_assert_clips (player, "origin", "new new new");
  g_assert_cmpuint (script_count_charges (player), ==, 3);
  duration = submits_get_string (player->simulator, 1, "duration");
  g_assert_cmpstr (duration, ==, "10");
}

/* A line that cannot be used counts as a refused prompt. */
static void
test_bad_lines (void)
{
  g_autoptr (Player) player = script_new (
      "one\n{\"duration\": \n{\"duration\": -5} x\n{\"duration\": 5.5} x\n"
      "{\"api-key\": \"x\"} x\n{\"prompts-location\": \"x\"} x\n{\"model\": 5} x\n"
      "two",
      "on-error=skip max-failures=1");

  player_run (player);
  script_assert_clips (player, "prompt", "one two");
  script_assert_clips (player, "index", "0 7");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 6);
  g_assert_cmpuint (script_count_charges (player), ==, 2);
}

/* A new script takes effect with the next start, and begins with number 0. */
static void
test_other_script (void)
{
  g_autoptr (Player) player = script_new ("one\ntwo", "max-jobs=1");
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "other.txt", NULL);

  g_assert_true (g_file_set_contents (path, "three", -1, NULL));
  player_set_state (player, GST_STATE_PAUSED);
  script_wait_for_charges (player, 1);
  g_object_set (player->source, "prompts-location", path, NULL);
  player_run (player);
  script_assert_clips (player, "prompt", "one two");
  player_reset (player);
  player_run (player);
  script_assert_clips (player, "prompt", "three");
  script_assert_clips (player, "index", "0");
}

static void
test_no_script (void)
{
  g_autoptr (Player) player =
      script_new_channel ("prompts-location=/nonexistent/script.txt");

  script_run_to_error (player, "invalid-request");
}

/* Without other prompts, the property's prompt is played, once. */
static void
test_property (void)
{
  g_autoptr (Player) player = script_new_channel ("prompt=alone");

  player_run (player);
  script_assert_clips (player, "prompt", "alone");
  g_assert_cmpuint (script_count_charges (player), ==, 1);
}

/* Pushed prompts are kept until the start and come after the script; they end
 * when the application says so. */
static void
test_pushes (void)
{
  g_autoptr (Player) player = script_new ("one\ntwo", "max-jobs=1");
  g_autofree char *model = NULL;

  g_assert_cmpuint (script_push (player, "three", NULL), ==, 2);
  g_assert_cmpuint (script_push (player, "four",
                        gst_structure_new ("options", "model", G_TYPE_STRING,
                            "hunyuan-video", "seed", G_TYPE_INT, 3, NULL)),
      ==, 3);
  player_run (player);
  script_assert_clips (player, "prompt", "one two three four");
  script_assert_clips (player, "index", "0 1 2 3");
  model = submits_get_string (player->simulator, 3, "model");
  g_assert_cmpstr (model, ==, "hunyuan-video");
}

static void
test_pushes_alone (void)
{
  g_autoptr (Player) player = script_new_channel ("");

  player_set_state (player, GST_STATE_PLAYING);
  g_assert_cmpuint (script_push (player, "one", NULL), ==, 0);
  script_wait_for_charges (player, 1);
  g_assert_cmpuint (script_push (player, "two", NULL), ==, 1);
  end_prompts (player);
  g_assert_cmpuint (script_push (player, "three", NULL), ==, G_MAXUINT64);
  player_wait (player, GST_MESSAGE_EOS);
  script_assert_clips (player, "prompt", "one two");
}

static void
test_bounded_pushes (void)
{
  g_autoptr (Player) player = script_new_channel ("");

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (script_push (player, "x", NULL), ==, i);
  g_assert_cmpuint (script_push (player, "x", NULL), ==, G_MAXUINT64);
  g_assert_cmpuint (script_count_charges (player), ==, 0);
}

static GstSample *
create_picture (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (GstBuffer) buffer = NULL;
  char *data;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  buffer = gst_buffer_new_wrapped (data, size);
  return gst_sample_new (buffer, NULL, NULL, NULL);
}

static void
test_picture (void)
{
  g_autoptr (Player) player = script_new_channel ("");
  g_autoptr (GstSample) picture = create_picture ();
  g_autofree char *type = NULL;
  g_autoptr (GBytes) image = NULL;
  g_autofree char *prompt = NULL;

  script_push (player, "it waves",
      gst_structure_new ("options", "picture", GST_TYPE_SAMPLE, picture, NULL));
  end_prompts (player);
  player_run (player);
  image = submits_get_image (player->simulator, 0, &type);
  prompt = submits_get_string (player->simulator, 0, "prompt");
  g_assert_nonnull (image);
  g_assert_cmpstr (type, ==, "image/png");
  g_assert_cmpstr (prompt, ==, "it waves");
}

/* Called on its own thread, again after a second, until it ends the prompts. */
static char *
on_need_prompt (GstElement *channel, guint ready, gpointer data)
{
  gint *asked = data;

  g_assert_cmpuint (ready, <=, 6);
  switch (g_atomic_int_add (asked, 1)) {
    case 0:
      return g_strdup ("one");
    case 1:
      return NULL;
    case 2:
      return g_strdup ("two");
    default:
      g_signal_emit_by_name (channel, "end-prompts");
      return NULL;
  }
}

static void
test_need_prompt (void)
{
  g_autoptr (Player) player = script_new_channel ("prompt=unused");
  gint asked = 0;

  g_signal_connect (
      player->source, "need-prompt", G_CALLBACK (on_need_prompt), &asked);
  player_run (player);
  script_assert_clips (player, "prompt", "one two");
  g_assert_cmpint (g_atomic_int_get (&asked), ==, 4);
}

/* A handler that does not return blocks nothing. */
static char *
wait_for_flag (
    GstElement *channel G_GNUC_UNUSED, guint ready G_GNUC_UNUSED, gpointer data)
{
  gint *flag = data;

  g_atomic_int_set (flag, 1);
  while (g_atomic_int_get (flag) != 2)
    g_usleep (1000);
  g_atomic_int_set (flag, 3);
  return g_strdup ("late");
}

static void
test_slow_handler (void)
{
  g_autoptr (Player) player = script_new_channel ("");
  gint flag = 0;
  gint64 begin;

  g_signal_connect (
      player->source, "need-prompt", G_CALLBACK (wait_for_flag), &flag);
  player_set_state (player, GST_STATE_PLAYING);
  while (g_atomic_int_get (&flag) != 1)
    g_usleep (1000);
  begin = g_get_monotonic_time ();
  player_reset (player);
  g_assert_cmpint (g_get_monotonic_time () - begin, <,
      fixture_scaled (0.5) * G_USEC_PER_SEC);
  g_atomic_int_set (&flag, 2);
  while (g_atomic_int_get (&flag) != 3)
    g_usleep (1000);
  g_assert_cmpuint (script_count_charges (player), ==, 0);
}

/* Texts at the sink pad are prompts; EOS of the pad ends the film. */
static void
test_sink_pad (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "script.srt", NULL);
  g_autoptr (Player) player = NULL;
  static NanogptSimulatorOptions options;

  player_options_init (&options);
  options.media_file = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_assert_true (g_file_set_contents (path,
      "1\n00:00:00,000 --> 00:00:02,000\n<i>one</i>\n\n"
      "2\n00:00:02,000 --> 00:00:04,000\ntwo&three\n\n",
      -1, NULL));
  player = player_new (&options,
      "filesrc location=%s ! subparse ! text/x-raw,format=pango-markup ! " SCRIPT_CHANNEL
          SCRIPT_SINKS,
      path);
  player_run (player);
  script_assert_clips (player, "prompt", "one two&three");
  script_assert_clips (player, "index", "0 1");
}

/* A flush of the pad drops only what was not submitted. */
static void
test_flush (void)
{
  g_autofree char *clip = fixture_media_path (FIXTURE_MEDIA_MP4);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GstElement) input = NULL;
  GstFlowReturn flow;

  player_options_init (&options);
  options.media_file = clip;
  player = player_new (&options,
      "appsrc name=input format=time caps=text/x-raw,format=utf8 ! " SCRIPT_CHANNEL
      "ahead=0 max-jobs=1" SCRIPT_SINKS);
  script_add_fault (player, "submit#1:generation-time=1");
  input = gst_bin_get_by_name (GST_BIN (player->pipeline), "input");
  player_set_state (player, GST_STATE_PLAYING);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstBuffer) buffer =
        gst_buffer_new_wrapped (g_strdup_printf ("text %u", i), 6);

    g_signal_emit_by_name (input, "push-buffer", buffer, &flow);
  }
  script_wait_for_charges (player, 1);
  gst_element_send_event (input, gst_event_new_flush_start ());
  gst_element_send_event (input, gst_event_new_flush_stop (TRUE));
  g_signal_emit_by_name (input, "end-of-stream", &flow);
  player_wait (player, GST_MESSAGE_EOS);
  script_assert_clips (player, "prompt", "text 0");
  g_assert_cmpuint (script_count_charges (player), ==, 1);
}

static void
count_notification (GObject *object G_GNUC_UNUSED,
    GParamSpec *pspec G_GNUC_UNUSED, guint *count)
{
  g_atomic_int_inc (count);
}

static void
test_notify_job (void)
{
  g_autoptr (Player) player = script_new ("a", "");
  guint count = 0;

  g_signal_connect (
      player->source, "notify::job", G_CALLBACK (count_notification), &count);
  player_run (player);
  g_assert_cmpuint (g_atomic_int_get (&count), >=, 2);
}

/* Continuity */

static void
test_continuity (void)
{
  g_autoptr (Player) player = script_new ("a\nb\nc", "continuity=last-frame");
  g_autofree char *runs = NULL;

  player_run (player);
  script_assert_clips (player, "index", "0 1 2");
  runs = script_list_clips (player, "run-id");
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) image = submits_get_image (player->simulator, i, NULL);

    g_assert_true ((image != NULL) == (i > 0));
  }
  player_reset (player);
  player_run (player);
  script_assert_clips (player, "run-id", runs);
  g_assert_cmpuint (script_count_charges (player), ==, 3);
}

/* A prompt's own picture begins a new chain; after a failure, the chain
 * continues with the last good frame. */
static void
test_chains (void)
{
  g_autofree char *picture = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autofree char *lines =
      g_strdup_printf ("a\n{\"image-location\": \"%s\"} b\nc\nd", picture);
  g_autoptr (Player) player =
      script_new (lines, "continuity=last-frame on-error=skip max-jobs=1");
  g_autofree char *type = NULL;
  g_autoptr (GBytes) own = NULL;
  g_autoptr (GBytes) last = NULL;

  script_add_fault (player, "submit#3:states=IN_QUEUE/FAILED");
  player_run (player);
  script_assert_clips (player, "index", "0 1 3");
  own = submits_get_image (player->simulator, 1, &type);
  last = submits_get_image (player->simulator, 3, NULL);
  g_assert_cmpstr (type, ==, "image/png");
  g_assert_nonnull (last);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/channel/script", test_script);
  g_test_add_func ("/channel/bad-lines", test_bad_lines);
  g_test_add_func ("/channel/other-script", test_other_script);
  g_test_add_func ("/channel/no-script", test_no_script);
  g_test_add_func ("/channel/property", test_property);
  g_test_add_func ("/channel/pushes", test_pushes);
  g_test_add_func ("/channel/pushes-alone", test_pushes_alone);
  g_test_add_func ("/channel/bounded-pushes", test_bounded_pushes);
  g_test_add_func ("/channel/picture", test_picture);
  g_test_add_func ("/channel/need-prompt", test_need_prompt);
  g_test_add_func ("/channel/slow-handler", test_slow_handler);
  g_test_add_func ("/channel/sink-pad", test_sink_pad);
  g_test_add_func ("/channel/flush", test_flush);
  g_test_add_func ("/channel/notify-job", test_notify_job);
  g_test_add_func ("/channel/continuity", test_continuity);
  g_test_add_func ("/channel/chains", test_chains);
  return g_test_run ();
}
