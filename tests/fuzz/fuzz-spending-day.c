/* nanovid: days of the ledger, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "nanogpt/store/files/ledger-day.h"

static const char *
without_empty (const char *text)
{
  return text && *text != '\0' ? text : NULL;
}

static void
assert_text (const char *a, const char *b)
{
  g_assert_cmpstr (without_empty (a), ==, without_empty (b));
}

/* An item keeps its contents when it is written again. */
static void
check (const char *id, const NanogptLedgerItem *item)
{
  g_autofree char *reserve = nanogpt_ledger_day_format_line (0, id,
      NANOGPT_LEDGER_RESERVE, item->amount, item->currency, item->model,
      item->run_id, item->spender);
  g_autofree char *charge = nanogpt_ledger_day_format_line (0, id,
      NANOGPT_LEDGER_CHARGE, NANOGPT_MONEY_UNKNOWN, NULL, NULL, NULL, NULL);
  g_autofree char *text = g_strconcat (NANOGPT_LEDGER_HEADER, reserve,
      item->state == NANOGPT_LEDGER_CHARGED ? charge : NULL, NULL);
  g_autoptr (NanogptLedgerDay) day =
      nanogpt_ledger_day_parse (text, strlen (text), NULL);
  const NanogptLedgerItem *again;

  g_assert_nonnull (day);
  g_assert_cmpuint (day->unreadable_at, ==, 0);
  g_assert_cmpuint (day->length, ==, strlen (text));
  again = g_hash_table_lookup (day->items, id);
  g_assert_nonnull (again);
  g_assert_cmpint (again->state, ==, item->state);
  g_assert_cmpint (again->amount, ==, item->amount);
  assert_text (again->currency, item->currency);
  assert_text (again->model, item->model);
  assert_text (again->run_id, item->run_id);
  assert_text (again->spender, item->spender);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptLedgerDay) day =
      nanogpt_ledger_day_parse ((const char *)data, size, &error);
  GHashTableIter iter;
  gpointer id;
  gpointer item;

  fuzz_assert_one (day, error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  if (!day)
    return 0;
  g_assert_cmpuint (day->length, <=, size);
  g_hash_table_iter_init (&iter, day->items);
  while (g_hash_table_iter_next (&iter, &id, &item)) {
    const NanogptLedgerItem *read = item;

    g_assert_true (read->amount == NANOGPT_MONEY_UNKNOWN || read->amount >= 0);
    if (read->state != NANOGPT_LEDGER_RELEASED)
      check (id, read);
  }
  return 0;
}
