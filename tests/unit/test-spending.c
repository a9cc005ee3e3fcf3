/* nanovid: the ledger keeps to the budget, across processes, crashes and days
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* F_OFD_SETLK */

#include "nanogpt/store/files/ledger.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "nanogpt/base/error.h"

#include "disk.h"

#define MODEL "seedance-lite-video"
#define DAY ((gint64)24 * 60 * 60 * G_USEC_PER_SEC)
#define HEADER "nanovid-spending 1\n"

static char *program;

/* Sets the clock to @time microseconds after the start of today. */
static void
set_time_of_day (gint64 time)
{
  gint64 now;

  disk.ahead = 0;
  now = g_get_real_time ();
  disk.ahead = time - now % DAY;
}

static char *
get_day (void)
{
  g_autoptr (GDateTime) now =
      g_date_time_new_from_unix_utc (g_get_real_time () / G_USEC_PER_SEC);

  return g_date_time_format (now, "%Y-%m-%d");
}

static char *
get_log (const char *dir)
{
  g_autofree char *day = get_day ();

  return g_strconcat (dir, "/spending/", day, ".log", NULL);
}

static char *
read_log (const char *dir)
{
  g_autofree char *path = get_log (dir);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
write_log (const char *dir, const char *text, gsize length)
{
  g_autofree char *path = get_log (dir);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

static guint
count_lines (const char *text)
{
  guint count = 0;

  for (; *text; text++)
    count += *text == '\n';
  return count;
}

/* Wrappers of the functions under test, for cases in which they must succeed */

static char *
try_reserve (const char *dir, NanogptMicros estimate, NanogptMicros budget,
    GError **error)
{
  NanogptReservation wanted = {
    .model = MODEL, .estimate = estimate, .daily_budget = budget
  };

  return nanogpt_ledger_reserve (dir, &wanted, error);
}

static char *
reserve (const char *dir, NanogptMicros estimate, NanogptMicros budget)
{
  g_autoptr (GError) error = NULL;
  char *id = try_reserve (dir, estimate, budget, &error);

  g_assert_no_error (error);
  g_assert_nonnull (id);
  return id;
}

static void
charge (
    const char *dir, const char *id, NanogptMicros cost, const char *currency)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      nanogpt_ledger_charge (dir, id, cost, currency, "vid_1", &error));
  g_assert_no_error (error);
}

static void
release (const char *dir, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (nanogpt_ledger_release (dir, id, &error));
  g_assert_no_error (error);
}

static void
assert_refused (const char *dir, NanogptMicros estimate, NanogptMicros budget,
    const char *text)
{
  g_autoptr (GError) error = NULL;
  char *id = try_reserve (dir, estimate, budget, &error);

  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  g_assert_null (id);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_false (nanogpt_error_get_details (error)->may_have_been_charged);
}

