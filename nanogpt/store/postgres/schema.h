/* nanovid: creates and upgrades the database schema
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "libpq.h"

G_BEGIN_DECLS

/**
 * nanogpt_schema_get_migrations:
 *
 * Returns: (transfer full): the migrations, each of which makes a version of
 *   the schema out of the previous one, the first out of nothing
 */
char **nanogpt_schema_get_migrations (void);

/**
 * nanogpt_schema_prepare:
 * @connection: an idle connection
 * @migrations: as nanogpt_schema_get_migrations() returns them
 * @patience: microseconds to wait for each response
 * @error: return location for a %NANOGPT_ERROR_STATE_UNAVAILABLE if the schema
 *   is not ours, else a #GFileError
 *
 * Sets up the session, and creates the schema, or brings it up to date, if that
 * was not done yet: one of several concurrent callers does so, the others wait.
 * Blocks.
 */
gboolean nanogpt_schema_prepare (const NanogptLibpq *libpq,
    NanogptLibpqConnection *connection, char **migrations, gint64 patience,
    GError **error);

/**
 * nanogpt_schema_ask:
 *
 * Blocks until there is a response.
 *
 * Returns: (transfer full) (nullable): the response, which may be an error;
 *   %NULL if there is none
 */
NanogptRows *nanogpt_schema_ask (const NanogptLibpq *libpq,
    NanogptLibpqConnection *connection, const char *sql, gint64 patience);

G_END_DECLS
