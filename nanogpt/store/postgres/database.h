/* nanovid: connection pool of one thread for a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "libpq.h"

G_BEGIN_DECLS

/**
 * NanogptDatabase:
 *
 * A few connections, made on worker threads when needed, for all queries of one
 * thread.  A statement whose connection is lost, or that finds none, is
 * repeated until its time is over, so statements must be repeatable.
 *
 * Must be used on the thread that created it, which must run its thread-default
 * main context.
 */
#define NANOGPT_TYPE_DATABASE (nanogpt_database_get_type ())
G_DECLARE_FINAL_TYPE (
    NanogptDatabase, nanogpt_database, NANOGPT, DATABASE, GObject)

/**
 * nanogpt_database_get:
 * @uri: the URI of the database, without a password
 *
 * Does not block.
 *
 * Returns: (transfer full): the connections of this thread to the database
 */
NanogptDatabase *nanogpt_database_get (const char *uri);

const char *nanogpt_database_get_uri (const NanogptDatabase *database);

/**
 * nanogpt_database_invoke:
 * @function: called on the thread of the database; its result is ignored
 *
 * May be called from any thread.
 */
void nanogpt_database_invoke (NanogptDatabase *database, GSourceFunc function,
    gpointer data, GDestroyNotify notify);

/**
 * nanogpt_database_await:
 * @done: (inout): set to nonzero, on the thread of the database
 *
 * Blocks until @done is set, and nanogpt_database_wake() was called.  May be
 * called from any thread.
 */
void nanogpt_database_await (NanogptDatabase *database, const int *done);
void nanogpt_database_wake (NanogptDatabase *database);

/**
 * nanogpt_database_ask_async:
 * @sql: one statement
 * @values: (nullable) (element-type utf8): the values of its parameters, as
 *   text, %NULL for `NULL`
 * @patience: microseconds to wait for a response
 */
void nanogpt_database_ask_async (NanogptDatabase *database, const char *sql,
    GPtrArray *values, gint64 patience, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_database_ask_finish:
 * @error: return location for a %NANOGPT_ERROR_STATE_UNAVAILABLE, whose details
 *   tell whether the database has responded, or a #GFileError:
 *   %G_FILE_ERROR_EXIST if a constraint of the schema prevents the write
 *
 * Returns: (transfer full) (nullable): the response
 */
NanogptRows *nanogpt_database_ask_finish (
    NanogptDatabase *database, GAsyncResult *result, GError **error);

/**
 * nanogpt_database_acquire_async:
 *
 * Reserves a connection, on which one statement after the other can be run with
 * nanogpt_database_session_ask_async(); none is repeated.  A response that does
 * not arrive, or is an error, ends the connection, and with it the transaction.
 */
void nanogpt_database_acquire_async (NanogptDatabase *database, gint64 patience,
    GAsyncReadyCallback callback, gpointer user_data);

/* Finishes nanogpt_database_acquire_async() with a connection, which must be
 * freed in the end. */
typedef struct _NanogptDatabaseSession NanogptDatabaseSession;
NanogptDatabaseSession *nanogpt_database_acquire_finish (
    NanogptDatabase *database, GAsyncResult *result, GError **error);
void nanogpt_database_session_ask_async (NanogptDatabaseSession *session,
    const char *sql, GPtrArray *values, gint64 patience,
    GAsyncReadyCallback callback, gpointer user_data);

/* To be called when no transaction is open on the connection any more. */
void nanogpt_database_session_set_clean (NanogptDatabaseSession *session);
void nanogpt_database_session_free (NanogptDatabaseSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    NanogptDatabaseSession, nanogpt_database_session_free)

G_END_DECLS
