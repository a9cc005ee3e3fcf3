/* nanovid: creates and upgrades the database schema
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "schema.h"

#include <glib/gi18n-lib.h>
#include <poll.h>

#include "nanogpt/base/error.h"
#include "postgres-resources.h"
#include "rows.h"

#define RESOURCES "/nanogpt/postgres/"

/* Committed data must survive a power cut, whatever the settings of the
 * database.  No one waits for a client that is gone.  Statements are too short for
 * compilation to pay off. */
static const char setup[] =
    "SELECT set_config ('synchronous_commit', CASE"
    " WHEN current_setting ('synchronous_commit') IN ('on', 'remote_apply')"
    " THEN current_setting ('synchronous_commit') ELSE 'on' END, false),"
    " set_config ('idle_in_transaction_session_timeout', '10s', false),"
    " set_config ('statement_timeout', '60s', false),"
    " set_config ('jit', 'off', false),"
    " set_config ('default_transaction_isolation', 'read committed', false),"
    " set_config ('search_path', 'pg_catalog', false)";

/* An arbitrary number that others will not use: "nanovid" on a telephone. */
#define LOCK "SELECT pg_advisory_xact_lock (6266843)"

static const char find[] =
    "SELECT to_regclass ('nanovid.version') IS NOT NULL,"
    " EXISTS (SELECT FROM pg_namespace WHERE nspname = 'nanovid'),"
    " EXISTS (SELECT FROM pg_class c JOIN pg_namespace n"
    " ON n.oid = c.relnamespace WHERE nspname = 'nanovid')"
    " OR EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n"
    " ON n.oid = p.pronamespace WHERE nspname = 'nanovid')";

char **
nanogpt_schema_get_migrations (void)
{
  g_autoptr (GStrvBuilder) migrations = g_strv_builder_new ();
  g_autoptr (GBytes) first = g_resource_lookup_data (postgres_get_resource (),
      RESOURCES "schema-1.sql", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_strv_builder_add (migrations, g_bytes_get_data (first, NULL));
  return g_strv_builder_end (migrations);
}

/* Returns: whether the socket is ready in time */
static gboolean
wait_for (int socket, short events, gint64 until)
{
  gint64 left = until - g_get_monotonic_time ();
  struct pollfd fd = { .fd = socket, .events = events };

  return left > 0 && poll (&fd, 1, left / 1000 + 1) >= 0;
}

NanogptRows *
nanogpt_schema_ask (const NanogptLibpq *libpq,
    NanogptLibpqConnection *connection, const char *sql, gint64 patience)
{
  gint64 until = g_get_monotonic_time () + patience;
  NanogptRows *rows = NULL;
  int unsent = 1;

  if (!libpq->send (connection, sql, 0, NULL))
    return NULL;
  while (!rows) {
    if (unsent > 0)
      unsent = libpq->flush (connection);
    if (unsent < 0
        || !wait_for (libpq->get_socket (connection),
            unsent ? POLLIN | POLLOUT : POLLIN, until)
        || !libpq->receive (connection, &rows))
      return NULL;
  }
  return rows;
}

static gboolean
refuse_schema (GError **error, const char *why)
{
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE,
      _ ("The database cannot be used, so nothing was submitted: %s"), why);
  return FALSE;
}

/* Returns: (transfer full) (nullable): the response, unless it is an error */
static NanogptRows *
query_schema (const NanogptLibpq *libpq, NanogptLibpqConnection *connection,
    const char *sql, gint64 patience, GError **error)
{
  g_autoptr (NanogptRows) rows =
      nanogpt_schema_ask (libpq, connection, sql, patience);

  if (rows && !rows->message)
    return g_steal_pointer (&rows);
  if (rows && !nanogpt_rows_may_differ_later (rows))
    refuse_schema (error, rows->message);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "%s",
        rows ? rows->message : _ ("it does not respond"));
  return NULL;
}

