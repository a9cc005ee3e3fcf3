/* nanovid: writes updates of an entry to a database, with retries
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"
#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/**
 * NanogptWrite:
 * @record: the new content of the entry
 * @epoch: the epoch in which the entry is ours
 * @step: a number greater than that of the previous write
 * @abandoned: whether no one waits for the job
 * @cost_state: (nullable): the new state of its cost, `spent` or `void`
 * @lets_go: whether others may take the entry from then on
 * @removes: whether the entry is removed
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

/* Returns: (transfer full): the arguments of nanovid.write() */
GPtrArray *nanogpt_write_make_values (const NanogptWrite *write);

/**
 * NanogptWriter:
 *
 * Writes the latest state of one entry, for as long as it takes, and keeps it
 * in a directory while the database is unreachable.
 *
 * Must be used on the thread of the database.
 */
#define NANOGPT_TYPE_WRITER (nanogpt_writer_get_type ())
G_DECLARE_FINAL_TYPE (NanogptWriter, nanogpt_writer, NANOGPT, WRITER, GObject)

NanogptWriter *nanogpt_writer_new (NanogptDatabase *database, const char *entry,
    const char *state_dir, gint64 patience);

/**
 * nanogpt_writer_write_async:
 * @values: (nullable): the result of nanogpt_write_make_values(), which
 *   replaces what was not written yet; %NULL for nothing new
 * @grace: microseconds to wait for the database
 * @keeps: whether the values are then kept in the directory
 *
 * Completes when everything is written, or when it is kept, or when @grace is
 * over.
 */
void nanogpt_writer_write_async (NanogptWriter *writer, GPtrArray *values,
    gint64 grace, gboolean keeps, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_writer_write_finish:
 * @error: return location for a #GFileError: the values are not written yet,
 *   and the message says where they are kept meanwhile, if they are
 */
gboolean nanogpt_writer_write_finish (
    NanogptWriter *writer, GAsyncResult *result, GError **error);

/**
 * nanogpt_writer_catch_up_async:
 *
 * Writes what earlier processes with the same directory have kept there.  What
 * the database refuses stays there.
 */
void nanogpt_writer_catch_up_async (NanogptDatabase *database,
    const char *state_dir, gint64 patience, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_writer_catch_up_finish:
 * @error: return location for an error
 *
 * Returns: whether the database has responded to everything
 */
gboolean nanogpt_writer_catch_up_finish (GAsyncResult *result, GError **error);

G_END_DECLS
