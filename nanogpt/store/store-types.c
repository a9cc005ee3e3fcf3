/* nanovid: structs and enums shared by all stores
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "store-types.h"

#include <string.h>

#include "nanogpt/base/boot.h"

/* How long a response was awaited, at most, if there was no limit. */
#define LONGEST_PATIENCE G_TIME_SPAN_HOUR

NanogptJournalRecord *
nanogpt_journal_record_new (void)
{
  NanogptJournalRecord *record = g_new0 (NanogptJournalRecord, 1);

  record->number = -1;
  record->cost = NANOGPT_MONEY_UNKNOWN;
  return record;
}

NanogptJournalRecord *
nanogpt_journal_record_copy (const NanogptJournalRecord *record)
{
  NanogptJournalRecord *copy = g_memdup2 (record, sizeof (*record));

  copy->digest = g_strdup (record->digest);
  copy->origin = g_strdup (record->origin);
  copy->account = g_strdup (record->account);
  copy->model = g_strdup (record->model);
  copy->prompt = g_strdup (record->prompt);
  copy->conversation = g_strdup (record->conversation);
  copy->run_id = g_strdup (record->run_id);
  copy->payment_source = g_strdup (record->payment_source);
  copy->reservation = g_strdup (record->reservation);
  copy->boot = g_strdup (record->boot);
  copy->id = g_strdup (record->id);
  return copy;
}

void
nanogpt_journal_record_free (NanogptJournalRecord *record)
{
  g_free (record->digest);
  g_free (record->origin);
  g_free (record->account);
  g_free (record->model);
  g_free (record->prompt);
  g_free (record->conversation);
  g_free (record->run_id);
  g_free (record->payment_source);
  g_free (record->reservation);
  g_free (record->boot);
  g_free (record->id);
  g_free (record);
}

void
nanogpt_journal_record_stamp (NanogptJournalRecord *record)
{
  record->sent = g_get_real_time ();
  g_free (record->boot);
  record->boot = g_strdup (nanogpt_boot_get_id ());
  record->uptime = nanogpt_boot_get_time ();
}

gint64
nanogpt_journal_record_get_age (const NanogptJournalRecord *record)
{
  return nanogpt_boot_get_time () - record->uptime;
}

gint64
nanogpt_journal_record_get_patience (const NanogptJournalRecord *record)
{
  return record->patience > 0 ? record->patience : LONGEST_PATIENCE;
}

char *
nanogpt_journal_get_account (const char *api_key)
{
  static const char *const context = "nanovid account";
  char *fingerprint = g_compute_hmac_for_string (G_CHECKSUM_SHA256,
      (const guchar *)context, strlen (context), api_key, -1);

  /* Enough to tell accounts apart, too little to try keys against. */
  fingerprint[16] = '\0';
  return fingerprint;
}

void
nanogpt_journal_record_take_charge (
    NanogptJournalRecord *record, const NanogptStoreCharge *charge)
{
  if (!record->dated)
    record->dated = charge->date;
  if (!record->run_id)
    record->run_id = g_strdup (charge->run_id);
  if (!record->model)
    record->model = g_strdup (charge->model);
  if (charge->payment_source) {
    g_free (record->payment_source);
    record->payment_source = g_strdup (charge->payment_source);
  }
  if (charge->cost >= 0)
    record->cost = charge->cost;
}

NanogptHistory *
nanogpt_history_new (void)
{
  NanogptHistory *history = g_new0 (NanogptHistory, 1);

  history->cost = NANOGPT_MONEY_UNKNOWN;
  return history;
}

void
nanogpt_history_free (NanogptHistory *history)
{
  g_free (history->currency);
  g_free (history);
}

NanogptStoreCharge *
nanogpt_store_charge_copy (const NanogptStoreCharge *charge)
{
  NanogptStoreCharge *copy = g_memdup2 (charge, sizeof (*charge));

  copy->run_id = g_strdup (charge->run_id);
  copy->model = g_strdup (charge->model);
  copy->payment_source = g_strdup (charge->payment_source);
  return copy;
}

void
nanogpt_store_charge_free (NanogptStoreCharge *charge)
{
  g_free (charge->run_id);
  g_free (charge->model);
  g_free (charge->payment_source);
  g_free (charge);
}

void
nanogpt_ledger_sum_free (NanogptLedgerSum *sum)
{
  g_free (sum->origin);
  g_free (sum->day);
  g_free (sum->model);
  g_free (sum->currency);
  g_free (sum);
}
