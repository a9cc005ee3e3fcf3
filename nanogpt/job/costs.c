/* nanovid: counts the cost of one job against its element's budget
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "costs.h"

struct _NanogptCosts
{
  NanogptMicros max_total_cost;
  NanogptBudget *budget; /* or NULL */

  gboolean in_flight; /* whether the budget holds the estimate */
  NanogptMicros estimate;
  NanogptMicros charged; /* as last reported by the service, or negative */
  NanogptMicros counted; /* by the budget */
};

NanogptCosts *
nanogpt_costs_new (const NanogptSettings *settings)
{
  NanogptCosts *self = g_new0 (NanogptCosts, 1);

  self->max_total_cost = settings->max_total_cost;
  if (settings->budget)
    self->budget = nanogpt_budget_ref (settings->budget);
  self->charged = NANOGPT_MONEY_UNKNOWN;
  return self;
}

void
nanogpt_costs_free (NanogptCosts *self)
{
  g_clear_pointer (&self->budget, nanogpt_budget_unref);
  g_free (self);
}

void
nanogpt_costs_release (NanogptCosts *self)
{
  if (self->in_flight)
    nanogpt_budget_release (self->budget, self->estimate);
  self->in_flight = FALSE;
}

gboolean
nanogpt_costs_reserve (
    NanogptCosts *self, NanogptMicros estimate, GError **error)
{
  nanogpt_costs_release (self);
  self->estimate = estimate;
  if (!self->budget)
    return TRUE;
  self->in_flight = nanogpt_budget_reserve (
      self->budget, self->max_total_cost, estimate, error);
  return self->in_flight;
}

void
nanogpt_costs_take_up (NanogptCosts *self, NanogptMicros cost)
{
  self->charged = cost;
}

/* If a job turns out to be more expensive, the difference is counted; the count
 * is never reduced. */
static void
count_in_budget (NanogptCosts *self, const NanogptResponse *response)
{
  NanogptMicros cost =
      response->cost >= 0 ? response->cost : MAX (self->estimate, 0);

  if (!self->budget)
    return;
  if (self->in_flight)
    nanogpt_budget_settle (
        self->budget, self->estimate, response->cost, response->payment_source);
  else if (cost > self->counted)
    nanogpt_budget_settle (
        self->budget, 0, cost - self->counted, response->payment_source);
  self->in_flight = FALSE;
  self->counted = MAX (self->counted, cost);
}

void
nanogpt_costs_charge (NanogptCosts *self, const NanogptResponse *response)
{
  count_in_budget (self, response);
  self->charged = response->cost;
}

NanogptMicros
nanogpt_costs_get_charged (const NanogptCosts *self)
{
  return self->charged;
}
