/* nanovid: many processes and one database, of which any may end at any time
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* --points=N --seed=S: processes are ended, and connections cut, as often, and
 * elsewhere. */

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "fixture/env.h"
#include "fixture/postgres.h"
#include "fixture/relay.h"
#include "fixture/watchdog.h"
#include "simulator.h"
#include "tally.h"

/* Of the leases, in milliseconds: sixty seconds are scaled to these. */
#define LEASE 3000
#define LEASE_TEXT "3000"
/* From so many points on, what takes long is done as well. */
#define LONG_RUN 20

static FixturePostgres *server;

typedef struct
{
  NanogptSimulator *simulator;
  char *database;
  GRand *random;
  FixtureWatchdog *watchdog;
} World;

static World *
world_new (double generation_time)
{
  World *self = g_new0 (World, 1);
  NanogptSimulatorOptions options;
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *media = g_build_filename (dir, "clip.mp4", NULL);
  g_autofree char *data = g_malloc0 (100000);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (media, data, 100000, &error);
  g_assert_no_error (error);
  nanogpt_simulator_options_init (&options);
  options.generation_time = generation_time;
  options.media_file = media;
  options.submit_limit = 0;
  options.recover_limit = 0;
  self->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  self->database = fixture_postgres_create_database (server);
  self->random = g_rand_new_with_seed (tally_get_seed ());
  self->watchdog = fixture_watchdog_new (g_test_get_path (), 240);
  return self;
}