/* Checks the ledger, which has only one day, model and currency. */
static void
assert_sum (const char *dir, guint n_charged, NanogptMicros charged,
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

/* A single process */

static void
test_course (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = reserve (dir, 500000, 0);
  g_autofree char *second = reserve (dir, 250000, 0);
  g_autofree char *third = NULL;

  assert_sum (dir, 0, 0, 2, 750000);
  g_assert_cmpstr (first, !=, second);

  charge (dir, first, 400000, "USD");
  assert_sum (dir, 1, 400000, 1, 250000);
  charge (dir, first, 600000, NULL);
  assert_sum (dir, 1, 600000, 1, 250000);

  release (dir, second);
  assert_sum (dir, 1, 600000, 0, 0);
  release (dir, first);
  assert_sum (dir, 1, 600000, 0, 0);

  third = try_reserve (dir, 125000, 1000000, NULL);
  g_assert_nonnull (third);

  /* The reservation was released, but the job was charged, so the charge counts. */
  charge (dir, second, 250000, "USD");
  assert_sum (dir, 2, 850000, 1, 125000);
}

static void
test_budget (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = reserve (dir, 100000, 300000);
  g_autofree char *second = reserve (dir, 100000, 300000);
  g_autofree char *third = reserve (dir, 100000, 300000);
  g_autofree char *fourth = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  charge (dir, first, 100000, "USD");
  before = read_log (dir);
  assert_refused (dir, 100000, 300000,
      "This clip would exceed the daily budget of $0.30: it needs $0.10, $0.10 "
      "was spent today and $0.20 is reserved for other clips; a new day begins "
      "at 00:00 UTC");
  assert_refused (dir, 100, 300000, "it needs $0.0001, ");
  after = read_log (dir);
  g_assert_cmpstr (before, ==, after);

  release (dir, second);
  fourth = reserve (dir, 100000, 300000);
  charge (dir, fourth, 5000000, "USD");
  assert_refused (dir, 100000, 300000, "$5.10 was spent");
  g_free (reserve (dir, 100000, 0));
  g_free (reserve (dir, 100000, NANOGPT_MONEY_UNKNOWN));
}

static void
test_round_sums (void)
{
  g_autofree char *dir = fixture_make_dir ();

  for (guint i = 0; i < 300; i++) {
    g_autofree char *id = reserve (dir, 10000, 3000000);

    if (i % 2)
      charge (dir, id, 10000, "USD");
  }
  assert_sum (dir, 150, 1500000, 150, 1500000);
  assert_refused (dir, 10000, 3000000, "daily budget of $3.00");
}

static void
test_unknown (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  assert_refused (dir, NANOGPT_MONEY_UNKNOWN, 1000000,
      "The daily budget cannot be checked: the cost of this clip in USD is not "
      "known in advance");
  assert_sum (dir, 0, 0, 0, 0);

  first = try_reserve (dir, NANOGPT_MONEY_UNKNOWN, 0, NULL);
  g_assert_nonnull (first);
  assert_sum (dir, 0, 0, 1, 0);
  g_free (reserve (dir, 250000, 1000000));

  /* An unknown cost is not zero: the estimate counts, if there is one. */
  second = reserve (dir, 500000, 1000000);
  charge (dir, second, NANOGPT_MONEY_UNKNOWN, NULL);
  assert_sum (dir, 1, 500000, 2, 250000);
  assert_refused (dir, 500000, 1000000, "$0.50 was spent");

  charge (dir, first, NANOGPT_MONEY_UNKNOWN, NULL);
  assert_refused (dir, 10000, 1000000,
      "The daily budget cannot be checked: the cost of one of today's clips is "
      "not known");
  charge (dir, first, 100000, "USD");
  g_free (reserve (dir, 10000, 1000000));
}

static void
test_currencies (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = reserve (dir, 100000, 1000000);
  g_autofree char *second = reserve (dir, 100000, 1000000);
  g_autoptr (GPtrArray) sums = NULL;
  const NanogptLedgerSum *sum;

  charge (dir, first, 0, "XNO");
  charge (dir, second, 100000, "usd");
  g_free (reserve (dir, 100000, 1000000));

  charge (dir, first, 500000, "XNO");
  assert_refused (dir, 100000, 100000000,
      "The daily budget cannot be checked: it is in USD, but a clip was "
      "charged in XNO today; a new day begins at 00:00 UTC");
  g_free (reserve (dir, 100000, 0));
  sums = nanogpt_ledger_list (dir, 0);
  g_assert_cmpuint (sums->len, ==, 3);
  sum = sums->pdata[1];
  g_assert_cmpstr (sum->currency, ==, "XNO");
  g_assert_cmpint (sum->charged, ==, 500000);

  disk.ahead += DAY;
  g_free (reserve (dir, 100000, 1000000));
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

  set_time_of_day (DAY - 5 * 60 * G_USEC_PER_SEC);
  yesterday = get_day ();
  first = reserve (dir, 600000, 1000000);
  g_assert_true (g_str_has_prefix (first, yesterday));
  assert_refused (dir, 600000, 1000000, "$0.60 is reserved");

  disk.ahead += 5 * 60 * G_USEC_PER_SEC;
  today = get_day ();
  g_assert_cmpstr (today, >, yesterday);
  second = reserve (dir, 600000, 1000000);
  charge (dir, first, 900000, "USD");
  g_free (reserve (dir, 400000, 1000000));
  assert_refused (
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
  assert_refused (dir, 200000, 1000000, "$0.90 was spent");
  set_time_of_day (DAY / 2);
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

  set_time_of_day (DAY / 2);
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
  g_free (reserve (dir, 5000000, 0));
  assert_hour (dir, 800000);

  /* A charge counts from its first date, even if it is corrected later. */
  charge (dir, first, 400000, "USD");
  disk.ahead += 10 * MINUTE;
  charge (dir, first, 500000, "USD");
  assert_hour (dir, 900000);
  assert_refused_hourly (
      dir, 400000, 1000000, 50 * MINUTE, "$0.50 was spent in the last hour");
  disk.ahead += 50 * MINUTE - 3 * G_USEC_PER_SEC;
  assert_refused_hourly (
      dir, 400000, 1000000, 3 * G_USEC_PER_SEC, "$0.40 is reserved");
  disk.ahead += 6 * G_USEC_PER_SEC;
  assert_hour (dir, 400000);
  g_free (reserve_hourly (dir, 400000, 1000000));
  release (dir, second);
  assert_hour (dir, 400000);
  set_time_of_day (DAY / 2);
}

static void
test_hour_over_midnight (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  set_time_of_day (DAY - 5 * MINUTE);
  first = reserve_hourly (dir, 600000, 1000000);
  charge (dir, first, 600000, "USD");
  second = reserve_hourly (dir, 100000, 1000000);
  disk.ahead += 10 * MINUTE;
  assert_refused_hourly (dir, 600000, 1000000, 50 * MINUTE, "$0.60 was spent");
  /* The reservation is in the file of the previous day, but was charged today. */
  charge (dir, second, 100000, "USD");
  assert_hour (dir, 700000);
  disk.ahead += 50 * MINUTE + 2 * G_USEC_PER_SEC;
  assert_hour (dir, 100000);
  g_free (reserve_hourly (dir, 900000, 1000000));
  disk.ahead += 10 * MINUTE;
  assert_hour (dir, 900000);
  set_time_of_day (DAY / 2);
}

static void
test_hour_uncountable (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *path = NULL;

  set_time_of_day (DAY / 2);
  first = reserve_hourly (dir, NANOGPT_MONEY_UNKNOWN, 0);
  charge (dir, first, NANOGPT_MONEY_UNKNOWN, NULL);
  assert_refused_hourly (dir, 100000, 1000000, HOUR,
      "The hourly budget cannot be checked: the cost of one of the last hour's "
      "clips is not known");
  disk.ahead += HOUR + 2 * G_USEC_PER_SEC;
  second = reserve_hourly (dir, 100000, 1000000);
  charge (dir, second, 100000, "XNO");
  assert_refused_hourly (
      dir, 100000, 1000000, HOUR, "a clip was charged in XNO in the last hour");

  /* The spending of yesterday cannot be read. */
  disk.ahead += DAY;
  g_free (reserve_hourly (dir, 100000, 1000000));
  disk.ahead -= DAY;
  path = get_log (dir);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  disk.ahead += DAY;
  assert_refused_hourly (
      dir, 100000, 1000000, 0, "The hourly budget cannot be checked: \"");
  set_time_of_day (DAY / 2);
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

  set_time_of_day (DAY - 3 * HOUR);
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
      charge (dir, id, cost, "USD");
    }
    disk.ahead += g_test_rand_int_range (0, 2 * MINUTE);
  }
  /* The budget was not kept by simply refusing everything. */
  g_assert_cmpint (total, >, 3000000);
  set_time_of_day (DAY / 2);
}

