/* nanovid: checks daily and hourly budgets against the ledger
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "ledger-budget.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/error.h"
#include "nanogpt/store/budget-error.h"

#define HOUR ((gint64)3600 * G_TIME_SPAN_SECOND)

typedef struct
{
  NanogptMicros charged;
  NanogptMicros reserved;
  const NanogptLedgerItem *other_currency; /* a charge that is in neither sum */
  const NanogptLedgerItem *unknown;        /* likewise, of unknown amount */
} Tally;

static void
tally_item (Tally *tally, const NanogptLedgerItem *item)
{
  if (item->state == NANOGPT_LEDGER_RELEASED)
    return;
  if (item->state == NANOGPT_LEDGER_RESERVED)
    tally->reserved += MAX (item->amount, 0);
  else if (nanogpt_money_is_other_currency (item->amount, item->currency))
    tally->other_currency = item;
  else if (item->amount < 0)
    tally->unknown = item;
  else
    tally->charged += item->amount;
}

gboolean
nanogpt_ledger_refuse_uncountable (
    const NanogptReservation *wanted, GError **error, const char *format, ...)
{
  g_autofree char *because = NULL;
  va_list args;

  va_start (args, format);
  because = g_strdup_vprintf (format, args);
  va_end (args);
  g_propagate_error (error,
      nanogpt_budget_error_new_uncountable (
          wanted->daily_budget > 0 ? NANOGPT_BUDGET_DAY : NANOGPT_BUDGET_HOUR,
          because));
  return FALSE;
}

/* A day */

gboolean
nanogpt_ledger_check_day (const NanogptLedgerDay *day, const char *path,
    const NanogptReservation *wanted, GError **error)
{
  Tally tally = { 0 };
  GError *local_error = NULL;
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, day->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    tally_item (&tally, item);

  if (day->unreadable_at)
    return nanogpt_ledger_refuse_uncountable (wanted, error,
        _ ("line %u of \"%s\" is not valid"), day->unreadable_at, path);
  if (tally.other_currency)
    local_error = nanogpt_budget_error_new_other_currency (
        NANOGPT_BUDGET_DAY, tally.other_currency->currency);
  else if (tally.unknown)
    local_error = nanogpt_budget_error_new_unknown_charge (NANOGPT_BUDGET_DAY);
  else if (wanted->estimate < 0)
    local_error =
        nanogpt_budget_error_new_unknown_estimate (NANOGPT_BUDGET_DAY);
  else if (tally.charged + tally.reserved + wanted->estimate
      > wanted->daily_budget)
    local_error = nanogpt_budget_error_new_excess (NANOGPT_BUDGET_DAY,
        wanted->daily_budget, wanted->estimate, tally.charged, tally.reserved);
  if (local_error)
    g_propagate_error (error, local_error);
  return !local_error;
}

/* Any hour */

/* Returns: when @item no longer counts.  A line has only whole seconds, and it
 * is not known when a reservation without a response was charged. */
static gint64
get_end (const NanogptLedgerItem *item)
{
  gint64 hours = item->state == NANOGPT_LEDGER_RESERVED ? 2 : 1;

  return item->time + hours * HOUR + G_TIME_SPAN_SECOND;
}

static int
compare_ends (gconstpointer a, gconstpointer b)
{
  const NanogptLedgerItem *const *first = a;
  const NanogptLedgerItem *const *second = b;

  return (get_end (*first) > get_end (*second))
      - (get_end (*first) < get_end (*second));
}

static void
add_items (GPtrArray *items, const NanogptLedgerDay *day, const char *spender,
    gint64 now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, day->items);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const NanogptLedgerItem *item = value;

    if (item->state != NANOGPT_LEDGER_RELEASED
        && g_strcmp0 (item->spender, spender) == 0 && get_end (item) > now)
      g_ptr_array_add (items, value);
  }
}

/* Returns: (transfer full) (element-type NanogptLedgerItem): the items that
 * count for @spender now, in the order in which they cease to */
static GPtrArray *
list_hour (const NanogptLedgerDay *today, const NanogptLedgerDay *yesterday,
    const char *spender, gint64 now)
{
  GPtrArray *items = g_ptr_array_new ();

  add_items (items, yesterday, spender, now);
  add_items (items, today, spender, now);
  g_ptr_array_sort (items, compare_ends);
  return items;
}

static Tally
tally_from (const GPtrArray *items, guint first)
{
  Tally tally = { 0 };

  for (guint i = first; i < items->len; i++)
    tally_item (&tally, items->pdata[i]);
  return tally;
}

static gboolean
fits (const Tally *tally, const NanogptReservation *wanted)
{
  return !tally->other_currency && !tally->unknown
      && tally->charged + tally->reserved + wanted->estimate
      <= wanted->hourly_budget;
}

/* Sets in @error when the current items no longer prevent @wanted from being
 * reserved. */
static void
tell_room (const GPtrArray *items, const NanogptReservation *wanted, gint64 now,
    GError *error)
{
  for (guint i = 0; i < items->len; i++) {
    Tally rest = tally_from (items, i + 1);

    if (fits (&rest, wanted)) {
      nanogpt_error_get_details (error)->retry_after =
          (get_end (items->pdata[i]) - now + 999) / 1000;
      return;
    }
  }
}

static GError *
refusal_of_hour (const Tally *tally, const NanogptReservation *wanted)
{
  if (tally->other_currency)
    return nanogpt_budget_error_new_other_currency (
        NANOGPT_BUDGET_HOUR, tally->other_currency->currency);
  if (tally->unknown)
    return nanogpt_budget_error_new_unknown_charge (NANOGPT_BUDGET_HOUR);
  return nanogpt_budget_error_new_excess (NANOGPT_BUDGET_HOUR,
      wanted->hourly_budget, wanted->estimate, tally->charged, tally->reserved);
}

gboolean
nanogpt_ledger_check_hour (const NanogptLedgerDay *today,
    const NanogptLedgerDay *yesterday, const NanogptReservation *wanted,
    gint64 now, GError **error)
{
  g_autoptr (GPtrArray) items =
      list_hour (today, yesterday, wanted->spender, now);
  Tally tally = tally_from (items, 0);
  GError *local_error;

  if (today->unreadable_at || yesterday->unreadable_at)
    return nanogpt_ledger_refuse_uncountable (
        wanted, error, _ ("a line of the ledger is not valid"));
  if (wanted->estimate < 0) {
    g_propagate_error (
        error, nanogpt_budget_error_new_unknown_estimate (NANOGPT_BUDGET_HOUR));
    return FALSE;
  }
  if (fits (&tally, wanted))
    return TRUE;
  local_error = refusal_of_hour (&tally, wanted);
  tell_room (items, wanted, now, local_error);
  g_propagate_error (error, local_error);
  return FALSE;
}

NanogptMicros
nanogpt_ledger_sum_hour (const NanogptLedgerDay *today,
    const NanogptLedgerDay *yesterday, const char *spender, gint64 now)
{
  g_autoptr (GPtrArray) items = list_hour (today, yesterday, spender, now);
  Tally tally = tally_from (items, 0);

  return tally.charged + tally.reserved;
}
