/* nanovid: writes what becomes of an entry, when the database can be reached
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"

G_BEGIN_DECLS

/* How many values nanovid.write() takes, and which of them is what becomes of the
 * cost. */
#define NANOGPT_WRITER_N_VALUES 15
#define NANOGPT_WRITER_COST_STATE 12

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
 * @values: (nullable): as nanovid.write() takes them, in place of what was not
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
 *   and the words say where it is kept meanwhile, if it is
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
