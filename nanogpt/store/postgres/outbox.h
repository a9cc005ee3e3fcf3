/* nanovid: what has still to be written to a database, in a directory
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One file for each entry, `STATE_DIR/unwritten/ID`: the last that became of its
 * job while the database was gone, as values of one statement.  All functions
 * wait for the disk. */

/**
 * NanogptOutboxItem:
 * @entry: id of the entry
 * @values: (element-type utf8): with %NULL for `NULL`
 * @number: of several for one entry, the greatest came last
 */
typedef struct
{
  char *entry;
  GPtrArray *values;
  gint64 number;
} NanogptOutboxItem;

NanogptOutboxItem *nanogpt_outbox_item_new (
    const char *entry, GPtrArray *values, gint64 number);
void nanogpt_outbox_item_free (NanogptOutboxItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptOutboxItem, nanogpt_outbox_item_free)

/**
 * nanogpt_outbox_put:
 * @state_dir: made when it is not there
 * @uri: of the database
 * @error: return location for an error of #GFileError
 *
 * Replaces what there was for the same entry, unless that came later.  It is
 * durable.
 */
gboolean nanogpt_outbox_put (const char *state_dir, const char *uri,
    const NanogptOutboxItem *item, GError **error);

/**
 * nanogpt_outbox_list:
 *
 * Returns: (transfer full) (element-type NanogptOutboxItem): what is for @uri
 */
GPtrArray *nanogpt_outbox_list (const char *state_dir, const char *uri);

/* Removes what was written, unless it was replaced since. */
void nanogpt_outbox_remove (
    const char *state_dir, const char *uri, const NanogptOutboxItem *item);

G_END_DECLS
