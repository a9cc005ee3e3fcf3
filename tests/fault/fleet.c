/* nanovid: many processes that share a database and a service, and checks of their books
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet.h"

#include <string.h>

#include "fixture/env.h"
#include "tally.h"

/* Time limits for a test, and for each point requested. */
#define SECONDS 240
#define POINT_SECONDS 10

/* Each transaction that changes amounts ends by recording the new totals. Transactions
 * do this one after the other, so each sees what the earlier ones have committed. */
static const char audit[] =
    "CREATE SCHEMA audit;"
    "CREATE TABLE audit.amounts (spent bigint, held bigint);"
    "CREATE FUNCTION audit.write_amounts () RETURNS trigger"
    " LANGUAGE plpgsql AS $$ BEGIN"
    " PERFORM pg_advisory_xact_lock (1);"
    " INSERT INTO audit.amounts"
    " SELECT coalesce (sum (amount) FILTER (WHERE state = 'spent'), 0),"
    " coalesce (sum (amount) FILTER (WHERE state = 'held'), 0)"
    " FROM nanovid.counted;"
    " RETURN NULL; END $$;"
    "CREATE CONSTRAINT TRIGGER audit"
    " AFTER INSERT OR UPDATE OR DELETE ON nanovid.cost"
    " DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION audit.write_amounts ();"
    "CREATE CONSTRAINT TRIGGER audit"
    " AFTER INSERT OR UPDATE OR DELETE ON nanovid.entry"
    " DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION audit.write_amounts ();"
    "CREATE TABLE audit.owners"
    " (entry uuid, epoch bigint, owner uuid, UNIQUE (entry, epoch, owner));"
    "CREATE FUNCTION audit.write_owner () RETURNS trigger"
    " LANGUAGE plpgsql AS $$ BEGIN"
    " INSERT INTO audit.owners VALUES (NEW.id, NEW.epoch, NEW.owner)"
    " ON CONFLICT DO NOTHING;"
    " RETURN NULL; END $$;"
    "CREATE TRIGGER audit_owner AFTER INSERT OR UPDATE ON nanovid.entry"
    " FOR EACH ROW WHEN (NEW.owner IS NOT NULL)"
    " EXECUTE FUNCTION audit.write_owner ()";

/* A worker that may spend nothing creates the schema, and does nothing else. */
static void
make_schema (Fleet *self)
{
  g_autoptr (Worker) worker = worker_new (self, "the schema", "0.000001");
  g_autofree char *output = NULL;

  worker_wait (worker);
  if (!worker_has_said (worker, "over-budget"))
    g_error ("%s", worker->words);
  output = fixture_postgres_ask (self->server, self->asked, audit);
}

Fleet *
fleet_new (FixturePostgres *server, const char *host, double generation_time)
{
  Fleet *self = g_new0 (Fleet, 1);
  NanogptSimulatorOptions options;
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *media = g_build_filename (dir, "clip.mp4", NULL);
  g_autofree char *data = g_malloc0 (100000);
  g_autoptr (GError) error = NULL;

  self->watchdog = fixture_watchdog_new (
      g_test_get_path (), SECONDS + POINT_SECONDS * tally_get_points ());
  g_file_set_contents (media, data, 100000, &error);
  g_assert_no_error (error);
  nanogpt_simulator_options_init (&options);
  options.generation_time = generation_time;
  options.media_file = media;
  options.submit_limit = 0;
  options.recover_limit = 0;
  self->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  self->server = server;
  self->asked = fixture_postgres_create_database (server);
  self->database = fleet_make_uri (
      self, host ? host : "127.0.0.1", fixture_postgres_get_port (server));
  self->random = g_rand_new_with_seed (tally_get_seed ());
  make_schema (self);
  return self;
}

void
fleet_free (Fleet *self)
{
  nanogpt_simulator_free (self->simulator);
  g_rand_free (self->random);
  fixture_watchdog_free (self->watchdog);
  g_free (self->database);
  g_free (self->asked);
  g_free (self);
}

void
fleet_rest (Fleet *self, double most)
{
  g_usleep (g_rand_double_range (self->random, 0, most) * G_USEC_PER_SEC);
}

char *
fleet_make_uri (const Fleet *self, const char *host, guint port)
{
  return g_strdup_printf (
      "postgresql://nanovid@%s:%u%s", host, port, strrchr (self->asked, '/'));
}

void
fleet_follow (Fleet *self, FixturePostgres *server)
{
  g_autofree char *former = self->asked;

  self->server = server;
  self->asked =
      fleet_make_uri (self, "127.0.0.1", fixture_postgres_get_port (server));
}

