/* nanovid: tests of further inputs with mode=clips
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/desk.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

#define PATIENCE 10
#define TEXT_CAPS "text/x-raw,format=utf8"

static GstBuffer *
create_text (const char *text, GstClockTime time)
{
  GstBuffer *buffer = gst_buffer_new_wrapped (g_strdup (text), strlen (text));

  GST_BUFFER_PTS (buffer) = time;
  return buffer;
}

static void
push (GstHarness *harness, GstBuffer *buffer)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a push", PATIENCE);

  g_assert_cmpint (gst_harness_push (harness, buffer), ==, GST_FLOW_OK);
}

static void
pull_clip (Desk *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a clip", PATIENCE);
  GstBuffer *buffer;

  while (!(buffer = gst_harness_try_pull (self->main)))
    g_usleep (1000);
  gst_buffer_unref (buffer);
}

/* Jobs may be submitted in any order.
 * Returns: the submit of the clip with this prompt */
static guint
find_submit (Desk *self, const char *prompt)
{
  for (guint i = 0; i < inbox_count (self->inbox); i++) {
    g_autoptr (JsonObject) body = inbox_get (self->inbox, i);

    if (g_str_equal (json_object_get_string_member (body, "prompt"), prompt))
      return i;
  }
  g_error ("no clip \"%s\"", prompt);
}

static void
assert_last_image (Desk *self, const char *prompt, char color)
{
  g_autoptr (GBytes) picture = inbox_get_file (
      self->inbox, find_submit (self, prompt), "last_image", "image/jpeg");
  g_autofree char *seen = inbox_describe_picture (picture);

  g_assert_cmpint (seen[0], ==, color);
}

static void
test_times (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  push (last, desk_create_frame (255, 0));
  push (last, desk_create_frame (0, 2 * GST_SECOND));
  push (last, desk_create_frame (255, 4 * GST_SECOND));
  push (desk.main, create_text ("a", 0));
  push (desk.main, create_text ("b", 1 * GST_SECOND));
  push (desk.main, create_text ("c", 2 * GST_SECOND));
  push (desk.main, create_text ("d", 9 * GST_SECOND));
  for (guint i = 0; i < 4; i++)
    pull_clip (&desk);
  assert_last_image (&desk, "a", 'W');
  assert_last_image (&desk, "b", 'W');
  assert_last_image (&desk, "c", 'K');
  assert_last_image (&desk, "d", 'W');
  gst_harness_teardown (last);
}

/* Inputs are matched by running time. */
static void
test_segments (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last;
  GstSegment segment;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 100 * GST_SECOND;
  gst_harness_push_event (last, gst_event_new_segment (&segment));
  push (last, desk_create_frame (255, 100 * GST_SECOND));
  push (last, desk_create_frame (0, 105 * GST_SECOND));
  push (desk.main, create_text ("a", 4 * GST_SECOND));
  push (desk.main, create_text ("b", 5 * GST_SECOND));
  pull_clip (&desk);
  pull_clip (&desk);
  assert_last_image (&desk, "a", 'W');
  assert_last_image (&desk, "b", 'K');
  gst_harness_teardown (last);
}

/* Of inputs without a timestamp, the latest counts. */
static void
test_no_times (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  push (last, desk_create_frame (255, GST_CLOCK_TIME_NONE));
  push (last, desk_create_frame (0, GST_CLOCK_TIME_NONE));
  push (desk.main, create_text ("a", 0));
  push (last, desk_create_frame (255, GST_CLOCK_TIME_NONE));
  push (desk.main, create_text ("b", GST_CLOCK_TIME_NONE));
  pull_clip (&desk);
  pull_clip (&desk);
  assert_last_image (&desk, "a", 'K');
  assert_last_image (&desk, "b", 'W');
  gst_harness_teardown (last);
}

static gpointer
push_text (gpointer data)
{
  GstHarness *harness = data;

  return GINT_TO_POINTER (gst_harness_push (harness, create_text ("a", 0)));
}

/* A clip waits for the first input of each pad. */
static void
test_first (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last, *reference;
  GThread *thread;
  g_autoptr (JsonObject) body = NULL;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  reference = desk_add (&desk, "reference_0", DESK_FRAME_CAPS);
  thread = g_thread_new ("main", push_text, desk.main);
  push (last, desk_create_frame (255, 0));
  desk_wait_until_missing (&desk, "reference_0");
  g_assert_cmpuint (inbox_count (desk.inbox), ==, 0);
  push (reference, desk_create_frame (0, 0));
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_OK);
  pull_clip (&desk);
  assert_last_image (&desk, "a", 'W');
  body = inbox_get (desk.inbox, 0);
  g_assert_true (json_object_has_member (body, "reference_images"));
  gst_harness_teardown (last);
  gst_harness_teardown (reference);
}

/* Each of these wakes a thread that waits for a pad. */
static void
release_pad (Desk *desk, GstHarness *harness)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (desk->element, "last_image");
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);

  gst_pad_unlink (peer, pad);
  gst_element_release_request_pad (desk->element, pad);
  g_assert_null (gst_element_get_static_pad (desk->element, "last_image"));
  (void)harness;
}

static void
flush_main (Desk *desk, GstHarness *harness G_GNUC_UNUSED)
{
  gst_harness_push_event (desk->main, gst_event_new_flush_start ());
}

static void
stop (Desk *desk, GstHarness *harness G_GNUC_UNUSED)
{
  gst_element_set_state (desk->element, GST_STATE_NULL);
}

