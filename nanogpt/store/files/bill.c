/* nanovid: records the cost of one job in ledger and history
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bill.h"

#include "history.h"
#include "ledger.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"
#include "service.h"

struct _NanogptBill
{
  char *dir;     /* of the service */
  char *kind;    /* of the request, or NULL */
  char *model;   /* of the request, or NULL */
  char *spender; /* the owner of the hourly budget, or NULL */
  NanogptMicros daily_budget;
  NanogptMicros hourly_budget;

  gboolean reserved;        /* whether the cost goes into the ledger */
  char *reservation;        /* its id in the ledger, or NULL */
  NanogptStoreCharge *owed; /* not in the ledger yet, or NULL */
  NanogptMicros estimate;
};

char *
nanogpt_bill_make_spender (const char *account, const char *name)
{
  return g_strconcat (account, "/", name, NULL);
}

NanogptBill *
nanogpt_bill_new (const char *state_dir, const NanogptStoreJob *job)
{
  NanogptBill *self = g_new0 (NanogptBill, 1);

  self->dir = nanogpt_service_get_dir (state_dir, job->record->origin);
  self->kind = g_strdup (job->kind);
  self->model = g_strdup (job->record->model);
  self->daily_budget = job->daily_budget;
  self->hourly_budget = job->hourly_budget;
  if (job->hourly_name)
    self->spender =
        nanogpt_bill_make_spender (job->record->account, job->hourly_name);
  return self;
}

void
nanogpt_bill_free (NanogptBill *self)
{
  g_clear_pointer (&self->owed, nanogpt_store_charge_free);
  g_free (self->reservation);
  g_free (self->spender);
  g_free (self->model);
  g_free (self->kind);
  g_free (self->dir);
  g_free (self);
}

void
nanogpt_bill_release (NanogptBill *self)
{
  if (!self->reservation)
    return;
  nanogpt_ledger_release (self->dir, self->reservation, NULL);
  nanogpt_log_debug ("reservation %s: released", self->reservation);
  g_clear_pointer (&self->reservation, g_free);
}

gboolean
nanogpt_bill_reserve (NanogptBill *self, NanogptMicros estimate, GError **error)
{
  NanogptReservation wanted = { .model = self->model,
    .estimate = estimate,
    .daily_budget = self->daily_budget,
    .spender = self->spender,
    .hourly_budget = self->hourly_budget };
  GError *local_error = NULL;

  nanogpt_bill_release (self);
  self->estimate = estimate;
  self->reserved = TRUE;
  self->reservation = nanogpt_ledger_reserve (self->dir, &wanted, &local_error);
  if (self->reservation) {
    g_autofree char *amount = nanogpt_money_format_cost (estimate, NULL);

    nanogpt_log_debug ("reservation %s: %s reserved", self->reservation,
        amount ? amount : "an unknown cost");
    return TRUE;
  }
  if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_AGAIN)) {
    nanogpt_log_debug ("reserved later: %s", local_error->message);
    g_error_free (local_error);
    return TRUE;
  }
  g_propagate_error (error, local_error);
  return FALSE;
}

void
nanogpt_bill_settle (NanogptBill *self)
{
  const NanogptStoreCharge *owed = self->owed;
  NanogptReservation late = {
    .model = self->model, .estimate = self->estimate, .spender = self->spender
  };
  g_autoptr (GError) error = NULL;

  if (!owed)
    return;
  if (!self->reservation)
    self->reservation = nanogpt_ledger_reserve (self->dir, &late, &error);
  if (self->reservation
      && nanogpt_ledger_charge (self->dir, self->reservation, owed->cost,
          owed->payment_source, owed->run_id, &error)) {
    nanogpt_log_debug ("reservation %s: charged, run %s", self->reservation,
        owed->run_id ? owed->run_id : "-");
    g_clear_pointer (&self->owed, nanogpt_store_charge_free);
  } else {
    nanogpt_log_warning ("the cost of run %s is not in the ledger yet: %s",
        owed->run_id ? owed->run_id : "-", error->message);
  }
}

static void
owe (NanogptBill *self, const NanogptStoreCharge *charge)
{
  g_clear_pointer (&self->owed, nanogpt_store_charge_free);
  self->owed = nanogpt_store_charge_copy (charge);
  nanogpt_bill_settle (self);
}

void
nanogpt_bill_take_up (NanogptBill *self, const NanogptJournalRecord *record)
{
  NanogptStoreCharge charge = { .run_id = record->run_id,
    .payment_source = record->payment_source,
    .cost = record->cost };

  if (!record->reservation)
    return;
  g_free (self->reservation);
  self->reservation = g_strdup (record->reservation);
  /* The process may have ended after writing the journal, but before the ledger. */
  if (record->run_id)
    owe (self, &charge);
}

void
nanogpt_bill_charge (NanogptBill *self, const NanogptStoreCharge *charge)
{
  if (self->reserved || self->reservation)
    owe (self, charge);
  if (self->kind && charge->cost >= 0)
    nanogpt_history_add_cost (
        self->dir, self->kind, charge->cost, charge->payment_source, NULL);
}

void
nanogpt_bill_add_time (NanogptBill *self, double seconds)
{
  if (self->kind)
    nanogpt_history_add_time (self->dir, self->kind, seconds, NULL);
}

const char *
nanogpt_bill_get_reservation (const NanogptBill *self)
{
  return self->reservation;
}
