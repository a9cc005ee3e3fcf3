/* nanovid: tests of many processes and one database, any of which may fail at any time
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* --points=N --seed=S: how many processes and connections to interrupt, and
 * where. */

#include <signal.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/network.h"
#include "fixture/relay.h"
#include "fleet.h"
#include "tally.h"

/* With this many points or more, slow tests run as well. */
#define LONG_RUN 20
/* How many processes are stopped or cut off at once. */
#define BATCH 8

static FixturePostgres *server;

/* Twenty processes share a budget for five clips, and some are killed: five
 * clips are paid for. Reservations of killed processes are released when their
 * leases expire, and later processes can use the budget. */
static void
test_budget (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 0.3);
  double price = fleet_find_price (fleet);
  g_autofree char *budget = g_strdup_printf ("%.6f", price * 5.5);
  g_autoptr (GPtrArray) workers = g_ptr_array_new_with_free_func (worker_free);
  guint before = nanogpt_simulator_count_charges (fleet->simulator);
  gboolean refused = FALSE;

  for (guint i = 0; i < 20; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %u", i);

    g_ptr_array_add (workers, worker_new (fleet, prompt, budget));
  }
  for (guint i = 0; i < 7; i++) {
    fleet_rest (fleet, 0.2);
    worker_kill (
        workers->pdata[g_rand_int_range (fleet->random, 0, workers->len)]);
  }
  for (guint i = 0; i < workers->len; i++)
    worker_wait (workers->pdata[i]);
  g_usleep (FLEET_LEASE * 1000);
  /* Repeats the requests one after the other: clips that were paid for are found. */
  for (guint i = 0; i < 20; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %u", i);
    g_autoptr (Worker) worker = NULL;

    if (worker_has_said (workers->pdata[i], "delivered"))
      continue;
    worker = worker_new (fleet, prompt, budget);
    worker_wait (worker);
    refused = refused || worker_has_said (worker, "over-budget");
    if (!worker_has_said (worker, "over-budget")
        && !worker_has_said (worker, "delivered"))
      tally_violation (VIOLATION_FAILED, prompt, worker->words);
  }
  g_assert_true (refused);
  fleet_check_charges (fleet, before + 5, "twenty processes");
  fleet_check_budget (fleet, price * 5.5);
  g_assert_cmpint (fleet_ask_number (fleet,
                       "SELECT count (*) FROM nanovid.cost"
                       " WHERE state = 'spent'"),
      ==, 5);
  tally_summarize ();
}

/* A process is killed at any time: the next one with the same request gets the
 * clip, and only one is paid for. */
static void
test_killed (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 0.4);

  for (int i = 0; i < tally_get_points (); i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %d", i);
    g_autoptr (Worker) first = worker_new (fleet, prompt, "0");
    g_autoptr (Worker) next = NULL;

    fleet_rest (fleet, 0.8);
    worker_kill (first);
    worker_wait (first);
    next = worker_new (fleet, prompt, "0");
    if (!g_str_has_prefix (worker_wait (next), "delivered"))
      tally_violation (VIOLATION_FAILED, prompt, next->words);
    /* If the job was delivered before the kill, the next process has a new job. */
    fleet_check_charges (fleet,
        fleet_ask_number (fleet, "SELECT count (*) FROM nanovid.entry"),
        prompt);
  }
  fleet_check_books (fleet, "killed");
  tally_summarize ();
}

