/* nanovid: tests of the request pads as GStreamer pads
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "element/desk.h"
#include "element/player.h"
#include "fixture/env.h"

#define PATIENCE 10
#define SOUND_CAPS                                                             \
  "audio/x-raw,format=S16LE,layout=interleaved,rate=8000,channels=1"

static GstBuffer *
create_sound (GstClockTime time, double seconds)
{
  gsize size = (gsize)(seconds * 8000) * 2;
  GstBuffer *buffer = gst_buffer_new_wrapped (g_malloc0 (size), size);

  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) = (GstClockTime)(seconds * GST_SECOND);
  return buffer;
}

static double
get_sound_seconds (Desk *self)
{
  g_autoptr (JsonObject) body = NULL;

  inbox_wait (self->inbox, 1);
  body = inbox_get (self->inbox, 0);
  return json_object_get_double_member (body, "audioDuration");
}

static void
test_names (void)
{
  static const struct
  {
    const char *wanted;
    const char *name; /* NULL if the request fails */
  } requests[] = {
    { "reference_%u", "reference_0" },
    { "reference_5", "reference_5" },
    { "reference_%u", "reference_6" },
    { "last_image", "last_image" },
    { "video", "video" },
    { "audio", "audio" },
    { "image", NULL },
  };
  g_auto (Desk) desk = { 0 };
  g_autoptr (GPtrArray) pads =
      g_ptr_array_new_with_free_func (gst_object_unref);

  desk_init (&desk, NULL, "prompt=x");
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    GstPad *pad =
        gst_element_request_pad_simple (desk.element, requests[i].wanted);

    g_assert_cmpint (!pad, ==, !requests[i].name);
    if (!pad)
      continue;
    g_assert_cmpstr (GST_PAD_NAME (pad), ==, requests[i].name);
    g_ptr_array_add (pads, pad);
  }
  g_assert_null (gst_element_request_pad (desk.element,
      gst_element_get_pad_template (desk.element, "audio"), NULL, NULL));
  for (guint i = 0; i < pads->len; i++)
    gst_element_release_request_pad (desk.element, pads->pdata[i]);
  g_assert_cmpuint (desk.element->numsinkpads, ==, 1);
}

/* A flush drops what came before it; data outside of the segment is dropped, too. */
static void
test_flush (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;
  GstSegment segment;

  desk_init (&desk, NULL, "prompt=x");
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  g_assert_cmpint (
      gst_harness_push (audio, create_sound (0, 7)), ==, GST_FLOW_OK);
  gst_harness_push_event (audio, gst_event_new_flush_start ());
  gst_harness_push_event (audio, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 10 * GST_SECOND;
  segment.stop = 12 * GST_SECOND;
  gst_harness_push_event (audio, gst_event_new_segment (&segment));
  for (guint i = 8; i < 14; i++)
    gst_harness_push (audio, create_sound (i * GST_SECOND + GST_SECOND / 2, 1));
  g_assert_cmpuint (inbox_count (desk.inbox), ==, 0);
  gst_harness_push_event (audio, gst_event_new_eos ());
  g_assert_cmpfloat (get_sound_seconds (&desk), ==, 2);
  gst_harness_teardown (audio);
}

/* Sound without times, such as that of a file, is never outside of the segment. */
static void
test_bytes (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;
  GstSegment segment;

  desk_init (&desk, NULL, "prompt=x");
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (audio, gst_event_new_segment (&segment));
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = create_sound (0, 1);

    GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
    g_assert_cmpint (gst_harness_push (audio, buffer), ==, GST_FLOW_OK);
  }
  gst_harness_push_event (audio, gst_event_new_eos ());
  g_assert_cmpfloat (get_sound_seconds (&desk), ==, 3);
  gst_harness_teardown (audio);
}

/* A sound keeps one format. */
static void
test_caps (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;
  g_autoptr (GstCaps) others = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=16000,channels=1");

  desk_init (&desk, NULL, "prompt=x");
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  g_assert_cmpint (
      gst_harness_push (audio, create_sound (0, 1)), ==, GST_FLOW_OK);
  gst_harness_push_event (audio, gst_event_new_caps (others));
  g_assert_cmpint (gst_harness_push (audio, create_sound (GST_SECOND, 1)), ==,
      GST_FLOW_NOT_NEGOTIATED);
  gst_harness_teardown (audio);
}

