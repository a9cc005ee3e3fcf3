/* nanovid: nanovidtransform with further pads, fed by a test
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/desk.h"

#include <string.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"

#define PATIENCE 10
#define CATEGORY "nanovidtransform"

/* The element logs which pad it is waiting for. */
static void
note_missing (GstDebugCategory *category, GstDebugLevel level G_GNUC_UNUSED,
    const char *file G_GNUC_UNUSED, const char *function G_GNUC_UNUSED,
    int line G_GNUC_UNUSED, GObject *object, GstDebugMessage *message,
    gpointer data)
{
  Desk *self = data;

  if (!g_str_equal (gst_debug_category_get_name (category), CATEGORY)
      || !g_str_equal (
          gst_debug_message_get (message), "waiting for its input"))
    return;
  g_mutex_lock (&self->lock);
  g_free (self->missing);
  self->missing = g_strdup (GST_OBJECT_NAME (object));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
watch_log (Desk *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  gst_debug_set_active (TRUE);
  gst_debug_set_threshold_for_name (CATEGORY, GST_LEVEL_DEBUG);
  gst_debug_add_log_function (note_missing, self, NULL);
}

void
desk_init (Desk *self, const char *caps, const char *properties)
{
  g_autofree char *line =
      g_strdup_printf ("nanovidtransform model=minimax-h3 %s", properties);
  g_autoptr (GError) error = NULL;

  watch_log (self);
  self->inbox = inbox_new ();
  self->element = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (self->element);
  g_object_set (self->element, "api-key", PLAYER_KEY, "poll-interval", 20,
      "base-url", inbox_get_url (self->inbox), NULL);
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->element, self->bus);
  self->main =
      gst_harness_new_with_element (self->element, caps ? "sink" : NULL, "src");
  if (caps)
    gst_harness_set_src_caps_str (self->main, caps);
}

void
desk_clear (Desk *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("teardown", PATIENCE);

  gst_element_set_bus (self->element, NULL);
  gst_harness_teardown (self->main);
  gst_element_set_state (self->element, GST_STATE_NULL);
  gst_object_unref (self->element);
  gst_bus_set_flushing (self->bus, TRUE);
  gst_object_unref (self->bus);
  inbox_free (self->inbox);
  gst_debug_remove_log_function_by_data (self);
  g_free (self->missing);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
}

GstHarness *
desk_add (Desk *self, const char *name, const char *caps)
{
  GstHarness *harness =
      gst_harness_new_with_element (self->element, name, NULL);

  gst_harness_set_src_caps_str (harness, caps);
  return harness;
}

void
desk_wait_until_missing (Desk *self, const char *name)
{
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)(fixture_scaled (PATIENCE) * G_USEC_PER_SEC);

  g_mutex_lock (&self->lock);
  while (g_strcmp0 (self->missing, name) != 0) {
    if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
      g_error ("the element waits for %s, not for %s",
          self->missing ? self->missing : "nothing", name);
  }
  g_mutex_unlock (&self->lock);
}

GstBuffer *
desk_create_frame (guint8 luma, GstClockTime time)
{
  guint8 *data = g_malloc (32 * 32);
  GstBuffer *buffer;

  memset (data, luma, 32 * 32);
  buffer = gst_buffer_new_wrapped (data, 32 * 32);
  GST_BUFFER_PTS (buffer) = time;
  return buffer;
}
