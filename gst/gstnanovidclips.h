/* nanovid: mode=clips: many inputs, a job for each, clips in order
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidbase.h"
#include "gstnanovidenums.h"
#include "gstnanovidpads.h"

G_BEGIN_DECLS

/**
 * GstNanovidClips:
 *
 * Inputs arrive on the sink pad's thread, and each becomes a job.  The clips
 * are pushed from the source pad's streaming thread, each as one buffer.
 */
typedef struct _GstNanovidClips GstNanovidClips;

/**
 * gst_nanovid_clips_new:
 * @element: (transfer none): the element that owns it
 * @pads: (transfer none): its pads
 */
GstNanovidClips *gst_nanovid_clips_new (
    GstNanovidBase *element, GstNanovidPads *pads);
void gst_nanovid_clips_free (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_set_max_jobs:
 * @max_jobs: how many inputs may be in flight, from their arrival to the push
 *   of their clips; at least 1
 */
void gst_nanovid_clips_set_max_jobs (GstNanovidClips *clips, guint max_jobs);
guint gst_nanovid_clips_get_max_jobs (GstNanovidClips *clips);
void gst_nanovid_clips_set_on_error (
    GstNanovidClips *clips, GstNanovidOnError on_error);
GstNanovidOnError gst_nanovid_clips_get_on_error (GstNanovidClips *clips);

/* Takes effect with the next input. */
void gst_nanovid_clips_set_outputs (
    GstNanovidClips *clips, GstNanovidOutputs outputs);
GstNanovidOutputs gst_nanovid_clips_get_outputs (GstNanovidClips *clips);

/* For the sink pad */

/**
 * gst_nanovid_clips_push:
 * @sample: a complete input with its segment
 *
 * Starts a job for the input.  Waits while the maximum number of jobs is in
 * flight, and while a frame is encoded.
 *
 * Returns: %GST_FLOW_OK; %GST_FLOW_FLUSHING; %GST_FLOW_EOS after the end;
 *   %GST_FLOW_ERROR after an error message
 */
GstFlowReturn gst_nanovid_clips_push (
    GstNanovidClips *clips, GstSample *sample);

/**
 * gst_nanovid_clips_end:
 *
 * Marks the end of the inputs.
 */
void gst_nanovid_clips_end (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_set_flushing:
 * @flushing: whether gst_nanovid_clips_push() returns at once
 *
 * Does not block.
 */
void gst_nanovid_clips_set_flushing (GstNanovidClips *clips, gboolean flushing);

/* Call only while no input is pushed and no clip is created */

/**
 * gst_nanovid_clips_start:
 *
 * Resets the state for a new run.
 */
void gst_nanovid_clips_start (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_abandon:
 *
 * Stops waiting for all clips.  Inputs that were not submitted are dropped.
 * Jobs that were submitted, and clips that were pushed recently, are kept for
 * identical inputs.  Blocks as long as nanogpt_job_stop() does.
 */
void gst_nanovid_clips_abandon (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_stop:
 *
 * Abandons all clips and ends the PROGRESS operation.
 */
void gst_nanovid_clips_stop (GstNanovidClips *clips);

/* For the source pad */

/**
 * gst_nanovid_clips_create:
 * @buffer: (out): the next clip
 *
 * Waits for the clip of the oldest input.  Also pushes caps, segment, tags and
 * gaps.
 */
GstFlowReturn gst_nanovid_clips_create (
    GstNanovidClips *clips, GstBuffer **buffer);

/**
 * gst_nanovid_clips_set_unlocked:
 * @unlocked: whether gst_nanovid_clips_create() returns at once
 */
void gst_nanovid_clips_set_unlocked (GstNanovidClips *clips, gboolean unlocked);

/**
 * gst_nanovid_clips_close:
 *
 * Stops accepting inputs, because downstream accepts no more clips.
 */
void gst_nanovid_clips_close (GstNanovidClips *clips);

/* For the application */

/**
 * gst_nanovid_clips_forget:
 *
 * Makes every input get a new clip from the next start on.
 */
void gst_nanovid_clips_forget (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_create_job_structure:
 *
 * Returns: (transfer full) (nullable): the `nanovid-job` structure posted last
 */
GstStructure *gst_nanovid_clips_create_job_structure (GstNanovidClips *clips);

G_END_DECLS
