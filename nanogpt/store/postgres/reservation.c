/* nanovid: reserves a job's cost in a database and records its submit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reservation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/store/budget-error.h"
#include "process.h"

static void
add_request (GPtrArray *values, const NanogptStoreJob *job)
{
  const NanogptJournalRecord *wanted = job->record;
  g_autofree char *spender = job->hourly_name
      ? g_strconcat (wanted->account, "/", job->hourly_name, NULL)
      : NULL;

  nanogpt_values_add (values, wanted->origin);
  nanogpt_values_add (values, wanted->account);
  nanogpt_values_add (values, wanted->digest);
  nanogpt_values_add_amount (values, wanted->number);
  nanogpt_values_add (values, wanted->model);
  nanogpt_values_add (values, wanted->prompt);
  nanogpt_values_add (values, wanted->conversation);
  nanogpt_values_add (values, spender);
  nanogpt_values_add_int (values, job->daily_budget);
  nanogpt_values_add_int (values, job->hourly_budget);
}

void
nanogpt_reservation_begin_async (NanogptDatabase *database,
    const NanogptStoreJob *job, const NanogptBeginning *beginning,
    gint64 patience, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GPtrArray) values = nanogpt_values_new ();
  g_autofree char *process = nanogpt_process_get_name ();

  nanogpt_values_add (values, beginning->record->id);
  nanogpt_values_add_int (values, beginning->epoch);
  nanogpt_values_add_int (values, beginning->step);
  nanogpt_values_add (values, beginning->owner);
  nanogpt_values_add (values, process);
  nanogpt_values_add_int (values, beginning->lease);
  add_request (values, job);
  nanogpt_values_add_bool (values, beginning->is_new);
  nanogpt_values_add_bool (values, beginning->abandoned);
  nanogpt_values_add (values, beginning->record->reservation);
  nanogpt_values_add_amount (values, beginning->estimate);
  nanogpt_database_ask_async (database,
      "SELECT verdict, spent, held, other, wait FROM nanovid.begin ($1, $2, $3, "
      "$4, $5, $6, ROW ($7::text, $8::text, $9::text, $10::bigint, $11::text, "
      "$12::text, $13::text, $14::text, $15::bigint, "
      "$16::bigint)::nanovid.request, $17, $18, $19, $20)",
      values, patience, callback, user_data);
}

void
nanogpt_reservation_send_async (NanogptDatabase *database,
    const NanogptJournalRecord *record, gint64 epoch, gint64 step, gint64 lease,
    gint64 patience, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GPtrArray) values = nanogpt_values_new ();

  nanogpt_values_add (values, record->id);
  nanogpt_values_add_int (values, epoch);
  nanogpt_values_add_int (values, step);
  nanogpt_values_add (values, record->origin);
  nanogpt_values_add_int (values, lease);
  nanogpt_values_add_int (values, record->patience);
  nanogpt_values_add_bool (values, record->abandoned);
  nanogpt_database_ask_async (database,
      "SELECT nanovid.send ($1, $2, $3, $4, $5, $6, $7)", values, patience,
      callback, user_data);
}

static GError *
lost_error (void)
{
  return g_error_new_literal (NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE,
      _ ("Another process has taken over this job, because this one did not "
         "renew its lease in time, so nothing was submitted"));
}

/* The columns are the verdict, the amount spent, the amount reserved, the
 * conflicting currency, and the microseconds until there will be room. */
GError *
nanogpt_reservation_refusal_new (
    const NanogptStoreJob *job, NanogptMicros estimate, const NanogptRows *rows)
{
  const char *verdict = nanogpt_rows_get (rows, 0, 0);
  gboolean of_hour = g_str_has_prefix (verdict, "hour");
  NanogptBudgetKind kind = of_hour ? NANOGPT_BUDGET_HOUR : NANOGPT_BUDGET_DAY;
  const char *reason = strchr (verdict, '-');
  GError *error;

  if (!reason)
    return lost_error ();
  if (g_str_equal (reason, "-currency"))
    error = nanogpt_budget_error_new_other_currency (
        kind, nanogpt_rows_get (rows, 0, 3));
  else if (g_str_equal (reason, "-unknown"))
    error = nanogpt_budget_error_new_unknown_charge (kind);
  else if (g_str_equal (reason, "-estimate"))
    error = nanogpt_budget_error_new_unknown_estimate (kind);
  else
    error = nanogpt_budget_error_new_excess (kind,
        of_hour ? job->hourly_budget : job->daily_budget, estimate,
        nanogpt_rows_get_int (rows, 0, 1, 0),
        nanogpt_rows_get_int (rows, 0, 2, 0));
  if (nanogpt_rows_get (rows, 0, 4))
    nanogpt_error_get_details (error)->retry_after =
        (nanogpt_rows_get_int (rows, 0, 4, 0) + 999) / 1000;
  return error;
}
