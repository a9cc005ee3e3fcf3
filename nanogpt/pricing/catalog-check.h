/* nanovid: checks a request against the model info of the service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "catalog.h"

#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * NANOGPT_CATALOG_MAX_WARNINGS:
 *
 * Sentences that nanogpt_catalog_check() gives at most.
 */
#define NANOGPT_CATALOG_MAX_WARNINGS 5

/**
 * nanogpt_catalog_check:
 *
 * Compares a request with what is listed of its model.  The listing is advice:
 * it may be behind the service, and what it does not say is fine.
 *
 * Returns: (transfer container) (element-type utf8): a sentence for a user on
 *   each contradiction, with what the listing has instead, at most
 *   %NANOGPT_CATALOG_MAX_WARNINGS; often none
 */
GPtrArray *nanogpt_catalog_check (
    const NanogptCatalog *catalog, const NanogptRequest *request);

G_END_DECLS
