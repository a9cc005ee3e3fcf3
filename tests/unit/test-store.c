/* nanovid: the common behavior of all stores
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/env.h"
#include "fixture/postgres.h"
#include "fixture/watchdog.h"
#include "nanogpt/base/error.h"
#include "nanogpt/store/files/files-store.h"
#include "nanogpt/store/postgres/postgres-store.h"

#define ORIGIN "https://api.example"
#define KIND "model 5 s"

static FixturePostgres *server; /* NULL for files */

/* Only the lines here depend on the driver. */
static NanogptStore *
make_store (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *uri = NULL;

  if (!server)
    return nanogpt_files_store_new (dir, FALSE);
  uri = fixture_postgres_create_database (server);
  return nanogpt_postgres_store_new (uri, dir, 30, 0);
}

/* Waiting */

static void
on_answer (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static NanogptStoreEntry *
make_entry (NanogptStore *store, const char *digest, NanogptMicros daily_budget)
{
  NanogptStoreJob job = {
    .record = nanogpt_journal_record_new (),
    .resume = TRUE,
    .patience = 30 * G_TIME_SPAN_SECOND,
    .kind = g_strdup (KIND),
    .daily_budget = daily_budget,
  };

  job.record->digest = g_strdup (digest);
  job.record->origin = g_strdup (ORIGIN);
  job.record->account = nanogpt_journal_get_account ("key");
  job.record->model = g_strdup ("model");
  return nanogpt_store_make_entry (store, &job);
}

static NanogptJournalRecord *
open_entry (NanogptStoreEntry *entry, NanogptJournalObstacle *obstacle)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  NanogptJournalRecord *record;

  nanogpt_store_entry_open_async (entry, 0, on_answer, &result);
  record = nanogpt_store_entry_open_finish (
      entry, await (&result), obstacle, &error);
  g_assert_no_error (error);
  return record;
}

/* Checks that there is nothing to resume. */
static void
assert_new (NanogptStoreEntry *entry)
{
  NanogptJournalObstacle obstacle;

  g_assert_null (open_entry (entry, &obstacle));
  g_assert_cmpint (obstacle, ==, NANOGPT_JOURNAL_CLEAR);
}

/* A database that is slow writes a close or a drop after it has returned, because
 * elements stop quickly.  The checks that follow one wait for that, at most as
 * long as the watchdog lets them. */

static void
assert_opens (NanogptStoreEntry *entry, NanogptJournalState state)
{
  NanogptJournalObstacle obstacle;
  g_autoptr (NanogptJournalRecord) record = NULL;

  do {
    record = open_entry (entry, &obstacle);
  } while (!record);
  g_assert_cmpint (obstacle, ==, NANOGPT_JOURNAL_CLEAR);
  g_assert_nonnull (record->id);
  g_assert_cmpint (record->state, ==, state);
}

static void
finish (NanogptStoreEntry *entry, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  nanogpt_store_entry_finish (entry, await (result), &error);
  g_assert_no_error (error);
}

static gboolean
begin_entry (NanogptStoreEntry *entry, NanogptMicros estimate, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_entry_begin_async (entry, estimate, on_answer, &result);
  return nanogpt_store_entry_finish (entry, await (&result), error);
}

static void
assert_begins (NanogptStoreEntry *entry, NanogptMicros estimate)
{
  g_autoptr (GError) error = NULL;

  begin_entry (entry, estimate, &error);
  g_assert_no_error (error);
}

static void
assert_sends (NanogptStoreEntry *entry, NanogptMicros estimate)
{
  g_autoptr (GAsyncResult) result = NULL;

  assert_begins (entry, estimate);
  nanogpt_store_entry_send_async (entry, on_answer, &result);
  finish (entry, &result);
}

static void
accept_entry (NanogptStoreEntry *entry, char *run_id, NanogptMicros cost)
{
  g_autoptr (GAsyncResult) result = NULL;
  NanogptStoreCharge charge = { .run_id = run_id, .cost = cost };

  nanogpt_store_entry_accept_async (entry, &charge, on_answer, &result);
  finish (entry, &result);
}