/* A process that has died on another machine counts as alive until its lease expires. */
static void
test_foreign (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 1);
  g_autoptr (Worker) first = NULL;
  g_autoptr (Worker) next = NULL;
  gint64 start;

  first = worker_new_at (fleet, fleet->database, NULL, "elsewhere", "0", TRUE);
  if (!nanogpt_simulator_wait_charges (fleet->simulator, 1, 5000)) {
    worker_kill (first);
    worker_wait (first);
    g_test_skip ("there are no PID namespaces here");
    return;
  }
  while (fleet_ask_number (fleet,
             "SELECT count (*) FROM nanovid.entry"
             " WHERE state = 'accepted'")
      == 0)
    g_usleep (1000);
  worker_kill (first);
  worker_wait (first);
  start = g_get_monotonic_time ();
  next = worker_new (fleet, "elsewhere", "0");
  worker_wait (next);
  g_assert_true (worker_has_said (next, "delivered"));
  g_assert_cmpint (g_get_monotonic_time () - start, >,
      FLEET_LEASE * G_TIME_SPAN_MILLISECOND / 2);
  fleet_check_charges (fleet, 1, "another machine");
  fleet_check_books (fleet, "another machine");
}

/* If a machine is lost with the answer to its submit, and the service does not know the
 * job, the submit may still arrive: so it is never repeated. */
static void
test_foreign_lost (void)
{
  g_autoptr (Fleet) fleet = NULL;
  g_autoptr (Worker) first = NULL;
  g_autoptr (Worker) next = NULL;
  g_autoptr (GError) error = NULL;

  if (tally_get_points () < LONG_RUN) {
    g_test_skip ("a look-up takes half a minute");
    return;
  }
  fleet = fleet_new (server, NULL, 1);
  nanogpt_simulator_add_fault (fleet->simulator, "submit#1:stall", &error);
  g_assert_no_error (error);
  first = worker_new_at (fleet, fleet->database, NULL, "lost", "0", TRUE);
  if (!nanogpt_simulator_wait_requests (
          fleet->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 5000)) {
    worker_kill (first);
    worker_wait (first);
    g_test_skip ("there are no PID namespaces here");
    return;
  }
  worker_kill (first);
  worker_wait (first);
  next = worker_new (fleet, "lost", "0");
  worker_wait (next);
  g_assert_true (worker_has_said (next, "submit-unknown"));
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        fleet->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 1);
}

/* A live process renews its lease, so another process with the same request has
 * its own job. */
static void
test_alive (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 3);
  g_autoptr (Worker) first = worker_new (fleet, "the same", "0");
  g_autoptr (Worker) other = NULL;

  g_assert_true (nanogpt_simulator_wait_charges (fleet->simulator, 1, 10000));
  other = worker_new (fleet, "the same", "0");
  worker_wait (other);
  worker_wait (first);
  g_assert_true (worker_has_said (first, "delivered"));
  g_assert_true (worker_has_said (other, "delivered"));
  fleet_check_charges (fleet, 2, "two that both want a clip");
  fleet_check_books (fleet, "two that both want a clip");
}

/* Many processes at once, and as many with the same requests while the first
 * ones are blocked */

typedef struct
{
  Fleet *fleet;
  GPtrArray *first;
  GPtrArray *next;
  guint open; /* jobs that the next processes can take over */
} Batch;

