/* nanovid: ledger file of one day: parsing and formatting
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "ledger-day.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* time id event amount currency model run-id, and spender if there is one */
#define N_FIELDS 7
#define NOTHING "-"

static const char *const event_names[] = {
  [NANOGPT_LEDGER_RESERVE] = "reserve",
  [NANOGPT_LEDGER_CHARGE] = "charge",
  [NANOGPT_LEDGER_RELEASE] = "release",
};

static void
item_free (gpointer data)
{
  NanogptLedgerItem *item = data;

  g_free (item->currency);
  g_free (item->model);
  g_free (item->run_id);
  g_free (item->spender);
  g_free (item);
}

void
nanogpt_ledger_day_free (NanogptLedgerDay *day)
{
  g_hash_table_unref (day->items);
  g_free (day);
}

/* Writing */

static char *
format_text (const char *text)
{
  if (!text || !*text)
    return g_strdup (NOTHING);
  if (g_str_equal (text, NOTHING))
    return g_strdup ("%2D");
  return g_uri_escape_string (text, "/:@+,;=", FALSE);
}

char *
nanogpt_ledger_day_format_line (gint64 time, const char *id,
    NanogptLedgerEvent event, NanogptMicros amount, const char *currency,
    const char *model, const char *run_id, const char *spender)
{
  g_autoptr (GDateTime) date =
      g_date_time_new_from_unix_utc (time / G_TIME_SPAN_SECOND);
  g_autofree char *when = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *how_much = nanogpt_money_format_number (amount);
  g_autofree char *of_what = format_text (currency);
  g_autofree char *by_whom = format_text (model);
  g_autofree char *which = format_text (run_id);
  g_autofree char *for_whom = spender ? format_text (spender) : NULL;

  return g_strdup_printf ("%s %s %s %s %s %s %s%s%s\n", when, id,
      event_names[event], how_much ? how_much : NOTHING, of_what, by_whom,
      which, for_whom ? " " : "", for_whom ? for_whom : "");
}

/* Reading */

static gboolean
parse_event (const char *name, NanogptLedgerEvent *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (event_names); i++)
    if (g_str_equal (name, event_names[i])) {
      *event = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
parse_amount (const char *text, NanogptMicros *amount)
{
  char *end;
  double number;

  *amount = NANOGPT_MONEY_UNKNOWN;
  if (g_str_equal (text, NOTHING))
    return TRUE;
  number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !isfinite (number) || number < 0)
    return FALSE;
  *amount = nanogpt_money_round_up (number);
  return TRUE;
}

static gboolean
parse_text (const char *field, char **text)
{
  if (g_str_equal (field, NOTHING))
    return TRUE;
  *text = g_uri_unescape_string (field, NULL);
  return *text != NULL;
}

static gboolean
parse_spender (char **fields, char **spender, gint64 *time)
{
  g_autoptr (GDateTime) date = NULL;

  if (!fields[N_FIELDS])
    return TRUE;
  date = g_date_time_new_from_iso8601 (fields[0], NULL);
  if (!date || fields[N_FIELDS + 1])
    return FALSE;
  *time = g_date_time_to_unix (date) * G_TIME_SPAN_SECOND;
  return parse_text (fields[N_FIELDS], spender);
}

static NanogptLedgerItem *
get_item (NanogptLedgerDay *day, const char *id)
{
  NanogptLedgerItem *item = g_hash_table_lookup (day->items, id);

  if (!item) {
    item = g_new0 (NanogptLedgerItem, 1);
    item->state = NANOGPT_LEDGER_RELEASED;
    item->amount = NANOGPT_MONEY_UNKNOWN;
    g_hash_table_insert (day->items, g_strdup (id), item);
  }
  return item;
}

/* Replaces the text of earlier lines with that of this line, if it has one. */
static void
take_text (char **text, char **said)
{
  if (!*said)
    return;
  g_free (*text);
  *text = g_steal_pointer (said);
}

static void
apply (NanogptLedgerItem *item, NanogptLedgerEvent event, NanogptMicros amount,
    char **currency, gint64 time)
{
  switch (event) {
    case NANOGPT_LEDGER_RESERVE:
      item->state = NANOGPT_LEDGER_RESERVED;
      item->time = time;
      item->amount = amount;
      take_text (&item->currency, currency);
      return;
    case NANOGPT_LEDGER_CHARGE:
      if (item->state != NANOGPT_LEDGER_CHARGED)
        item->time = time;
      item->state = NANOGPT_LEDGER_CHARGED;
      if (amount < 0)
        return; /* the best guess is still the estimate */
      item->amount = amount;
      take_text (&item->currency, currency);
      return;
    case NANOGPT_LEDGER_RELEASE:
      if (item->state == NANOGPT_LEDGER_RESERVED)
        item->state = NANOGPT_LEDGER_RELEASED;
      return;
  }
}

static gboolean
parse_line (NanogptLedgerDay *day, const char *text, gsize length)
{
  g_autofree char *line = g_strndup (text, length);
  g_auto (GStrv) fields = g_strsplit (line, " ", -1);
  g_autofree char *currency = NULL;
  g_autofree char *model = NULL;
  g_autofree char *run_id = NULL;
  g_autofree char *spender = NULL;
  gint64 time = 0;
  NanogptLedgerItem *item;
  NanogptLedgerEvent event;
  NanogptMicros amount;

  if (strlen (line) != length || g_strv_length (fields) < N_FIELDS
      || !parse_event (fields[2], &event) || !parse_amount (fields[3], &amount)
      || !parse_text (fields[4], &currency) || !parse_text (fields[5], &model)
      || !parse_text (fields[6], &run_id)
      || !parse_spender (fields, &spender, &time))
    return FALSE;

  item = get_item (day, fields[1]);
  apply (item, event, amount, &currency, time);
  take_text (&item->model, &model);
  take_text (&item->run_id, &run_id);
  take_text (&item->spender, &spender);
  return TRUE;
}

/* Each line was on the disk before the next was written, so a crash can only
 * have truncated the last one. */
static void
parse_lines (NanogptLedgerDay *day, const char *text, gsize length)
{
  guint number = 1;

  while (day->length < length) {
    const char *line = text + day->length;
    const char *end = memchr (line, '\n', length - day->length);

    number++;
    if (!end)
      return;
    if (!parse_line (day, line, end - line)) {
      if (end + 1 == text + length)
        return;
      if (!day->unreadable_at)
        day->unreadable_at = number;
    }
    day->length = end + 1 - text;
  }
}

NanogptLedgerDay *
nanogpt_ledger_day_parse (const char *text, gsize length, GError **error)
{
  gsize header = strlen (NANOGPT_LEDGER_HEADER);
  NanogptLedgerDay *day;

  if (memchr (text, '\n', length)
      && (length < header
          || memcmp (text, NANOGPT_LEDGER_HEADER, header) != 0)) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        _ ("its format has another version"));
    return NULL;
  }

  day = g_new0 (NanogptLedgerDay, 1);
  day->items =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, item_free);
  if (length >= header) {
    day->length = header;
    parse_lines (day, text, length);
  }
  return day;
}
