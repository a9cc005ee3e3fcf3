/* nanovid: the budget of one element (max-total-cost)
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "money.h"

G_BEGIN_DECLS

/**
 * NanogptBudget:
 *
 * The sum of what one element was charged and what is in flight, in USD, held
 * in memory.  All functions may be called from any thread, and none of them
 * blocks.
 *
 * Every reservation ends with one call of nanogpt_budget_settle() or
 * nanogpt_budget_release(), with the same estimate.
 */
typedef struct _NanogptBudget NanogptBudget;

NanogptBudget *nanogpt_budget_new (void);
NanogptBudget *nanogpt_budget_ref (NanogptBudget *budget);
void nanogpt_budget_unref (NanogptBudget *budget);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptBudget, nanogpt_budget_unref)

/**
 * nanogpt_budget_reserve:
 * @limit: the most that may be spent in total, in USD; 0 for no limit
 * @estimate: the estimated cost of the next clip, in USD; negative if unknown
 * @error: return location for an error of %NANOGPT_ERROR_OVER_BUDGET
 *
 * Adds @estimate to what is in flight if the sum certainly stays within @limit.
 * With a limit, an unknown estimate is refused, and so is any estimate after a
 * cost that is unknown or in another currency.
 */
gboolean nanogpt_budget_reserve (NanogptBudget *budget, NanogptMicros limit,
    NanogptMicros estimate, GError **error);

/**
 * nanogpt_budget_settle:
 * @cost: what was charged; if negative (unknown), @estimate is counted instead
 * @currency: (nullable): the currency of @cost; %NULL for USD
 */
void nanogpt_budget_settle (NanogptBudget *budget, NanogptMicros estimate,
    NanogptMicros cost, const char *currency);

/**
 * nanogpt_budget_release:
 *
 * Ends a reservation for which nothing was charged.
 */
void nanogpt_budget_release (NanogptBudget *budget, NanogptMicros estimate);

G_END_DECLS
