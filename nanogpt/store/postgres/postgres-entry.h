/* nanovid: what a database keeps of one job
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
 * @uri: of the database, without a password
 * @state_dir: where what has still to be written to the database is kept
 * @patience: for how many microseconds a response is waited for
 * @lease: for how many microseconds an entry is had
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
 * @job: (inout): taken, nothing is left in it
 *
 * Does not wait.
 */
NanogptStoreEntry *nanogpt_postgres_entry_new (
    const NanogptPostgresPlace *place, NanogptStoreJob *job);

G_END_DECLS
