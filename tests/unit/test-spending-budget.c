/* nanovid: the ledger keeps to the budget of a day and of an hour
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <string.h>

#include "fixture/env.h"
#include "nanogpt/base/error.h"

#include "disk.h"
#include "spending-ledger.h"

/* The daily budget */

static void
test_course (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = ledger_reserve (dir, 500000, 0);
  g_autofree char *second = ledger_reserve (dir, 250000, 0);
  g_autofree char *third = NULL;

  ledger_assert_sum (dir, 0, 0, 2, 750000);
  g_assert_cmpstr (first, !=, second);

  ledger_charge (dir, first, 400000, "USD");
  ledger_assert_sum (dir, 1, 400000, 1, 250000);
  ledger_charge (dir, first, 600000, NULL);
  ledger_assert_sum (dir, 1, 600000, 1, 250000);

  ledger_release (dir, second);
  ledger_assert_sum (dir, 1, 600000, 0, 0);
  ledger_release (dir, first);
  ledger_assert_sum (dir, 1, 600000, 0, 0);

  third = ledger_try_reserve (dir, 125000, 1000000, NULL);
  g_assert_nonnull (third);

  /* The reservation was released, but the job was charged, so the charge counts. */
  ledger_charge (dir, second, 250000, "USD");
  ledger_assert_sum (dir, 2, 850000, 1, 125000);
}

static void
test_budget (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = ledger_reserve (dir, 100000, 300000);
  g_autofree char *second = ledger_reserve (dir, 100000, 300000);
  g_autofree char *third = ledger_reserve (dir, 100000, 300000);
  g_autofree char *fourth = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  ledger_charge (dir, first, 100000, "USD");
  before = ledger_read_log (dir);
  ledger_assert_refused (dir, 100000, 300000,
      "This clip would exceed the daily budget of $0.30: it needs $0.10, $0.10 "
      "was spent today and $0.20 is reserved for other clips; a new day begins "
      "at 00:00 UTC");
  ledger_assert_refused (dir, 100, 300000, "it needs $0.0001, ");
  after = ledger_read_log (dir);
  g_assert_cmpstr (before, ==, after);

  ledger_release (dir, second);
  fourth = ledger_reserve (dir, 100000, 300000);
  ledger_charge (dir, fourth, 5000000, "USD");
  ledger_assert_refused (dir, 100000, 300000, "$5.10 was spent");
  g_free (ledger_reserve (dir, 100000, 0));
  g_free (ledger_reserve (dir, 100000, NANOGPT_MONEY_UNKNOWN));
}

static void
test_round_sums (void)
{
  g_autofree char *dir = fixture_make_dir ();

  for (guint i = 0; i < 300; i++) {
    g_autofree char *id = ledger_reserve (dir, 10000, 3000000);

    if (i % 2)
      ledger_charge (dir, id, 10000, "USD");
  }
  ledger_assert_sum (dir, 150, 1500000, 150, 1500000);
  ledger_assert_refused (dir, 10000, 3000000, "daily budget of $3.00");
}

static void
test_unknown (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  ledger_assert_refused (dir, NANOGPT_MONEY_UNKNOWN, 1000000,
      "The daily budget cannot be checked: the cost of this clip in USD is not "
      "known in advance");
  ledger_assert_sum (dir, 0, 0, 0, 0);

  first = ledger_try_reserve (dir, NANOGPT_MONEY_UNKNOWN, 0, NULL);
  g_assert_nonnull (first);
  ledger_assert_sum (dir, 0, 0, 1, 0);
  g_free (ledger_reserve (dir, 250000, 1000000));

  /* An unknown cost is not zero: the estimate counts, if there is one. */
  second = ledger_reserve (dir, 500000, 1000000);
  ledger_charge (dir, second, NANOGPT_MONEY_UNKNOWN, NULL);
  ledger_assert_sum (dir, 1, 500000, 2, 250000);
  ledger_assert_refused (dir, 500000, 1000000, "$0.50 was spent");

  ledger_charge (dir, first, NANOGPT_MONEY_UNKNOWN, NULL);
  ledger_assert_refused (dir, 10000, 1000000,
      "The daily budget cannot be checked: the cost of one of today's clips is "
      "not known");
  ledger_charge (dir, first, 100000, "USD");
  g_free (ledger_reserve (dir, 10000, 1000000));
}