static void
assert_mode (const char *path, mode_t mode)
{
  struct stat status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, mode);
}

static void
test_files (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "a", "b", NULL);
  g_autofree char *parent = g_build_filename (dir, "spending", NULL);
  mode_t mask = umask (0);
  g_autofree char *id = reserve (dir, 300000, 1000000);
  g_autofree char *path = get_log (dir);
  g_autofree char *text = NULL;

  charge (dir, id, 250000, "XNO");
  umask (mask);
  assert_mode (dir, 0700);
  assert_mode (parent, 0700);
  assert_mode (path, 0600);

  text = read_log (dir);
  g_assert_true (g_regex_match_simple (
      "^nanovid-spending 1\n"
      "(\\d{4}-\\d\\d-\\d\\d)T12:\\d\\d:\\d\\dZ (\\1-[0-9a-f]{8}) reserve 0.3 "
      "USD seedance-lite-video -\n"
      "\\1T12:\\d\\d:\\d\\dZ \\2 charge 0.25 XNO seedance-lite-video vid_1\n\\z",
      text, 0, 0));
}

/* Text from the service can neither break a line nor imitate one. */
static void
test_strange_texts (void)
{
  static const char *const texts[] = { "", " ", "-", "--", "a b", "a\nb c",
    "100%", "%2D", "\xf0\x9f\x98\xba", "\xff", "\x01\r\t", "vendor/model:v1" };
  g_autofree char *dir = fixture_make_dir ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    const char *text = texts[i];
    NanogptReservation wanted = {
      .model = text, .estimate = 100000, .spender = text
    };
    g_autofree char *id = nanogpt_ledger_reserve (dir, &wanted, NULL);
    g_autoptr (GPtrArray) sums = NULL;
    gboolean found = FALSE;

    g_assert_nonnull (id);
    g_assert_true (nanogpt_ledger_charge (dir, id, 100000, text, text, NULL));
    sums = nanogpt_ledger_list (dir, 0);
    g_assert_cmpuint (sums->len, ==, i + 1);
    for (guint j = 0; j < sums->len; j++) {
      const NanogptLedgerSum *sum = sums->pdata[j];

      if (g_str_equal (sum->model, text)) {
        found = TRUE;
        g_assert_cmpstr (sum->currency, ==, *text ? text : "USD");
        g_assert_cmpuint (sum->n_charged, ==, 1);
      }
    }
    g_assert_true (found);
  }
}

