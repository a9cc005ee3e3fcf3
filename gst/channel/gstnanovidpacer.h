/* nanovid: the clock's pace, for one streaming thread of a live element
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstNanovidPacer:
 *
 * Makes one streaming thread wait for the clock.  Any thread may call the other
 * functions.
 */
typedef struct _GstNanovidPacer GstNanovidPacer;

/**
 * gst_nanovid_pacer_new:
 * @element: (transfer none): the element whose clock is used; must outlive the
 *   pacer
 */
GstNanovidPacer *gst_nanovid_pacer_new (GstElement *element);
void gst_nanovid_pacer_free (GstNanovidPacer *pacer);

/**
 * gst_nanovid_pacer_start:
 *
 * Makes gst_nanovid_pacer_wait() wait again, at first until the element plays.
 */
void gst_nanovid_pacer_start (GstNanovidPacer *pacer);

/**
 * gst_nanovid_pacer_set_playing:
 * @playing: whether the clock is running; while it is not, waits do not end
 */
void gst_nanovid_pacer_set_playing (GstNanovidPacer *pacer, gboolean playing);

/**
 * gst_nanovid_pacer_stop:
 *
 * Ends all waits, until the next start.
 */
void gst_nanovid_pacer_stop (GstNanovidPacer *pacer);

/**
 * gst_nanovid_pacer_wait:
 * @time: a running time, in nanoseconds
 *
 * Waits until the element is playing and its running time is @time.
 *
 * Returns: %FALSE if the pacer was stopped
 */
gboolean gst_nanovid_pacer_wait (GstNanovidPacer *pacer, GstClockTime time);

/**
 * gst_nanovid_pacer_get_time:
 *
 * Returns: the current running time, in nanoseconds
 */
GstClockTime gst_nanovid_pacer_get_time (GstNanovidPacer *pacer);

G_END_DECLS