static void
test_currencies (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = ledger_reserve (dir, 100000, 1000000);
  g_autofree char *second = ledger_reserve (dir, 100000, 1000000);
  g_autoptr (GPtrArray) sums = NULL;
  const NanogptLedgerSum *sum;

  ledger_charge (dir, first, 0, "XNO");
  ledger_charge (dir, second, 100000, "usd");
  g_free (ledger_reserve (dir, 100000, 1000000));

  ledger_charge (dir, first, 500000, "XNO");
  ledger_assert_refused (dir, 100000, 100000000,
      "The daily budget cannot be checked: it is in USD, but a clip was "
      "charged in XNO today; a new day begins at 00:00 UTC");
  g_free (ledger_reserve (dir, 100000, 0));
  sums = nanogpt_ledger_list (dir, 0);
  g_assert_cmpuint (sums->len, ==, 3);
  sum = sums->pdata[1];
  g_assert_cmpstr (sum->currency, ==, "XNO");
  g_assert_cmpint (sum->charged, ==, 500000);

  disk.ahead += DAY;
  g_free (ledger_reserve (dir, 100000, 1000000));
  disk.ahead -= DAY;
}

static void
test_days (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *yesterday = NULL;
  g_autofree char *today = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) last = NULL;
  const NanogptLedgerSum *sum;
  gint64 now;

  disk_set_time_of_day (DAY - 5 * 60 * G_USEC_PER_SEC);
  yesterday = ledger_get_day ();
  first = ledger_reserve (dir, 600000, 1000000);
  g_assert_true (g_str_has_prefix (first, yesterday));
  ledger_assert_refused (dir, 600000, 1000000, "$0.60 is reserved");

  disk.ahead += 5 * 60 * G_USEC_PER_SEC;
  today = ledger_get_day ();
  g_assert_cmpstr (today, >, yesterday);
  second = ledger_reserve (dir, 600000, 1000000);
  ledger_charge (dir, first, 900000, "USD");
  g_free (ledger_reserve (dir, 400000, 1000000));
  ledger_assert_refused (
      dir, 100000, 1000000, "$0.00 was spent today and $1.00 is reserved");

  now = g_get_real_time ();
  all = nanogpt_ledger_list (dir, 0);
  g_assert_cmpuint (all->len, ==, 2);
  sum = all->pdata[0];
  g_assert_cmpstr (sum->day, ==, yesterday);
  g_assert_cmpstr (sum->model, ==, MODEL);
  g_assert_cmpstr (sum->currency, ==, "USD");
  g_assert_cmpint (sum->charged, ==, 900000);
  g_assert_cmpuint (sum->n_reserved, ==, 0);
  sum = all->pdata[1];
  g_assert_cmpstr (sum->day, ==, today);
  g_assert_cmpuint (sum->n_reserved, ==, 2);

  last = nanogpt_ledger_list (dir, now);
  g_assert_cmpuint (last->len, ==, 1);
  g_assert_cmpstr (((NanogptLedgerSum *)last->pdata[0])->day, ==, today);

  /* Spending of yesterday still counts toward yesterday's budget. */
  disk.ahead -= 5 * 60 * G_USEC_PER_SEC;
  ledger_assert_refused (dir, 200000, 1000000, "$0.90 was spent");
  disk_set_time_of_day (DAY / 2);
}

/* The hourly budget */

#define MINUTE ((gint64)60 * G_USEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define SPENDER "account/channel"

