/* nanovid: names request fields as the service's list of models does
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "request.h"

G_BEGIN_DECLS

/**
 * nanogpt_listed_names_apply:
 * @listed: (nullable): the fields that the request's model accepts, according
 *   to the service's listing; %NULL if the model is not listed
 *
 * Names the fields that the table of models does not know: as the model's
 * listing does, or else as the documentation does for all models.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for a last image or a reference that
 * the model is not known to accept.
 *
 * Returns: (transfer full) (nullable): the body to submit
 */
GBytes *nanogpt_listed_names_apply (
    const NanogptRequest *request, struct _JsonObject *listed, GError **error);

/**
 * nanogpt_listed_names_are_needed:
 *
 * Returns: whether @request has a medium whose name is in no documentation, so
 *   that it cannot be sent without the listing
 */
gboolean nanogpt_listed_names_are_needed (const NanogptRequest *request);

/**
 * nanogpt_listed_names_dup_summary:
 * @listed: (nullable): as in nanogpt_listed_names_apply()
 *
 * Returns: (transfer full): the request's summary, with its fields named as
 *   they are submitted; read-only
 */
struct _JsonObject *nanogpt_listed_names_dup_summary (
    const NanogptRequest *request, struct _JsonObject *listed);

G_END_DECLS
