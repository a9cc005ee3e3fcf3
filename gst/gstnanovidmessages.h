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
 * @pts: presentation time stamp of the input, or %GST_CLOCK_TIME_NONE
 *
 * Identifies one of several inputs.
 */
typedef struct
{
  guint64 index;
  GstClockTime pts;
} GstNanovidPlace;

/**
 * GstNanovidPosted:
 *
 * What was posted about a job so far; initially all zeros.
 */
typedef struct
{
  gboolean any;
  guint serial;
  guint n_warnings;
  gboolean named; /* the run ID was posted */
} GstNanovidPosted;

/**
 * gst_nanovid_job_structure_new:
 * @status: a job's status
 * @place: (nullable): the input that the job is for
 *
 * Returns: (transfer full): the structure `nanovid-job` of element messages
 *   and of the `job` property
 */
GstStructure *gst_nanovid_job_structure_new (
    const NanogptJobStatus *status, const GstNanovidPlace *place);

/**
 * gst_nanovid_post_job:
 * @status: a job's status
 * @place: (nullable): the input that the job is for
 * @posted: what was posted about the job so far
 *
 * Posts `nanovid-job` if the status has changed, and each of the job's warnings
 * once.
 *
 * Returns: whether the status had changed
 */
gboolean gst_nanovid_post_job (GstElement *element,
    const NanogptJobStatus *status, const GstNanovidPlace *place,
    GstNanovidPosted *posted);

/**
 * gst_nanovid_jobs_are_same:
 * @a: (nullable): a structure `nanovid-job`
 * @b: another such structure
 *
 * Returns: whether both have the same run ID, or none
 */
gboolean gst_nanovid_jobs_are_same (
    const GstStructure *a, const GstStructure *b);

/**
 * gst_nanovid_notify_job:
 * @renamed: whether `run-id` has changed as well
 *
 * Notifies of a change of the property `job`.  Call without locks held.
 */
void gst_nanovid_notify_job (GstElement *element, gboolean renamed);

/**
 * gst_nanovid_post_job_warnings:
 *
 * Posts only the warnings that gst_nanovid_post_job() would post.
 */
void gst_nanovid_post_job_warnings (GstElement *element,
    const NanogptJobStatus *status, GstNanovidPosted *posted);

/**
 * gst_nanovid_post_request_warnings:
 *
 * Posts warnings about parts of @request that are likely to be misunderstood.
 */
void gst_nanovid_post_request_warnings (
    GstElement *element, const NanogptRequest *request);

/**
 * gst_nanovid_tags_new:
 * @status: a job's status
 * @prompt: (nullable): the prompt of the request
 *
 * Returns: (transfer full): tags for the job's clip
 */
GstTagList *gst_nanovid_tags_new (
    const NanogptJobStatus *status, const char *prompt);

/**
 * gst_nanovid_queue_tags:
 * @tags: (transfer full): tags for the clip
 *
 * Queues tags, which are pushed after the segment and before the next buffer.
 * Call from the streaming thread.
 */
void gst_nanovid_queue_tags (GstElement *element, GstTagList *tags);

/**
 * gst_nanovid_post_clip:
 * @place: the input or prompt that the clip is for
 * @run_id: (nullable): the run ID of its job
 * @cost: cost of the clip, negative if unknown
 * @currency: (nullable): currency of @cost
 * @spent: total cost of all clips so far, in USD
 * @under_way: number of jobs that are not complete
 *
 * Posts an INFO message when one of many clips is pushed.
 */
void gst_nanovid_post_clip (GstElement *element, const GstNanovidPlace *place,
    const char *run_id, NanogptMicros cost, const char *currency,
    NanogptMicros spent, guint under_way);

/**
 * gst_nanovid_post_error:
 * @error: an error of %NANOGPT_ERROR
 * @place: (nullable): the input that the error is about
 *
 * Posts the one error message that carries `reason`.
 */
void gst_nanovid_post_error (
    GstElement *element, const GError *error, const GstNanovidPlace *place);

/**
 * gst_nanovid_post_skipped:
 * @error: an error of %NANOGPT_ERROR
 * @place: the input that the error is about
 *
 * Posts a warning with the same details, for an error that does not end the
 * stream.
 */
void gst_nanovid_post_skipped (
    GstElement *element, const GError *error, const GstNanovidPlace *place);

G_END_DECLS
