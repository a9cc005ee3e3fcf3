/* nanovid: makes the schema in a database, or finds that it is not ours
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "libpq.h"

G_BEGIN_DECLS

/**
 * nanogpt_schema_get_migrations:
 *
 * Returns: (transfer full): what makes each version of the schema out of the
 *   one before, the first out of nothing
 */
char **nanogpt_schema_get_migrations (void);

/**
 * nanogpt_schema_prepare:
 * @connection: with nothing asked on it
 * @migrations: as nanogpt_schema_get_migrations() has them
 * @patience: for how many microseconds each response is waited for
 * @error: return location for an error of %NANOGPT_ERROR_STATE_UNAVAILABLE when
 *   the schema is not ours, else of #GFileError
 *
 * Sets up the session, and makes the schema, or brings it up to date, when
 * that was not done yet: one of many who come at once does so, the others wait.
 * Waits.
 */
gboolean nanogpt_schema_prepare (const NanogptLibpq *libpq,
    NanogptLibpqConnection *connection, char **migrations, gint64 patience,
    GError **error);

/**
 * nanogpt_schema_ask:
 *
 * Waits for a response.
 *
 * Returns: (transfer full) (nullable): the response, which may be an error;
 *   %NULL when there is none
 */
NanogptRows *nanogpt_schema_ask (const NanogptLibpq *libpq,
    NanogptLibpqConnection *connection, const char *sql, gint64 patience);

G_END_DECLS
