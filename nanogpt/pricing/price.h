/* nanovid: estimates the price of a request from the service's list
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "catalog.h"

#include "nanogpt/base/money.h"
#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * nanogpt_price_estimate:
 * @catalog: the service's listing
 * @request: the request to be submitted
 * @usd: (out): the price in USD, rounded up; unchanged if unknown
 * @how: (out) (transfer full): what the price is made of, such as `$0.036 a
 *   second, 720p, 5 s`; or a sentence about why it is unknown
 *
 * The service has dozens of ways to list a price, and new ones appear.  A price
 * is unknown unless every part of the model's price list is understood, and
 * nothing in the request can add to it.  Prices listed as `raw` or as a minimum
 * were seen to be lower than what was charged, and count as unknown.
 *
 * Returns: whether the price is known
 */
gboolean nanogpt_price_estimate (const NanogptCatalog *catalog,
    const NanogptRequest *request, NanogptMicros *usd, char **how);

G_END_DECLS
