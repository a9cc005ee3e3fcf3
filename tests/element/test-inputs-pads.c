/* nanovid: tests of the request pads, as elements have them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/check/gstharness.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "element/inbox.h"
#include "element/player.h"
#include "fixture/env.h"
#include "fixture/watchdog.h"

#define PATIENCE 10
#define FRAME_CAPS "video/x-raw,format=GRAY8,width=32,height=32,framerate=0/1"
#define SOUND_CAPS                                                             \
  "audio/x-raw,format=S16LE,layout=interleaved,rate=8000,channels=1"

typedef struct
{
  Inbox *inbox;
  GstElement *element;
  GstBus *bus;
  GstHarness *clip; /* takes it */
} Desk;

static void
desk_init (Desk *self)
{
  self->inbox = inbox_new ();
  self->element =
      gst_object_ref_sink (gst_element_factory_make ("nanovidtransform", NULL));
  g_object_set (self->element, "api-key", PLAYER_KEY, "poll-interval", 20,
      "base-url", inbox_get_url (self->inbox), "prompt", "x", "model",
      "minimax-h3", NULL);
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->element, self->bus);
  self->clip = gst_harness_new_with_element (self->element, NULL, "src");
}

static void
desk_clear (Desk *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("teardown", PATIENCE);

  gst_element_set_bus (self->element, NULL);
  gst_harness_teardown (self->clip);
  gst_element_set_state (self->element, GST_STATE_NULL);
  gst_object_unref (self->element);
  gst_bus_set_flushing (self->bus, TRUE);
  gst_object_unref (self->bus);
  inbox_free (self->inbox);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Desk, desk_clear)

static GstHarness *
desk_add (Desk *self, const char *name, const char *caps)
{
  GstHarness *harness =
      gst_harness_new_with_element (self->element, name, NULL);

  gst_harness_set_src_caps_str (harness, caps);
  return harness;
}

static GstBuffer *
create_buffer (guint8 value, gsize size)
{
  guint8 *data = g_malloc (size);

  memset (data, value, size);
  return gst_buffer_new_wrapped (data, size);
}

static GstBuffer *
create_sound (GstClockTime time, double seconds)
{
  GstBuffer *buffer = create_buffer (0, (gsize)(seconds * 8000) * 2);

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
    const char *name; /* NULL: there is none */
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

  desk_init (&desk);
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

/* What came before a flush is gone, what is outside of the segment, too. */
static void
test_flush (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;
  GstSegment segment;

  desk_init (&desk);
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

/* A sound has one format. */
static void
test_caps (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;
  g_autoptr (GstCaps) others = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=16000,channels=1");

  desk_init (&desk);
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  g_assert_cmpint (
      gst_harness_push (audio, create_sound (0, 1)), ==, GST_FLOW_OK);
  gst_harness_push_event (audio, gst_event_new_caps (others));
  g_assert_cmpint (gst_harness_push (audio, create_sound (GST_SECOND, 1)), ==,
      GST_FLOW_NOT_NEGOTIATED);
  gst_harness_teardown (audio);
}

/* Whoever brings a whole input is told that it is enough. */
static void
test_enough (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last;

  desk_init (&desk);
  last = desk_add (&desk, "last_image", FRAME_CAPS);
  g_assert_cmpint (
      gst_harness_push (last, create_buffer (9, 32 * 32)), ==, GST_FLOW_EOS);
  inbox_wait (desk.inbox, 1);
  gst_harness_teardown (last);
}

/* A pad whose source goes, or that is released, is not waited for. */
static void
test_release (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last, *audio;
  GstPad *pad;

  desk_init (&desk);
  last = desk_add (&desk, "last_image", FRAME_CAPS);
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  gst_harness_push (last, create_buffer (9, 32 * 32));
  gst_harness_push (audio, create_sound (0, 1));
  g_usleep (50 * 1000);
  g_assert_cmpuint (inbox_count (desk.inbox), ==, 0);
  pad = gst_element_get_static_pad (desk.element, "audio");
  gst_pad_unlink (audio->srcpad, pad);
  gst_element_release_request_pad (desk.element, pad);
  gst_object_unref (pad);
  inbox_wait (desk.inbox, 1);
  /* The end of a harness lets go of the pad that it feeds. */
  pad = gst_element_request_pad_simple (desk.element, "audio");
  g_assert_cmpint (gst_pad_link (audio->srcpad, pad), ==, GST_PAD_LINK_OK);
  gst_object_unref (pad);
  gst_harness_teardown (audio);
  gst_harness_teardown (last);
}

/* It would look as if it had been sent. */
static void
test_late (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *last, *audio;
  g_autoptr (GstMessage) message = NULL;

  desk_init (&desk);
  last = desk_add (&desk, "last_image", FRAME_CAPS);
  gst_harness_push (last, create_buffer (9, 32 * 32));
  inbox_wait (desk.inbox, 1);
  audio = desk_add (&desk, "audio", SOUND_CAPS);
  message = gst_bus_pop_filtered (desk.bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  g_assert_cmpint (
      gst_harness_push (audio, create_sound (0, 1)), ==, GST_FLOW_EOS);
  gst_harness_teardown (audio);
  gst_harness_teardown (last);
}

/* Of the whole process, so in one of its own. */
static void
check_missing_encoder (void)
{
  g_auto (Desk) desk = { 0 };
  GstHarness *audio;
  g_autoptr (GstPluginFeature) encoder =
      gst_registry_lookup_feature (gst_registry_get (), "lamemp3enc");
  gboolean missing = FALSE;

  gst_registry_remove_feature (gst_registry_get (), encoder);
  desk_init (&desk);
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
  g_test_add_func ("/inputs-pads/caps", test_caps);
  g_test_add_func ("/inputs-pads/enough", test_enough);
  g_test_add_func ("/inputs-pads/release", test_release);
  g_test_add_func ("/inputs-pads/late", test_late);
  g_test_add_func ("/inputs-pads/missing-encoder", test_missing_encoder);
  return g_test_run ();
}