static void
world_free (World *self)
{
  nanogpt_simulator_free (self->simulator);
  g_rand_free (self->random);
  fixture_watchdog_free (self->watchdog);
  g_free (self->database);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Processes */

typedef struct
{
  GSubprocess *process;
  char *prompt;
  char *words; /* what it said */
  gboolean killed;
} Worker;

/* @state_dir: (nullable): a new one
 * @foreign: as if on another machine */
static Worker *
worker_new_at (World *world, const char *database, const char *state_dir,
    const char *prompt, const char *budget, gboolean foreign)
{
  Worker *self = g_new0 (Worker, 1);
  g_autofree char *dir = state_dir ? g_strdup (state_dir) : fixture_make_dir ();
  const char *const words[] = { "unshare", "--pid", "--fork", "--kill-child",
    WORKER, nanogpt_simulator_get_base_url (world->simulator), database, dir,
    prompt, LEASE_TEXT, budget, NULL };
  g_autoptr (GError) error = NULL;

  self->prompt = g_strdup (prompt);
  self->process = g_subprocess_newv (
      foreign ? words : words + 4, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  return self;
}

static Worker *
worker_new (World *world, const char *prompt, const char *budget)
{
  return worker_new_at (world, world->database, NULL, prompt, budget, FALSE);
}

static void
worker_free (gpointer data)
{
  Worker *self = data;

  g_object_unref (self->process);
  g_free (self->words);
  g_free (self->prompt);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Worker, worker_free)

static void
worker_kill (Worker *self)
{
  self->killed = TRUE;
  g_subprocess_force_exit (self->process);
}

/* Returns: (transfer none): the first word that it said, "" without one */
static const char *
worker_wait (Worker *self)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (
      self->process, NULL, NULL, &self->words, NULL, &error);
  g_assert_no_error (error);
  if (!self->words)
    self->words = g_strdup ("");
  g_strchomp (self->words);
  return self->words;
}

static gboolean
has_said (const Worker *self, const char *word)
{
  return self->words && g_str_has_prefix (self->words, word);
}

static void
rest (World *world, double most)
{
  g_usleep (g_rand_double_range (world->random, 0, most) * G_USEC_PER_SEC);
}

/* Books */

static gint64
ask_number (World *world, const char *sql)
{
  g_autofree char *text = fixture_postgres_ask (server, world->database, sql);

  return g_ascii_strtoll (text, NULL, 10);
}

/* What the database says was paid is what the service says. */
static void
check_books (World *world, const char *story)
{
  gint64 charged =
      (gint64)(nanogpt_simulator_get_charged (world->simulator) * 1e6 + 0.5);
  gint64 booked = ask_number (world,
      "SELECT coalesce (sum (amount), 0) FROM nanovid.cost"
      " WHERE state = 'spent'");
  gint64 unknown = ask_number (world,
      "SELECT count (*) FROM nanovid.cost WHERE state = 'spent'"
      " AND run_id IS NULL");

  if (charged != booked || unknown != 0) {
    g_autofree char *what = g_strdup_printf (
        "%" G_GINT64_FORMAT " charged, %" G_GINT64_FORMAT " booked", charged,
        booked);

    tally_violation (VIOLATION_BOOKS, what, story);
  }
}

static void
check_charges (World *world, guint wanted, const char *story)
{
  guint charges = nanogpt_simulator_count_charges (world->simulator);
  g_autofree char *what =
      g_strdup_printf ("%u charges in place of %u", charges, wanted);

  if (charges > wanted)
    tally_violation (VIOLATION_PAID_TWICE, what, story);
  else if (charges < wanted)
    tally_violation (VIOLATION_FAILED, what, story);
}

/* What the service charges for a clip, USD. */
static double
find_price (World *world)
{
  g_autoptr (Worker) worker = NULL;
  g_autofree char *database = fixture_postgres_create_database (server);

  worker = worker_new_at (world, database, NULL, "the price", "0", FALSE);
  if (!g_str_has_prefix (worker_wait (worker), "delivered"))
    g_error ("%s", worker->words);
  return nanogpt_simulator_get_charged (world->simulator);
}

/* Whoever looks, whenever, finds no more than the budget.  Before there is a
 * schema there is nothing to find. */
static void
check_budget (World *world, double budget)
{
  gint64 sum;

  if (ask_number (world,
          "SELECT count (*) FROM pg_class"
          " WHERE oid = to_regclass ('nanovid.counted')")
      == 0)
    return;
  sum = ask_number (
      world, "SELECT coalesce (sum (amount), 0) FROM nanovid.counted");
  if (sum > (gint64)(budget * 1e6))
    tally_violation (VIOLATION_BOOKS, "more than the budget", "while they ran");
}

/* Twenty processes, a budget for five clips, and some of them are killed: five are
 * paid for.  What the dead had reserved comes back when their leases run out, and
 * who comes later has it. */
static void
test_budget (void)
{
  g_autoptr (World) world = world_new (0.3);
  double price = find_price (world);
  g_autofree char *budget = g_strdup_printf ("%.6f", price * 5.5);
  g_autoptr (GPtrArray) workers = g_ptr_array_new_with_free_func (worker_free);
  guint before = nanogpt_simulator_count_charges (world->simulator);
  gboolean refused = FALSE;

  for (guint i = 0; i < 20; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %u", i);

    g_ptr_array_add (workers, worker_new (world, prompt, budget));
  }
  for (guint i = 0; i < 7; i++) {
    rest (world, 0.2);
    check_budget (world, price * 5.5);
    worker_kill (
        workers->pdata[g_rand_int_range (world->random, 0, workers->len)]);
  }
  for (guint i = 0; i < workers->len; i++)
    worker_wait (workers->pdata[i]);
  g_usleep (LEASE * 1000);
  /* The same again, one after the other: what was paid for is found. */
  for (guint i = 0; i < 20; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %u", i);
    g_autoptr (Worker) worker = NULL;

    if (has_said (workers->pdata[i], "delivered"))
      continue;
    worker = worker_new (world, prompt, budget);
    worker_wait (worker);
    refused = refused || has_said (worker, "over-budget");
    if (!has_said (worker, "over-budget") && !has_said (worker, "delivered"))
      tally_violation (VIOLATION_FAILED, prompt, worker->words);
  }
  g_assert_true (refused);
  check_charges (world, before + 5, "twenty processes");
  check_budget (world, price * 5.5);
  g_assert_cmpint (ask_number (world,
                       "SELECT count (*) FROM nanovid.cost"
                       " WHERE state = 'spent'"),
      ==, 5);
  tally_summarize ();
}

/* Whoever is killed, whenever: the next with the same request has the clip, and
 * one is paid for. */
static void
test_killed (void)
{
  g_autoptr (World) world = world_new (0.4);

  for (int i = 0; i < tally_get_points (); i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %d", i);
    g_autoptr (Worker) first = worker_new (world, prompt, "0");
    g_autoptr (Worker) next = NULL;

    rest (world, 0.8);
    worker_kill (first);
    worker_wait (first);
    next = worker_new (world, prompt, "0");
    if (!g_str_has_prefix (worker_wait (next), "delivered"))
      tally_violation (VIOLATION_FAILED, prompt, next->words);
    /* Who was killed after it had delivered is followed by a new job. */
    check_charges (world,
        ask_number (world, "SELECT count (*) FROM nanovid.entry"), prompt);
  }
  check_books (world, "killed");
  tally_summarize ();
}

/* On another machine nobody can tell that it is gone, before its lease says so. */
static void
test_foreign (void)
{
  g_autoptr (World) world = world_new (1);
  g_autoptr (Worker) first = NULL;
  g_autoptr (Worker) next = NULL;
  gint64 start;

  first = worker_new_at (world, world->database, NULL, "elsewhere", "0", TRUE);
  if (!nanogpt_simulator_wait_charges (world->simulator, 1, 5000)) {
    worker_kill (first);
    worker_wait (first);
    g_test_skip ("there are no PID namespaces here");
    return;
  }
  while (ask_number (world,
             "SELECT count (*) FROM nanovid.entry"
             " WHERE state = 'accepted'")
      == 0)
    g_usleep (1000);
  worker_kill (first);
  worker_wait (first);
  start = g_get_monotonic_time ();
  next = worker_new (world, "elsewhere", "0");
  worker_wait (next);
  g_assert_true (has_said (next, "delivered"));
  g_assert_cmpint (
      g_get_monotonic_time () - start, >, LEASE * G_TIME_SPAN_MILLISECOND / 2);
  check_charges (world, 1, "another machine");
  check_books (world, "another machine");
}

/* Whose answer was lost with its machine, and of whom the service knows nothing, may
 * still send: it is never sent again. */
static void
test_foreign_lost (void)
{
  g_autoptr (World) world = NULL;
  g_autoptr (Worker) first = NULL;
  g_autoptr (Worker) next = NULL;
  g_autoptr (GError) error = NULL;

  if (tally_get_points () < LONG_RUN) {
    g_test_skip ("a look-up takes half a minute");
    return;
  }
  world = world_new (1);
  nanogpt_simulator_add_fault (world->simulator, "submit#1:stall", &error);
  g_assert_no_error (error);
  first = worker_new_at (world, world->database, NULL, "lost", "0", TRUE);
  if (!nanogpt_simulator_wait_requests (
          world->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 5000)) {
    worker_kill (first);
    worker_wait (first);
    g_test_skip ("there are no PID namespaces here");
    return;
  }
  worker_kill (first);
  worker_wait (first);
  next = worker_new (world, "lost", "0");
  worker_wait (next);
  g_assert_true (has_said (next, "submit-unknown"));
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        world->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 1);
}