static char *
try_hourly (const char *dir, const char *spender, NanogptMicros estimate,
    NanogptMicros budget, GError **error)
{
  NanogptReservation wanted = { .model = MODEL,
    .estimate = estimate,
    .spender = spender,
    .hourly_budget = budget };

  return nanogpt_ledger_reserve (dir, &wanted, error);
}

static char *
reserve_hourly (const char *dir, NanogptMicros estimate, NanogptMicros budget)
{
  g_autoptr (GError) error = NULL;
  char *id = try_hourly (dir, SPENDER, estimate, budget, &error);

  g_assert_no_error (error);
  return id;
}

/* @room: microseconds until there is room, to the second, or 0 for never */
static void
assert_refused_hourly (const char *dir, NanogptMicros estimate,
    NanogptMicros budget, gint64 room, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 told;

  g_assert_null (try_hourly (dir, SPENDER, estimate, budget, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  g_assert_nonnull (strstr (error->message, text));
  told = nanogpt_error_get_details (error)->retry_after;
  if (room == 0) {
    g_assert_cmpint (told, ==, -1);
    return;
  }
  g_assert_cmpint (told, >, room / 1000 - 2000);
  g_assert_cmpint (told, <=, room / 1000 + 1001);
}

static void
assert_hour (const char *dir, NanogptMicros sum)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (nanogpt_ledger_get_hour (dir, SPENDER, &error), ==, sum);
  g_assert_no_error (error);
}

static void
test_hour (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  disk_set_time_of_day (DAY / 2);
  assert_hour (dir, 0);
  first = reserve_hourly (dir, 400000, 1000000);
  second = reserve_hourly (dir, 400000, 1000000);
  assert_refused_hourly (dir, 400000, 1000000, 2 * HOUR,
      "This clip would exceed the hourly budget of $1.00: it needs $0.40, $0.00 "
      "was spent in the last hour and $0.80 is reserved for other clips");
  assert_refused_hourly (dir, 1000001, 1000000, 0, "it needs $1.000001");
  assert_refused_hourly (dir, NANOGPT_MONEY_UNKNOWN, 1000000, 0,
      "The hourly budget cannot be checked: the cost of this clip in USD is not "
      "known in advance");

  /* Others have a budget of their own, or none. */
  g_free (try_hourly (dir, "account/other", 1000000, 1000000, NULL));
  g_free (ledger_reserve (dir, 5000000, 0));
  assert_hour (dir, 800000);

  /* A charge counts from its first date, even if it is corrected later. */
  ledger_charge (dir, first, 400000, "USD");
  disk.ahead += 10 * MINUTE;
  ledger_charge (dir, first, 500000, "USD");
  assert_hour (dir, 900000);
  assert_refused_hourly (
      dir, 400000, 1000000, 50 * MINUTE, "$0.50 was spent in the last hour");
  disk.ahead += 50 * MINUTE - 3 * G_USEC_PER_SEC;
  assert_refused_hourly (
      dir, 400000, 1000000, 3 * G_USEC_PER_SEC, "$0.40 is reserved");
  disk.ahead += 6 * G_USEC_PER_SEC;
  assert_hour (dir, 400000);
  g_free (reserve_hourly (dir, 400000, 1000000));
  ledger_release (dir, second);
  assert_hour (dir, 400000);
  disk_set_time_of_day (DAY / 2);
}

static void
test_hour_over_midnight (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  disk_set_time_of_day (DAY - 5 * MINUTE);
  first = reserve_hourly (dir, 600000, 1000000);
  ledger_charge (dir, first, 600000, "USD");
  second = reserve_hourly (dir, 100000, 1000000);
  disk.ahead += 10 * MINUTE;
  assert_refused_hourly (dir, 600000, 1000000, 50 * MINUTE, "$0.60 was spent");
  /* The reservation is in the file of the previous day, but was charged today. */
  ledger_charge (dir, second, 100000, "USD");
  assert_hour (dir, 700000);
  disk.ahead += 50 * MINUTE + 2 * G_USEC_PER_SEC;
  assert_hour (dir, 100000);
  g_free (reserve_hourly (dir, 900000, 1000000));
  disk.ahead += 10 * MINUTE;
  assert_hour (dir, 900000);
  disk_set_time_of_day (DAY / 2);
}

static void
test_hour_uncountable (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *path = NULL;

  disk_set_time_of_day (DAY / 2);
  first = reserve_hourly (dir, NANOGPT_MONEY_UNKNOWN, 0);
  ledger_charge (dir, first, NANOGPT_MONEY_UNKNOWN, NULL);
  assert_refused_hourly (dir, 100000, 1000000, HOUR,
      "The hourly budget cannot be checked: the cost of one of the last hour's "
      "clips is not known");
  disk.ahead += HOUR + 2 * G_USEC_PER_SEC;
  second = reserve_hourly (dir, 100000, 1000000);
  ledger_charge (dir, second, 100000, "XNO");
  assert_refused_hourly (
      dir, 100000, 1000000, HOUR, "a clip was charged in XNO in the last hour");

  /* The spending of yesterday cannot be read. */
  disk.ahead += DAY;
  g_free (reserve_hourly (dir, 100000, 1000000));
  disk.ahead -= DAY;
  path = ledger_get_log (dir);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  disk.ahead += DAY;
  assert_refused_hourly (
      dir, 100000, 1000000, 0, "The hourly budget cannot be checked: \"");
  disk_set_time_of_day (DAY / 2);
}

typedef struct
{
  gint64 time;
  NanogptMicros cost;
} Charge;

/* Clips of various prices, at random times over a night: within any hour, the
 * charges never exceed the budget, at the times at which the service charged them. */
static void
test_any_hour (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (GArray) charges = g_array_new (FALSE, FALSE, sizeof (Charge));
  NanogptMicros total = 0;

  disk_set_time_of_day (DAY - 3 * HOUR);
  for (guint i = 0; i < 250; i++) {
    NanogptMicros cost = g_test_rand_int_range (1, 300001);
    g_autofree char *id = try_hourly (dir, SPENDER, cost, 1000000, NULL);
    NanogptMicros sum = 0;

    disk.ahead += g_test_rand_int_range (0, 40 * G_USEC_PER_SEC);
    if (id) {
      Charge charged = { g_get_real_time (), cost };

      g_array_append_val (charges, charged);
      for (guint j = 0; j < charges->len; j++) {
        const Charge *other = &g_array_index (charges, Charge, j);

        if (other->time > charged.time - HOUR)
          sum += other->cost;
      }
      g_assert_cmpint (sum, <=, 1000000);
      total += cost;
      disk.ahead += g_test_rand_int_range (0, 20 * G_USEC_PER_SEC);
      ledger_charge (dir, id, cost, "USD");
    }
    disk.ahead += g_test_rand_int_range (0, 2 * MINUTE);
  }
  /* The budget was not kept by simply refusing everything. */
  g_assert_cmpint (total, >, 3000000);
  disk_set_time_of_day (DAY / 2);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  /* Prevents a change of the day in all tests but those that cause it. */
  disk_set_time_of_day (DAY / 2);
  g_test_add_func ("/spending/course", test_course);
  g_test_add_func ("/spending/budget", test_budget);
  g_test_add_func ("/spending/round-sums", test_round_sums);
  g_test_add_func ("/spending/unknown", test_unknown);
  g_test_add_func ("/spending/currencies", test_currencies);
  g_test_add_func ("/spending/days", test_days);
  g_test_add_func ("/spending/hour", test_hour);
  g_test_add_func ("/spending/hour-over-midnight", test_hour_over_midnight);
  g_test_add_func ("/spending/hour-uncountable", test_hour_uncountable);
  g_test_add_func ("/spending/any-hour", test_any_hour);
  return g_test_run ();
}
