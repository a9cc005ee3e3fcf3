/* nanovid: names a request's fields as the service's listing has them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "request.h"

G_BEGIN_DECLS

/**
 * nanogpt_listed_names_apply:
 * @listed: (nullable): the fields that the request's model takes, by the
 *   service's listing; %NULL when it is not listed
 *
 * Names what the table of models does not know: as the model's listing has it,
 * else as the documentation has it for all models.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for a last image or a reference that
 * the model is not known to take.
 *
 * Returns: (transfer full) (nullable): the body to submit
 */
GBytes *nanogpt_listed_names_apply (
    const NanogptRequest *request, struct _JsonObject *listed, GError **error);

/**
 * nanogpt_listed_names_are_needed:
 *
 * Returns: whether @request has a medium whose name no documentation tells, so
 *   that it cannot be sent unless the listing is there
 */
gboolean nanogpt_listed_names_are_needed (const NanogptRequest *request);

/**
 * nanogpt_listed_names_dup_summary:
 * @listed: (nullable): as in nanogpt_listed_names_apply()
 *
 * Returns: (transfer full): the request's summary, with the names that its
 *   fields have in what is submitted; to be read only
 */
struct _JsonObject *nanogpt_listed_names_dup_summary (
    const NanogptRequest *request, struct _JsonObject *listed);

G_END_DECLS