/* Who lives renews the lease, and who asks for the same then has a job of its
 * own. */
static void
test_alive (void)
{
  g_autoptr (World) world = world_new (3);
  g_autoptr (Worker) first = worker_new (world, "the same", "0");
  g_autoptr (Worker) other = NULL;

  g_assert_true (nanogpt_simulator_wait_charges (world->simulator, 1, 10000));
  other = worker_new (world, "the same", "0");
  worker_wait (other);
  worker_wait (first);
  g_assert_true (has_said (first, "delivered"));
  g_assert_true (has_said (other, "delivered"));
  check_charges (world, 2, "two that both want a clip");
  check_books (world, "two that both want a clip");
}

/* Who is stopped past the lease has lost its job to whoever came meanwhile, and
 * follows it all the same. */
static void
test_stopped (void)
{
  g_autoptr (World) world = world_new (2);
  g_autoptr (Worker) first = worker_new (world, "stopped", "0");
  g_autoptr (Worker) next = NULL;

  g_assert_true (nanogpt_simulator_wait_charges (world->simulator, 1, 10000));
  g_subprocess_send_signal (first->process, SIGSTOP);
  next = worker_new (world, "stopped", "0");
  worker_wait (next);
  g_subprocess_send_signal (first->process, SIGCONT);
  worker_wait (first);
  g_assert_true (has_said (next, "delivered"));
  g_assert_true (has_said (first, "delivered"));
  check_charges (world, 1, "stopped");
  check_books (world, "stopped");
  g_assert_cmpint (
      ask_number (world, "SELECT epoch FROM nanovid.entry"), ==, 2);
}

