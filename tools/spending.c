/* nanovid: nanovid-jobs spending: what was spent, by day and model
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "spending.h"

#include <glib/gi18n-lib.h>

#include "ask.h"
#include "json-answer.h"
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
  static const char *const headings[] = { N_ ("DAY"), N_ ("MODEL"),
    N_ ("CURRENCY"), N_ ("CLIPS"), N_ ("CHARGED"), N_ ("OPEN"), N_ ("RESERVED"),
    N_ ("SERVICE") };
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

static gboolean
print_table (const Options *options, const GPtrArray *sums, GError **error)
{
  g_autoptr (Table) table = NULL;

  if (table_is_for_people () && sums->len == 0) {
    g_print (_ ("Nothing was spent by what keeps its state in %s.\n"),
        options_get_place (options));
    return TRUE;
  }
  table = make_table (sums);
  return table_print (table, error);
}

static gboolean
print_json (const GPtrArray *sums, GError **error)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < sums->len; i++) {
    const NanogptLedgerSum *sum = sums->pdata[i];
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

    json_answer_add_text (&dict, "day", sum->day);
    json_answer_add_text (&dict, "model", sum->model);
    json_answer_add_text (&dict, "currency", sum->currency);
    g_variant_dict_insert (&dict, "clips", "u", sum->n_charged);
    g_variant_dict_insert (
        &dict, "charged", "d", nanogpt_money_to_double (sum->charged));
    g_variant_dict_insert (&dict, "open", "u", sum->n_reserved);
    g_variant_dict_insert (
        &dict, "reserved", "d", nanogpt_money_to_double (sum->reserved));
    json_answer_add_text (&dict, "service", sum->origin);
    g_variant_builder_add_value (&all, g_variant_dict_end (&dict));
  }
  return json_answer_print (g_variant_builder_end (&all), error);
}

Status
command_spending (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sums = ask_sums (options->store, &error);

  if (!sums) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  if (options->json ? print_json (sums, &error)
                    : print_table (options, sums, &error))
    return STATUS_OK;
  complain ("%s", error->message);
  return STATUS_FAILED;
}
