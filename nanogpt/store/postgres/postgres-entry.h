/* nanovid: NanogptPostgresEntry: the record of one job in a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-entry.h"

G_BEGIN_DECLS

#define NANOGPT_TYPE_POSTGRES_ENTRY (nanogpt_postgres_entry_get_type ())
G_DECLARE_FINAL_TYPE (NanogptPostgresEntry, nanogpt_postgres_entry, NANOGPT,
    POSTGRES_ENTRY, NanogptStoreEntry)

/**
 * NanogptPostgresPlace:
 * @uri: the URI of the database, without a password
 * @state_dir: the directory for what is still to be written to the database
 * @patience: microseconds to wait for a response
 * @lease: microseconds for which an entry is held
 */
typedef struct
{
  char *uri;
  char *state_dir;
  gint64 patience;
  gint64 lease;
} NanogptPostgresPlace;

/**
 * nanogpt_postgres_entry_new:
 * @place: copied
 * @job: (inout): its content is taken, and it is left empty
 *
 * Does not block.
 */
NanogptStoreEntry *nanogpt_postgres_entry_new (
    const NanogptPostgresPlace *place, NanogptStoreJob *job);

G_END_DECLS
