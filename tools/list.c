/* nanovid: nanovid-jobs list: the jobs that are in the journal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "list.h"

#include "ask.h"
#include "json-answer.h"
#include "nanogpt/base/money.h"
#include "table.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PROMPT_MAX 40

/* Name that selects the jobs a process is waiting for, in any state. */
#define LIVE "live"

#define MINUTE G_GINT64_CONSTANT (60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const char *const state_names[] = {
  [NANOGPT_JOURNAL_INTENT] = "intent",
  [NANOGPT_JOURNAL_SENDING] = "sending",
  [NANOGPT_JOURNAL_ACCEPTED] = "accepted",
  [NANOGPT_JOURNAL_DELIVERED] = "delivered",
};

/* For the terminal */

static char *
format_age (gint64 created)
{
  gint64 age = MAX (g_get_real_time () - created, 0) / G_TIME_SPAN_SECOND;

  if (age < MINUTE)
    return g_strdup_printf ("%d s", (int)age);
  if (age < HOUR)
    return g_strdup_printf ("%d min", (int)(age / MINUTE));
  if (age < DAY)
    return g_strdup_printf ("%d h", (int)(age / HOUR));
  return g_strdup_printf ("%d d", (int)(age / DAY));
}

static char *
shorten (const char *prompt)
{
  if (!prompt || g_utf8_strlen (prompt, -1) <= PROMPT_MAX)
    return g_strdup (prompt);
  return g_strdup_printf ("%.*s…",
      (int)(g_utf8_offset_to_pointer (prompt, PROMPT_MAX - 1) - prompt),
      prompt);
}

static Table *
make_columns (const GPtrArray *records)
{
  static const char *const headings[] = { N_ ("STATE"), N_ ("ID"), N_ ("MODEL"),
    N_ ("AGE"), N_ ("COST"), N_ ("LIVE"), N_ ("PROMPT") };
  Table *table = table_new (G_N_ELEMENTS (headings), headings);

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];
    char **cells = g_new0 (char *, G_N_ELEMENTS (headings));

    cells[0] = g_strdup (state_names[record->state]);
    cells[1] = g_strdup (record->run_id ? record->run_id : record->id);
    cells[2] = g_strdup (record->model);
    cells[3] = format_age (record->created);
    cells[4] = nanogpt_money_format_cost (record->cost, record->payment_source);
    cells[5] = g_strdup (record->live ? "live" : NULL);
    cells[6] = shorten (record->prompt);
    table_add_row (table, cells);
  }
  return table;
}

/* For programs */

static char *
format_time (gint64 time)
{
  g_autoptr (GDateTime) date =
      g_date_time_new_from_unix_utc (time / G_TIME_SPAN_SECOND);

  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

static Table *
make_fields (const GPtrArray *records)
{
  static const char *const fields[] = { "state", "run-id", "entry", "model",
    "created", "cost", "currency", "live", "prompt" };
  Table *table = table_new (G_N_ELEMENTS (fields), fields);

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];
    char **cells = g_new0 (char *, G_N_ELEMENTS (fields));

    cells[0] = g_strdup (state_names[record->state]);
    cells[1] = g_strdup (record->run_id);
    cells[2] = g_strdup (record->id);
    cells[3] = g_strdup (record->model);
    cells[4] = format_time (record->created);
    cells[5] = nanogpt_money_format_number (record->cost);
    cells[6] = g_strdup (record->payment_source);
    cells[7] = g_strdup (record->live ? "yes" : "no");
    cells[8] = g_strdup (record->prompt);
    table_add_row (table, cells);
  }
  return table;
}

static GVariant *
describe (const NanogptJournalRecord *record)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *created = format_time (record->created);

  json_answer_add_text (&dict, "state", state_names[record->state]);
  json_answer_add_text (&dict, "run-id", record->run_id);
  json_answer_add_text (&dict, "entry", record->id);
  json_answer_add_text (&dict, "model", record->model);
  json_answer_add_text (&dict, "created", created);
  json_answer_add_number (
      &dict, "cost", record->cost >= 0, nanogpt_money_to_double (record->cost));
  json_answer_add_text (&dict, "currency", record->payment_source);
  g_variant_dict_insert (&dict, "live", "b", record->live);
  json_answer_add_text (&dict, "prompt", record->prompt);
  return g_variant_dict_end (&dict);
}

static gboolean
print_json (const GPtrArray *records, GError **error)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&all, describe (records->pdata[i]));
  return json_answer_print (g_variant_builder_end (&all), error);
}

static gboolean
print_table (const Options *options, const GPtrArray *records, GError **error)
{
  g_autoptr (Table) table = NULL;

  if (table_is_for_people () && records->len == 0) {
    g_print (_ ("There are no jobs in %s.\n"), options_get_place (options));
    return TRUE;
  }
  table =
      table_is_for_people () ? make_columns (records) : make_fields (records);
  return table_print (table, error);
}

gboolean
list_knows_state (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_str_equal (state, state_names[i]))
      return TRUE;
  return g_str_equal (state, LIVE);
}

gboolean
list_takes (const Options *options, const NanogptJournalRecord *record)
{
  if (options->state
      && !g_str_equal (options->state, state_names[record->state])
      && !(record->live && g_str_equal (options->state, LIVE)))
    return FALSE;
  if (options->model
      && (!record->model || !strstr (record->model, options->model)))
    return FALSE;
  return options->older == 0
      || g_get_real_time () - record->created > options->older;
}

static void
filter (const Options *options, GPtrArray *records)
{
  for (guint i = records->len; i > 0; i--)
    if (!list_takes (options, records->pdata[i - 1]))
      g_ptr_array_remove_index (records, i - 1);
}

/* Damaged entries are not in the table, because their contents are unknown. */
static void
warn_of_damaged (GPtrArray *records)
{
  for (guint i = records->len; i > 0; i--) {
    const NanogptJournalRecord *record = records->pdata[i - 1];

    if (!record->damaged)
      continue;
    if (record->run_id)
      complain (
          _ ("The entry %s cannot be read; its run id is %s. It may be for "
             "a job that was paid for; remove it with nanovid-jobs forget %s"),
          record->id, record->run_id, record->id);
    else
      complain (_ ("The entry %s cannot be read. It may be for a job that was "
                   "paid for; remove it with nanovid-jobs forget %s"),
          record->id, record->id);
    g_ptr_array_remove_index (records, i - 1);
  }
}

Status
command_list (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = ask_list (options->store, &error);

  if (!records) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  warn_of_damaged (records);
  filter (options, records);
  if (options->json ? print_json (records, &error)
                    : print_table (options, records, &error))
    return STATUS_OK;
  complain ("%s", error->message);
  return STATUS_FAILED;
}
