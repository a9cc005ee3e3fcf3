/* nanovid: updates on disk that are still to be written to a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "outbox.h"

#include <glib/gstdio.h>
#include <string.h>

#include "nanogpt/base/durable-file.h"

#define GROUP "nanovid unwritten 1"
#define MAX_VALUES 100

/* If several threads write the outcome of one entry, the last to write need not
 * have the latest outcome. */
static GMutex lock;

static char *
get_dir (const char *state_dir)
{
  return g_build_filename (state_dir, "unwritten", NULL);
}

NanogptOutboxItem *
nanogpt_outbox_item_new (const char *entry, GPtrArray *values, gint64 number)
{
  NanogptOutboxItem *item = g_new0 (NanogptOutboxItem, 1);

  item->entry = g_strdup (entry);
  item->values = g_ptr_array_ref (values);
  item->number = number;
  return item;
}

void
nanogpt_outbox_item_free (NanogptOutboxItem *item)
{
  g_ptr_array_unref (item->values);
  g_free (item->entry);
  g_free (item);
}

static void
item_free (gpointer data)
{
  nanogpt_outbox_item_free (data);
}

/* Values by number; a missing one is NULL. */
static char *
format_item (const char *uri, const NanogptOutboxItem *item)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_string (file, GROUP, "database", uri);
  g_key_file_set_int64 (file, GROUP, "number", item->number);
  g_key_file_set_integer (file, GROUP, "values", item->values->len);
  for (guint i = 0; i < item->values->len; i++) {
    g_autofree char *key = g_strdup_printf ("%u", i);

    if (item->values->pdata[i])
      g_key_file_set_string (file, GROUP, key, item->values->pdata[i]);
  }
  return g_key_file_to_data (file, NULL, NULL);
}

static NanogptOutboxItem *
parse_item (const char *path, const char *name, const char *uri)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;
  g_autofree char *text = nanogpt_durable_read_file (path, &length);
  g_autofree char *database = NULL;
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  int n_values;

  if (!text
      || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return NULL;
  database = g_key_file_get_string (file, GROUP, "database", NULL);
  if (g_strcmp0 (database, uri) != 0)
    return NULL;
  n_values = g_key_file_get_integer (file, GROUP, "values", NULL);
  if (n_values > MAX_VALUES)
    return NULL;
  for (int i = 0; i < n_values; i++) {
    g_autofree char *key = g_strdup_printf ("%d", i);

    g_ptr_array_add (values, g_key_file_get_string (file, GROUP, key, NULL));
  }
  return nanogpt_outbox_item_new (
      name, values, g_key_file_get_int64 (file, GROUP, "number", NULL));
}

gboolean
nanogpt_outbox_put (const char *state_dir, const char *uri,
    const NanogptOutboxItem *item, GError **error)
{
  g_autofree char *dir = get_dir (state_dir);
  g_autofree char *path = g_build_filename (dir, item->entry, NULL);
  g_autofree char *text = format_item (uri, item);
  g_autoptr (NanogptOutboxItem) former = NULL;
  g_autoptr (NanogptDurableFile) durable = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (!nanogpt_durable_make_dir (dir, error))
    return FALSE;
  former = parse_item (path, item->entry, uri);
  if (former && former->number > item->number)
    return TRUE;
  durable = nanogpt_durable_file_new (path, error);
  return durable
      && nanogpt_durable_file_write (durable, text, strlen (text), error)
      && nanogpt_durable_file_commit (durable, error);
}

GPtrArray *
nanogpt_outbox_list (const char *state_dir, const char *uri)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (item_free);
  g_autofree char *dir = get_dir (state_dir);
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    g_autofree char *path = g_build_filename (dir, name, NULL);
    NanogptOutboxItem *item =
        g_uuid_string_is_valid (name) ? parse_item (path, name, uri) : NULL;

    if (item)
      g_ptr_array_add (items, item);
  }
  return items;
}

void
nanogpt_outbox_remove (
    const char *state_dir, const char *uri, const NanogptOutboxItem *item)
{
  g_autofree char *dir = get_dir (state_dir);
  g_autofree char *path = g_build_filename (dir, item->entry, NULL);
  g_autofree char *text = format_item (uri, item);
  g_autofree char *found = nanogpt_durable_read_file (path, NULL);

  if (g_strcmp0 (found, text) == 0)
    g_unlink (path);
}
