/* nanovid: the connections of a process to one database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "libpq.h"

G_BEGIN_DECLS

/**
 * NanogptDatabase:
 *
 * A few connections, made on worker threads when they are needed, for all that
 * is asked on one thread.  Statements that find theirs gone, or none, are asked
 * again until their time is over: so they have to be such as may be asked again.
 *
 * To be used on the thread it was made on, which runs its thread-default main
 * context.
 */
#define NANOGPT_TYPE_DATABASE (nanogpt_database_get_type ())
G_DECLARE_FINAL_TYPE (
    NanogptDatabase, nanogpt_database, NANOGPT, DATABASE, GObject)

/**
 * nanogpt_database_get:
 * @uri: of the database, without a password
 *
 * Does not wait.
 *
 * Returns: (transfer full): the connections that this thread has to it
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
 * Waits until @done is set, and nanogpt_database_wake() was called.  May be
 * called from any thread.
 */
void nanogpt_database_await (NanogptDatabase *database, const int *done);
void nanogpt_database_wake (NanogptDatabase *database);

/**
 * nanogpt_database_ask_async:
 * @sql: one statement
 * @values: (nullable) (element-type utf8): of its parameters, as text, %NULL for
 *   `NULL`
 * @patience: for how many microseconds a response is waited for
 */
void nanogpt_database_ask_async (NanogptDatabase *database, const char *sql,
    GPtrArray *values, gint64 patience, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_database_ask_finish:
 * @error: return location for an error of %NANOGPT_ERROR_STATE_UNAVAILABLE, or
 *   of #GFileError: %G_FILE_ERROR_EXIST when a constraint of the schema keeps
 *   what was asked from being written
 *
 * Returns: (transfer full) (nullable): the response
 */
NanogptRows *nanogpt_database_ask_finish (
    NanogptDatabase *database, GAsyncResult *result, GError **error);

/**
 * nanogpt_database_acquire_async:
 *
 * Sets a connection aside, on which one thing can be asked after the other with
 * nanogpt_database_session_ask_async(): none is asked again.  A response that
 * does not come, or is an error, ends the connection, and with it the
 * transaction.
 */
void nanogpt_database_acquire_async (NanogptDatabase *database, gint64 patience,
    GAsyncReadyCallback callback, gpointer user_data);

/* Finishes the former with a connection, which is let go of in the end. */
typedef struct _NanogptDatabaseSession NanogptDatabaseSession;
NanogptDatabaseSession *nanogpt_database_acquire_finish (
    NanogptDatabase *database, GAsyncResult *result, GError **error);
void nanogpt_database_session_ask_async (NanogptDatabaseSession *session,
    const char *sql, GPtrArray *values, gint64 patience,
    GAsyncReadyCallback callback, gpointer user_data);

/* No transaction is open on it any more. */
void nanogpt_database_session_set_clean (NanogptDatabaseSession *session);
void nanogpt_database_session_free (NanogptDatabaseSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    NanogptDatabaseSession, nanogpt_database_session_free)

G_END_DECLS
