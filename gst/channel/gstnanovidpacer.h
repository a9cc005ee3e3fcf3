/* nanovid: the clock's pace, for one streaming thread of a live element
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstNanovidPacer:
 *
 * One thread waits; any thread may call the other functions.
 */
typedef struct _GstNanovidPacer GstNanovidPacer;

/**
 * gst_nanovid_pacer_new:
 * @element: (transfer none): whose clock it is; outlives the pacer
 */
GstNanovidPacer *gst_nanovid_pacer_new (GstElement *element);
void gst_nanovid_pacer_free (GstNanovidPacer *pacer);

/**
 * gst_nanovid_pacer_start:
 *
 * From now on there is something to wait for, when the element plays.
 */
void gst_nanovid_pacer_start (GstNanovidPacer *pacer);

/**
 * gst_nanovid_pacer_set_playing:
 * @playing: whether the clock counts; if not, everybody waits
 */
void gst_nanovid_pacer_set_playing (GstNanovidPacer *pacer, gboolean playing);

/**
 * gst_nanovid_pacer_stop:
 *
 * Nobody waits any more, until the next start.
 */
void gst_nanovid_pacer_stop (GstNanovidPacer *pacer);

/**
 * gst_nanovid_pacer_wait:
 * @time: a running time, in nanoseconds
 *
 * Waits until the element plays and it is @time.
 *
 * Returns: %FALSE when it was stopped
 */
gboolean gst_nanovid_pacer_wait (GstNanovidPacer *pacer, GstClockTime time);

/**
 * gst_nanovid_pacer_get_time:
 *
 * Returns: the running time as of now, in nanoseconds
 */
GstClockTime gst_nanovid_pacer_get_time (GstNanovidPacer *pacer);

G_END_DECLS
