/* nanovid: the ledger: spending by day, for all processes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "ledger-budget.h"
#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/* The ledger of a service is `spending/YYYY-MM-DD.log` in its directory, see
 * nanogpt_service_get_dir(), which is the state directory of all functions here
 * but the last; one file for each day (UTC), to which a line is added for everything that happens:
 *
 *     nanovid-spending 1
 *     TIME ID EVENT AMOUNT CURRENCY MODEL RUN-ID [SPENDER]
 *
 * An event is `reserve` (an estimate, before a clip is asked for), `charge`
 * (what it cost, in place of the estimate) or `release` (it was not charged).
 * `-` stands for what is unknown; other texts are percent-encoded.  Files are
 * kept for good.
 *
 * What the service gives back when a job fails is not deducted: of that it has
 * words at most, no sums.
 *
 * A clip belongs to the day on which it was reserved, whenever it is charged.
 * A reservation counts for its day until it is charged or released, also when
 * its process is gone.
 *
 * For an hourly budget, of one spender, a charge counts for an hour from when it
 * was written down, on whichever day, and a reservation for two.
 *
 * All functions wait for the disk, and those that write for each other, in
 * this process and all others.  What they have written is durable when they
 * return.  They may be called from any thread that may wait. */

/**
 * nanogpt_ledger_reserve:
 * @state_dir: where the ledger is kept; made when it is not there
 * @wanted: what for, and within which budgets
 * @error: return location for an error
 *
 * Reserves the estimate, if that keeps within the budgets for certain: with a
 * budget everything that keeps it from being checked is a refusal, be it an
 * unknown estimate, a charge that is unknown or in another currency, or a ledger
 * that cannot be read or written.
 *
 * Waits for others for up to 10 seconds with a budget, without one for half a
 * second, as all that follows does.
 *
 * Errors: with a budget %NANOGPT_ERROR_OVER_BUDGET, without one of #GFileError:
 * %G_FILE_ERROR_AGAIN when others did not let go of the ledger.
 *
 * Returns: (transfer full) (nullable): the reservation's id
 */
char *nanogpt_ledger_reserve (
    const char *state_dir, const NanogptReservation *wanted, GError **error);

/**
 * nanogpt_ledger_charge:
 * @id: a reservation's id, also one that has been charged: the last cost holds
 * @cost: what was charged, negative when unknown: the estimate counts then
 * @currency: (nullable): of @cost; %NULL, when the service did not say, for USD
 * @run_id: (nullable): the job's id
 * @error: return location for an error of #GFileError
 *
 * On error the reservation goes on counting.
 */
gboolean nanogpt_ledger_charge (const char *state_dir, const char *id,
    NanogptMicros cost, const char *currency, const char *run_id,
    GError **error);

/**
 * nanogpt_ledger_release:
 * @id: a reservation's id
 * @error: return location for an error of #GFileError
 *
 * The clip was certainly not charged.  Does nothing for one that was, or that
 * is not in the ledger.
 */
gboolean nanogpt_ledger_release (
    const char *state_dir, const char *id, GError **error);

/**
 * nanogpt_ledger_get_hour:
 * @spender: who has an hourly budget
 * @error: return location for an error of #GFileError
 *
 * Locks nothing and changes nothing.
 *
 * Returns: what was spent and is reserved in the hour that ends now, USD;
 *   %NANOGPT_MONEY_UNKNOWN on error
 */
NanogptMicros nanogpt_ledger_get_hour (
    const char *state_dir, const char *spender, GError **error);

/**
 * nanogpt_ledger_list:
 * @state_dir: where the ledgers of all services are
 * @since: microseconds since the epoch, in the first day to list; 0 for all
 *
 * Locks nothing and changes nothing.
 *
 * Returns: (transfer full) (element-type NanogptLedgerSum): the sums of each
 *   day, model, currency and service, in this order; what cannot be read is left out
 */
GPtrArray *nanogpt_ledger_list (const char *state_dir, gint64 since);

G_END_DECLS
