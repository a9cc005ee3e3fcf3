/* nanovid: tests of the order of PROGRESS messages from several threads
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "gst/gstnanovidprogress.h"

typedef struct
{
  GstElement *element;
  GstNanovidProgress progress;
  GThread *stopper;
  GMutex lock; /* guards the field below */
  GCond cond;
  gboolean stopped;
} Scene;

static gpointer
stop (gpointer data)
{
  Scene *self = data;

  gst_nanovid_progress_cancel (&self->progress, NULL);
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* While an update is posted, another thread ends the operation, and gets a
 * quarter of a second in which its message could come first. */
static GstBusSyncReply
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer data)
{
  Scene *self = data;
  GstProgressType type;
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 4;

  gst_message_parse_progress (message, &type, NULL, NULL);
  if (type != GST_PROGRESS_TYPE_CONTINUE || self->stopper)
    return GST_BUS_PASS;
  self->stopper = g_thread_new ("stopper", stop, self);
  g_mutex_lock (&self->lock);
  while (!self->stopped && g_cond_wait_until (&self->cond, &self->lock, end))
    continue;
  g_mutex_unlock (&self->lock);
  return GST_BUS_PASS;
}

static void
assert_next (GstBus *bus, GstProgressType expected)
{
  g_autoptr (GstMessage) message = gst_bus_pop (bus);
  GstProgressType type;

  g_assert_nonnull (message);
  gst_message_parse_progress (message, &type, NULL, NULL);
  g_assert_cmpint (type, ==, expected);
}

static void
test_end_is_last (void)
{
  Scene scene = { .element = gst_bin_new (NULL) };
  g_autoptr (GstBus) bus = gst_bus_new ();
  NanogptJobStatus status = { .state = NANOGPT_JOB_SUBMITTING,
    .progress = -1,
    .cost = NANOGPT_MONEY_UNKNOWN };

  g_mutex_init (&scene.lock);
  g_cond_init (&scene.cond);
  gst_element_set_bus (scene.element, bus);
  gst_bus_set_sync_handler (bus, on_message, &scene, NULL);
  gst_nanovid_progress_init (&scene.progress, scene.element, TRUE);
  gst_nanovid_progress_begin (&scene.progress, &status);
  status.state = NANOGPT_JOB_QUEUED;
  gst_nanovid_progress_update (&scene.progress, &status);
  g_thread_join (scene.stopper);

  assert_next (bus, GST_PROGRESS_TYPE_START);
  assert_next (bus, GST_PROGRESS_TYPE_CONTINUE);
  assert_next (bus, GST_PROGRESS_TYPE_CANCELED);
  g_assert_false (gst_bus_have_pending (bus));

  gst_nanovid_progress_clear (&scene.progress);
  gst_element_set_bus (scene.element, NULL);
  gst_object_unref (scene.element);
  g_cond_clear (&scene.cond);
  g_mutex_clear (&scene.lock);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/progress/end-is-last", test_end_is_last);
  return g_test_run ();
}
