/* nanovid: errors for exceeded budgets
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "budget-error.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/error.h"

GError *
nanogpt_budget_error_new_excess (NanogptBudgetKind kind, NanogptMicros budget,
    NanogptMicros estimate, NanogptMicros charged, NanogptMicros reserved)
{
  g_autofree char *all = nanogpt_money_format (budget);
  g_autofree char *needed = nanogpt_money_format (estimate);
  g_autofree char *spent = nanogpt_money_format (charged);
  g_autofree char *held = nanogpt_money_format (reserved);

  if (kind == NANOGPT_BUDGET_HOUR)
    return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
        _ ("This clip would exceed the hourly budget of %s: it needs %s, %s was "
           "spent in the last hour and %s is reserved for other clips"),
        all, needed, spent, held);
  return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
      _ ("This clip would exceed the daily budget of %s: it needs %s, %s was "
         "spent today and %s is reserved for other clips; a new day begins at "
         "00:00 UTC"),
      all, needed, spent, held);
}

GError *
nanogpt_budget_error_new_uncountable (
    NanogptBudgetKind kind, const char *because)
{
  if (kind == NANOGPT_BUDGET_HOUR)
    return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
        _ ("The hourly budget cannot be checked: %s"), because);
  return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
      _ ("The daily budget cannot be checked: %s"), because);
}

GError *
nanogpt_budget_error_new_other_currency (
    NanogptBudgetKind kind, const char *currency)
{
  g_autofree char *because = kind == NANOGPT_BUDGET_HOUR
      ? g_strdup_printf (
          _ ("it is in USD, but a clip was charged in %s in the last hour"),
          currency)
      : g_strdup_printf (
          _ ("it is in USD, but a clip was charged in %s today; a new day begins "
             "at 00:00 UTC"),
          currency);

  return nanogpt_budget_error_new_uncountable (kind, because);
}

GError *
nanogpt_budget_error_new_unknown_charge (NanogptBudgetKind kind)
{
  return nanogpt_budget_error_new_uncountable (kind,
      kind == NANOGPT_BUDGET_HOUR
          ? _ ("the cost of one of the last hour's clips is not known")
          : _ (
              "the cost of one of today's clips is not known; a new day begins "
              "at 00:00 UTC"));
}

GError *
nanogpt_budget_error_new_unknown_estimate (NanogptBudgetKind kind)
{
  return nanogpt_budget_error_new_uncountable (
      kind, _ ("the cost of this clip in USD is not known in advance"));
}