/* The database is gone while jobs are under way: their clips arrive, and it is
 * told when it is back: by a process that still is there, or by the next with the
 * same directory. */
static void
test_gone (void)
{
  g_autoptr (World) world = world_new (1.5);
  g_autoptr (GPtrArray) workers = g_ptr_array_new_with_free_func (worker_free);
  g_autoptr (Worker) late = NULL;
  g_autofree char *dir = fixture_make_dir ();

  for (guint i = 0; i < 4; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %u", i);

    g_ptr_array_add (workers,
        worker_new_at (world, world->database, dir, prompt, "0", FALSE));
  }
  g_assert_true (nanogpt_simulator_wait_charges (world->simulator, 4, 20000));
  fixture_postgres_kill (server);
  for (guint i = 0; i < 4; i++) {
    worker_wait (workers->pdata[i]);
    if (!has_said (workers->pdata[i], "delivered"))
      tally_violation (VIOLATION_LOST, "the database was gone",
          ((Worker *)workers->pdata[i])->words);
  }
  fixture_postgres_start (server);
  late = worker_new_at (world, world->database, dir, "clip 0", "0", FALSE);
  worker_wait (late);
  g_assert_true (has_said (late, "delivered"));
  check_charges (world, 5, "the database was gone");
  check_books (world, "the database was gone");
  g_assert_cmpint (ask_number (world,
                       "SELECT count (*) FROM nanovid.entry"
                       " WHERE state = 'delivered'"),
      ==, 5);
}

/* It is killed again and again, and started again. */
static void
test_server_killed (void)
{
  g_autoptr (World) world = world_new (0.5);
  int points = MAX (tally_get_points () / 4, 3);

  for (int i = 0; i < points; i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %d", i);
    g_autoptr (Worker) worker = worker_new (world, prompt, "0");

    rest (world, 0.6);
    fixture_postgres_kill (server);
    rest (world, 0.3);
    fixture_postgres_start (server);
    worker_wait (worker);
    if (!has_said (worker, "delivered"))
      tally_violation (VIOLATION_FAILED, prompt, worker->words);
    check_charges (world, i + 1, prompt);
  }
  check_books (world, "the server was killed");
  tally_summarize ();
}

/* Connections are cut at any byte of an answer, also of that to a commit. */
static void
test_cut (void)
{
  g_autoptr (World) world = world_new (0.2);
  g_autoptr (FixtureRelay) relay =
      fixture_relay_new (fixture_postgres_get_port (server));
  g_autofree char *path = g_strdup (strrchr (world->database, '/'));
  g_autofree char *database =
      g_strdup_printf ("postgresql://nanovid@127.0.0.1:%u%s",
          fixture_relay_get_port (relay), path);
  guint64 length = 0;

  for (int i = 0; i <= tally_get_points (); i++) {
    g_autofree char *prompt = g_strdup_printf ("clip %d", i);
    g_autofree char *story = NULL;
    g_autoptr (Worker) worker = NULL;
    guint64 bytes = i ? 1 + g_rand_double (world->random) * (length - 1) : 0;

    fixture_relay_cut_after (relay, bytes);
    worker = worker_new_at (world, database, NULL, prompt, "0", FALSE);
    worker_wait (worker);
    story = g_strdup_printf (
        "cut after %" G_GUINT64_FORMAT ": %s", bytes, worker->words);
    if (!has_said (worker, "delivered"))
      tally_violation (VIOLATION_FAILED, prompt, story);
    check_charges (world, i + 1, story);
    length = i ? length : fixture_relay_get_count (relay);
  }
  check_books (world, "cut");
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
  add ("/database/server-killed", test_server_killed);
  add ("/database/cut", test_cut);
  status = g_test_run ();
  g_clear_pointer (&server, fixture_postgres_free);
  return status;
}
