/* nanovid: tests of nanovidchannel, a film from prompts
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "element/submits.h"
#include "fixture/env.h"
#include "fixture/media.h"

#define CHANNEL                                                                \
  "nanovidchannel name=source video-caps=\"video/x-raw,format=I420,width=64,"  \
  "height=48,framerate=25/1,pixel-aspect-ratio=1/1\" "
#define SINKS                                                                  \
  " source.video_src ! queue ! fakesink name=picture"                          \
  " source.audio_src ! queue ! fakesink name=sound"

static Player *
player_new_channel (const char *properties)
{
  static NanogptSimulatorOptions options;

  if (!options.media_file) {
    player_options_init (&options);
    options.media_file = fixture_media_path (FIXTURE_MEDIA_MP4);
  }
  return player_new (&options, CHANNEL "%s" SINKS, properties);
}

/* @lines: the prompts */
static Player *
player_new_script (const char *lines, const char *properties)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "script.txt", NULL);
  g_autofree char *all =
      g_strdup_printf ("prompts-location=%s %s", path, properties);

  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
  return player_new_channel (all);
}

static void
add_fault (Player *player, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (player->simulator, rule, &error);
  g_assert_no_error (error);
}

static guint
count_charges (Player *player)
{
  return nanogpt_simulator_count_charges (player->simulator);
}

static void
append_field (GString *text, const GstStructure *structure, const char *name)
{
  g_autofree char *value = NULL;
  guint64 number;

  if (gst_structure_get_uint64 (structure, name, &number))
    value = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  else
    value = g_strdup (gst_structure_get_string (structure, name));
  g_string_append_printf (
      text, "%s%s", text->len > 0 ? " " : "", value ? value : "none");
}

/* Returns: (transfer full): a field of all clips that have begun */
static char *
list_clips (Player *player, const char *field)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_mutex_lock (&player->lock);
  for (guint i = 0; i < player->messages->len; i++) {
    const GstStructure *structure =
        gst_message_get_structure (player->messages->pdata[i]);

    if (structure && gst_structure_has_name (structure, "nanovid-clip"))
      append_field (text, structure, field);
  }
  g_mutex_unlock (&player->lock);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_clips (Player *player, const char *field, const char *expected)
{
  g_autofree char *found = list_clips (player, field);

  g_assert_cmpstr (found, ==, expected);
}

static void
wait_for_charges (Player *player, guint count)
{
  g_assert_true (nanogpt_simulator_wait_charges (
      player->simulator, count, fixture_scaled (10) * 1000));
}

static guint64
push (Player *player, const char *prompt, GstStructure *options)
{
  guint64 number = 0;

  g_signal_emit_by_name (
      player->source, "push-prompt", prompt, options, &number);
  if (options)
    gst_structure_free (options);
  return number;
}

static void
end_prompts (Player *player)
{
  g_signal_emit_by_name (player->source, "end-prompts");
}

/* Plays the film, which ends with an error after its clips. */
static void
run_to_error (Player *player, const char *reason)
{
  const GstStructure *details;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
}

/* Prompts */

static void
test_script (void)
{
  g_autoptr (Player) player = player_new_script (
      "\xef\xbb\xbf# a script\n\none\n  {\"duration\": 10, \"seed\": 7} two \r\n"
      "  # no prompt\nthree",
      "max-jobs=1");
  g_autofree char *duration = NULL;

  player_run (player);
  assert_clips (player, "prompt", "one two three");
  assert_clips (player, "index", "0 1 2");
  assert_clips (player, "number", "0 1 2");
  assert_clips (player, "origin", "new new new");
  g_assert_cmpuint (count_charges (player), ==, 3);
  duration = submits_get_string (player->simulator, 1, "duration");
  g_assert_cmpstr (duration, ==, "10");
}

/* A line that cannot be used counts as a refused prompt. */
static void
test_bad_lines (void)
{
  g_autoptr (Player) player = player_new_script (
      "one\n{\"duration\": \n{\"duration\": -5} x\n{\"duration\": 5.5} x\n"
      "{\"api-key\": \"x\"} x\n{\"prompts-location\": \"x\"} x\n{\"model\": 5} x\n"
      "two",
      "on-error=skip max-failures=1");

  player_run (player);
  assert_clips (player, "prompt", "one two");
  assert_clips (player, "index", "0 7");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 6);
  g_assert_cmpuint (count_charges (player), ==, 2);
}

/* A new script takes effect with the next start, and begins with number 0. */
static void
test_other_script (void)
{
  g_autoptr (Player) player = player_new_script ("one\ntwo", "max-jobs=1");
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "other.txt", NULL);

  g_assert_true (g_file_set_contents (path, "three", -1, NULL));
  player_set_state (player, GST_STATE_PAUSED);
  wait_for_charges (player, 1);
  g_object_set (player->source, "prompts-location", path, NULL);
  player_run (player);
  assert_clips (player, "prompt", "one two");
  player_reset (player);
  player_run (player);
  assert_clips (player, "prompt", "three");
  assert_clips (player, "index", "0");
}

