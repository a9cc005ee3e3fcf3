/* nanovid: the condition on which a thread waits for news of its jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GstNanovidBell:
 * @lock: guards what follows, and whatever else its owner says
 * @cond: broadcast with every change
 * @interrupted: whether nobody is to wait; stays until it is taken back
 * @changes: how often there was something new
 */
typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean interrupted;
  guint changes;
} GstNanovidBell;

void gst_nanovid_bell_init (GstNanovidBell *bell);
void gst_nanovid_bell_clear (GstNanovidBell *bell);

/**
 * gst_nanovid_bell_ring:
 *
 * There is something new.  Call with the lock held.
 */
void gst_nanovid_bell_ring (GstNanovidBell *bell);

/**
 * gst_nanovid_bell_set_interrupted:
 * @interrupted: whether gst_nanovid_bell_wait() returns at once
 */
void gst_nanovid_bell_set_interrupted (
    GstNanovidBell *bell, gboolean interrupted);

/**
 * gst_nanovid_bell_wait:
 * @changes: the count that the caller has dealt with
 * @deadline: a monotonic time, or -1
 *
 * Waits for something new, an interruption or the deadline.
 */
void gst_nanovid_bell_wait (
    GstNanovidBell *bell, guint changes, gint64 deadline);

/**
 * gst_nanovid_bell_wait_for_main_loop:
 * @start_time: monotonic time at which the element was started
 *
 * To be called before an error is posted: waits until the program is certain to
 * see it, or for an interruption.
 */
void gst_nanovid_bell_wait_for_main_loop (
    GstNanovidBell *bell, gint64 start_time);

G_END_DECLS
