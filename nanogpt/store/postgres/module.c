/* nanovid: the module that is linked with libpq
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gmodule.h>
#include <libpq-fe.h>

#include "libpq.h"

struct _NanogptLibpqConnection
{
  PGconn *pg;
  PGresult *last; /* of the arriving result, or NULL */
};

static void
libpq_disconnect (NanogptLibpqConnection *self)
{
  if (!self)
    return;
  PQclear (self->last);
  PQfinish (self->pg);
  g_free (self);
}

static char *
libpq_check (const char *uri)
{
  char *message = NULL;
  PQconninfoOption *options = PQconninfoParse (uri, &message);
  char *wrong = options ? NULL : g_strdup (message ? message : "");

  PQconninfoFree (options);
  PQfreemem (message);
  return wrong;
}

/* The server's notices are for its own log. */
static void
ignore_notice (void *data G_GNUC_UNUSED, const char *message G_GNUC_UNUSED)
{
}

/* The settings in the URI come last, and take precedence.  Of several servers,
 * the one that can be written to is used. */
static NanogptLibpqConnection *
libpq_connect (const char *uri, guint seconds, char **message)
{
  g_autofree char *timeout = g_strdup_printf ("%u", seconds);
  g_autofree char *milliseconds = g_strdup_printf ("%u", seconds * 1000);
  const char *const keywords[] = { "connect_timeout", "tcp_user_timeout",
    "keepalives_idle", "keepalives_interval", "keepalives_count",
    "fallback_application_name", "client_encoding", "target_session_attrs",
    "dbname", NULL };
  const char *const values[] = { timeout, milliseconds, "10", "5", "3",
    "nanovid", "UTF8", "read-write", uri, NULL };
  NanogptLibpqConnection *self = g_new0 (NanogptLibpqConnection, 1);

  self->pg = PQconnectdbParams (keywords, values, TRUE);
  if (PQstatus (self->pg) == CONNECTION_OK
      && PQsetnonblocking (self->pg, TRUE) == 0) {
    PQsetNoticeProcessor (self->pg, ignore_notice, NULL);
    return self;
  }
  *message = g_strdup (PQerrorMessage (self->pg));
  libpq_disconnect (self);
  return NULL;
}

static int
libpq_get_socket (const NanogptLibpqConnection *self)
{
  return PQsocket (self->pg);
}

static gboolean
libpq_send (NanogptLibpqConnection *self, const char *sql, guint n_values,
    const char *const *values)
{
  return PQsendQueryParams (
             self->pg, sql, n_values, NULL, values, NULL, NULL, 0)
      == 1;
}

static int
libpq_flush (NanogptLibpqConnection *self)
{
  return PQflush (self->pg);
}

static NanogptRows *
make_rows (PGresult *result)
{
  NanogptRows *rows = g_new0 (NanogptRows, 1);
  ExecStatusType status = PQresultStatus (result);

  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    const char *code = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    /* The details of the message may contain values from the rows. */
    const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);

    rows->code = g_strdup (code ? code : "");
    rows->message =
        g_strdup (message ? message : PQresultErrorMessage (result));
    return rows;
  }
  rows->n_rows = PQntuples (result);
  rows->n_columns = PQnfields (result);
  rows->cells = g_new0 (char *, rows->n_rows * rows->n_columns + 1);
  for (guint i = 0; i < rows->n_rows * rows->n_columns; i++) {
    guint row = i / rows->n_columns;
    guint column = i % rows->n_columns;

    if (!PQgetisnull (result, row, column))
      rows->cells[i] = g_strdup (PQgetvalue (result, row, column));
  }
  return rows;
}

static gboolean
libpq_receive (NanogptLibpqConnection *self, NanogptRows **rows)
{
  if (PQconsumeInput (self->pg) == 0)
    return FALSE;
  while (!PQisBusy (self->pg)) {
    PGresult *result = PQgetResult (self->pg);

    if (result) {
      PQclear (self->last);
      self->last = result;
      continue;
    }
    if (!self->last || PQstatus (self->pg) != CONNECTION_OK)
      return FALSE;
    *rows = make_rows (self->last);
    g_clear_pointer (&self->last, PQclear);
    return TRUE;
  }
  return TRUE;
}

G_MODULE_EXPORT const NanogptLibpq nanogpt_libpq_2 = {
  .check = libpq_check,
  .connect = libpq_connect,
  .disconnect = libpq_disconnect,
  .get_socket = libpq_get_socket,
  .send = libpq_send,
  .flush = libpq_flush,
  .receive = libpq_receive,
};
