/* nanovid: errors for exceeded budgets
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/**
 * NanogptBudgetKind:
 * @NANOGPT_BUDGET_DAY: what may be spent in a day (UTC)
 * @NANOGPT_BUDGET_HOUR: what may be spent in any hour
 */
typedef enum
{
  NANOGPT_BUDGET_DAY,
  NANOGPT_BUDGET_HOUR,
} NanogptBudgetKind;

/* All return: (transfer full): a %NANOGPT_ERROR_OVER_BUDGET */

GError *nanogpt_budget_error_new_excess (NanogptBudgetKind kind,
    NanogptMicros budget, NanogptMicros estimate, NanogptMicros charged,
    NanogptMicros reserved);

/* @because: why the budget cannot be checked */
GError *nanogpt_budget_error_new_uncountable (
    NanogptBudgetKind kind, const char *because);

/* @currency: the currency in which a clip was charged */
GError *nanogpt_budget_error_new_other_currency (
    NanogptBudgetKind kind, const char *currency);
GError *nanogpt_budget_error_new_unknown_charge (NanogptBudgetKind kind);
GError *nanogpt_budget_error_new_unknown_estimate (NanogptBudgetKind kind);

G_END_DECLS
