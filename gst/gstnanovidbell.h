/* nanovid: the condition variable for waiting for changes of jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GstNanovidBell:
 * @lock: guards the fields below, and whatever else its owner documents
 * @cond: broadcast on every change
 * @interrupted: whether waits return at once; stays set until it is reset
 * @changes: counts the changes
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
 * Signals that something has changed.  Call with the lock held.
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
 * @changes: the count that the caller has already handled
 * @deadline: a monotonic time, or -1
 *
 * Waits for a change, an interruption or the deadline.
 */
void gst_nanovid_bell_wait (
    GstNanovidBell *bell, guint changes, gint64 deadline);

/**
 * gst_nanovid_bell_wait_for_main_loop:
 * @start_time: monotonic time at which the element was started
 *
 * Waits until the program is certain to see an error message, or for an
 * interruption.  Call before posting an error.
 */
void gst_nanovid_bell_wait_for_main_loop (
    GstNanovidBell *bell, gint64 start_time);

G_END_DECLS
