/* nanovid: durations and costs of earlier jobs in a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"
#include "nanogpt/store/store-entry.h"
#include "rows.h"

G_BEGIN_DECLS

/* Does not block, and does nothing if the database is unreachable. */
void nanogpt_durations_remember (NanogptDatabase *database,
    const NanogptStoreJob *job, const NanogptStoreCharge *charge,
    double seconds, gint64 patience);

/* Returns: the query for one kind of job of one service; its parameters are the
 * service's origin and the kind */
const char *nanogpt_durations_get_sql (void);

/* Returns: (transfer full): a #NanogptHistory with the content of the response */
gpointer nanogpt_durations_read (const NanogptRows *rows);

G_END_DECLS