static void
batch_clear (Batch *self)
{
  g_ptr_array_unref (self->first);
  g_ptr_array_unref (self->next);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static void
batch_init (Batch *self, Fleet *fleet, const char *database, guint number)
{
  self->fleet = fleet;
  self->first = g_ptr_array_new_with_free_func (worker_free);
  self->next = g_ptr_array_new_with_free_func (worker_free);
  self->open = 0;
  for (guint i = 0; i < BATCH; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %u of %u", i, number);

    g_ptr_array_add (
        self->first, worker_new_at (fleet, database, NULL, prompt, "0", FALSE));
  }
}

/* Starts the same requests again, while the first processes are blocked. */
static void
batch_repeat (Batch *self, const char *database)
{
  Worker *first = self->first->pdata[0];
  const char *number = strrchr (first->prompt, ' ');
  g_autofree char *sql = g_strdup_printf (
      "SELECT count (*) FROM nanovid.entry WHERE state <> 'delivered'"
      " AND prompt LIKE '%% of%s'",
      number);

  self->open = fleet_ask_number (self->fleet, sql);
  for (guint i = 0; i < BATCH; i++) {
    first = self->first->pdata[i];
    g_ptr_array_add (self->next,
        worker_new_at (self->fleet, database, NULL, first->prompt, "0", FALSE));
  }
}

static void
wait_all (GPtrArray *workers)
{
  for (guint i = 0; i < workers->len; i++)
    worker_wait (workers->pdata[i]);
}

static void
add_runs (GHashTable *runs, GPtrArray *workers)
{
  for (guint i = 0; i < workers->len; i++)
    if (worker_has_said (workers->pdata[i], "delivered"))
      g_hash_table_add (runs, ((Worker *)workers->pdata[i])->words);
}

/* Every clip that was paid for has arrived, and no job that could be taken over was paid
 * for twice. A process whose predecessor may still send its submit has not sent one.
 * @before: charges before the batch */
static void
batch_check (Batch *self, guint before, const char *story)
{
  g_autoptr (GHashTable) runs = g_hash_table_new (g_str_hash, g_str_equal);
  guint charges =
      nanogpt_simulator_count_charges (self->fleet->simulator) - before;

  add_runs (runs, self->first);
  add_runs (runs, self->next);
  fleet_check_charges (self->fleet, before + g_hash_table_size (runs), story);
  if (charges > 2 * BATCH - self->open)
    tally_violation (VIOLATION_PAID_TWICE, "for one request", story);
  for (guint i = 0; i < BATCH; i++) {
    const Worker *next = self->next->pdata[i];

    if (!worker_has_said (next, "delivered")
        && !worker_has_said (next, "submit-unknown"))
      tally_violation (VIOLATION_FAILED, next->prompt, next->words);
  }
}

static guint
count_batches (void)
{
  return MAX ((tally_get_points () + BATCH - 1) / BATCH, 1);
}

/* A process that is stopped for longer than its lease loses its job to another
 * one, and still follows the job. */
static void
test_stopped (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 2);

  for (guint i = 0; i < count_batches (); i++) {
    guint before = nanogpt_simulator_count_charges (fleet->simulator);
    g_auto (Batch) batch;

    batch_init (&batch, fleet, fleet->database, i);
    for (guint j = 0; j < BATCH; j++) {
      Worker *first = batch.first->pdata[j];

      fleet_rest (fleet, 0.4);
      g_subprocess_send_signal (first->process, SIGSTOP);
    }
    batch_repeat (&batch, fleet->database);
    wait_all (batch.next);
    for (guint j = 0; j < BATCH; j++) {
      Worker *first = batch.first->pdata[j];

      g_subprocess_send_signal (first->process, SIGCONT);
    }
    wait_all (batch.first);
    batch_check (&batch, before, "stopped");
  }
  fleet_check_books (fleet, "stopped");
  tally_summarize ();
}

/* A process that is cut off from the database for longer than its lease still
 * gets its clip, as does the process that took over its job. */
static void
test_partition (void)
{
  g_autoptr (FixtureNetwork) network = fixture_network_new ();
  g_autoptr (FixturePostgres) inside = NULL;
  g_autoptr (Fleet) fleet = NULL;
  g_autofree char *first = NULL;
  g_autofree char *other = NULL;
  g_autofree char *others = NULL;

  if (!network) {
    g_test_skip ("network namespaces are not allowed here");
    return;
  }
  inside = fixture_postgres_new_in (fixture_network_get_path (network));
  first = fixture_network_get_address (network, 0);
  other = fixture_network_get_address (network, 1);
  fleet = fleet_new (inside, first, 2);
  others = fleet_make_uri (fleet, other, fixture_postgres_get_port (inside));
  for (guint i = 0; i < count_batches (); i++) {
    guint before = nanogpt_simulator_count_charges (fleet->simulator);
    g_auto (Batch) batch;

    batch_init (&batch, fleet, fleet->database, i);
    fleet_rest (fleet, 3);
    fixture_network_cut (network, 0);
    batch_repeat (&batch, others);
    wait_all (batch.next);
    fixture_network_heal (network, 0);
    wait_all (batch.first);
    batch_check (&batch, before, "cut off");
  }
  fleet_check_books (fleet, "cut off");
  tally_summarize ();
}

