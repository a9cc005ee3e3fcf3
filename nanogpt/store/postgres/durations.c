/* nanovid: durations and costs of earlier jobs in a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "durations.h"

void
nanogpt_durations_remember (NanogptDatabase *database,
    const NanogptStoreJob *job, const NanogptStoreCharge *charge,
    double seconds, gint64 patience)
{
  g_autoptr (GPtrArray) values = nanogpt_values_new ();
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  nanogpt_values_add (values, job->record->origin);
  nanogpt_values_add (values, job->kind);
  nanogpt_values_add (values, g_ascii_dtostr (text, sizeof text, seconds));
  nanogpt_values_add_amount (values, charge->cost);
  nanogpt_values_add (values, charge->payment_source);
  nanogpt_database_ask_async (database,
      "SELECT nanovid.remember ($1, $2, $3, $4, $5)", values, patience, NULL,
      NULL);
}

#define SAMPLE(what, condition)                                                \
  "(SELECT '" what "', seconds::text, NULL, NULL::bigint FROM (SELECT seconds" \
  " FROM nanovid.duration WHERE origin = $1 AND " condition                    \
  " ORDER BY written DESC LIMIT 100) latest ORDER BY random ()"                \
  " LIMIT " G_STRINGIFY (NANOGPT_HISTORY_N_TIMES) ")"

/* A fair sample of the latest times, because the short ones among concurrent
 * jobs finish first. */
const char *
nanogpt_durations_get_sql (void)
{
  return SAMPLE ("own", "kind = $2") " UNION ALL " SAMPLE ("similar",
      "model = split_part ($2, ' ', 1)") " UNION ALL "
                                         "SELECT 'cost', amount::text, currency, nanovid.since (written)"
                                         " FROM nanovid.price WHERE origin = $1 AND kind = $2";
}

gpointer
nanogpt_durations_read (const NanogptRows *rows)
{
  NanogptHistory *history = nanogpt_history_new ();

  for (guint i = 0; i < rows->n_rows; i++) {
    const char *what = nanogpt_rows_get (rows, i, 0);
    const char *number = nanogpt_rows_get (rows, i, 1);

    if (g_str_equal (what, "own"))
      history->times[history->n_times++] = g_ascii_strtod (number, NULL);
    else if (g_str_equal (what, "similar"))
      history->similar[history->n_similar++] = g_ascii_strtod (number, NULL);
    else {
      history->cost = nanogpt_rows_get_int (rows, i, 1, NANOGPT_MONEY_UNKNOWN);
      history->currency = g_strdup (nanogpt_rows_get (rows, i, 2));
      history->cost_at =
          g_get_real_time () - nanogpt_rows_get_int (rows, i, 3, 0);
    }
  }
  if (history->n_times > 0)
    history->n_similar = 0;
  return history;
}