/* Returns: the version of the schema, 0 if there is none yet, -1 with an error */
static int
get_version (const NanogptLibpq *libpq, NanogptLibpqConnection *connection,
    gint64 patience, gboolean *has_schema, GError **error)
{
  g_autoptr (NanogptRows) found =
      query_schema (libpq, connection, find, patience, error);
  g_autoptr (NanogptRows) version = NULL;

  if (!found)
    return -1;
  *has_schema = nanogpt_rows_get_bool (found, 0, 1);
  if (!nanogpt_rows_get_bool (found, 0, 0)) {
    if (!nanogpt_rows_get_bool (found, 0, 2))
      return 0;
    refuse_schema (error,
        _ ("it has a schema \"nanovid\" that is not nanovid's; name another "
           "database"));
    return -1;
  }
  version = query_schema (libpq, connection,
      "SELECT version FROM nanovid.version", patience, error);
  if (!version)
    return -1;
  if (version->n_rows == 1 && nanogpt_rows_get_int (version, 0, 0, 0) > 0)
    return nanogpt_rows_get_int (version, 0, 0, 0);
  refuse_schema (error,
      _ ("it has a schema \"nanovid\" that is not nanovid's; name another "
         "database"));
  return -1;
}

static gboolean
is_newer (int version, char **migrations, GError **error)
{
  g_autofree char *why = NULL;

  if (version <= (int)g_strv_length (migrations))
    return FALSE;
  why = g_strdup_printf (
      _ ("its schema has version %d, but this nanovid supports only versions "
         "up to %u; update nanovid"),
      version, g_strv_length (migrations));
  refuse_schema (error, why);
  return TRUE;
}

/* A migration has many statements, which are combined into one block.  The last
 * statement sets the new version. */
static gboolean
migrate (const NanogptLibpq *libpq, NanogptLibpqConnection *connection,
    const char *migration, int version, gint64 patience, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "DO $nanovid$ BEGIN EXECUTE $migration$%s$migration$;"
      " UPDATE nanovid.version SET version = %d; END $nanovid$",
      migration, version);
  g_autoptr (NanogptRows) rows =
      query_schema (libpq, connection, sql, patience, error);

  return rows != NULL;
}

static gboolean
migrate_all (const NanogptLibpq *libpq, NanogptLibpqConnection *connection,
    char **migrations, gint64 patience, GError **error)
{
  gboolean has_schema;
  g_autoptr (NanogptRows) lock =
      query_schema (libpq, connection, LOCK, patience, error);
  int version =
      lock ? get_version (libpq, connection, patience, &has_schema, error) : -1;
  g_autoptr (NanogptRows) schema = NULL;

  if (version < 0 || is_newer (version, migrations, error))
    return FALSE;
  if (!has_schema) {
    schema = query_schema (
        libpq, connection, "CREATE SCHEMA nanovid", patience, error);
    if (!schema)
      return FALSE;
  }
  for (guint i = version; i < g_strv_length (migrations); i++)
    if (!migrate (libpq, connection, migrations[i], i + 1, patience, error))
      return FALSE;
  return TRUE;
}

gboolean
nanogpt_schema_prepare (const NanogptLibpq *libpq,
    NanogptLibpqConnection *connection, char **migrations, gint64 patience,
    GError **error)
{
  gboolean has_schema;
  g_autoptr (NanogptRows) ready =
      query_schema (libpq, connection, setup, patience, error);
  g_autoptr (NanogptRows) begun = NULL;
  g_autoptr (NanogptRows) committed = NULL;
  int version = ready
      ? get_version (libpq, connection, patience, &has_schema, error)
      : -1;

  if (version < 0 || is_newer (version, migrations, error))
    return FALSE;
  if (version == (int)g_strv_length (migrations))
    return TRUE;
  begun = query_schema (libpq, connection, "BEGIN", patience, error);
  if (!begun || !migrate_all (libpq, connection, migrations, patience, error))
    return FALSE;
  committed = query_schema (libpq, connection, "COMMIT", patience, error);
  return committed != NULL;
}
