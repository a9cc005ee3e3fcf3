/* nanovid: PROGRESS messages for the wait
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/job/job.h"

G_BEGIN_DECLS

/**
 * GstNanovidProgress:
 *
 * One operation, which begins, is updated, and ends exactly once.  Nothing is
 * posted before it begins or after it ends, whichever thread calls.
 *
 * Begin and update only on the streaming thread; any thread may end it.
 */
typedef struct
{
  GstElement *element; /* not owned */
  gboolean attaches;   /* whether setting `run-id` collects a clip */
  GRecMutex lock;      /* held while posting, when a handler may end it */
  gboolean open;
  gboolean introduced; /* whether the job's ID was posted */
  NanogptJobState state;
  guint attempt;      /* the last one posted */
  NanogptMicros cost; /* the last one posted */
  gint64 due;         /* monotonic time of the next regular update */
} GstNanovidProgress;

/**
 * gst_nanovid_progress_init:
 * @attaches: whether the element plays the job that its property `run-id` names
 */
void gst_nanovid_progress_init (
    GstNanovidProgress *progress, GstElement *element, gboolean attaches);
void gst_nanovid_progress_clear (GstNanovidProgress *progress);

/**
 * gst_nanovid_progress_begin:
 * @status: status of the job
 */
void gst_nanovid_progress_begin (
    GstNanovidProgress *progress, const NanogptJobStatus *status);

/**
 * gst_nanovid_progress_update:
 * @status: current status of the job
 *
 * Posts a message if the state has changed or an operation is retried, and
 * otherwise every ten seconds.
 *
 * Returns: the monotonic time at which to call this again at the latest, or -1
 */
gint64 gst_nanovid_progress_update (
    GstNanovidProgress *progress, const NanogptJobStatus *status);

void gst_nanovid_progress_complete (GstNanovidProgress *progress);

/**
 * gst_nanovid_progress_cancel:
 * @run_id: (nullable): the job that continues after the wait
 */
void gst_nanovid_progress_cancel (
    GstNanovidProgress *progress, const char *run_id);

/**
 * gst_nanovid_progress_fail:
 * @error: the error that was posted before
 */
void gst_nanovid_progress_fail (
    GstNanovidProgress *progress, const GError *error);

G_END_DECLS
