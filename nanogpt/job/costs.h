/* nanovid: what one job costs, in budget, ledger and history
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/http/responses.h"
#include "nanogpt/request/request.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * NanogptCosts:
 *
 * Functions wait for the disk, and one thread at a time may call them, except
 * for the first two.
 */
typedef struct _NanogptCosts NanogptCosts;

/**
 * nanogpt_costs_new:
 * @request: (nullable): what is asked for
 * @settings: resolved settings
 * @origin: of the service
 */
NanogptCosts *nanogpt_costs_new (NanogptRequest *request,
    const NanogptSettings *settings, const char *origin);
void nanogpt_costs_free (NanogptCosts *costs);

/**
 * nanogpt_costs_reserve:
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
gboolean nanogpt_costs_reserve (
    NanogptCosts *costs, double estimate, GError **error);

/**
 * nanogpt_costs_release:
 *
 * Nothing was charged.
 */
void nanogpt_costs_release (NanogptCosts *costs);

/**
 * nanogpt_costs_take_up:
 * @reservation: (nullable): in the ledger
 * @charge: (nullable): what the service said of the job's cost
 *
 * Goes on with the costs of a job of the journal.
 */
void nanogpt_costs_take_up (NanogptCosts *costs, const char *reservation,
    const NanogptResponse *charge);

/**
 * nanogpt_costs_charge:
 *
 * The last that the service says is what holds.
 */
void nanogpt_costs_charge (
    NanogptCosts *costs, const NanogptResponse *response);

/**
 * nanogpt_costs_settle:
 *
 * Writes into the ledger what could not be written before.
 */
void nanogpt_costs_settle (NanogptCosts *costs);

/**
 * nanogpt_costs_add_time:
 * @seconds: that the job took, which is a cost, too
 */
void nanogpt_costs_add_time (NanogptCosts *costs, double seconds);

/**
 * nanogpt_costs_get_charged:
 *
 * Returns: what the service said last, negative when it did not
 */
double nanogpt_costs_get_charged (const NanogptCosts *costs);

/**
 * nanogpt_costs_get_reservation:
 *
 * Returns: (nullable): the reservation's id in the ledger
 */
const char *nanogpt_costs_get_reservation (const NanogptCosts *costs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptCosts, nanogpt_costs_free)

G_END_DECLS
