/* nanovid: nanovid-jobs spending: what was spent, by day and model
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "spending.h"

#include "ask.h"
#include "table.h"

static char *
format_amount (NanogptMicros amount)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (
      digits, sizeof digits, "%.4f", nanogpt_money_to_double (amount)));
}

static Table *
make_table (const GPtrArray *sums)
{
  static const char *const headings[] = { "DAY", "MODEL", "CURRENCY", "CLIPS",
    "CHARGED", "OPEN", "RESERVED", "SERVICE" };
  Table *table = table_new (G_N_ELEMENTS (headings), headings);

  for (guint i = 0; i < sums->len; i++) {
    const NanogptLedgerSum *sum = sums->pdata[i];
    char **cells = g_new0 (char *, G_N_ELEMENTS (headings));

    cells[0] = g_strdup (sum->day);
    cells[1] = g_strdup (sum->model);
    cells[2] = g_strdup (sum->currency);
    cells[3] = g_strdup_printf ("%u", sum->n_charged);
    cells[4] = format_amount (sum->charged);
    cells[5] = g_strdup_printf ("%u", sum->n_reserved);
    cells[6] = format_amount (sum->reserved);
    cells[7] = g_strdup (sum->origin);
    table_add_row (table, cells);
  }
  return table;
}

Status
command_spending (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sums = ask_sums (options->store, &error);
  g_autoptr (Table) table = NULL;

  if (!sums) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  if (!options->json && table_is_for_people () && sums->len == 0) {
    g_print ("Nothing was spent by what keeps its state in %s.\n",
        options_get_place (options));
    return STATUS_OK;
  }
  table = make_table (sums);
  if (!(options->json ? table_print_json : table_print) (table, &error)) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  return STATUS_OK;
}
