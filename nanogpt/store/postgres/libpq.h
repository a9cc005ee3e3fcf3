/* nanovid: interface of the module that is linked with libpq
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptRows:
 * @n_rows: number of rows
 * @n_columns: number of cells in each row
 * @cells: (nullable): all cells, one row after the other, as text; `NULL` is
 *   %NULL
 * @code: (nullable): the SQLSTATE, if the statement failed
 * @message: (nullable): why it failed
 *
 * The result of a statement.
 */
typedef struct
{
  guint n_rows;
  guint n_columns;
  char **cells;
  char *code;
  char *message;
} NanogptRows;

/* A connection to a database; one thread at a time. */
typedef struct _NanogptLibpqConnection NanogptLibpqConnection;

/**
 * NanogptLibpq:
 * @check: Returns: (transfer full) (nullable): what is wrong with the URI
 * @connect: blocks for at most @seconds, so it must be called on a thread that
 *   may block: libpq reads files and resolves names.  Returns: (nullable): the
 *   connection; otherwise @message says why there is none
 * @disconnect: (nullable): may be called with %NULL
 * @get_socket: returns the socket, which may change with each call
 * @send: sends one statement; does not block.  Returns: whether the connection
 *   is still there
 * @flush: Returns: 0 if everything is sent, 1 if the socket has to become
 *   writable first, -1 if the connection is lost
 * @receive: reads what has arrived; @rows is set once the result is complete.
 *   Returns: whether the connection is still there
 *
 * The only symbol of the module, so that nothing else is linked with libpq.
 */
typedef struct
{
  char *(*check) (const char *uri);
  NanogptLibpqConnection *(*connect) (
      const char *uri, guint seconds, char **message);
  void (*disconnect) (NanogptLibpqConnection *connection);
  int (*get_socket) (const NanogptLibpqConnection *connection);
  gboolean (*send) (NanogptLibpqConnection *connection, const char *sql,
      guint n_values, const char *const *values);
  int (*flush) (NanogptLibpqConnection *connection);
  gboolean (*receive) (NanogptLibpqConnection *connection, NanogptRows **rows);
} NanogptLibpq;

/* The module's file, and the variable in it.  The number grows when the
 * structure changes, so that a module of another version is not used. */
#define NANOGPT_LIBPQ_MODULE "libnanovid-postgresql.so"
#define NANOGPT_LIBPQ_SYMBOL "nanogpt_libpq_2"

G_END_DECLS
