/* nanovid: converts database rows to journal records
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"
#include "rows.h"

G_BEGIN_DECLS

/* The columns of nanovid.entry to query, for nanogpt_entry_row_read(). */
#define NANOGPT_ENTRY_COLUMNS                                                  \
  "id, origin, account, digest, model, prompt, conversation, state, run_id, "  \
  "currency, charged, cost, nanovid.since (created), dated, "                  \
  "nanovid.since (sent), patience, lasted, abandoned, process, owner, epoch, " \
  "-nanovid.since (lease), lease, sender, number"

/**
 * NanogptEntryRow:
 * @record: the content of the entry; its times are by this machine's clock,
 *   calculated from the ages that the database returns
 * @process: the process of its last owner
 * @owner: (nullable): its current owner
 * @epoch: the number of times it was taken
 * @left: microseconds for which its owner still holds it, 0 if no one does
 * @lease: (nullable): the end of the lease, as the database returns it
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

/* Returns: (transfer full): a row of a response that has just arrived */
NanogptEntryRow *nanogpt_entry_row_read (const NanogptRows *rows, guint row);
void nanogpt_entry_row_free (NanogptEntryRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptEntryRow, nanogpt_entry_row_free)

/* Returns: (transfer full) (element-type NanogptEntryRow): all rows */
GPtrArray *nanogpt_entry_rows_read (const NanogptRows *rows);

/* Returns: the name of a state in the database */
const char *nanogpt_entry_state_get_name (NanogptJournalState state);

G_END_DECLS
