/* nanovid: bus messages: nanovid-job, errors, warnings, and the tags
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/job/job.h"

G_BEGIN_DECLS

/**
 * GstNanovidPlace:
 * @index: number of the input, from 0
 * @pts: where it was in its stream, or %GST_CLOCK_TIME_NONE
 *
 * Which of several inputs something is said of.
 */
typedef struct
{
  guint64 index;
  GstClockTime pts;
} GstNanovidPlace;

/**
 * GstNanovidPosted:
 *
 * What was posted of a job so far; all zeros before anything.
 */
typedef struct
{
  gboolean any;
  guint serial;
  guint n_warnings;
  gboolean named; /* with its run id */
} GstNanovidPosted;

/**
 * gst_nanovid_job_structure_new:
 * @status: a job's status
 * @place: (nullable): the input it is for
 *
 * Returns: (transfer full): the structure `nanovid-job` of element messages
 *   and of the `job` property
 */
GstStructure *gst_nanovid_job_structure_new (
    const NanogptJobStatus *status, const GstNanovidPlace *place);

/**
 * gst_nanovid_post_job:
 * @status: a job's status
 * @place: (nullable): the input it is for
 * @posted: what was posted of it so far
 *
 * Posts `nanovid-job` when there is something new, and each of the job's
 * warnings once.
 *
 * Returns: whether there was something new
 */
gboolean gst_nanovid_post_job (GstElement *element,
    const NanogptJobStatus *status, const GstNanovidPlace *place,
    GstNanovidPosted *posted);

/**
 * gst_nanovid_jobs_are_same:
 * @a: (nullable): a structure `nanovid-job`
 * @b: another
 *
 * Returns: whether they have the same run id, or none
 */
gboolean gst_nanovid_jobs_are_same (
    const GstStructure *a, const GstStructure *b);

/**
 * gst_nanovid_notify_job:
 * @renamed: whether `run-id` has changed, too
 *
 * Tells that the property `job` has changed.  With no lock held.
 */
void gst_nanovid_notify_job (GstElement *element, gboolean renamed);

/**
 * gst_nanovid_post_job_warnings:
 *
 * The part of gst_nanovid_post_job() that is about warnings.
 */
void gst_nanovid_post_job_warnings (GstElement *element,
    const NanogptJobStatus *status, GstNanovidPosted *posted);

/**
 * gst_nanovid_post_request_warnings:
 *
 * Posts what @request is likely to be misunderstood in.
 */
void gst_nanovid_post_request_warnings (
    GstElement *element, const NanogptRequest *request);

/**
 * gst_nanovid_tags_new:
 * @status: a job's status
 * @prompt: (nullable): what was asked for
 *
 * Returns: (transfer full): what is to be said of the job's clip
 */
GstTagList *gst_nanovid_tags_new (
    const NanogptJobStatus *status, const char *prompt);

/**
 * gst_nanovid_queue_tags:
 * @tags: (transfer full): what is to be said of the clip
 *
 * For the streaming thread.  The tags go out before the next buffer, after the
 * segment.
 */
void gst_nanovid_queue_tags (GstElement *element, GstTagList *tags);

/**
 * gst_nanovid_post_clip:
 * @place: the input or prompt that the clip is for
 * @run_id: (nullable): its job
 * @cost: what it cost, negative when unknown
 * @currency: (nullable): of @cost
 * @spent: for all clips so far, USD
 * @under_way: jobs that are not complete
 *
 * Posts an INFO message: one of many clips leaves.
 */
void gst_nanovid_post_clip (GstElement *element, const GstNanovidPlace *place,
    const char *run_id, NanogptMicros cost, const char *currency,
    NanogptMicros spent, guint under_way);

/**
 * gst_nanovid_post_error:
 * @error: an error of %NANOGPT_ERROR
 * @place: (nullable): the input it is about
 *
 * Posts the one error message that carries `reason`.
 */
void gst_nanovid_post_error (
    GstElement *element, const GError *error, const GstNanovidPlace *place);

/**
 * gst_nanovid_post_skipped:
 * @error: an error of %NANOGPT_ERROR
 * @place: the input it is about
 *
 * Posts a warning with the same details, for what does not end the stream.
 */
void gst_nanovid_post_skipped (
    GstElement *element, const GError *error, const GstNanovidPlace *place);

G_END_DECLS