static void
withdraw (NanogptStoreEntry *entry)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_entry_withdraw_async (entry, on_answer, &result);
  finish (entry, &result);
}

static void
close_entry (NanogptStoreEntry *entry)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_entry_close_async (entry, on_answer, &result);
  finish (entry, &result);
}

static void
drop (NanogptStoreEntry *entry, gboolean charged)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_entry_drop_async (entry, charged, on_answer, &result);
  finish (entry, &result);
}

static GPtrArray *
list (NanogptStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *records;

  nanogpt_store_list_async (store, on_answer, &result);
  records = nanogpt_store_list_finish (store, await (&result), &error);
  g_assert_no_error (error);
  return records;
}

/* Checks the only entry. */
static void
assert_listed (
    NanogptStore *store, NanogptJournalState state, const char *run_id)
{
  g_autoptr (GPtrArray) records = list (store);
  const NanogptJournalRecord *record;

  g_assert_cmpuint (records->len, ==, 1);
  record = records->pdata[0];
  g_assert_cmpint (record->state, ==, state);
  g_assert_cmpstr (record->run_id, ==, run_id);
}

static GPtrArray *
get_sums (NanogptStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *sums;

  nanogpt_store_get_sums_async (store, 0, on_answer, &result);
  sums = nanogpt_store_list_finish (store, await (&result), &error);
  g_assert_no_error (error);
  return sums;
}

static void
assert_nothing_spent (NanogptStore *store)
{
  g_autoptr (GPtrArray) sums = NULL;

  do {
    g_clear_pointer (&sums, g_ptr_array_unref);
    sums = get_sums (store);
  } while (sums->len > 0);
}

/* Checks the sums of the only day, model and currency. */
static void
assert_spent (NanogptStore *store, guint n_charged, NanogptMicros charged,
    guint n_reserved, NanogptMicros reserved)
{
  g_autoptr (GPtrArray) sums = get_sums (store);
  const NanogptLedgerSum *sum;

  g_assert_cmpuint (sums->len, ==, 1);
  sum = sums->pdata[0];
  g_assert_cmpstr (sum->origin, ==, ORIGIN);
  g_assert_cmpuint (sum->n_charged, ==, n_charged);
  g_assert_cmpint (sum->charged, ==, charged);
  g_assert_cmpuint (sum->n_reserved, ==, n_reserved);
  g_assert_cmpint (sum->reserved, ==, reserved);
}

static NanogptHistory *
get_history (NanogptStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  NanogptHistory *history;

  nanogpt_store_get_history_async (store, ORIGIN, KIND, on_answer, &result);
  history = nanogpt_store_get_history_finish (store, await (&result), &error);
  g_assert_no_error (error);
  return history;
}

static int
forget (NanogptStore *store, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  nanogpt_store_forget_async (store, id, on_answer, &result);
  if (nanogpt_store_forget_finish (store, await (&result), &error))
    return -1;
  g_assert_cmpint (error->domain, ==, G_FILE_ERROR);
  return error->code;
}

/* Operations of a store */

