/* nanovid: estimates cost and time of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"
#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * NanogptEstimate:
 * @history: what earlier jobs of the same kind took and cost
 * @warnings: (element-type utf8): what the listing of models says against the
 *   request
 * @cost: USD that the job is going to cost, negative when unknown
 * @source: how @cost was estimated, or why it could not be
 * @body: (nullable): what is submitted, its fields named as the model has them
 * @refusal: (nullable): why nothing can be submitted, when there is no @body
 * @similar: (nullable): slugs that the model may be meant to be, which is not
 *   known
 * @outdated: whether the listing that this rests on is a day old, or missing
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
 * @state_dir: where the listing is kept
 * @origin: of the service
 * @request: what is to be asked for
 * @listing: (nullable): the response of the listing's endpoint, to use and keep
 * @history: (transfer full): what is known of such jobs
 *
 * Waits for the disk.
 *
 * Returns: (transfer full): what is known
 */
NanogptEstimate *nanogpt_estimate_new (const char *state_dir,
    const char *origin, const NanogptRequest *request, GBytes *listing,
    NanogptHistory *history);
void nanogpt_estimate_free (NanogptEstimate *estimate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptEstimate, nanogpt_estimate_free)

G_END_DECLS
