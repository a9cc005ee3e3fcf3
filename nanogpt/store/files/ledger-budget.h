/* nanovid: the ledger's budgets: of a day, and of any hour
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "ledger-day.h"

G_BEGIN_DECLS

/**
 * NanogptReservation:
 * @model: (nullable): the model's slug
 * @estimate: what the clip is going to cost, USD
 * @daily_budget: what may be spent today, USD, 0 for no budget
 * @spender: (nullable): who has an hourly budget, any text
 * @hourly_budget: what @spender may spend in any hour, USD, 0 for no budget
 *
 * What is asked of the ledger.
 */
typedef struct
{
  const char *model;
  NanogptMicros estimate;
  NanogptMicros daily_budget;
  const char *spender;
  NanogptMicros hourly_budget;
} NanogptReservation;

/**
 * nanogpt_ledger_check_day:
 * @day: today
 * @path: its file
 * @error: return location for an error of %NANOGPT_ERROR_OVER_BUDGET
 *
 * Returns: whether @wanted keeps within its daily budget for certain
 */
gboolean nanogpt_ledger_check_day (const NanogptLedgerDay *day,
    const char *path, const NanogptReservation *wanted, GError **error);

/**
 * nanogpt_ledger_check_hour:
 * @today: today
 * @yesterday: the day before
 * @now: microseconds since the epoch
 * @error: return location for an error of %NANOGPT_ERROR_OVER_BUDGET; its
 *   details have a `retry_after` where there will be room
 *
 * Returns: whether @wanted keeps within its hourly budget for certain, in the
 *   hour that ends now and therefore in each that will
 */
gboolean nanogpt_ledger_check_hour (const NanogptLedgerDay *today,
    const NanogptLedgerDay *yesterday, const NanogptReservation *wanted,
    gint64 now, GError **error);

/**
 * nanogpt_ledger_sum_hour:
 *
 * Returns: what @spender has spent and reserved in the hour that ends now, USD;
 *   what is unknown or in another currency adds nothing
 */
NanogptMicros nanogpt_ledger_sum_hour (const NanogptLedgerDay *today,
    const NanogptLedgerDay *yesterday, const char *spender, gint64 now);

/**
 * nanogpt_ledger_refuse_uncountable:
 *
 * Tells that a budget cannot be checked, because of what @format makes.
 *
 * Returns: %FALSE
 */
gboolean nanogpt_ledger_refuse_uncountable (const NanogptReservation *wanted,
    GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
