/* nanovid: what can be known of a request before it is paid for
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "history.h"
#include "request.h"

G_BEGIN_DECLS

/**
 * NanogptAppraisal:
 * @history: what earlier jobs of the same kind took and cost
 * @warnings: (element-type utf8): what the listing of models says against the
 *   request
 * @estimate: USD that the job is going to cost, negative when unknown
 * @how: how @estimate was made, or why it could not be
 * @outdated: whether the listing that this rests on is a day old, or missing
 */
typedef struct
{
  NanogptHistory *history;
  GPtrArray *warnings;
  double estimate;
  char *how;
  gboolean outdated;
} NanogptAppraisal;

/**
 * nanogpt_appraisal_new:
 * @state_dir: where history and listing are kept
 * @origin: of the service
 * @request: what is to be asked for
 * @listing: (nullable): the answer of the listing's endpoint, to use and keep
 *
 * Waits for the disk.
 *
 * Returns: (transfer full): what is known
 */
NanogptAppraisal *nanogpt_appraisal_new (const char *state_dir,
    const char *origin, const NanogptRequest *request, GBytes *listing);
void nanogpt_appraisal_free (NanogptAppraisal *appraisal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptAppraisal, nanogpt_appraisal_free)

G_END_DECLS
