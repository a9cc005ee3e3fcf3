/* nanovid: estimates the cost and generation time of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"
#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * NanogptEstimate:
 * @history: how long earlier jobs of the same kind took, and what they cost
 * @warnings: (element-type utf8): problems of the request according to the
 *   listing of models
 * @cost: estimated cost of the job in USD, negative if unknown
 * @source: how @cost was estimated, or why it could not be
 * @body: (nullable): the body to submit, with the field names of the model
 * @refusal: (nullable): why nothing can be submitted, if there is no @body
 * @similar: (nullable): slugs that may have been meant, if the model is not
 *   known
 * @outdated: whether the listing is over a day old, or missing
 */
typedef struct
{
  NanogptHistory *history;
  GPtrArray *warnings;
  NanogptMicros cost;
  char *source;
  GBytes *body;
  GError *refusal;
  char *similar;
  gboolean outdated;
} NanogptEstimate;

/**
 * nanogpt_estimate_new:
 * @state_dir: directory in which the listing is kept
 * @origin: origin of the service
 * @request: the request
 * @listing: (nullable): the response of the listing's endpoint, to use and keep
 * @history: (transfer full): the history of such jobs
 *
 * Blocks on the disk.
 *
 * Returns: (transfer full): the estimate
 */
NanogptEstimate *nanogpt_estimate_new (const char *state_dir,
    const char *origin, const NanogptRequest *request, GBytes *listing,
    NanogptHistory *history);
void nanogpt_estimate_free (NanogptEstimate *estimate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptEstimate, nanogpt_estimate_free)

G_END_DECLS