static void
test_no_script (void)
{
  g_autoptr (Player) player =
      player_new_channel ("prompts-location=/nonexistent/script.txt");

  run_to_error (player, "invalid-request");
}

/* Without other prompts, the property's prompt is played, once. */
static void
test_property (void)
{
  g_autoptr (Player) player = player_new_channel ("prompt=alone");

  player_run (player);
  assert_clips (player, "prompt", "alone");
  g_assert_cmpuint (count_charges (player), ==, 1);
}

/* Pushed prompts are kept until the start and come after the script; they end
 * when the application says so. */
static void
test_pushes (void)
{
  g_autoptr (Player) player = player_new_script ("one\ntwo", "max-jobs=1");
  g_autofree char *model = NULL;

  g_assert_cmpuint (push (player, "three", NULL), ==, 2);
  g_assert_cmpuint (push (player, "four",
                        gst_structure_new ("options", "model", G_TYPE_STRING,
                            "hunyuan-video", "seed", G_TYPE_INT, 3, NULL)),
      ==, 3);
  player_run (player);
  assert_clips (player, "prompt", "one two three four");
  assert_clips (player, "index", "0 1 2 3");
  model = submits_get_string (player->simulator, 3, "model");
  g_assert_cmpstr (model, ==, "hunyuan-video");
}

static void
test_pushes_alone (void)
{
  g_autoptr (Player) player = player_new_channel ("");

  player_set_state (player, GST_STATE_PLAYING);
  g_assert_cmpuint (push (player, "one", NULL), ==, 0);
  wait_for_charges (player, 1);
  g_assert_cmpuint (push (player, "two", NULL), ==, 1);
  end_prompts (player);
  g_assert_cmpuint (push (player, "three", NULL), ==, G_MAXUINT64);
  player_wait (player, GST_MESSAGE_EOS);
  assert_clips (player, "prompt", "one two");
}

static void
test_bounded_pushes (void)
{
  g_autoptr (Player) player = player_new_channel ("");

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (push (player, "x", NULL), ==, i);
  g_assert_cmpuint (push (player, "x", NULL), ==, G_MAXUINT64);
  g_assert_cmpuint (count_charges (player), ==, 0);
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
  g_autoptr (Player) player = player_new_channel ("");
  g_autoptr (GstSample) picture = create_picture ();
  g_autofree char *type = NULL;
  g_autoptr (GBytes) image = NULL;
  g_autofree char *prompt = NULL;

  push (player, "it waves",
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
  g_autoptr (Player) player = player_new_channel ("prompt=unused");
  gint asked = 0;

  g_signal_connect (
      player->source, "need-prompt", G_CALLBACK (on_need_prompt), &asked);
  player_run (player);
  assert_clips (player, "prompt", "one two");
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
  g_autoptr (Player) player = player_new_channel ("");
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
      fixture_scaled (0.1) * G_USEC_PER_SEC);
  g_atomic_int_set (&flag, 2);
  while (g_atomic_int_get (&flag) != 3)
    g_usleep (1000);
  g_assert_cmpuint (count_charges (player), ==, 0);
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
      "1\n00:00:00,000 --> 00:00:02,000\none\n\n"
      "2\n00:00:02,000 --> 00:00:04,000\ntwo\n\n",
      -1, NULL));
  player = player_new (
      &options, "filesrc location=%s ! subparse ! " CHANNEL SINKS, path);
  player_run (player);
  assert_clips (player, "prompt", "one two");
  assert_clips (player, "index", "0 1");
}

/* A flush of the pad drops only what was not submitted. */
static void
test_flush (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GstElement) input = NULL;
  GstFlowReturn flow;

  player_options_init (&options);
  options.media_file = fixture_media_path (FIXTURE_MEDIA_MP4);
  player = player_new (&options,
      "appsrc name=input format=time caps=text/x-raw,format=utf8 ! " CHANNEL
      "ahead=0 max-jobs=1" SINKS);
  add_fault (player, "submit#1:generation-time=1");
  input = gst_bin_get_by_name (GST_BIN (player->pipeline), "input");
  player_set_state (player, GST_STATE_PLAYING);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstBuffer) buffer =
        gst_buffer_new_wrapped (g_strdup_printf ("text %u", i), 6);

    g_signal_emit_by_name (input, "push-buffer", buffer, &flow);
  }
  wait_for_charges (player, 1);
  gst_element_send_event (input, gst_event_new_flush_start ());
  gst_element_send_event (input, gst_event_new_flush_stop (TRUE));
  g_signal_emit_by_name (input, "end-of-stream", &flow);
  player_wait (player, GST_MESSAGE_EOS);
  assert_clips (player, "prompt", "text 0");
  g_assert_cmpuint (count_charges (player), ==, 1);
}

