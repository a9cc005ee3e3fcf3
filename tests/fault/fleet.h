/* nanovid: many processes that share a database and a service, and checks of their books
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fixture/postgres.h"
#include "fixture/watchdog.h"
#include "simulator.h"

G_BEGIN_DECLS

/* Duration of a lease in milliseconds: sixty seconds are scaled down to this. */
#define FLEET_LEASE 3000

/* The service, and a database with nanovid's schema. At each commit, triggers
 * in the database record what was spent and reserved, and which process owned
 * which entry. */
typedef struct
{
  NanogptSimulator *simulator;
  FixturePostgres *server;
  char *asked;    /* the URI of the database for the test */
  char *database; /* the URI for the processes */
  GRand *random;
  FixtureWatchdog *watchdog;
} Fleet;

/* @host: (nullable): host by which the processes reach the server; NULL for this machine
 * @generation_time: how long a clip takes, in seconds */
Fleet *fleet_new (
    FixturePostgres *server, const char *host, double generation_time);
void fleet_free (Fleet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fleet, fleet_free)

/* Sleeps for a random time up to @most seconds. */
void fleet_rest (Fleet *self, double most);

/* Returns: (transfer full): the URI of the database with another host and port */
char *fleet_make_uri (const Fleet *self, const char *host, guint port);

/* Uses the database on @server from now on. */
void fleet_follow (Fleet *self, FixturePostgres *server);

typedef struct
{
  GSubprocess *process;
  char *prompt;
  char *words; /* what it printed */
} Worker;

/* @state_dir: (nullable): NULL for a new one
 * @budget: for a day in USD, "0" for none
 * @foreign: whether it runs as if on another machine */
Worker *worker_new_at (Fleet *fleet, const char *database,
    const char *state_dir, const char *prompt, const char *budget,
    gboolean foreign);
Worker *worker_new (Fleet *fleet, const char *prompt, const char *budget);
void worker_free (gpointer worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Worker, worker_free)

void worker_kill (Worker *self);

/* Returns: (transfer none): "delivered" or the reason of its error, and more
 *   words; "" if it was killed */
const char *worker_wait (Worker *self);
gboolean worker_has_said (const Worker *self, const char *word);

/* Returns: the price of a clip at the service, in USD */
double fleet_find_price (Fleet *self);

gint64 fleet_ask_number (Fleet *self, const char *sql);

/* These report violations, unless: the database and the service agree about what was
 * paid, and no entry had two owners in one epoch; no commit left more than @budget, in
 * USD, spent and reserved; the service has charged @wanted times. */
void fleet_check_books (Fleet *self, const char *story);
void fleet_check_budget (Fleet *self, double budget);
void fleet_check_charges (Fleet *self, guint wanted, const char *story);

G_END_DECLS
