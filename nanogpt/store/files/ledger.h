/* nanovid: ledger of spending by day, shared by all processes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "ledger-budget.h"
#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/* The ledger of a service is `spending/YYYY-MM-DD.log` in its directory, see
 * nanogpt_service_get_dir(), which is the state directory of all functions here
 * except the last.  There is one file for each day (UTC), to which a line is added
 * for each event:
 *
 *     nanovid-spending 1
 *     TIME ID EVENT AMOUNT CURRENCY MODEL RUN-ID [SPENDER]
 *
 * An event is `reserve` (an estimate, before a clip is requested), `charge` (the
 * cost, which replaces the estimate) or `release` (it was not charged).  `-` stands
 * for an unknown value; other texts are percent-encoded.  Files are kept forever.
 *
 * A refund by the service for a failed job is not deducted: the service reports it
 * in words at most, without an amount.
 *
 * A clip belongs to the day on which it was reserved, whenever it is charged.
 * A reservation counts for its day until it is charged or released, even if its
 * process is gone.
 *
 * For an hourly budget of one spender, a charge counts for one hour from when it
 * was recorded, on whichever day, and a reservation for two.
 *
 * All functions block on the disk, and those that write also on each other, in
 * this process and all others.  What they have written is durable when they
 * return.  They may be called from any thread that may block. */

/**
 * nanogpt_ledger_reserve:
 * @state_dir: the directory of the ledger; created if it does not exist
 * @wanted: what to reserve, and within which budgets
 * @error: return location for an error
 *
 * Reserves the estimate if it certainly stays within the budgets.  With a
 * budget, anything that prevents the check is a refusal, be it an unknown
 * estimate, a charge that is unknown or in another currency, or a ledger that
 * cannot be read or written.
 *
 * Waits for other processes for up to 10 seconds with a budget, and for half a
 * second without one, as do all functions below.
 *
 * Errors: %NANOGPT_ERROR_OVER_BUDGET with a budget; a #GFileError without one:
 * %G_FILE_ERROR_AGAIN if others did not release the ledger.
 *
 * Returns: (transfer full) (nullable): the reservation's id
 */
char *nanogpt_ledger_reserve (
    const char *state_dir, const NanogptReservation *wanted, GError **error);

/**
 * nanogpt_ledger_charge:
 * @id: a reservation's id, even of one that has been charged: the last cost is
 *   the valid one
 * @cost: what was charged; if negative (unknown), the estimate counts
 * @currency: (nullable): the currency of @cost; %NULL, if the service did not
 *   say, for USD
 * @run_id: (nullable): the job's id
 * @error: return location for an error of #GFileError
 *
 * On error the reservation continues to count.
 */
gboolean nanogpt_ledger_charge (const char *state_dir, const char *id,
    NanogptMicros cost, const char *currency, const char *run_id,
    GError **error);

/**
 * nanogpt_ledger_release:
 * @id: a reservation's id
 * @error: return location for an error of #GFileError
 *
 * Releases a reservation whose clip was certainly not charged.  Does nothing
 * for one that was charged, or is not in the ledger.
 */
gboolean nanogpt_ledger_release (
    const char *state_dir, const char *id, GError **error);

/**
 * nanogpt_ledger_get_hour:
 * @spender: the owner of an hourly budget
 * @error: return location for an error of #GFileError
 *
 * Locks nothing and changes nothing.
 *
 * Returns: what was spent and is reserved in the hour that ends now, in USD;
 *   %NANOGPT_MONEY_UNKNOWN on error
 */
NanogptMicros nanogpt_ledger_get_hour (
    const char *state_dir, const char *spender, GError **error);

/**
 * nanogpt_ledger_list:
 * @state_dir: the directory of the ledgers of all services
 * @since: microseconds since the epoch, in the first day to list; 0 for all
 *
 * Locks nothing and changes nothing.
 *
 * Returns: (transfer full) (element-type NanogptLedgerSum): the sums of each
 *   day, model, currency and service, in this order; what cannot be read is left out
 */
GPtrArray *nanogpt_ledger_list (const char *state_dir, gint64 since);

G_END_DECLS