/* Processes */

Worker *
worker_new_at (Fleet *fleet, const char *database, const char *state_dir,
    const char *prompt, const char *budget, gboolean foreign)
{
  Worker *self = g_new0 (Worker, 1);
  g_autofree char *dir = state_dir ? g_strdup (state_dir) : fixture_make_dir ();
  g_autofree char *lease = g_strdup_printf ("%d", FLEET_LEASE);
  const char *const words[] = { "unshare", "--pid", "--fork", "--kill-child",
    WORKER, nanogpt_simulator_get_base_url (fleet->simulator), database, dir,
    prompt, lease, budget, NULL };
  g_autoptr (GError) error = NULL;

  self->prompt = g_strdup (prompt);
  self->process = g_subprocess_newv (
      foreign ? words : words + 4, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  return self;
}

Worker *
worker_new (Fleet *fleet, const char *prompt, const char *budget)
{
  return worker_new_at (fleet, fleet->database, NULL, prompt, budget, FALSE);
}

void
worker_free (gpointer data)
{
  Worker *self = data;

  g_object_unref (self->process);
  g_free (self->words);
  g_free (self->prompt);
  g_free (self);
}

void
worker_kill (Worker *self)
{
  g_subprocess_force_exit (self->process);
}

const char *
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

gboolean
worker_has_said (const Worker *self, const char *word)
{
  return self->words && g_str_has_prefix (self->words, word);
}

double
fleet_find_price (Fleet *self)
{
  g_autoptr (Worker) worker = NULL;
  g_autofree char *database = fixture_postgres_create_database (self->server);

  worker = worker_new_at (self, database, NULL, "the price", "0", FALSE);
  worker_wait (worker);
  if (!worker_has_said (worker, "delivered"))
    g_error ("%s", worker->words);
  return nanogpt_simulator_get_charged (self->simulator);
}

/* Checks */

gint64
fleet_ask_number (Fleet *self, const char *sql)
{
  g_autofree char *text = fixture_postgres_ask (self->server, self->asked, sql);

  return g_ascii_strtoll (text, NULL, 10);
}

static void
check_owners (Fleet *self, const char *story)
{
  gint64 shared = fleet_ask_number (self,
      "SELECT count (*) FROM (SELECT FROM audit.owners"
      " GROUP BY entry, epoch HAVING count (*) > 1) shared");

  g_assert_cmpint (
      fleet_ask_number (self, "SELECT count (*) FROM audit.owners"), >, 0);
  if (shared > 0)
    tally_violation (VIOLATION_BOOKS, "two owners in one epoch", story);
}

void
fleet_check_books (Fleet *self, const char *story)
{
  gint64 charged =
      (gint64)(nanogpt_simulator_get_charged (self->simulator) * 1e6 + 0.5);
  gint64 booked = fleet_ask_number (self,
      "SELECT coalesce (sum (amount), 0) FROM nanovid.cost"
      " WHERE state = 'spent'");
  gint64 unknown = fleet_ask_number (self,
      "SELECT count (*) FROM nanovid.cost WHERE state = 'spent'"
      " AND run_id IS NULL");

  if (charged != booked || unknown != 0) {
    g_autofree char *what = g_strdup_printf (
        "%" G_GINT64_FORMAT " charged, %" G_GINT64_FORMAT " booked", charged,
        booked);

    tally_violation (VIOLATION_BOOKS, what, story);
  }
  check_owners (self, story);
}

void
fleet_check_budget (Fleet *self, double budget)
{
  gint64 commits =
      fleet_ask_number (self, "SELECT count (*) FROM audit.amounts");
  gint64 most =
      fleet_ask_number (self, "SELECT max (spent + held) FROM audit.amounts");

  g_assert_cmpint (commits, >, 0);
  g_test_message ("at most %" G_GINT64_FORMAT " of %.0f after %" G_GINT64_FORMAT
                  " commits",
      most, budget * 1e6, commits);
  if (most > (gint64)(budget * 1e6))
    tally_violation (
        VIOLATION_BOOKS, "a commit left more than the budget", "audit");
  check_owners (self, "audit");
}

void
fleet_check_charges (Fleet *self, guint wanted, const char *story)
{
  guint charges = nanogpt_simulator_count_charges (self->simulator);
  g_autofree char *what =
      g_strdup_printf ("%u charges in place of %u", charges, wanted);

  if (charges > wanted)
    tally_violation (VIOLATION_PAID_TWICE, what, story);
  else if (charges < wanted)
    tally_violation (VIOLATION_FAILED, what, story);
}
