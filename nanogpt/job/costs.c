/* nanovid: what one job costs, in budget, ledger and history
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "costs.h"

#include "nanogpt/store/files/history.h"
#include "nanogpt/store/files/service.h"
#include "nanogpt/store/files/ledger.h"

struct _NanogptCosts
{
  char *dir;   /* of the service */
  char *kind;  /* of the request, or NULL */
  char *model; /* of the request, or NULL */
  double daily_budget;
  double max_total_cost;
  NanogptBudget *budget; /* or NULL */

  gboolean reserved;     /* so that what it costs goes into the ledger */
  char *reservation;     /* there, or NULL */
  gboolean in_flight;    /* whether the budget holds the estimate */
  NanogptResponse *owed; /* of a charge that the ledger has not got, or NULL */
  double estimate;
  double charged; /* as far as the service said, or negative */
  double counted; /* by the budget */
};

NanogptCosts *
nanogpt_costs_new (NanogptRequest *request, const NanogptSettings *settings,
    const char *origin)
{
  NanogptCosts *self = g_new0 (NanogptCosts, 1);

  self->dir = nanogpt_service_get_dir (settings->state_dir, origin);
  self->daily_budget = settings->daily_budget;
  self->max_total_cost = settings->max_total_cost;
  if (settings->budget)
    self->budget = nanogpt_budget_ref (settings->budget);
  if (request) {
    self->kind = g_strdup (nanogpt_request_get_kind (request));
    self->model = g_strdup (nanogpt_request_get_model (request));
  }
  self->charged = -1;
  return self;
}

void
nanogpt_costs_free (NanogptCosts *self)
{
  g_clear_pointer (&self->budget, nanogpt_budget_unref);
  nanogpt_response_free (self->owed);
  g_free (self->reservation);
  g_free (self->model);
  g_free (self->kind);
  g_free (self->dir);
  g_free (self);
}

void
nanogpt_costs_release (NanogptCosts *self)
{
  if (self->in_flight)
    nanogpt_budget_release (self->budget, self->estimate);
  self->in_flight = FALSE;
  if (self->reservation)
    nanogpt_ledger_release (self->dir, self->reservation, NULL);
  g_clear_pointer (&self->reservation, g_free);
}

gboolean
nanogpt_costs_reserve (NanogptCosts *self, double estimate, GError **error)
{
  GError *local_error = NULL;

  nanogpt_costs_release (self);
  self->estimate = estimate;
  self->reserved = TRUE;
  if (self->budget) {
    if (!nanogpt_budget_reserve (
            self->budget, self->max_total_cost, estimate, error))
      return FALSE;
    self->in_flight = TRUE;
  }
  self->reservation = nanogpt_ledger_reserve (
      self->dir, self->model, estimate, self->daily_budget, NULL, &local_error);
  if (self->reservation)
    return TRUE;
  if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_AGAIN)) {
    g_error_free (local_error);
    return TRUE;
  }
  if (local_error->domain == NANOGPT_ERROR)
    nanogpt_costs_release (self);
  g_propagate_error (error, local_error);
  return FALSE;
}

void
nanogpt_costs_settle (NanogptCosts *self)
{
  const NanogptResponse *owed = self->owed;

  if (!owed)
    return;
  if (!self->reservation)
    self->reservation = nanogpt_ledger_reserve (
        self->dir, self->model, self->estimate, 0, NULL, NULL);
  if (self->reservation
      && nanogpt_ledger_charge (self->dir, self->reservation, owed->cost,
          owed->payment_source, owed->run_id, NULL))
    g_clear_pointer (&self->owed, nanogpt_response_free);
}

static void
owe (NanogptCosts *self, const NanogptResponse *response)
{
  nanogpt_response_free (self->owed);
  self->owed = nanogpt_response_copy (response);
  nanogpt_costs_settle (self);
}

void
nanogpt_costs_take_up (
    NanogptCosts *self, const char *reservation, const NanogptResponse *charge)
{
  if (reservation) {
    g_free (self->reservation);
    self->reservation = g_strdup (reservation);
  }
  if (!charge)
    return;
  self->charged = charge->cost;
  /* The process may have ended between writing the one and the other. */
  if (reservation)
    owe (self, charge);
}

/* What turns out more expensive is counted up to its cost; nothing is ever counted
 * down. */
static void
count_in_budget (NanogptCosts *self, const NanogptResponse *response)
{
  double cost = response->cost >= 0 ? response->cost : MAX (self->estimate, 0);

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

  if (self->reserved || self->reservation)
    owe (self, response);
  if (self->kind && response->cost >= 0)
    nanogpt_history_add_cost (
        self->dir, self->kind, response->cost, response->payment_source, NULL);
}

void
nanogpt_costs_add_time (NanogptCosts *self, double seconds)
{
  if (self->kind)
    nanogpt_history_add_time (self->dir, self->kind, seconds, NULL);
}

double
nanogpt_costs_get_charged (const NanogptCosts *self)
{
  return self->charged;
}

const char *
nanogpt_costs_get_reservation (const NanogptCosts *self)
{
  return self->reservation;
}
