/* nanovid: the condition variable for waiting for changes of jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidbell.h"

/* Minimum time from the start to the first error that is posted. */
#define EARLIEST_ERROR (G_TIME_SPAN_SECOND / 10)

void
gst_nanovid_bell_init (GstNanovidBell *bell)
{
  g_mutex_init (&bell->lock);
  g_cond_init (&bell->cond);
}

void
gst_nanovid_bell_clear (GstNanovidBell *bell)
{
  g_cond_clear (&bell->cond);
  g_mutex_clear (&bell->lock);
}

void
gst_nanovid_bell_ring (GstNanovidBell *bell)
{
  bell->changes++;
  g_cond_broadcast (&bell->cond);
}

void
gst_nanovid_bell_set_interrupted (GstNanovidBell *bell, gboolean interrupted)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bell->lock);

  bell->interrupted = interrupted;
  g_cond_broadcast (&bell->cond);
}

void
gst_nanovid_bell_wait (GstNanovidBell *bell, guint changes, gint64 deadline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bell->lock);

  while (!bell->interrupted && bell->changes == changes) {
    if (deadline < 0)
      g_cond_wait (&bell->cond, &bell->lock);
    else if (!g_cond_wait_until (&bell->cond, &bell->lock, deadline))
      return;
  }
}

/* gst-launch-1.0 quits its main loop from the bus's sync handler, on the thread
 * that posts the error.  If that happens right after the state change, before
 * the loop runs, the call is lost, and the program shows the error and hangs.
 * Sources that fail to start do not have this problem, since their state change
 * fails; these elements fail later.  An element cannot see whether the loop is
 * running, so it gives the program a moment. */
void
gst_nanovid_bell_wait_for_main_loop (GstNanovidBell *bell, gint64 start_time)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bell->lock);

  while (!bell->interrupted
      && g_cond_wait_until (
          &bell->cond, &bell->lock, start_time + EARLIEST_ERROR))
    ;
}
