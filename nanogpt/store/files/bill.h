/* nanovid: what one job costs, in ledger and history
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-entry.h"

G_BEGIN_DECLS

/**
 * NanogptBill:
 *
 * Functions wait for the disk, and one thread at a time may call them, except
 * for the first two.
 */
typedef struct _NanogptBill NanogptBill;

/**
 * nanogpt_bill_make_spender:
 * @account: fingerprint of an API key
 * @name: of a budget
 *
 * Returns: (transfer full): what the ledger calls the two
 */
char *nanogpt_bill_make_spender (const char *account, const char *name);

/**
 * nanogpt_bill_new:
 * @state_dir: where ledger and history are
 */
NanogptBill *nanogpt_bill_new (
    const char *state_dir, const NanogptStoreJob *job);
void nanogpt_bill_free (NanogptBill *bill);

/**
 * nanogpt_bill_reserve:
 * @estimate: USD, negative when unknown
 * @error: return location for an error
 *
 * Reserves the estimate, in place of what was reserved before.  A ledger that
 * others do not let go of is waited for with a budget only: without one, what
 * the job cost is written down later.
 *
 * Errors: %NANOGPT_ERROR_OVER_BUDGET; of #GFileError when the ledger cannot be
 * written, and there is no budget.
 */
gboolean nanogpt_bill_reserve (
    NanogptBill *bill, NanogptMicros estimate, GError **error);

/**
 * nanogpt_bill_release:
 *
 * Nothing was charged.
 */
void nanogpt_bill_release (NanogptBill *bill);

/**
 * nanogpt_bill_take_up:
 * @record: of a job that is in the journal, whose costs go on
 */
void nanogpt_bill_take_up (
    NanogptBill *bill, const NanogptJournalRecord *record);

/**
 * nanogpt_bill_charge:
 *
 * The last that the service says is what holds.
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
 * @seconds: that the job took, which is a cost, too
 */
void nanogpt_bill_add_time (NanogptBill *bill, double seconds);

/**
 * nanogpt_bill_get_reservation:
 *
 * Returns: (nullable): the reservation's id in the ledger
 */
const char *nanogpt_bill_get_reservation (const NanogptBill *bill);

G_END_DECLS
