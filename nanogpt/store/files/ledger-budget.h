/* nanovid: checks daily and hourly budgets against the ledger
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "ledger-day.h"

G_BEGIN_DECLS

/**
 * NanogptReservation:
 * @model: (nullable): the model's slug
 * @estimate: estimated cost of the clip in USD
 * @daily_budget: the most that may be spent today, in USD; 0 for no budget
 * @spender: (nullable): the owner of an hourly budget, any text
 * @hourly_budget: the most that @spender may spend in any hour, in USD; 0 for
 *   no budget
 *
 * A reservation that is requested from the ledger.
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
 * Returns: whether @wanted certainly stays within its daily budget
 */
gboolean nanogpt_ledger_check_day (const NanogptLedgerDay *day,
    const char *path, const NanogptReservation *wanted, GError **error);

/**
 * nanogpt_ledger_check_hour:
 * @today: today
 * @yesterday: the day before
 * @now: microseconds since the epoch
 * @error: return location for an error of %NANOGPT_ERROR_OVER_BUDGET; its
 *   details have a `retry_after` if there will be room
 *
 * Returns: whether @wanted certainly stays within its hourly budget, in the
 *   hour that ends now and therefore in each later one
 */
gboolean nanogpt_ledger_check_hour (const NanogptLedgerDay *today,
    const NanogptLedgerDay *yesterday, const NanogptReservation *wanted,
    gint64 now, GError **error);

/**
 * nanogpt_ledger_sum_hour:
 *
 * Returns: what @spender has spent and reserved in the hour that ends now, in
 *   USD; what is unknown or in another currency adds nothing
 */
NanogptMicros nanogpt_ledger_sum_hour (const NanogptLedgerDay *today,
    const NanogptLedgerDay *yesterday, const char *spender, gint64 now);

/**
 * nanogpt_ledger_refuse_uncountable:
 *
 * Sets an error that says that a budget cannot be checked; @format gives the
 * reason.
 *
 * Returns: %FALSE
 */
gboolean nanogpt_ledger_refuse_uncountable (const NanogptReservation *wanted,
    GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
