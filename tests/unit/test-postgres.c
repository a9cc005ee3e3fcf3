/* nanovid: what only a store in a database does
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "fixture/env.h"
#include "fixture/postgres.h"
#include "fixture/watchdog.h"
#include "nanogpt/base/database-uri.h"
#include "nanogpt/base/error.h"
#include "nanogpt/store/postgres/load-module.h"
#include "nanogpt/store/postgres/postgres-store.h"
#include "nanogpt/store/postgres/process.h"
#include "nanogpt/store/postgres/schema.h"

#define ORIGIN "https://api.example"
/* Long enough to act in time, short enough to wait for its end. */
#define LEASE ((gint64)(fixture_scaled (1.2) * G_TIME_SPAN_SECOND))

static FixturePostgres *server;

static void
on_answer (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  return *result;
}

static NanogptStoreEntry *
make_entry (NanogptStore *store, const char *digest, NanogptMicros budget)
{
  NanogptStoreJob job = { .record = nanogpt_journal_record_new (),
    .resume = TRUE,
    .patience = 30 * G_TIME_SPAN_SECOND,
    .daily_budget = budget };

  job.record->digest = g_strdup (digest);
  job.record->origin = g_strdup (ORIGIN);
  job.record->account = nanogpt_journal_get_account ("key");
  return nanogpt_store_make_entry (store, &job);
}

static NanogptJournalRecord *
open_entry (NanogptStoreEntry *entry, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  NanogptJournalObstacle obstacle;

  nanogpt_store_entry_open_async (entry, 0, on_answer, &result);
  return nanogpt_store_entry_open_finish (
      entry, await (&result), &obstacle, error);
}

static gboolean
begin_entry (NanogptStoreEntry *entry, NanogptMicros estimate, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_entry_begin_async (entry, estimate, on_answer, &result);
  return nanogpt_store_entry_finish (entry, await (&result), error);
}

static gboolean
send_entry (NanogptStoreEntry *entry, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_entry_send_async (entry, on_answer, &result);
  return nanogpt_store_entry_finish (entry, await (&result), error);
}

static gboolean
accept_entry (NanogptStoreEntry *entry, const char *run_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  NanogptStoreCharge charge = { .run_id = (char *)run_id, .cost = 100000 };

  nanogpt_store_entry_accept_async (entry, &charge, on_answer, &result);
  return nanogpt_store_entry_finish (entry, await (&result), error);
}

static void
close_entry (NanogptStoreEntry *entry)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_entry_close_async (entry, on_answer, &result);
  g_assert_true (nanogpt_store_entry_finish (entry, await (&result), NULL));
}

static GPtrArray *
list (NanogptStore *store, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_list_async (store, on_answer, &result);
  return nanogpt_store_list_finish (store, await (&result), error);
}

static NanogptStore *
make_store (const char *database, gint64 lease)
{
  g_autofree char *dir = fixture_make_dir ();

  return nanogpt_postgres_store_new (
      database, dir, (guint)fixture_scaled (10), lease);
}

static void
assert_asked (const char *database, const char *sql, const char *answer)
{
  g_autofree char *text = fixture_postgres_ask (server, database, sql);

  g_assert_cmpstr (text, ==, answer);
}

/* A slow database writes a close after it has returned. */
static void
await_release (const char *database)
{
  g_autofree char *owned = NULL;

  do {
    g_main_context_iteration (NULL, FALSE);
    g_free (owned);
    owned = fixture_postgres_ask (
        server, database, "SELECT count (owner) FROM nanovid.entry");
  } while (!g_str_equal (owned, "0"));
}

/* The schema */

