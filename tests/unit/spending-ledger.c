/* nanovid: the ledger for tests: reserves, charges and checks sums
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "spending-ledger.h"

#include <string.h>

#include "nanogpt/base/error.h"

char *
ledger_get_day (void)
{
  g_autoptr (GDateTime) now =
      g_date_time_new_from_unix_utc (g_get_real_time () / G_USEC_PER_SEC);

  return g_date_time_format (now, "%Y-%m-%d");
}

char *
ledger_get_log (const char *dir)
{
  g_autofree char *day = ledger_get_day ();

  return g_strconcat (dir, "/spending/", day, ".log", NULL);
}

char *
ledger_read_log (const char *dir)
{
  g_autofree char *path = ledger_get_log (dir);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

void
ledger_write_log (const char *dir, const char *text, gsize length)
{
  g_autofree char *path = ledger_get_log (dir);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

char *
ledger_try_reserve (const char *dir, NanogptMicros estimate,
    NanogptMicros budget, GError **error)
{
  NanogptReservation wanted = {
    .model = MODEL, .estimate = estimate, .daily_budget = budget
  };

  return nanogpt_ledger_reserve (dir, &wanted, error);
}

char *
ledger_reserve (const char *dir, NanogptMicros estimate, NanogptMicros budget)
{
  g_autoptr (GError) error = NULL;
  char *id = ledger_try_reserve (dir, estimate, budget, &error);

  g_assert_no_error (error);
  g_assert_nonnull (id);
  return id;
}

void
ledger_charge (
    const char *dir, const char *id, NanogptMicros cost, const char *currency)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      nanogpt_ledger_charge (dir, id, cost, currency, "vid_1", &error));
  g_assert_no_error (error);
}

void
ledger_release (const char *dir, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (nanogpt_ledger_release (dir, id, &error));
  g_assert_no_error (error);
}

void
ledger_assert_refused (const char *dir, NanogptMicros estimate,
    NanogptMicros budget, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *id = ledger_try_reserve (dir, estimate, budget, &error);

  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  g_assert_null (id);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_false (nanogpt_error_get_details (error)->may_have_been_charged);
}

void
ledger_assert_sum (const char *dir, guint n_charged, NanogptMicros charged,
    guint n_reserved, NanogptMicros reserved)
{
  g_autoptr (GPtrArray) sums = nanogpt_ledger_list (dir, 0);
  NanogptLedgerSum nothing = { .n_charged = 0 };
  const NanogptLedgerSum *sum = sums->len ? sums->pdata[0] : &nothing;

  g_assert_cmpuint (sums->len, <=, 1);
  g_assert_cmpuint (sum->n_charged, ==, n_charged);
  g_assert_cmpint (sum->charged, ==, charged);
  g_assert_cmpuint (sum->n_reserved, ==, n_reserved);
  g_assert_cmpint (sum->reserved, ==, reserved);
}
