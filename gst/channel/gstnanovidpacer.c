/* nanovid: the clock's pace, for one streaming thread of a live element
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidpacer.h"

struct _GstNanovidPacer
{
  GstElement *element; /* not owned */

  GMutex lock; /* guards the fields below */
  GCond cond;
  gboolean playing;
  gboolean stopped;
  GstClockID id; /* the current wait */
};

GstNanovidPacer *
gst_nanovid_pacer_new (GstElement *element)
{
  GstNanovidPacer *self = g_new0 (GstNanovidPacer, 1);

  self->element = element;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

void
gst_nanovid_pacer_free (GstNanovidPacer *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* Call with the lock held. */
static void
wake (GstNanovidPacer *self)
{
  if (self->id)
    gst_clock_id_unschedule (self->id);
  g_cond_broadcast (&self->cond);
}

void
gst_nanovid_pacer_start (GstNanovidPacer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->playing = self->stopped = FALSE;
}

void
gst_nanovid_pacer_set_playing (GstNanovidPacer *self, gboolean playing)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->playing = playing;
  wake (self);
}

void
gst_nanovid_pacer_stop (GstNanovidPacer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->stopped = TRUE;
  wake (self);
}

/* An element without a clock uses the system clock. */
static GstClock *
get_clock (GstNanovidPacer *self)
{
  GstClock *clock = gst_element_get_clock (self->element);

  return clock ? clock : gst_system_clock_obtain ();
}

/* Returns: (transfer full) (nullable): the clock ID to wait for, once the
 *   element plays; %NULL if the pacer was stopped */
static GstClockID
create_id (GstNanovidPacer *self, GstClockTime time)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GstClock) clock = NULL;

  while (!self->playing && !self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  if (self->stopped)
    return NULL;
  clock = get_clock (self);
  self->id = gst_clock_new_single_shot_id (
      clock, gst_element_get_base_time (self->element) + time);
  return gst_clock_id_ref (self->id);
}

gboolean
gst_nanovid_pacer_wait (GstNanovidPacer *self, GstClockTime time)
{
  GstClockID id;

  while ((id = create_id (self, time))) {
    GstClockReturn result = gst_clock_id_wait (id, NULL);

    g_mutex_lock (&self->lock);
    g_clear_pointer (&self->id, gst_clock_id_unref);
    g_mutex_unlock (&self->lock);
    gst_clock_id_unref (id);
    if (result != GST_CLOCK_UNSCHEDULED)
      return TRUE;
  }
  return FALSE;
}

GstClockTime
gst_nanovid_pacer_get_time (GstNanovidPacer *self)
{
  g_autoptr (GstClock) clock = get_clock (self);
  GstClockTime now = gst_clock_get_time (clock);
  GstClockTime base = gst_element_get_base_time (self->element);

  return now > base ? now - base : 0;
}
