/* nanovid: counts the cost of one job against its element's budget
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/http/responses.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * NanogptCosts:
 *
 * Must be used on the network thread.  No function blocks.
 */
typedef struct _NanogptCosts NanogptCosts;

NanogptCosts *nanogpt_costs_new (const NanogptSettings *settings);
void nanogpt_costs_free (NanogptCosts *costs);

/**
 * nanogpt_costs_reserve:
 * @estimate: USD, negative when unknown
 * @error: return location for an error
 *
 * Reserves the estimate, in place of any previous reservation.
 *
 * Errors: %NANOGPT_ERROR_OVER_BUDGET.
 */
gboolean nanogpt_costs_reserve (
    NanogptCosts *costs, NanogptMicros estimate, GError **error);

/**
 * nanogpt_costs_release:
 *
 * Releases the reservation, because nothing was charged.
 */
void nanogpt_costs_release (NanogptCosts *costs);

/**
 * nanogpt_costs_take_up:
 * @cost: negative when unknown
 *
 * Continues a job from the journal, whose cost was counted elsewhere.
 */
void nanogpt_costs_take_up (NanogptCosts *costs, NanogptMicros cost);

/**
 * nanogpt_costs_charge:
 *
 * Counts the cost in @response.  The last cost that the service reports is the
 * valid one.
 */
void nanogpt_costs_charge (
    NanogptCosts *costs, const NanogptResponse *response);

/**
 * nanogpt_costs_get_charged:
 *
 * Returns: the cost that the service reported last, negative if it did not
 */
NanogptMicros nanogpt_costs_get_charged (const NanogptCosts *costs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptCosts, nanogpt_costs_free)

G_END_DECLS
