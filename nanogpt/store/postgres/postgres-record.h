/* nanovid: entries as a database has them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"
#include "rows.h"

G_BEGIN_DECLS

/* What is asked for of nanovid.entry, for nanogpt_postgres_entry_row_read(). */
#define NANOGPT_ENTRY_COLUMNS                                                  \
  "id, origin, account, digest, model, prompt, conversation, state, run_id, "  \
  "currency, charged, cost, nanovid.since (created), dated, "                  \
  "nanovid.since (sent), patience, lasted, abandoned, process, owner, epoch, " \
  "-nanovid.since (lease), lease, sender, number"

/**
 * NanogptEntryRow:
 * @record: what the entry says; its times are this machine's, of the ages that
 *   the database tells
 * @process: of its last owner
 * @owner: (nullable): who has it
 * @epoch: how many times it was taken
 * @left: for how many microseconds it is had by its owner, 0 when by nobody
 * @lease: (nullable): until when, as the database tells it
 */
typedef struct
{
  NanogptJournalRecord *record;
  char *process;
  char *owner;
  gint64 epoch;
  gint64 left;
  char *lease;
} NanogptEntryRow;

/* Returns: (transfer full): a row of a response that came just now */
NanogptEntryRow *nanogpt_entry_row_read (const NanogptRows *rows, guint row);
void nanogpt_entry_row_free (NanogptEntryRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptEntryRow, nanogpt_entry_row_free)

/* Returns: (transfer full) (element-type NanogptEntryRow): all of them */
GPtrArray *nanogpt_entry_rows_read (const NanogptRows *rows);

/* Returns: what a state is called in the database */
const char *nanogpt_entry_state_get_name (NanogptJournalState state);

G_END_DECLS