static void
test_life (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("life", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  g_autoptr (NanogptHistory) history = NULL;
  g_autoptr (GError) error = NULL;
  NanogptStoreCharge charge = { .run_id = (char *)"run", .cost = 300000 };

  assert_new (entry);
  assert_begins (entry, 200000);
  assert_listed (store, NANOGPT_JOURNAL_INTENT, NULL);
  assert_spent (store, 0, 0, 1, 200000);
  assert_sends (entry, 200000);
  assert_listed (store, NANOGPT_JOURNAL_SENDING, NULL);
  assert_spent (store, 0, 0, 1, 200000);
  accept_entry (entry, (char *)"run", 250000);
  assert_listed (store, NANOGPT_JOURNAL_ACCEPTED, "run");
  assert_spent (store, 1, 250000, 0, 0);
  nanogpt_store_entry_complete (entry, &charge, 42);
  close_entry (entry);
  g_assert_true (nanogpt_store_entry_deliver (entry, &error));
  g_assert_no_error (error);
  assert_listed (store, NANOGPT_JOURNAL_DELIVERED, "run");

  do {
    g_clear_pointer (&history, nanogpt_history_free);
    history = get_history (store);
  } while (history->n_times == 0 || history->cost != 300000);
  g_assert_cmpfloat (history->times[0], ==, 42);
  assert_spent (store, 1, 300000, 0, 0);
}

static void
test_adoption (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("adoption", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 0);
  g_autoptr (NanogptStoreEntry) beside = make_entry (store, "a", 0);
  g_autoptr (NanogptStoreEntry) other = make_entry (store, "b", 0);
  g_autoptr (NanogptStoreEntry) next = make_entry (store, "a", 0);

  assert_new (first);
  assert_sends (first, 100000);
  accept_entry (first, (char *)"run", 100000);
  /* An entry that has an owner is not opened by others. */
  assert_new (beside);
  drop (beside, FALSE);
  close_entry (first);
  assert_new (other);
  drop (other, FALSE);
  assert_opens (next, NANOGPT_JOURNAL_ACCEPTED);
  assert_listed (store, NANOGPT_JOURNAL_ACCEPTED, "run");
  close_entry (next);
  /* The previous owner can open the entry again. */
  assert_opens (first, NANOGPT_JOURNAL_ACCEPTED);
  close_entry (first);
}

static NanogptStoreEntry *
make_numbered_entry (NanogptStore *store, gint64 number)
{
  NanogptStoreJob job = { .record = nanogpt_journal_record_new (),
    .resume = TRUE };

  job.record->digest = g_strdup ("a");
  job.record->number = number;
  job.record->origin = g_strdup (ORIGIN);
  job.record->account = nanogpt_journal_get_account ("key");
  return nanogpt_store_make_entry (store, &job);
}

/* Each of several equal requests has a job of its own. */
static void
test_numbers (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("numbers", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) first = make_numbered_entry (store, 0);
  g_autoptr (NanogptStoreEntry) second = make_numbered_entry (store, 1);
  g_autoptr (NanogptStoreEntry) same = make_numbered_entry (store, 0);
  g_autoptr (NanogptStoreEntry) any = make_numbered_entry (store, -1);

  assert_new (first);
  assert_sends (first, 100000);
  accept_entry (first, (char *)"run", 100000);
  close_entry (first);
  assert_new (second);
  assert_opens (same, NANOGPT_JOURNAL_ACCEPTED);
  close_entry (same);
  assert_opens (any, NANOGPT_JOURNAL_ACCEPTED);
  close_entry (any);
}

/* A submit that was certainly never sent has at most one reservation. */
static void
test_adopted_intent (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("intent", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 1000000);
  g_autoptr (NanogptStoreEntry) next = make_entry (store, "a", 1000000);
  g_autoptr (GError) error = NULL;

  assert_new (first);
  assert_begins (first, 600000);
  close_entry (first);
  assert_opens (next, NANOGPT_JOURNAL_INTENT);
  assert_begins (next, 700000);
  assert_listed (store, NANOGPT_JOURNAL_INTENT, NULL);
  assert_spent (store, 0, 0, 1, 700000);
  g_assert_false (begin_entry (next, 1100000, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  drop (next, FALSE);
  assert_nothing_spent (store);
}

static void
test_abandoned (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("abandoned", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 0);
  g_autoptr (NanogptStoreEntry) next = make_entry (store, "a", 0);
  NanogptJournalObstacle obstacle;

  nanogpt_store_entry_set_abandoned (first, TRUE);
  assert_new (first);
  assert_sends (first, 100000);
  g_assert_null (open_entry (next, &obstacle));
  g_assert_cmpint (obstacle, ==, NANOGPT_JOURNAL_SUBMITTING);
  accept_entry (first, (char *)"run", 100000);
  close_entry (first);
  assert_opens (next, NANOGPT_JOURNAL_ACCEPTED);
  close_entry (next);
}

static void
test_budget (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("budget", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 1000000);
  g_autoptr (NanogptStoreEntry) second = make_entry (store, "b", 1000000);
  g_autoptr (GError) error = NULL;

  assert_new (first);
  assert_new (second);
  assert_sends (first, 600000);
  g_assert_false (begin_entry (second, 600000, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  assert_spent (store, 0, 0, 1, 600000);
  /* The failed calls have changed nothing. */
  assert_listed (store, NANOGPT_JOURNAL_SENDING, NULL);
  withdraw (first);
  /* The new reservation replaces the previous one. */
  assert_sends (first, 700000);
  assert_spent (store, 0, 0, 1, 700000);
  drop (first, FALSE);
  assert_sends (second, 600000);
  assert_spent (store, 0, 0, 1, 600000);
  drop (second, TRUE);
  assert_spent (store, 0, 0, 1, 600000);
}

/* The budget is shared by all entries with this name and @key, whatever they request. */
static NanogptStoreEntry *
make_hourly_entry (NanogptStore *store, const char *digest, const char *key)
{
  NanogptStoreJob job = {
    .record = nanogpt_journal_record_new (),
    .hourly_budget = 1000000,
    .hourly_name = g_strdup ("channel"),
  };

  job.record->digest = g_strdup (digest);
  job.record->origin = g_strdup (ORIGIN);
  job.record->account = nanogpt_journal_get_account (key);
  return nanogpt_store_make_entry (store, &job);
}

static NanogptMicros
get_hour (NanogptStore *store, const char *key)
{
  g_autofree char *account = nanogpt_journal_get_account (key);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  NanogptMicros sum;

  nanogpt_store_get_hour_async (
      store, ORIGIN, account, "channel", on_answer, &result);
  sum = nanogpt_store_get_hour_finish (store, await (&result), &error);
  g_assert_no_error (error);
  return sum;
}

static void
test_hourly_budget (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("hour", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) first = make_hourly_entry (store, "a", "key");
  g_autoptr (NanogptStoreEntry) second = make_hourly_entry (store, "b", "key");
  g_autoptr (NanogptStoreEntry) other = make_hourly_entry (store, "b", "its");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (get_hour (store, "key"), ==, 0);
  assert_new (first);
  assert_sends (first, 600000);
  accept_entry (first, (char *)"run", 700000);
  g_assert_cmpint (get_hour (store, "key"), ==, 700000);
  assert_new (second);
  g_assert_false (begin_entry (second, 400000, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  g_assert_cmpint (nanogpt_error_get_details (error)->retry_after, >, 3500000);
  g_assert_cmpint (nanogpt_error_get_details (error)->retry_after, <=, 3602000);
  assert_listed (store, NANOGPT_JOURNAL_ACCEPTED, "run");
  assert_begins (second, 300000);
  g_assert_cmpint (get_hour (store, "key"), ==, 1000000);
  drop (second, FALSE);
  while (get_hour (store, "key") != 700000)
    continue;
  /* The failed job was charged. */
  drop (first, TRUE);
  g_assert_cmpint (get_hour (store, "key"), ==, 700000);

  assert_new (other);
  assert_begins (other, 1000000);
  g_assert_cmpint (get_hour (store, "its"), ==, 1000000);
  drop (other, FALSE);
}

/* Lookup of lost submits */

typedef struct
{
  int *n_searching;
  char *wanted; /* claimed unless another entry has it */
  gboolean seen;
} Search;

static NanogptStoreCharge *
search (GPtrArray *records, const NanogptJournalRecord *own, gpointer data)
{
  Search *self = data;
  NanogptStoreCharge charge = { .run_id = self->wanted,
    .cost = NANOGPT_MONEY_UNKNOWN };

  g_assert_cmpint (g_atomic_int_add (self->n_searching, 1), ==, 0);
  g_assert_cmpint (own->lasted, >, 0);
  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (g_strcmp0 (record->run_id, self->wanted) == 0)
      self->seen = TRUE;
  }
  g_assert_true (g_atomic_int_dec_and_test (self->n_searching));
  return self->seen ? NULL : nanogpt_store_charge_copy (&charge);
}

/* If two entries search at once, the second one sees what the first has claimed. */
static void
test_claim (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("claim", 30);
  g_autoptr (NanogptStore) store = make_store ();
  NanogptStoreEntry *entries[2];
  GAsyncResult *results[2] = { NULL, NULL };
  int n_searching = 0;
  Search searches[2] = { { &n_searching, (char *)"run", FALSE },
    { &n_searching, (char *)"run", FALSE } };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GAsyncResult) result = NULL;

    entries[i] = make_entry (store, i ? "b" : "a", 0);
    assert_new (entries[i]);
    assert_sends (entries[i], 100000);
    nanogpt_store_entry_lose_async (entries[i], on_answer, &result);
    finish (entries[i], &result);
  }
  for (guint i = 0; i < 2; i++)
    nanogpt_store_entry_claim_async (
        entries[i], search, &searches[i], on_answer, &results[i]);
  for (guint i = 0; i < 2; i++)
    finish (entries[i], &results[i]);
  g_assert_cmpint (searches[0].seen + searches[1].seen, ==, 1);

  drop (entries[searches[0].seen ? 0 : 1], FALSE);
  assert_listed (store, NANOGPT_JOURNAL_ACCEPTED, "run");
  for (guint i = 0; i < 2; i++) {
    close_entry (entries[i]);
    g_object_unref (entries[i]);
    g_object_unref (results[i]);
  }
}

/* By id */

static void
test_forget (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("forget", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) left = NULL;
  const NanogptJournalRecord *record;

  assert_new (entry);
  assert_begins (entry, 100000);
  records = list (store);
  record = records->pdata[0];
  g_assert_true (record->live);
  g_assert_cmpint (forget (store, record->id), ==, G_FILE_ERROR_AGAIN);
  close_entry (entry);
  while (forget (store, record->id) != -1)
    continue;
  g_assert_cmpint (forget (store, record->id), ==, G_FILE_ERROR_NOENT);
  left = list (store);
  g_assert_cmpuint (left->len, ==, 0);
}

static NanogptStoreEntry *
make_attached (NanogptStore *store, const char *run_id)
{
  NanogptStoreJob job = {
    .record = nanogpt_journal_record_new (),
    .run_id = g_strdup (run_id),
  };

  job.record->origin = g_strdup (ORIGIN);
  job.record->account = nanogpt_journal_get_account ("key");
  return nanogpt_store_make_entry (store, &job);
}

static void
test_run_id (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("run-id", 30);
  g_autoptr (NanogptStore) store = make_store ();
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  g_autoptr (NanogptStoreEntry) known = make_attached (store, "run");
  g_autoptr (NanogptStoreEntry) unknown = make_attached (store, "other");
  NanogptJournalObstacle obstacle;

  assert_new (entry);
  assert_sends (entry, 100000);
  accept_entry (entry, (char *)"run", 100000);
  close_entry (entry);
  assert_opens (known, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_null (open_entry (unknown, &obstacle));
  assert_listed (store, NANOGPT_JOURNAL_ACCEPTED, "run");
  close_entry (known);
}

static void
test_no_server (void)
{
  g_test_skip ("there is no PostgreSQL server here");
}

static void
add_tests (const char *driver)
{
  static const struct
  {
    const char *name;
    GTestFunc function;
  } tests[] = { { "life", test_life }, { "adoption", test_adoption },
    { "numbers", test_numbers }, { "adopted-intent", test_adopted_intent },
    { "abandoned", test_abandoned }, { "budget", test_budget },
    { "hourly-budget", test_hourly_budget }, { "claim", test_claim },
    { "forget", test_forget }, { "run-id", test_run_id } };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path =
        g_strdup_printf ("/store/%s/%s", driver, tests[i].name);

    g_test_add_func (path, tests[i].function);
  }
}

/* The last argument is the name of the driver. */
int
main (int argc, char *argv[])
{
  const char *driver = "files";
  int status;

  fixture_init (&argc, &argv);
  if (argc > 1)
    driver = argv[1];
  if (g_str_equal (driver, "postgres"))
    server = fixture_postgres_new ();
  if (g_str_equal (driver, "postgres") && !server)
    g_test_add_func ("/store/postgres", test_no_server);
  else
    add_tests (driver);
  status = g_test_run ();
  g_clear_pointer (&server, fixture_postgres_free);
  return status;
}
