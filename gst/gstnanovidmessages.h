/* nanovid: what an element tells the application about its job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/job.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_job_structure_new:
 * @status: a job's status
 *
 * Returns: (transfer full): the structure `nanovid-job` of element messages
 *   and of the `job` property
 */
GstStructure *gst_nanovid_job_structure_new (const NanogptJobStatus *status);

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
 * gst_nanovid_post_error:
 * @error: an error of %NANOGPT_ERROR
 *
 * Posts the one error message that carries `reason`.
 */
void gst_nanovid_post_error (GstElement *element, const GError *error);

G_END_DECLS
