/* nanovid: a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/**
 * NanogptPostgresStore:
 *
 * Keeps it in a PostgreSQL, for many machines.  A module that is loaded with the
 * first question is linked with libpq; without it, nothing can be asked.
 */
#define NANOGPT_TYPE_POSTGRES_STORE (nanogpt_postgres_store_get_type ())
G_DECLARE_FINAL_TYPE (NanogptPostgresStore, nanogpt_postgres_store, NANOGPT,
    POSTGRES_STORE, NanogptStore)

/**
 * nanogpt_postgres_store_new:
 * @uri: of the database, without a password
 * @state_dir: where what has still to be written to the database is kept
 * @http_timeout: for how many seconds a response is waited for, of the database
 *   as of the service, 0 for any time
 * @lease: for how many microseconds an entry is had before others may take it
 *   over, 0 for as long as @http_timeout asks for
 *
 * Does not wait: nothing is opened before something is asked.
 */
NanogptStore *nanogpt_postgres_store_new (
    const char *uri, const char *state_dir, guint http_timeout, gint64 lease);

G_END_DECLS
