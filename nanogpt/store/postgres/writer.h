/* nanovid: writes what becomes of an entry, when the database can be reached
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"
#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/**
 * NanogptWrite:
 * @record: what the entry is to say
 * @epoch: in which it is ours
 * @step: a number that is greater than that of what was written before
 * @abandoned: whether nobody waits for the job
 * @cost_state: (nullable): what becomes of its cost, `spent` or `void`
 * @lets_go: whether others may have the entry from then on
 * @removes: whether there is no entry from then on
 */
typedef struct
{
  const NanogptJournalRecord *record;
  gint64 epoch;
  gint64 step;
  gboolean abandoned;
  const char *cost_state;
  gboolean lets_go;
  gboolean removes;
} NanogptWrite;

/* Returns: (transfer full): the values of nanovid.write() */
GPtrArray *nanogpt_write_make_values (const NanogptWrite *write);

/**
 * NanogptWriter:
 *
 * Writes the last that became of one entry, for as long as it takes, and keeps it
 * in a directory while the database is gone.
 *
 * To be used on the thread of the database.
 */
#define NANOGPT_TYPE_WRITER (nanogpt_writer_get_type ())
G_DECLARE_FINAL_TYPE (NanogptWriter, nanogpt_writer, NANOGPT, WRITER, GObject)

NanogptWriter *nanogpt_writer_new (NanogptDatabase *database, const char *entry,
    const char *state_dir, gint64 patience);

/**
 * nanogpt_writer_write_async:
 * @values: (nullable): of nanogpt_write_make_values(), in place of what was not
 *   written yet; %NULL for nothing new
 * @grace: for how many microseconds the database is waited for
 * @keeps: whether it is then kept in the directory
 *
 * Returns when all is written, or when it is kept, or when @grace is over.
 */
void nanogpt_writer_write_async (NanogptWriter *writer, GPtrArray *values,
    gint64 grace, gboolean keeps, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_writer_write_finish:
 * @error: return location for an error of #GFileError: it is not written yet,
 *   and the message says where it is kept meanwhile, if it is
 */
gboolean nanogpt_writer_write_finish (
    NanogptWriter *writer, GAsyncResult *result, GError **error);

/**
 * nanogpt_writer_catch_up_async:
 *
 * Writes what earlier processes with the same directory have kept there.
 */
void nanogpt_writer_catch_up_async (NanogptDatabase *database,
    const char *state_dir, gint64 patience, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_writer_catch_up_finish:
 * @error: return location for an error
 *
 * Returns: whether nothing is left
 */
gboolean nanogpt_writer_catch_up_finish (GAsyncResult *result, GError **error);

G_END_DECLS