/* Money */

/* The number of submits is limited, whatever downstream does. */
static void
test_bound (void)
{
  g_autoptr (Player) player =
      player_new_script ("a\nb\nc\nd\ne\nf\ng\nh", "ahead=1 max-jobs=2");

  /* In PAUSED, the first clip has begun, and three more may have been submitted. */
  player_set_state (player, GST_STATE_PAUSED);
  wait_for_charges (player, 4);
  g_usleep (fixture_scaled (1) * G_USEC_PER_SEC);
  g_assert_cmpuint (count_charges (player), ==, 4);
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 8);
  assert_clips (player, "index", "0 1 2 3 4 5 6 7");
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
      player_new_script ("a\nb\nc\nd\ne\nf\ng\nh", "ahead=1 max-jobs=2");
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (player->source, "video_src");
  gulong probe = gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, hold, NULL, NULL);

  player_set_state (player, GST_STATE_PLAYING);
  wait_for_charges (player, 3);
  for (guint i = 0; i < 10; i++) {
    player_set_state (player, i % 2 ? GST_STATE_PLAYING : GST_STATE_PAUSED);
    g_assert_false (gst_element_seek_simple (
        player->source, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, i * GST_SECOND));
    g_usleep (fixture_scaled (0.1) * G_USEC_PER_SEC);
  }
  g_assert_cmpuint (count_charges (player), <=, 4);
  gst_pad_remove_probe (pad, probe);
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 8);
  assert_clips (player, "index", "0 1 2 3 4 5 6 7");
}

/* Each of several equal prompts has its own clip, which is played again. */
static void
test_again (void)
{
  g_autoptr (Player) player = player_new_script ("a\na\nb\na", "");
  g_autofree char *runs = NULL;

  player_run (player);
  runs = list_clips (player, "run-id");
  g_assert_cmpuint (count_charges (player), ==, 4);
  player_reset (player);
  player_run (player);
  assert_clips (player, "run-id", runs);
  g_assert_cmpuint (count_charges (player), ==, 4);
}

static void
forget (Player *player, guint64 index)
{
  g_signal_emit_by_name (player->source, "forget", index);
}

static void
test_forget (void)
{
  g_autoptr (Player) player = player_new_script ("a\na\nb", "");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_auto (GStrv) runs = NULL;
  g_auto (GStrv) again = NULL;

  player_run (player);
  first = list_clips (player, "run-id");
  forget (player, 1);
  player_reset (player);
  player_run (player);
  second = list_clips (player, "run-id");
  runs = g_strsplit (first, " ", -1);
  again = g_strsplit (second, " ", -1);
  g_assert_cmpstr (runs[0], ==, again[0]);
  g_assert_cmpstr (runs[1], !=, again[1]);
  g_assert_cmpstr (runs[2], ==, again[2]);

  player_reset (player);
  player_run (player);
  assert_clips (player, "run-id", second);
  g_assert_cmpuint (count_charges (player), ==, 4);

  forget (player, G_MAXUINT64);
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 7);
}

/* Stopping takes effect at once, and nothing is lost or paid for twice. */
static void
test_stop (void)
{
  g_autoptr (Player) player = player_new_script ("a\nb\nc", "");
  gint64 begin;

  add_fault (player, "submit:generation-time=1");
  player_set_state (player, GST_STATE_PLAYING);
  wait_for_charges (player, 3);
  player_wait_job_state (player, "generating");
  begin = g_get_monotonic_time ();
  player_reset (player);
  g_assert_cmpint (g_get_monotonic_time () - begin, <,
      fixture_scaled (0.1) * G_USEC_PER_SEC);
  player_run (player);
  assert_clips (player, "index", "0 1 2");
  g_assert_cmpuint (count_charges (player), ==, 3);
}

static void
test_budget (void)
{
  g_autoptr (Player) player =
      player_new_script ("a\nb\nc\nd\ne", "max-total-cost=0.30 on-error=skip");

  run_to_error (player, "over-budget");
  assert_clips (player, "index", "0 1 2");
  g_assert_cmpuint (count_charges (player), ==, 3);
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
  g_autoptr (Player) player = player_new_script (
      "a\nb\nc\nd\ne", "max-cost-per-hour=0.30 on-error=skip");

  run_to_error (player, "over-budget");
  assert_clips (player, "index", "0 1 2");
  g_assert_cmpuint (count_charges (player), ==, 3);

  forget (player, 0);
  player_reset (player);
  run_to_error (player, "over-budget");
  g_assert_cmpuint (count_charges (player), ==, 3);

  /* Another name has its own budget. */
  player_reset (player);
  rename_source (player, "other");
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 6);
}

