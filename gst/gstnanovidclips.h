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
 * Inputs come in on one thread, the sink pad's, and each becomes a job; the
 * clips leave on another, the source pad's streaming thread, each as one
 * buffer.
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
 * @max_jobs: how many inputs may be between their arrival and the push of
 *   their clips, from 1
 */
void gst_nanovid_clips_set_max_jobs (GstNanovidClips *clips, guint max_jobs);
guint gst_nanovid_clips_get_max_jobs (GstNanovidClips *clips);
void gst_nanovid_clips_set_on_error (
    GstNanovidClips *clips, GstNanovidOnError on_error);
GstNanovidOnError gst_nanovid_clips_get_on_error (GstNanovidClips *clips);

/* What is set is for the next input. */
void gst_nanovid_clips_set_outputs (
    GstNanovidClips *clips, GstNanovidOutputs outputs);
GstNanovidOutputs gst_nanovid_clips_get_outputs (GstNanovidClips *clips);

/* For the sink pad */

/**
 * gst_nanovid_clips_push:
 * @sample: a whole input, with the segment it is in
 *
 * Makes it a job; waits while there are as many as there may be, and for the
 * encoding of a frame.
 *
 * Returns: %GST_FLOW_OK; %GST_FLOW_FLUSHING; %GST_FLOW_EOS after the end;
 *   %GST_FLOW_ERROR after an error message
 */
GstFlowReturn gst_nanovid_clips_push (
    GstNanovidClips *clips, GstSample *sample);

/**
 * gst_nanovid_clips_end:
 *
 * There are no more inputs: what is there is all.
 */
void gst_nanovid_clips_end (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_set_flushing:
 * @flushing: whether gst_nanovid_clips_push() returns at once
 *
 * Does not wait.
 */
void gst_nanovid_clips_set_flushing (GstNanovidClips *clips, gboolean flushing);

/* While no input is being pushed and no clip is being created */

/**
 * gst_nanovid_clips_start:
 *
 * Begins anew.
 */
void gst_nanovid_clips_start (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_abandon:
 *
 * Ends the wait for all clips.  What was not submitted never will be; what was,
 * and what was pushed of late, is kept for an input that asks for the same.
 * Waits as long as nanogpt_job_stop() does.
 */
void gst_nanovid_clips_abandon (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_stop:
 *
 * Abandons all, and the wait as the application sees it.
 */
void gst_nanovid_clips_stop (GstNanovidClips *clips);

/* For the source pad */

/**
 * gst_nanovid_clips_create:
 * @buffer: (out): the next clip
 *
 * Waits for the clip of the oldest input.  Caps, segment, tags and gaps go out
 * from here.
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
 * Downstream takes no more clips: no more inputs are taken.
 */
void gst_nanovid_clips_close (GstNanovidClips *clips);

/* For the application */

/**
 * gst_nanovid_clips_forget:
 *
 * From the next start on, every input gets a new clip.
 */
void gst_nanovid_clips_forget (GstNanovidClips *clips);

/**
 * gst_nanovid_clips_create_job_structure:
 *
 * Returns: (transfer full) (nullable): the last `nanovid-job` that was posted
 */
GstStructure *gst_nanovid_clips_create_job_structure (GstNanovidClips *clips);

G_END_DECLS