/* Starts another process with the directory, which stores in the database what
 * was kept there. */
static void
catch_up (Fleet *fleet, const char *database, const char *dir)
{
  g_autoptr (Worker) late = NULL;
  g_autofree char *prompt = g_uuid_string_random ();

  late = worker_new_at (fleet, database, dir, prompt, "0", FALSE);
  worker_wait (late);
  if (!worker_has_said (late, "delivered"))
    tally_violation (VIOLATION_FAILED, "the last one", late->words);
}

/* The database is down for longer than a lease while jobs run: their clips
 * arrive, and are recorded in the database once it is back, by a process that
 * is still running or by the next one with the same directory. */
static void
test_gone (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 4);
  g_autofree char *dir = fixture_make_dir ();
  guint wanted = 0;

  for (guint i = 0; i < count_batches (); i++) {
    g_autoptr (GPtrArray) workers =
        g_ptr_array_new_with_free_func (worker_free);

    for (guint j = 0; j < BATCH; j++) {
      g_autofree char *prompt = g_strdup_printf ("clip %u of %u", j, i);

      g_ptr_array_add (workers,
          worker_new_at (fleet, fleet->database, dir, prompt, "0", FALSE));
    }
    wanted += BATCH;
    g_assert_true (
        nanogpt_simulator_wait_charges (fleet->simulator, wanted, 30000));
    fleet_rest (fleet, 4);
    fixture_postgres_kill (server);
    wait_all (workers);
    for (guint j = 0; j < BATCH; j++) {
      const Worker *worker = workers->pdata[j];

      if (!worker_has_said (worker, "delivered"))
        tally_violation (
            VIOLATION_LOST, "the database was gone", worker->words);
    }
    fixture_postgres_start (server);
    catch_up (fleet, fleet->database, dir);
    fleet_check_charges (fleet, ++wanted, "the database was gone");
    fleet_check_books (fleet, "the database was gone");
    g_assert_cmpint (fleet_ask_number (fleet,
                         "SELECT count (*) FROM nanovid.entry"
                         " WHERE state = 'delivered'"),
        ==, wanted);
  }
  tally_summarize ();
}

/* An intent may expire while the database is down: then nothing is sent.
 * @outage: how long that took, in microseconds
 * Returns: whether the job was paid for */
static gboolean
check_survived (const Worker *worker, gint64 outage)
{
  gboolean may_run_out = outage > FLEET_LEASE * G_TIME_SPAN_MILLISECOND / 2;

  if (worker_has_said (worker, "delivered"))
    return TRUE;
  if (!may_run_out || !worker_has_said (worker, "state-unavailable"))
    tally_violation (VIOLATION_FAILED, worker->prompt, worker->words);
  return FALSE;
}

/* The database server is killed and restarted again and again. */
static void
test_server_killed (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 0.5);
  g_autofree char *dir = fixture_make_dir ();
  guint paid = 0;

  for (int i = 0; i < tally_get_points (); i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %d", i);
    g_autoptr (Worker) worker =
        worker_new_at (fleet, fleet->database, dir, prompt, "0", FALSE);

    gint64 outage;

    fleet_rest (fleet, 0.6);
    outage = g_get_monotonic_time ();
    fixture_postgres_kill (server);
    fleet_rest (fleet, 0.3);
    fixture_postgres_start (server);
    outage = g_get_monotonic_time () - outage;
    worker_wait (worker);
    if (check_survived (worker, outage))
      paid++;
    fleet_check_charges (fleet, paid, prompt);
  }
  catch_up (fleet, fleet->database, dir);
  fleet_check_books (fleet, "the server was killed");
  tally_summarize ();
}

