/* nanovid: updates on disk that are still to be written to a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One file for each entry, `STATE_DIR/unwritten/ID`: the latest state of its
 * job while the database was unreachable, as values of one statement.  All
 * functions block on the disk. */

/**
 * NanogptOutboxItem:
 * @entry: id of the entry
 * @values: (element-type utf8): with %NULL for `NULL`
 * @number: of several items for one entry, the latest has the greatest number
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
 * @state_dir: created if it does not exist
 * @uri: the URI of the database
 * @error: return location for an error of #GFileError
 *
 * Replaces the item for the same entry, unless that is newer.  The item is then
 * durable.
 */
gboolean nanogpt_outbox_put (const char *state_dir, const char *uri,
    const NanogptOutboxItem *item, GError **error);

/**
 * nanogpt_outbox_list:
 *
 * Returns: (transfer full) (element-type NanogptOutboxItem): the items for @uri
 */
GPtrArray *nanogpt_outbox_list (const char *state_dir, const char *uri);

/* Removes an item that was written, unless it was replaced since. */
void nanogpt_outbox_remove (
    const char *state_dir, const char *uri, const NanogptOutboxItem *item);

G_END_DECLS
