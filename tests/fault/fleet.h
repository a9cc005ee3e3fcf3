/* nanovid: many processes with one database and one service, and their books
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fixture/postgres.h"
#include "fixture/watchdog.h"
#include "simulator.h"

G_BEGIN_DECLS

/* Of the leases, in milliseconds: sixty seconds are scaled to these. */
#define FLEET_LEASE 3000

/* The service, and a database with nanovid's schema.  Of each commit to it the
 * database itself writes down what it had spent and reserved, and who had which
 * entry. */
typedef struct
{
  NanogptSimulator *simulator;
  FixturePostgres *server;
  char *asked;    /* the database, as the test reaches it */
  char *database; /* and processes do */
  GRand *random;
  FixtureWatchdog *watchdog;
} Fleet;

/* @host: (nullable): by which processes reach the server, else this machine
 * @generation_time: of a clip, seconds */
Fleet *fleet_new (
    FixturePostgres *server, const char *host, double generation_time);
void fleet_free (Fleet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fleet, fleet_free)

/* For a time up to @most seconds. */
void fleet_rest (Fleet *self, double most);

/* Returns: (transfer full): the database, by way of another port or host */
char *fleet_make_uri (const Fleet *self, const char *host, guint port);

/* The database is there from now on. */
void fleet_follow (Fleet *self, FixturePostgres *server);

typedef struct
{
  GSubprocess *process;
  char *prompt;
  char *words; /* what it said */
} Worker;

/* @state_dir: (nullable): a new one
 * @budget: for a day, USD, "0" for none
 * @foreign: as if on another machine */
Worker *worker_new_at (Fleet *fleet, const char *database,
    const char *state_dir, const char *prompt, const char *budget,
    gboolean foreign);
Worker *worker_new (Fleet *fleet, const char *prompt, const char *budget);
void worker_free (gpointer worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Worker, worker_free)

void worker_kill (Worker *self);

/* Returns: (transfer none): "delivered" or the reason of its error, and more words;
 * "" when it was killed */
const char *worker_wait (Worker *self);
gboolean worker_has_said (const Worker *self, const char *word);

/* What the service charges for a clip, USD. */
double fleet_find_price (Fleet *self);

gint64 fleet_ask_number (Fleet *self, const char *sql);

/* Violations, unless what the database says was paid is what the service says, and
 * no entry had two owners in one epoch; no commit left more than @budget, in USD,
 * spent and reserved; and the service has charged @wanted times. */
void fleet_check_books (Fleet *self, const char *story);
void fleet_check_budget (Fleet *self, double budget);
void fleet_check_charges (Fleet *self, guint wanted, const char *story);

G_END_DECLS