/* A pad that has a whole input returns EOS upstream. */
static void
test_enough (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last;

  desk_init (&desk, NULL, "prompt=x");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  g_assert_cmpint (
      gst_harness_push (last, desk_create_frame (9, GST_CLOCK_TIME_NONE)), ==,
      GST_FLOW_EOS);
  inbox_wait (desk.inbox, 1);
  gst_harness_teardown (last);
}

/* A pad that is released or whose source goes away is not waited for. */
static void
test_release (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last, *video;
  GstPad *pad;

  desk_init (&desk, NULL, "prompt=x");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  video = desk_add (&desk, "video", "video/quicktime");
  gst_harness_push (video, gst_buffer_new_wrapped (g_malloc0 (100), 100));
  gst_harness_push (last, desk_create_frame (9, GST_CLOCK_TIME_NONE));
  desk_wait_until_missing (&desk, "video");
  g_assert_cmpuint (inbox_count (desk.inbox), ==, 0);
  pad = gst_element_get_static_pad (desk.element, "video");
  gst_pad_unlink (video->srcpad, pad);
  gst_element_release_request_pad (desk.element, pad);
  gst_object_unref (pad);
  inbox_wait (desk.inbox, 1);
  /* Tearing down a harness releases the pad that it feeds, so link it to a new one. */
  pad = gst_element_request_pad_simple (desk.element, "video");
  g_assert_cmpint (gst_pad_link (video->srcpad, pad), ==, GST_PAD_LINK_OK);
  gst_object_unref (pad);
  gst_harness_teardown (video);
  gst_harness_teardown (last);
}

/* A pad added after the submit draws a warning: its input would seem to have
 * been sent. */
static void
test_late (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last, *audio;
  g_autoptr (GstMessage) message = NULL;

  desk_init (&desk, NULL, "prompt=x");
  last = desk_add (&desk, "last_image", DESK_FRAME_CAPS);
  gst_harness_push (last, desk_create_frame (9, GST_CLOCK_TIME_NONE));
  inbox_wait (desk.inbox, 1);
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  message = gst_bus_pop_filtered (desk.bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  g_assert_cmpint (
      gst_harness_push (audio, create_sound (0, 1)), ==, GST_FLOW_EOS);
  gst_harness_teardown (audio);
  gst_harness_teardown (last);
}

/* The encoder is removed from the whole process, so this runs in a subprocess. */
static void
check_missing_encoder (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;
  g_autoptr (GstPluginFeature) encoder =
      gst_registry_lookup_feature (gst_registry_get (), "lamemp3enc");
  gboolean missing = FALSE;

  gst_registry_remove_feature (gst_registry_get (), encoder);
  desk_init (&desk, NULL, "prompt=x");
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  gst_harness_push (audio, create_sound (0, 300));
  gst_harness_push_event (audio, gst_event_new_eos ());
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (desk.bus,
        (GstClockTime)(fixture_scaled (PATIENCE) * GST_SECOND),
        GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);

    g_assert_nonnull (message);
    missing |= gst_is_missing_plugin_message (message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      break;
  }
  g_assert_true (missing);
  g_assert_cmpuint (inbox_count (desk.inbox), ==, 0);
  gst_harness_teardown (audio);
}

static void
test_missing_encoder (void)
{
  if (g_test_subprocess ()) {
    check_missing_encoder ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/inputs-pads/names", test_names);
  g_test_add_func ("/inputs-pads/flush", test_flush);
  g_test_add_func ("/inputs-pads/bytes", test_bytes);
  g_test_add_func ("/inputs-pads/caps", test_caps);
  g_test_add_func ("/inputs-pads/enough", test_enough);
  g_test_add_func ("/inputs-pads/release", test_release);
  g_test_add_func ("/inputs-pads/late", test_late);
  g_test_add_func ("/inputs-pads/missing-encoder", test_missing_encoder);
  return g_test_run ();
}
