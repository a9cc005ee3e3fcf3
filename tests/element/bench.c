/* nanovid: nanovidtransform in a test harness, with its own simulator
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/bench.h"

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

#define PATIENCE 10

const NanogptSimulatorOptions *
bench_get_options (void)
{
  static NanogptSimulatorOptions options;

  if (!options.media_file) {
    player_options_init (&options);
    options.media_file = fixture_media_path (FIXTURE_MEDIA_MP4);
  }
  return &options;
}

void
bench_init (Bench *self, const NanogptSimulatorOptions *options,
    const char *properties, const char *caps)
{
  g_autofree char *line = g_strdup_printf ("nanovidtransform %s", properties);
  g_autoptr (GError) error = NULL;
  GstElement *element = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  self->simulator =
      nanogpt_simulator_new (options ? options : bench_get_options (), &error);
  g_assert_no_error (error);
  g_object_set (element, "api-key", PLAYER_KEY, "poll-interval", 20, "base-url",
      nanogpt_simulator_get_base_url (self->simulator), NULL);
  self->bus = gst_bus_new ();
  gst_element_set_bus (element, self->bus);
  self->harness = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  if (caps)
    gst_harness_set_src_caps_str (self->harness, caps);
}

void
bench_clear (Bench *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("teardown", PATIENCE);

  gst_element_set_bus (self->harness->element, NULL);
  gst_harness_teardown (self->harness);
  gst_bus_set_flushing (self->bus, TRUE);
  gst_object_unref (self->bus);
  nanogpt_simulator_free (self->simulator);
}

void
bench_add_fault (Bench *self, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (self->simulator, rule, &error);
  g_assert_no_error (error);
}

guint
bench_count_charges (Bench *self)
{
  return nanogpt_simulator_count_charges (self->simulator);
}

void
bench_flush (Bench *self, GstFormat format)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a flush", PATIENCE);
  GstSegment segment;

  gst_segment_init (&segment, format);
  g_assert_true (
      gst_harness_push_event (self->harness, gst_event_new_flush_start ()));
  g_assert_true (
      gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE)));
  g_assert_true (
      gst_harness_push_event (self->harness, gst_event_new_segment (&segment)));
}

GstBuffer *
bench_pull (Bench *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a buffer", PATIENCE);
  GstBuffer *buffer;

  while (!(buffer = gst_harness_try_pull (self->harness)))
    g_usleep (1000);
  return buffer;
}

GstEvent *
bench_pull_event (Bench *self, GstEventType type)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (gst_event_type_get_name (type), PATIENCE);

  for (;;) {
    g_autoptr (GstEvent) event = gst_harness_try_pull_event (self->harness);

    if (!event)
      g_usleep (1000);
    else if (GST_EVENT_TYPE (event) == type)
      return g_steal_pointer (&event);
  }
}

GstMessage *
bench_pull_message (Bench *self, GstMessageType type)
{
  GstMessage *message = gst_bus_timed_pop_filtered (
      self->bus, (GstClockTime)(fixture_scaled (PATIENCE) * GST_SECOND), type);

  if (!message)
    g_error ("waited in vain for %s", gst_message_type_get_name (type));
  return message;
}
