/* nanovid: the budget of one element (max-total-cost)
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "money.h"

G_BEGIN_DECLS

/**
 * NanogptBudget:
 *
 * The sum of what one element was charged and of what is in flight, in USD, in
 * memory.  All functions may be called from any thread, and none waits for
 * anything.
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
 * @limit: what may be spent in all, USD, 0 for no limit
 * @estimate: what the next clip is going to cost, USD, negative when unknown
 * @error: return location for an error of %NANOGPT_ERROR_OVER_BUDGET
 *
 * Puts @estimate in flight, if that keeps within @limit for certain: with a
 * limit an unknown estimate is refused, and so is every one after a cost that
 * is unknown or in another currency.
 */
gboolean nanogpt_budget_reserve (NanogptBudget *budget, NanogptMicros limit,
    NanogptMicros estimate, GError **error);

/**
 * nanogpt_budget_settle:
 * @cost: what was charged, negative when unknown: @estimate counts then
 * @currency: (nullable): of @cost; %NULL for USD
 */
void nanogpt_budget_settle (NanogptBudget *budget, NanogptMicros estimate,
    NanogptMicros cost, const char *currency);

/**
 * nanogpt_budget_release:
 *
 * Nothing was charged.
 */
void nanogpt_budget_release (NanogptBudget *budget, NanogptMicros estimate);

G_END_DECLS
