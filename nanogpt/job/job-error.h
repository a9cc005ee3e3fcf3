/* nanovid: errors that end the wait for a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/base/error.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * nanogpt_job_error_new_not_submitted:
 * @last: (nullable): the last transient failure
 * @timeout: seconds
 *
 * Returns: why nothing was submitted until the deadline
 */
GError *nanogpt_job_error_new_not_submitted (const GError *last, guint timeout);

/**
 * nanogpt_job_error_new_submit_unknown:
 * @cause: what happened instead of the response to the submit
 * @why: why it is not looked up any longer
 */
GError *nanogpt_job_error_new_submit_unknown (
    const GError *cause, const char *why);

/**
 * nanogpt_job_error_new_timed_out:
 * @last: (nullable): the last transient failure
 * @timeout: seconds
 */
GError *nanogpt_job_error_new_timed_out (const GError *last, guint timeout);

/**
 * nanogpt_job_error_explain_collecting:
 * @run_id: a job that continues
 * @adopted: (nullable): the settings, if the job was submitted earlier: since
 *   its wait may end in the same way at every start, there must be a way to
 *   give it up
 *
 * Adds to @error how to get the clip that is paid for, whatever ended the wait.
 */
void nanogpt_job_error_explain_collecting (
    GError *error, const char *run_id, const NanogptSettings *adopted);

/**
 * nanogpt_job_error_explain_model:
 * @similar: slugs
 *
 * Adds to @error which models may have been meant, as @model is not known.
 */
void nanogpt_job_error_explain_model (
    GError *error, const char *model, const char *similar);

/**
 * nanogpt_job_error_explain_failure:
 * @cost: what the service charged, negative when unknown
 * @currency: (nullable): the currency of @cost
 *
 * Adds to @error, with which a job has ended, which job that was, what it cost
 * and what to do next.
 */
void nanogpt_job_error_explain_failure (GError *error, const char *run_id,
    NanogptMicros cost, const char *currency);

G_END_DECLS
