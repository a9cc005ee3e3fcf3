/* nanovid: what a store is told, and tells
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "store-types.h"

#include <string.h>

NanogptJournalRecord *
nanogpt_journal_record_new (void)
{
  NanogptJournalRecord *record = g_new0 (NanogptJournalRecord, 1);

  record->cost = -1;
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
nanogpt_history_free (NanogptHistory *history)
{
  g_free (history->currency);
  g_free (history);
}
