/* nanovid: similar model names for an unknown one
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "catalog.h"

G_BEGIN_DECLS

/**
 * nanogpt_similar_models_find:
 * @catalog: (nullable): the service's listing
 * @model: a slug
 *
 * Returns: (transfer full) (nullable): up to three slugs, such as `a, b, c`;
 *   %NULL if @model is known, or none is similar
 */
char *nanogpt_similar_models_find (
    const NanogptCatalog *catalog, const char *model);

G_END_DECLS
