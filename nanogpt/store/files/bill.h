/* nanovid: records the cost of one job in ledger and history
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-entry.h"

G_BEGIN_DECLS

/**
 * NanogptBill:
 *
 * Functions block on the disk, and must be called by one thread at a time,
 * except for the first two.
 */
typedef struct _NanogptBill NanogptBill;

/**
 * nanogpt_bill_make_spender:
 * @account: fingerprint of an API key
 * @name: the name of a budget
 *
 * Returns: (transfer full): the name of both together in the ledger
 */
char *nanogpt_bill_make_spender (const char *account, const char *name);

/**
 * nanogpt_bill_new:
 * @state_dir: the directory of ledger and history
 */
NanogptBill *nanogpt_bill_new (
    const char *state_dir, const NanogptStoreJob *job);
void nanogpt_bill_free (NanogptBill *bill);

/**
 * nanogpt_bill_reserve:
 * @estimate: USD, negative when unknown
 * @error: return location for an error
 *
 * Reserves the estimate, in place of any previous reservation.  Waits for a
 * ledger that others keep locked only if there is a budget; without one, the
 * job's cost is recorded later.
 *
 * Errors: %NANOGPT_ERROR_OVER_BUDGET; a #GFileError if the ledger cannot be
 * written, and there is no budget.
 */
gboolean nanogpt_bill_reserve (
    NanogptBill *bill, NanogptMicros estimate, GError **error);

/**
 * nanogpt_bill_release:
 *
 * Releases the reservation, because nothing was charged.
 */
void nanogpt_bill_release (NanogptBill *bill);

/**
 * nanogpt_bill_take_up:
 * @record: the record of a job in the journal, whose bill is continued
 */
void nanogpt_bill_take_up (
    NanogptBill *bill, const NanogptJournalRecord *record);

/**
 * nanogpt_bill_charge:
 *
 * Charges the cost.  The last cost that the service reports is the valid one.
 */
void nanogpt_bill_charge (NanogptBill *bill, const NanogptStoreCharge *charge);

/**
 * nanogpt_bill_settle:
 *
 * Writes into the ledger what could not be written before.
 */
void nanogpt_bill_settle (NanogptBill *bill);

/**
 * nanogpt_bill_add_time:
 * @seconds: seconds that the job took, which are a cost, too
 */
void nanogpt_bill_add_time (NanogptBill *bill, double seconds);

/**
 * nanogpt_bill_get_reservation:
 *
 * Returns: (nullable): the reservation's id in the ledger
 */
const char *nanogpt_bill_get_reservation (const NanogptBill *bill);

G_END_DECLS