static const struct
{
  const char *name;
  void (*act) (Desk *desk, GstHarness *last);
  GstFlowReturn flow;
  guint submits;
} wakes[] = {
  { "release", release_pad, GST_FLOW_OK, 1 },
  { "flush", flush_main, GST_FLOW_FLUSHING, 0 },
  { "stop", stop, GST_FLOW_FLUSHING, 0 },
};

/* Tearing down a harness releases the pad that it feeds, so link it to a new one. */
static void
relink (Desk *desk, GstHarness *harness, const char *name)
{
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (desk->element, name);

  g_assert_cmpint (gst_pad_link (harness->srcpad, pad), ==, GST_PAD_LINK_OK);
}

static void
test_wake (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_auto (Desk) desk = { 0 };
  GstHarness *last;
  GThread *thread;
  g_autoptr (FixtureWatchdog) watchdog = NULL;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  thread = g_thread_new ("main", push_text, desk.main);
  desk_wait_until_missing (&desk, "last_image");
  watchdog = fixture_watchdog_new ("waking", PATIENCE);
  wakes[index].act (&desk, last);
  g_assert_cmpint (
      GPOINTER_TO_INT (g_thread_join (thread)), ==, wakes[index].flow);
  if (wakes[index].submits > 0)
    inbox_wait (desk.inbox, wakes[index].submits);
  g_assert_cmpuint (inbox_count (desk.inbox), ==, wakes[index].submits);
  if (!GST_PAD_PEER (last->srcpad))
    relink (&desk, last, "last_image");
  gst_harness_teardown (last);
}

static void
test_end_without_data (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last;
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *details;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  gst_harness_push_event (last, gst_event_new_eos ());
  push (desk.main, create_text ("a", 0));
  message = gst_bus_timed_pop_filtered (desk.bus,
      (GstClockTime)(fixture_scaled (PATIENCE) * GST_SECOND),
      GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error_details (message, &details);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "image-required");
  g_assert_cmpuint (inbox_count (desk.inbox), ==, 0);
  gst_harness_teardown (last);
}

/* A pad that is far ahead blocks; progress of the other inputs unblocks it. */
static gpointer
push_frames (gpointer data)
{
  GstHarness *harness = data;
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < 40 && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (
        harness, desk_create_frame (i % 2 == 0 ? 255 : 0, i * GST_SECOND));
  return GINT_TO_POINTER (flow);
}

static void
test_ahead (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last;
  GThread *thread;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  thread = g_thread_new ("last", push_frames, last);
  push (desk.main, create_text ("a", 3 * GST_SECOND));
  push (desk.main, create_text ("b", 10 * GST_SECOND));
  pull_clip (&desk);
  pull_clip (&desk);
  assert_last_image (&desk, "b", 'W');
  gst_harness_push_event (desk.main, gst_event_new_eos ());
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_EOS);
  gst_harness_teardown (last);
}

/* A file may come in pieces here as well, and is used for all clips. */
static void
test_file (void)
{
  g_auto (Desk) desk = { 0 };
  g_autoptr (GBytes) content = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  gsize size = g_bytes_get_size (content);
  GstHarness *video;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  video = desk_add (&desk, "video", "video/quicktime");
  for (gsize i = 0; i < size; i += 5000) {
    g_autoptr (GBytes) piece =
        g_bytes_new_from_bytes (content, i, MIN (5000, size - i));

    push (video, gst_buffer_new_wrapped_bytes (piece));
  }
  push (desk.main, create_text ("a", 0));
  push (desk.main, create_text ("b", GST_SECOND));
  pull_clip (&desk);
  pull_clip (&desk);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) file =
        inbox_get_file (desk.inbox, i, "videoDataUrl", "video/mp4");

    g_assert_true (g_bytes_equal (file, content));
  }
  gst_harness_teardown (video);
}

/* Each buffer of raw sound is one sound, as each buffer of text is one clip. */
static void
test_sound (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;

  desk_init (&desk, TEXT_CAPS, "mode=clips");
  audio = desk_add (&desk, "audio",
      "audio/x-raw,format=S16LE,layout=interleaved,rate=8000,channels=1");
  for (guint i = 0; i < 2; i++) {
    gsize size = (i + 1) * 16000;
    GstBuffer *buffer = gst_buffer_new_wrapped (g_malloc0 (size), size);

    GST_BUFFER_PTS (buffer) = i * GST_SECOND;
    push (audio, buffer);
  }
  push (desk.main, create_text ("a", 0));
  push (desk.main, create_text ("b", GST_SECOND));
  pull_clip (&desk);
  pull_clip (&desk);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (JsonObject) body =
        inbox_get (desk.inbox, find_submit (&desk, i == 0 ? "a" : "b"));

    g_assert_cmpfloat (
        json_object_get_double_member (body, "audioDuration"), ==, i + 1);
  }
  gst_harness_teardown (audio);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/inputs-clips/times", test_times);
  g_test_add_func ("/inputs-clips/segments", test_segments);
  g_test_add_func ("/inputs-clips/no-times", test_no_times);
  g_test_add_func ("/inputs-clips/first", test_first);
  for (guint i = 0; i < G_N_ELEMENTS (wakes); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs-clips/wake/", wakes[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_wake);
  }
  g_test_add_func ("/inputs-clips/end-without-data", test_end_without_data);
  g_test_add_func ("/inputs-clips/ahead", test_ahead);
  g_test_add_func ("/inputs-clips/file", test_file);
  g_test_add_func ("/inputs-clips/sound", test_sound);
  return g_test_run ();
}