/* Nothing is submitted when the clips have nowhere to go. */
static void
test_no_outlet (gconstpointer data)
{
  g_autoptr (Player) player =
      player_new (NULL, CHANNEL "prompt=x %s", (const char *)data);

  run_to_error (player, "invalid-request");
  g_assert_cmpuint (count_charges (player), ==, 0);
}

static void
test_one_outlet (gconstpointer data)
{
  g_autoptr (Player) player =
      player_new (NULL, CHANNEL "prompt=x %s", (const char *)data);

  player_run (player);
  assert_clips (player, "prompt", "x");
}

/* Failures */

static void
test_fail (void)
{
  g_autoptr (Player) player = player_new_script ("a\nb\nc\nd", "max-jobs=1");

  add_fault (player, "submit#2:states=IN_QUEUE/FAILED");
  run_to_error (player, "generation-failed");
  assert_clips (player, "index", "0");
  g_assert_cmpuint (count_charges (player), ==, 2);
}

static void
test_skip (void)
{
  g_autoptr (Player) player =
      player_new_script ("a\nb\nc\nd", "max-jobs=1 on-error=skip");

  add_fault (player, "submit#2:states=IN_QUEUE/FAILED");
  player_run (player);
  assert_clips (player, "index", "0 2 3");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 1);
}

/* Failures are counted in the order of play; a good clip in between resets the count. */
static void
test_max_failures (void)
{
  g_autoptr (Player) player = player_new_script (
      "a\nb\nc\nd\ne\nf\ng\nh", "max-jobs=1 on-error=skip max-failures=2");

  add_fault (player, "submit#2:states=IN_QUEUE/FAILED");
  add_fault (player, "submit#4-5:states=IN_QUEUE/FAILED");
  run_to_error (player, "generation-failed");
  assert_clips (player, "index", "0 2");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 2);
}

/* A clip that cannot be decoded counts as a failure. */
static void
test_not_decodable (void)
{
  g_autoptr (Player) player =
      player_new_script ("a\nb\nc", "max-jobs=1 on-error=skip");

  add_fault (player, "media#2:html");
  player_run (player);
  assert_clips (player, "index", "0 2");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), >=, 1);
}

/* Ending at once */

static void
test_application_eos (void)
{
  g_autoptr (Player) player = player_new_script ("a\nb", "");
  g_autofree char *progress = NULL;
  g_autofree char *texts = NULL;

  add_fault (player, "submit:generation-time=60");
  player_set_state (player, GST_STATE_PLAYING);
  wait_for_charges (player, 2);
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
      CHANNEL "source.video_src ! identity eos-after=5 ! fakesink "
              "source.audio_src ! identity eos-after=5 ! fakesink");

  push (player, "a", NULL);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_EOS);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_ERROR), ==, 0);
  g_assert_cmpuint (push (player, "b", NULL), ==, G_MAXUINT64);
  g_assert_cmpuint (count_charges (player), ==, 1);
}

/* Continuity */

static void
test_continuity (void)
{
  g_autoptr (Player) player =
      player_new_script ("a\nb\nc", "continuity=last-frame");
  g_autofree char *runs = NULL;

  player_run (player);
  assert_clips (player, "index", "0 1 2");
  runs = list_clips (player, "run-id");
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) image = submits_get_image (player->simulator, i, NULL);

    g_assert_true ((image != NULL) == (i > 0));
  }
  player_reset (player);
  player_run (player);
  assert_clips (player, "run-id", runs);
  g_assert_cmpuint (count_charges (player), ==, 3);
}

/* A prompt's own picture begins a new chain; after a failure, the chain
 * continues with the last good frame. */
static void
test_chains (void)
{
  g_autofree char *picture = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autofree char *lines =
      g_strdup_printf ("a\n{\"image-location\": \"%s\"} b\nc\nd", picture);
  g_autoptr (Player) player = player_new_script (
      lines, "continuity=last-frame on-error=skip max-jobs=1");
  g_autofree char *type = NULL;
  g_autoptr (GBytes) own = NULL;
  g_autoptr (GBytes) last = NULL;

  add_fault (player, "submit#3:states=IN_QUEUE/FAILED");
  player_run (player);
  assert_clips (player, "index", "0 1 3");
  own = submits_get_image (player->simulator, 1, &type);
  last = submits_get_image (player->simulator, 3, NULL);
  g_assert_cmpstr (type, ==, "image/png");
  g_assert_nonnull (last);
}

static void
add_prompt_tests (void)
{
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
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  add_prompt_tests ();
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
  g_test_add_func ("/channel/continuity", test_continuity);
  g_test_add_func ("/channel/chains", test_chains);
  return g_test_run ();
}