static gpointer
ask_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (context);
  {
    g_autoptr (NanogptStore) store = make_store (data, 0);
    g_autoptr (GPtrArray) records = list (store, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (records->len, ==, 0);
  }
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* Runs in a thread of its own, because timers belong to its main context. */
static void
assert_usable (char *database)
{
  g_thread_join (g_thread_new ("store", ask_in_thread, database));
}

static void
test_many_at_once (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("at once", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("store", ask_in_thread, database);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  assert_asked (database, "SELECT version FROM nanovid.version", "1");
}

static void
assert_refused (const char *database, const char *words)
{
  g_autoptr (NanogptStore) store = make_store (database, 0);
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (open_entry (entry, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_others_schema (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("others", 30);
  g_autofree char *empty = fixture_postgres_create_database (server);
  g_autofree char *others = fixture_postgres_create_database (server);
  g_autofree char *newer = fixture_postgres_create_database (server);

  assert_asked (empty, "CREATE SCHEMA nanovid", "");
  assert_usable (empty);
  assert_asked (
      others, "CREATE SCHEMA nanovid CREATE TABLE thing (id integer)", "");
  assert_refused (others, "not nanovid's");
  assert_usable (newer);
  assert_asked (newer, "UPDATE nanovid.version SET version = 99", "");
  assert_refused (newer, "version 99");
}

static gboolean
prepare (const char *database, char **migrations, GError **error)
{
  const NanogptLibpq *libpq = nanogpt_module_load (error);
  g_autofree char *message = NULL;
  NanogptLibpqConnection *connection = libpq->connect (database, 10, &message);
  gboolean prepared = nanogpt_schema_prepare (
      libpq, connection, migrations, 10 * G_TIME_SPAN_SECOND, error);

  libpq->disconnect (connection);
  return prepared;
}

/* Migration to a hypothetical next version works, and back is refused. */
static void
test_migration (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("migrate", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (NanogptStore) store = make_store (database, 0);
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  g_auto (GStrv) known = nanogpt_schema_get_migrations ();
  char *next[] = { known[0],
    (char *)"ALTER TABLE nanovid.entry ADD COLUMN next text;"
            " UPDATE nanovid.entry SET next = 'new'",
    NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (open_entry (entry, &error));
  begin_entry (entry, 100000, &error);
  g_assert_no_error (error);
  g_assert_true (prepare (database, next, &error));
  g_assert_no_error (error);
  assert_asked (database, "SELECT version FROM nanovid.version", "2");
  assert_asked (
      database, "SELECT next, state FROM nanovid.entry", "new|intent");
  g_assert_true (prepare (database, next, &error));
  g_assert_false (prepare (database, known, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE);
}

/* The schema rejects invalid changes, whoever makes them. */
static void
test_constraints (void)
{
  static const char *const wrong[] = {
    "UPDATE nanovid.entry SET epoch = 0",
    "UPDATE nanovid.entry SET step = step - 1",
    "UPDATE nanovid.entry SET owner = '00000000-0000-4000-8000-000000000000'",
    "UPDATE nanovid.entry SET state = 'accepted'",
    "UPDATE nanovid.entry SET state = 'sending'",
    "UPDATE nanovid.entry SET run_id = 'run'",
    "UPDATE nanovid.entry SET lease = NULL",
    "UPDATE nanovid.cost SET amount = -1",
    "UPDATE nanovid.cost SET state = 'paid'",
    "INSERT INTO nanovid.version VALUES (2)",
  };
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("wrong", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (NanogptStore) store = make_store (database, 0);
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (open_entry (entry, &error));
  begin_entry (entry, 100000, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *sql = g_strdup_printf (
        "DO $$ BEGIN %s; RAISE 'was written'; EXCEPTION"
        " WHEN check_violation OR unique_violation OR raise_exception THEN"
        " IF SQLERRM = 'was written' THEN RAISE; END IF; END $$",
        wrong[i]);

    g_test_message ("%s", wrong[i]);
    assert_asked (database, sql, "");
  }
}

/* Leases */

/* While this thread sleeps, its leases are not renewed. */
static void
sleep_past_lease (void)
{
  g_usleep (LEASE + LEASE / 4);
}

static void
test_lease (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("lease", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (NanogptStore) store = make_store (database, LEASE);
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 0);
  g_autoptr (NanogptStoreEntry) next = make_entry (store, "a", 0);
  g_autoptr (NanogptJournalRecord) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (open_entry (first, &error));
  begin_entry (first, 100000, &error);
  send_entry (first, &error);
  g_assert_no_error (error);
  g_assert_true (nanogpt_store_entry_may_send (first));
  g_usleep (LEASE / 4);
  g_assert_false (nanogpt_store_entry_may_send (first));
  sleep_past_lease ();
  found = open_entry (next, &error);
  g_assert_no_error (error);
  g_assert_cmpint (found->state, ==, NANOGPT_JOURNAL_SENDING);
  g_assert_cmpint (found->lasted, >, 0);
  /* Too late: the entry has another owner. */
  accept_entry (first, "run", &error);
  g_assert_no_error (error);
  assert_asked (
      database, "SELECT state, epoch FROM nanovid.entry", "sending|2");
  accept_entry (next, "run", &error);
  g_assert_no_error (error);
  assert_asked (
      database, "SELECT state, epoch FROM nanovid.entry", "accepted|2");
  assert_asked (
      database, "SELECT state, amount FROM nanovid.cost", "spent|100000");
  close_entry (next);
}

/* An owner on another machine may still be sending its submit. The entry
 * records this until it is settled, however often it is taken over. */
static void
test_other_machine (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("other-machine", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (NanogptStore) store = make_store (database, 0);
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 0);
  g_autoptr (GError) error = NULL;

  g_assert_null (open_entry (first, &error));
  begin_entry (first, 100000, &error);
  send_entry (first, &error);
  g_assert_no_error (error);
  close_entry (first);
  await_release (database);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (NanogptStoreEntry) next = make_entry (store, "a", 0);
    g_autoptr (NanogptJournalRecord) found = open_entry (next, &error);

    g_assert_no_error (error);
    g_assert_cmpint (found->state, ==, NANOGPT_JOURNAL_SENDING);
    g_assert_cmpint (found->sender_may_live, ==, i > 0);
    close_entry (next);
    await_release (database);
    assert_asked (
        database, "UPDATE nanovid.entry SET sender = 'b pid:[1] 1 1'", "");
  }
}

/* The reservation of an intent ends with its lease. Others may use that money
 * then, so the intent is no longer sent. */
static void
test_lapsed_intent (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("lapsed", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (NanogptStore) store = make_store (database, LEASE);
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 1000000);
  g_autoptr (NanogptStoreEntry) other = make_entry (store, "b", 1000000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;

  g_assert_null (open_entry (first, &error));
  begin_entry (first, 600000, &error);
  g_assert_no_error (error);
  g_assert_false (begin_entry (other, 600000, &refusal));
  g_assert_error (refusal, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  sleep_past_lease ();
  begin_entry (other, 600000, &error);
  g_assert_no_error (error);
  g_assert_false (send_entry (first, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE);
  assert_asked (database, "SELECT sum (amount) FROM nanovid.counted", "600000");
}

/* An owner that takes over an intent needs a new reservation, and has none
 * before that. */
static void
test_taken_intent (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("taken", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (NanogptStore) store = make_store (database, LEASE);
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 1000000);
  g_autoptr (NanogptStoreEntry) other = make_entry (store, "b", 1000000);
  g_autoptr (NanogptStoreEntry) next = make_entry (store, "a", 1000000);
  g_autoptr (NanogptJournalRecord) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (open_entry (first, &error));
  begin_entry (first, 600000, &error);
  g_assert_no_error (error);
  sleep_past_lease ();
  begin_entry (other, 600000, &error);
  g_assert_no_error (error);
  found = open_entry (next, &error);
  g_assert_no_error (error);
  g_assert_cmpint (found->state, ==, NANOGPT_JOURNAL_INTENT);
  assert_asked (database, "SELECT sum (amount) FROM nanovid.counted", "600000");
  g_assert_false (begin_entry (next, 600000, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
}

/* Renews in one transaction that lasts longer than the lease. */
static gpointer
renew_slowly (gpointer database)
{
  g_autofree char *sql = g_strdup_printf (
      "BEGIN; SELECT nanovid.renew (array_agg (id), array_agg (owner), 60000000)"
      " FROM nanovid.entry; SELECT pg_sleep (%f); COMMIT",
      2.0 * LEASE / G_TIME_SPAN_SECOND);
  g_autofree char *output = fixture_postgres_ask (server, database, sql);

  return NULL;
}

static void
await_answer (const char *database, const char *sql, const char *answer)
{
  g_autofree char *text = NULL;

  do {
    g_free (text);
    text = fixture_postgres_ask (server, database, sql);
  } while (!g_str_equal (text, answer));
}

/* A reservation that is being renewed while the spending is counted is included. */
static void
test_slow_renewal (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("renewal", 30);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autoptr (NanogptStore) store = make_store (database, LEASE);
  g_autoptr (NanogptStoreEntry) first = make_entry (store, "a", 1000000);
  g_autoptr (NanogptStoreEntry) other = make_entry (store, "b", 1000000);
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_assert_null (open_entry (first, &error));
  begin_entry (first, 600000, &error);
  g_assert_no_error (error);
  thread = g_thread_new ("renewal", renew_slowly, database);
  await_answer (database,
      "SELECT count (*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
      "1");
  sleep_past_lease ();
  g_assert_false (begin_entry (other, 600000, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
  g_thread_join (thread);
}

/* A database that is gone */

static void
test_no_database (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("none", 30);
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptStore) store = nanogpt_postgres_store_new (
      "postgresql://nanovid@127.0.0.1:1/nothing", dir, 1, 0);
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) list_error = NULL;

  g_assert_null (open_entry (entry, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE);
  g_assert_null (list (store, &list_error));
  g_assert_nonnull (list_error);
}

/* A change that could not be written to the database is kept in the directory,
 * and written at the next opportunity. */
static void
test_kept (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("kept", 60);
  g_autofree char *database = fixture_postgres_create_database (server);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *kept = g_build_filename (dir, "unwritten", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) warning = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GDir) left = NULL;
  g_autoptr (NanogptStore) store =
      nanogpt_postgres_store_new (database, dir, 10, 0);
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, "a", 0);
  const NanogptJournalRecord *record;

  g_assert_null (open_entry (entry, &error));
  begin_entry (entry, 100000, &error);
  send_entry (entry, &error);
  g_assert_no_error (error);
  fixture_postgres_kill (server);
  g_assert_false (accept_entry (entry, "run", &warning));
  g_assert_cmpint (warning->domain, ==, G_FILE_ERROR);
  g_assert_nonnull (strstr (warning->message, dir));
  fixture_postgres_start (server);
  records = list (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 1);
  record = records->pdata[0];
  g_assert_cmpint (record->state, ==, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_cmpstr (record->run_id, ==, "run");
  assert_asked (
      database, "SELECT state, amount FROM nanovid.cost", "spent|100000");
  do {
    g_clear_pointer (&left, g_dir_close);
    g_main_context_iteration (NULL, FALSE);
    left = g_dir_open (kept, 0, &error);
    g_assert_no_error (error);
  } while (g_dir_read_name (left));
  close_entry (entry);
}

/* Without a server */

static void
test_uri (void)
{
  static const char *const good[] = { "postgresql://nanovid@db.example/nanovid",
    "postgres:///nanovid?host=/run/postgresql",
    "postgresql://a.example:5432,b.example:5433/x?target_session_attrs=any",
    "postgresql://db/x?passfile=/etc/pass&sslmode=verify-full",
    "postgresql://[::1]:5432/x", "postgresql://" };
  static const char *const bad[] = { "postgresql://me:secret@db.example/x",
    "postgres://:secret@/x", "postgresql://me:sec/ret@db.example/x",
    "postgresql://db/x?oauth_client_secret=secret",
    "postgresql://db/x?password=secret",
    "postgresql://db/x?sslmode=require&pass%77ord=secret",
    "postgresql://db/x?sslpassword=secret", "mysql://db/x", "db.example", "",
    "host=db password=secret" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (nanogpt_database_uri_check (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_false (nanogpt_database_uri_check (bad[i], &error));
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
    g_assert_null (strstr (error->message, "secret"));
  }
}

static void
test_processes (void)
{
  g_autofree char *own = nanogpt_process_get_name ();
  g_auto (GStrv) words = g_strsplit (own, " ", 4);
  g_autofree char *gone = g_strdup_printf ("%s %s 1 12345", words[0], words[1]);
  g_autofree char *boot =
      g_strdup_printf ("other %s %s %s", words[1], words[2], words[3]);
  g_autofree char *container =
      g_strdup_printf ("%s pid:[1] %s %s", words[0], words[2], words[3]);

  g_assert_cmpint (nanogpt_process_find (own), ==, NANOGPT_PROCESS_SELF);
  g_assert_cmpint (nanogpt_process_find (gone), ==, NANOGPT_PROCESS_GONE);
  g_assert_cmpint (nanogpt_process_find (boot), ==, NANOGPT_PROCESS_UNKNOWN);
  g_assert_cmpint (
      nanogpt_process_find (container), ==, NANOGPT_PROCESS_UNKNOWN);
  g_assert_cmpint (nanogpt_process_find (""), ==, NANOGPT_PROCESS_UNKNOWN);
}

#define NEEDED(name) name, strlen (name)

/* The plugin does not need libpq, and if its module is missing, the error says so. */
static void
test_module (void)
{
  const char *const jobs[] = { NANOVID_JOBS, "--database",
    "postgresql://nanovid@127.0.0.1:1/nothing", "list", NULL };
  g_autofree char *copy = fixture_make_dir ();
  g_autofree char *path = g_build_filename (copy, "nanovid-jobs", NULL);
  const char *const cp[] = { "cp", jobs[0], path, NULL };
  const char *const words[] = { path, jobs[1], jobs[2], jobs[3], NULL };
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *plugin = NULL;
  g_autofree char *complaint = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  /* Search for the names of the required libraries: ldd reads only those of
   * this machine. */
  g_file_get_contents (PLUGIN, &plugin, &size, &error);
  g_assert_no_error (error);
  g_assert_nonnull (memmem (plugin, size, NEEDED ("libgstreamer-1.0.so")));
  g_assert_null (memmem (plugin, size, NEEDED ("libpq.so")));

  g_spawn_sync (NULL, (char **)cp, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_subprocess_launcher_unsetenv (launcher, "LD_LIBRARY_PATH");
  process = g_subprocess_launcher_spawnv (launcher, words, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &complaint, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (complaint, "gstreamer1.0-nanovid-postgresql"));
}

static void
skip (void)
{
  g_test_skip ("there is no PostgreSQL server here");
}

static void
add (const char *path, GTestFunc function)
{
  g_test_add_func (path, server ? function : skip);
}

int
main (int argc, char *argv[])
{
  int status;

  fixture_init (&argc, &argv);
  server = fixture_postgres_new ();
  add ("/postgres/many-at-once", test_many_at_once);
  add ("/postgres/others-schema", test_others_schema);
  add ("/postgres/migration", test_migration);
  add ("/postgres/constraints", test_constraints);
  add ("/postgres/lease", test_lease);
  add ("/postgres/other-machine", test_other_machine);
  add ("/postgres/lapsed-intent", test_lapsed_intent);
  add ("/postgres/taken-intent", test_taken_intent);
  add ("/postgres/slow-renewal", test_slow_renewal);
  add ("/postgres/kept", test_kept);
  g_test_add_func ("/postgres/no-database", test_no_database);
  g_test_add_func ("/postgres/uri", test_uri);
  g_test_add_func ("/postgres/processes", test_processes);
  g_test_add_func ("/postgres/module", test_module);
  status = g_test_run ();
  g_clear_pointer (&server, fixture_postgres_free);
  return status;
}