static void
test_strange_ids (void)
{
  static const char *const ids[] = { "", "-", "x", "../../../etc/passwd",
    "2026-01-01", "2026-01-01-0123456g", "2026-01-01-01234567\n",
    "2026-01-01-012345678", "\n2026-01-01-01234567", "2026-01-01/01234567",
    "2026/01/01-01234567", "\xff" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *spending = g_build_filename (dir, "spending", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (
        nanogpt_ledger_charge (dir, ids[i], 1000000, "USD", NULL, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_false (nanogpt_ledger_release (dir, ids[i], NULL));
  }
  g_assert_false (g_file_test (spending, G_FILE_TEST_EXISTS));

  /* A charge counts even if its reservation is no longer in the ledger. */
  release (dir, "2026-01-01-01234567");
  assert_sum (dir, 0, 0, 0, 0);
  charge (dir, "2026-01-01-01234567", 500000, "USD");
  assert_sum (dir, 1, 500000, 0, 0);
}

/* Damaged files */

static void
test_torn (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = reserve (dir, 500000, 1000000);
  g_autofree char *text = NULL;
  gsize length;

  charge (dir, id, 750000, "USD");
  text = read_log (dir);
  length = strlen (text);

  for (gsize size = 0; size <= length; size++) {
    g_autofree char *whole = NULL;
    g_autofree char *mended = NULL;
    g_autofree char *kept = g_strndup (text, size);
    guint lines = count_lines (kept);

    write_log (dir, text, size);
    assert_sum (dir, lines == 3, lines == 3 ? 750000 : 0, lines == 2,
        lines == 2 ? 500000 : 0);
    g_free (reserve (dir, 250000, 1000000));

    mended = read_log (dir);
    whole = g_strndup (
        mended, strrchr (kept, '\n') ? strrchr (kept, '\n') + 1 - kept : 0);
    g_assert_true (g_str_has_prefix (kept, whole));
    g_assert_true (g_str_has_prefix (mended, HEADER));
    g_assert_cmpuint (count_lines (mended), ==, MAX (lines, 1) + 1);
    assert_sum (dir, lines == 3, lines == 3 ? 750000 : 0, 1 + (lines == 2),
        250000 + (lines == 2 ? 500000 : 0));
  }
}

/* After a power cut, there may be a hole in place of a line. */
static void
test_holes (void)
{
  static const char hole[] = "\0\0\0\0charge 0.1 USD a b\n";
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = reserve (dir, 500000, 1000000);
  g_autofree char *text = read_log (dir);
  g_autoptr (GString) damaged = g_string_new (text);
  g_autofree char *mended = NULL;

  g_string_append_len (damaged, hole, sizeof (hole) - 1);
  write_log (dir, damaged->str, damaged->len);
  assert_sum (dir, 0, 0, 1, 500000);
  g_free (reserve (dir, 500000, 1000000));
  assert_sum (dir, 0, 0, 2, 1000000);
  mended = read_log (dir);
  g_assert_true (g_str_has_prefix (mended, text));
  g_assert_cmpuint (count_lines (mended), ==, 3);
}

static void
test_nonsense (void)
{
  static const char *const lines[] = { "nonsense", "",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1 USD a",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1 USD a b c d",
    "2026-01-01T00:00 2026-01-01-01234567 charge 0.1 USD a b c",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge -0.1 USD a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge inf USD a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1x USD a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1 %GG a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 gift 0.1 USD a b" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = reserve (dir, 500000, 1000000);
  g_autofree char *text = read_log (dir);
  g_autofree char *path = get_log (dir);

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *damaged =
        g_strconcat (HEADER, lines[i], "\n", text + strlen (HEADER), NULL);
    g_autofree char *expected = g_strdup_printf (
        "The daily budget cannot be checked: line 2 of \"%s\" is not valid",
        path);
    g_autofree char *after = NULL;

    write_log (dir, damaged, strlen (damaged));
    assert_refused (dir, 100000, 10000000, expected);
    g_free (reserve (dir, 100000, 0));
    after = read_log (dir);
    g_assert_true (g_str_has_prefix (after, damaged));
    assert_sum (dir, 0, 0, 2, 600000);
  }
}

static void
test_later_version (void)
{
  static const char later[] = "nanovid-spending 2\nsomething else\n";
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = reserve (dir, 500000, 1000000);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  write_log (dir, later, strlen (later));
  assert_refused (
      dir, 100000, 10000000, "The daily budget cannot be checked: ");
  assert_refused (dir, 100000, 10000000, "has another version");
  g_assert_null (try_reserve (dir, 100000, 0, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_false (nanogpt_ledger_charge (dir, id, 100000, NULL, NULL, NULL));
  assert_sum (dir, 0, 0, 0, 0);
  after = read_log (dir);
  g_assert_cmpstr (after, ==, later);
}

/* Failing disks */

static void
test_nowhere (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autofree char *dir = g_build_filename (file, "state", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", -1, NULL));
  assert_refused (
      dir, 100000, 1000000, "The daily budget cannot be checked: \"");
  assert_refused (dir, 100000, 1000000, "Not a directory");
  g_assert_null (try_reserve (dir, 100000, 0, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
  assert_sum (dir, 0, 0, 0, 0);
}

/* Every operation fails, one at a time. */
static void
check_failures (int code)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "state", NULL);
  g_autofree char *id = NULL;
  guint failures = 0;

  for (guint at = 1;; at++) {
    g_autoptr (GError) error = NULL;

    disk_watch (root);
    disk.fail_at = at;
    disk.code = code;
    id = try_reserve (dir, 500000, 500000, &error);
    disk_unwatch ();
    if (id && disk.count < at)
      break;
    if (id) {
      /* The operation is optional: the sync of a parent directory. */
      g_clear_pointer (&id, g_free);
      fixture_remove_tree (dir);
      continue;
    }
    failures++;
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
    g_assert_nonnull (strstr (error->message, g_strerror (code)));
    assert_sum (dir, 0, 0, 0, 0);
  }
  g_assert_cmpuint (failures, >=, 4);

  failures = 0;
  for (guint at = 1;; at++) {
    g_autoptr (GError) error = NULL;
    gboolean charged;

    disk_watch (root);
    disk.fail_at = at;
    disk.code = code;
    charged = nanogpt_ledger_charge (dir, id, 400000, NULL, NULL, &error);
    disk_unwatch ();
    if (charged)
      break;
    failures++;
    g_assert_error (error, G_FILE_ERROR, (gint)g_file_error_from_errno (code));
    assert_sum (dir, 0, 0, 1, 500000);
  }
  g_assert_cmpuint (failures, >=, 2);
  assert_sum (dir, 1, 400000, 0, 0);
}

static void
test_failures (void)
{
  check_failures (ENOSPC);
  check_failures (EIO);
}

static void
assert_step (DiskOperation operation, const char *name)
{
  g_autofree char *base = NULL;
  const DiskStep *step;

  g_assert_cmpuint (disk.steps->len, >, 0);
  step = disk.steps->pdata[0];
  base = g_path_get_basename (step->path);
  g_assert_cmpint (step->operation, ==, operation);
  g_assert_cmpstr (base, ==, name);
  g_ptr_array_remove_index (disk.steps, 0);
}

/* A reservation is on disk, under its final name, before the clip can be requested. */
static void
test_durable (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "state", NULL);
  g_autofree char *log = get_log (dir);
  g_autofree char *name = g_path_get_basename (log);
  g_autofree char *top = g_path_get_basename (root);
  g_autofree char *id = NULL;

  disk.steps = g_ptr_array_new_with_free_func (disk_step_free);
  disk_watch (root);
  id = reserve (dir, 500000, 1000000);
  charge (dir, id, 500000, "USD");
  disk_unwatch ();

  assert_step (DISK_MAKE_DIR, "spending");
  assert_step (DISK_MAKE_DIR, "state");
  assert_step (DISK_SYNC_DIR, top);
  assert_step (DISK_MAKE_DIR, "spending");
  assert_step (DISK_SYNC_DIR, "state");
  assert_step (DISK_SYNC_DIR, "spending");
  assert_step (DISK_WRITE, name);
  assert_step (DISK_SYNC, name);
  assert_step (DISK_MAKE_DIR, "spending");
  assert_step (DISK_WRITE, name);
  assert_step (DISK_SYNC, name);
  g_assert_cmpuint (disk.steps->len, ==, 0);
  g_clear_pointer (&disk.steps, g_ptr_array_unref);
}

/* Processes */

static int
run_dying (const char *dir, guint at)
{
  g_autofree char *id = NULL;

  disk_watch (dir);
  disk.kill_at = at;
  id = try_reserve (dir, 500000, 1000000, NULL);
  if (!id || !nanogpt_ledger_charge (dir, id, 400000, "USD", "vid_1", NULL))
    return 1;
  return 0;
}

/* Waits for a byte, tries to reserve, and reports the result. If @charged is
 * set, charges at once, or else leaves the reservation. */
static int
run_spending (const char *dir, gboolean charged)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  char word;

  if (write (STDOUT_FILENO, "r", 1) != 1 || read (STDIN_FILENO, &word, 1) != 1)
    return 2;
  id = try_reserve (dir, 300000, 1500000, &error);
  if (id && charged
      && !nanogpt_ledger_charge (dir, id, 300000, "USD", "vid_1", NULL))
    return 2;
  if (id)
    return 0;
  return g_error_matches (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET)
          && strstr (error->message, "would exceed")
      ? 1
      : 2;
}

static GSubprocess *
spawn (const char *role, const char *dir, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  g_autofree char *ahead = g_strdup_printf ("%" G_GINT64_FORMAT, disk.ahead);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      program, role, dir, text, ahead, NULL);

  g_assert_no_error (error);
  return process;
}

static void
test_kills (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("processes that are killed", 30);
  gboolean seen_nothing = FALSE;
  gboolean seen_reserved = FALSE;
  gboolean done = FALSE;

  for (guint at = 1; !done; at++) {
    g_autofree char *root = fixture_make_dir ();
    g_autofree char *dir = g_build_filename (root, "state", NULL);
    g_autoptr (GSubprocess) process = spawn ("dying", dir, at);
    g_autoptr (GPtrArray) sums = NULL;
    const NanogptLedgerSum *sum;

    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    done = g_subprocess_get_if_exited (process);
    if (done)
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
    else
      g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);

    sums = nanogpt_ledger_list (dir, 0);
    if (sums->len == 0) {
      seen_nothing = TRUE;
      g_free (reserve (dir, 1000000, 1000000));
      continue;
    }
    sum = sums->pdata[0];
    g_assert_cmpuint (sum->n_reserved + sum->n_charged, ==, 1);
    seen_reserved |= sum->n_reserved;
    assert_sum (dir, sum->n_charged, sum->n_charged ? 400000 : 0,
        sum->n_reserved, sum->n_reserved ? 500000 : 0);
    assert_refused (dir, 600100, 1000000, "would exceed");
    g_free (reserve (dir, 500000, 1000000));
    if (done)
      g_assert_cmpuint (sum->n_charged, ==, 1);
  }
  g_assert_true (seen_nothing);
  g_assert_true (seen_reserved);
}

static void
check_crowd (gboolean charged)
{
  g_autofree char *dir = fixture_make_dir ();
  GSubprocess *processes[20];
  guint counts[2] = { 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    processes[i] = spawn ("spending", dir, charged);
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    GInputStream *pipe = g_subprocess_get_stdout_pipe (processes[i]);
    char word;

    g_assert_cmpint (g_input_stream_read (pipe, &word, 1, NULL, NULL), ==, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    GOutputStream *pipe = g_subprocess_get_stdin_pipe (processes[i]);

    g_assert_true (g_output_stream_write_all (pipe, "g", 1, NULL, NULL, NULL));
  }
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    int status;

    g_assert_true (g_subprocess_wait (processes[i], NULL, NULL));
    g_assert_true (g_subprocess_get_if_exited (processes[i]));
    status = g_subprocess_get_exit_status (processes[i]);
    g_assert_cmpint (status, <=, 1);
    counts[status]++;
    g_object_unref (processes[i]);
  }

  g_assert_cmpuint (counts[0], ==, 5);
  g_assert_cmpuint (counts[1], ==, 15);
  if (charged)
    assert_sum (dir, 5, 1500000, 0, 0);
  else
    assert_sum (dir, 0, 0, 5, 1500000);
}

static void
test_crowd (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (
      "twenty processes with a budget for five clips", 50);

  check_crowd (TRUE);
  check_crowd (FALSE);
}

static gpointer
run_thread (gpointer data)
{
  return try_reserve (data, 300000, 1500000, NULL);
}

static void
test_threads (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("twenty threads with a budget for five clips", 30);
  g_autofree char *dir = fixture_make_dir ();
  GThread *threads[20];
  guint granted = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("spender", run_thread, dir);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autofree char *id = g_thread_join (threads[i]);

    granted += id != NULL;
  }
  g_assert_cmpuint (granted, ==, 5);
  assert_sum (dir, 0, 0, 5, 1500000);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 5) {
    disk.ahead = g_ascii_strtoll (argv[4], NULL, 10);
    if (g_str_equal (argv[1], "dying"))
      return run_dying (argv[2], atoi (argv[3]));
    if (g_str_equal (argv[1], "spending"))
      return run_spending (argv[2], atoi (argv[3]));
  }

  fixture_init (&argc, &argv);
  /* Prevents a change of the day in all tests but the one that causes it. */
  set_time_of_day (DAY / 2);
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
  g_test_add_func ("/spending/files", test_files);
  g_test_add_func ("/spending/strange-texts", test_strange_texts);
  g_test_add_func ("/spending/strange-ids", test_strange_ids);
  g_test_add_func ("/spending/torn", test_torn);
  g_test_add_func ("/spending/holes", test_holes);
  g_test_add_func ("/spending/nonsense", test_nonsense);
  g_test_add_func ("/spending/later-version", test_later_version);
  g_test_add_func ("/spending/nowhere", test_nowhere);
  g_test_add_func ("/spending/failures", test_failures);
  g_test_add_func ("/spending/durable", test_durable);
  g_test_add_func ("/spending/kills", test_kills);
  g_test_add_func ("/spending/crowd", test_crowd);
  g_test_add_func ("/spending/threads", test_threads);
  return g_test_run ();
}