/* A standby takes over from a server that is killed, and has everything that
 * was committed. */
static void
fail_over (guint number)
{
  g_autoptr (FixturePostgres) primary = fixture_postgres_new ();
  g_autoptr (FixturePostgres) standby = NULL;
  g_autoptr (Fleet) fleet = fleet_new (primary, NULL, 2);
  g_autoptr (GPtrArray) workers = g_ptr_array_new_with_free_func (worker_free);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *hosts = NULL;
  guint paid = 0;
  gint64 outage;

  standby = fixture_postgres_new_standby (primary);
  hosts = g_strdup_printf ("postgresql://nanovid@127.0.0.1:%u,127.0.0.1:%u%s",
      fixture_postgres_get_port (standby), fixture_postgres_get_port (primary),
      strrchr (fleet->database, '/'));
  for (guint i = 0; i < BATCH; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %u of %u", i, number);

    fleet_rest (fleet, 0.3);
    g_ptr_array_add (
        workers, worker_new_at (fleet, hosts, dir, prompt, "0", FALSE));
  }
  /* The processes have found the writable server. */
  g_assert_true (nanogpt_simulator_wait_charges (fleet->simulator, 1, 20000));
  fleet_rest (fleet, 2);
  outage = g_get_monotonic_time ();
  fixture_postgres_kill (primary);
  fixture_postgres_promote (standby);
  outage = g_get_monotonic_time () - outage;
  fleet_follow (fleet, standby);
  wait_all (workers);
  for (guint i = 0; i < BATCH; i++)
    if (check_survived (workers->pdata[i], outage))
      paid++;
  fleet_check_charges (fleet, paid, "failed over");
  catch_up (fleet, hosts, dir);
  fleet_check_books (fleet, "failed over");
}

static void
test_standby (void)
{
  for (guint i = 0; i < count_batches (); i++)
    fail_over (i);
  tally_summarize ();
}

/* Connections are cut at any byte of an answer, even the answer to a commit. */
static void
test_cut (void)
{
  g_autoptr (Fleet) fleet = fleet_new (server, NULL, 0.2);
  g_autoptr (FixtureRelay) relay =
      fixture_relay_new (fixture_postgres_get_port (server));
  g_autofree char *database =
      fleet_make_uri (fleet, "127.0.0.1", fixture_relay_get_port (relay));
  guint64 length = 0;

  for (int i = 0; i <= tally_get_points (); i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %d", i);
    g_autofree char *story = NULL;
    g_autoptr (Worker) worker = NULL;
    guint64 bytes = i ? 1 + g_rand_double (fleet->random) * (length - 1) : 0;

    fixture_relay_cut_after (relay, bytes);
    worker = worker_new_at (fleet, database, NULL, prompt, "0", FALSE);
    worker_wait (worker);
    story = g_strdup_printf (
        "cut after %" G_GUINT64_FORMAT ": %s", bytes, worker->words);
    if (!worker_has_said (worker, "delivered"))
      tally_violation (VIOLATION_FAILED, prompt, story);
    fleet_check_charges (fleet, i + 1, story);
    length = i ? length : fixture_relay_get_count (relay);
  }
  fleet_check_books (fleet, "cut");
  tally_summarize ();
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

  tally_parse_options (&argc, &argv);
  fixture_init (&argc, &argv);
  server = fixture_postgres_new ();
  add ("/database/budget", test_budget);
  add ("/database/killed", test_killed);
  add ("/database/foreign", test_foreign);
  add ("/database/foreign-lost", test_foreign_lost);
  add ("/database/alive", test_alive);
  add ("/database/stopped", test_stopped);
  add ("/database/gone", test_gone);
  add ("/database/partition", test_partition);
  add ("/database/server-killed", test_server_killed);
  add ("/database/standby", test_standby);
  add ("/database/cut", test_cut);
  status = g_test_run ();
  g_clear_pointer (&server, fixture_postgres_free);
  return status;
}
