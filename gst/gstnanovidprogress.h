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
 * One operation: begun, then updated, then ended exactly once.
 * Nothing is posted before the begin or after the end, whoever calls.
 *
 * Begin and update belong to the streaming thread; the end may come from any.
 */
typedef struct
{
  GstElement *element; /* not owned */
  gboolean attaches;   /* whether `run-id` brings a clip */
  GRecMutex lock;      /* of what is posted: a handler may end the wait */
  gboolean open;
  gboolean introduced; /* whether the job was named and how to collect it */
  NanogptJobState state;
  guint attempt;      /* that was posted last */
  NanogptMicros cost; /* that was posted last */
  gint64 due;         /* monotonic time of the next sign of life */
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
 * @status: the job that is waited for
 */
void gst_nanovid_progress_begin (
    GstNanovidProgress *progress, const NanogptJobStatus *status);

/**
 * gst_nanovid_progress_update:
 * @status: the job as of now
 *
 * Says what is new or tried again, or every ten seconds that the wait goes on.
 *
 * Returns: the monotonic time at which to come again in any case, or -1
 */
gint64 gst_nanovid_progress_update (
    GstNanovidProgress *progress, const NanogptJobStatus *status);

void gst_nanovid_progress_complete (GstNanovidProgress *progress);

/**
 * gst_nanovid_progress_cancel:
 * @run_id: (nullable): the job that goes on without being waited for
 */
void gst_nanovid_progress_cancel (
    GstNanovidProgress *progress, const char *run_id);

/**
 * gst_nanovid_progress_fail:
 * @error: what the error message before it said
 */
void gst_nanovid_progress_fail (
    GstNanovidProgress *progress, const GError *error);

G_END_DECLS
