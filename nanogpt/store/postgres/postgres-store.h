/* nanovid: NanogptPostgresStore: a store in a PostgreSQL database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/**
 * NanogptPostgresStore:
 *
 * Keeps everything in a PostgreSQL database, for many machines.  The module
 * that is linked with libpq is loaded with the first query; without it, no
 * query is possible.
 */
#define NANOGPT_TYPE_POSTGRES_STORE (nanogpt_postgres_store_get_type ())
G_DECLARE_FINAL_TYPE (NanogptPostgresStore, nanogpt_postgres_store, NANOGPT,
    POSTGRES_STORE, NanogptStore)

/**
 * nanogpt_postgres_store_new:
 * @uri: the URI of the database, without a password
 * @state_dir: the directory for what is still to be written to the database
 * @http_timeout: seconds to wait for a response, of the database as well as of
 *   the service, 0 for no limit
 * @lease: microseconds for which an entry is held before others may take it
 *   over, 0 to derive it from @http_timeout
 *
 * Does not block: nothing is opened before the first query.
 */
NanogptStore *nanogpt_postgres_store_new (
    const char *uri, const char *state_dir, guint http_timeout, gint64 lease);

G_END_DECLS
