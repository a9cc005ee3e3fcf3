/* nanovid: amounts of money: comparison and formatting
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_money_is_other_currency:
 * @amount: the amount, negative when unknown
 * @currency: (nullable): its currency; %NULL, when the service did not say,
 *   stands for USD
 *
 * Returns: whether @amount cannot be added to amounts in USD; nothing is
 *   nothing in every currency
 */
gboolean nanogpt_money_is_other_currency (double amount, const char *currency);

/**
 * nanogpt_money_exceeds:
 *
 * Returns: whether @sum is above @limit by more than adding it up may have
 *   made of it
 */
gboolean nanogpt_money_exceeds (double sum, double limit);

/**
 * nanogpt_money_format:
 * @amount: in USD
 *
 * Returns: (transfer full): such as `$0.30`, with more digits where there are
 *   fractions of a cent
 */
char *nanogpt_money_format (double amount);

/**
 * nanogpt_money_format_cost:
 * @cost: what the service charged, negative when unknown
 * @currency: (nullable): as the service named it; %NULL stands for USD
 *
 * Returns: (transfer full) (nullable): such as `0.3 USD`, %NULL when unknown
 */
char *nanogpt_money_format_cost (double cost, const char *currency);

G_END_DECLS
