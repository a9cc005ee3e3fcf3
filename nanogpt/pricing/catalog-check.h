/* nanovid: checks a request against the service's list of models
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "catalog.h"

#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * NANOGPT_CATALOG_MAX_WARNINGS:
 *
 * The maximum number of sentences that nanogpt_catalog_check() returns.
 */
#define NANOGPT_CATALOG_MAX_WARNINGS 5

/**
 * nanogpt_catalog_check:
 *
 * Compares a request with the listing of its model.  The listing is advice: it
 * may be out of date, and what it does not mention is fine.
 *
 * Returns: (transfer container) (element-type utf8): a sentence for a user
 *   about each contradiction, with what the listing has instead, at most
 *   %NANOGPT_CATALOG_MAX_WARNINGS; often none
 */
GPtrArray *nanogpt_catalog_check (
    const NanogptCatalog *catalog, const NanogptRequest *request);

G_END_DECLS
