/* nanovid: leases on entries in a database, renewed automatically
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "leases.h"

#include "nanogpt/base/boot.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/timer.h"
#include "rows.h"

#define RENEWALS 12

/* The leases of one length on one database. */
typedef struct
{
  NanogptDatabase *database; /* not owned: it owns this */
  gint64 length;
  GPtrArray *leases; /* of NanogptLease, not owned */
  NanogptTimer *timer;
} Holder;

struct _NanogptLease
{
  Holder *holder;
  NanogptDatabase *database;
  char *entry;
  char *owner;
  GMutex lock;
  gint64 until; /* guarded by the lock; 0 when it was lost */
};

static void
holder_free (gpointer data)
{
  Holder *holder = data;

  nanogpt_timer_clear (&holder->timer);
  g_ptr_array_unref (holder->leases);
  g_free (holder);
}

static void
set_until (NanogptLease *lease, gint64 until)
{
  g_mutex_lock (&lease->lock);
  if (until == 0 || lease->until != 0)
    lease->until = until;
  g_mutex_unlock (&lease->lock);
}

/* A query that renews leases, and the time from which they are renewed if it
 * succeeds */
typedef struct
{
  Holder *holder;
  gint64 since;
  GHashTable *entries; /* owners that the query includes */
} Renewal;

static void
take_renewal (const Renewal *renewal, const NanogptRows *rows)
{
  g_autoptr (GHashTable) renewed = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->n_rows; i++)
    g_hash_table_add (renewed, (gpointer)nanogpt_rows_get (rows, i, 0));
  for (guint i = 0; i < renewal->holder->leases->len; i++) {
    NanogptLease *lease = renewal->holder->leases->pdata[i];

    if (!g_hash_table_contains (renewal->entries, lease->owner))
      continue;
    if (g_hash_table_contains (renewed, lease->entry)) {
      set_until (lease, renewal->since + renewal->holder->length);
      continue;
    }
    nanogpt_log_warning (
        "entry %s: its lease was lost; somebody else may have it",
        lease->entry);
    set_until (lease, 0);
  }
}

static void schedule_renewal (Holder *holder);

static void
on_renewed (GObject *source, GAsyncResult *result, gpointer data)
{
  Renewal *renewal = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);

  if (rows)
    take_renewal (renewal, rows);
  else
    nanogpt_log_debug ("leases were not renewed: %s", error->message);
  schedule_renewal (renewal->holder);
  g_hash_table_unref (renewal->entries);
  g_free (renewal);
}

static void
append_element (GString *array, const char *text)
{
  g_string_append_printf (array, "%s%s", array->len > 1 ? "," : "", text);
}

static gboolean
renew (gpointer data)
{
  Holder *holder = data;
  g_autoptr (GPtrArray) values = nanogpt_values_new ();
  g_autoptr (GString) entries = g_string_new ("{");
  g_autoptr (GString) owners = g_string_new ("{");
  Renewal *renewal;

  nanogpt_timer_clear (&holder->timer);
  if (holder->leases->len == 0)
    return G_SOURCE_REMOVE;
  renewal = g_new0 (Renewal, 1);
  renewal->holder = holder;
  renewal->since = nanogpt_boot_get_time ();
  renewal->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < holder->leases->len; i++) {
    const NanogptLease *lease = holder->leases->pdata[i];

    append_element (entries, lease->entry);
    append_element (owners, lease->owner);
    g_hash_table_add (renewal->entries, g_strdup (lease->owner));
  }
  nanogpt_values_add (values, g_string_append_c (entries, '}')->str);
  nanogpt_values_add (values, g_string_append_c (owners, '}')->str);
  nanogpt_values_add_int (values, holder->length);
  nanogpt_database_ask_async (holder->database,
      "SELECT nanovid.renew ($1, $2, $3)", values, holder->length / RENEWALS,
      on_renewed, renewal);
  return G_SOURCE_REMOVE;
}

static void
schedule_renewal (Holder *holder)
{
  if (!holder->timer && holder->leases->len > 0)
    holder->timer =
        nanogpt_timer_new (holder->length / RENEWALS, renew, holder, NULL);
}

static Holder *
get_holder (NanogptDatabase *database, gint64 length)
{
  g_autofree char *key =
      g_strdup_printf ("nanogpt-leases-%" G_GINT64_FORMAT, length);
  Holder *holder = g_object_get_data (G_OBJECT (database), key);

  if (holder)
    return holder;
  holder = g_new0 (Holder, 1);
  holder->database = database;
  holder->length = length;
  holder->leases = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (database), key, holder, holder_free);
  return holder;
}

NanogptLease *
nanogpt_lease_new (NanogptDatabase *database, const char *entry,
    const char *owner, gint64 length, gint64 since)
{
  NanogptLease *lease = g_new0 (NanogptLease, 1);

  g_mutex_init (&lease->lock);
  lease->database = g_object_ref (database);
  lease->holder = get_holder (database, length);
  lease->entry = g_strdup (entry);
  lease->owner = g_strdup (owner);
  lease->until = since + length;
  g_ptr_array_add (lease->holder->leases, lease);
  schedule_renewal (lease->holder);
  return lease;
}

void
nanogpt_lease_end (NanogptLease *lease)
{
  g_ptr_array_remove (lease->holder->leases, lease);
  if (lease->holder->leases->len == 0)
    nanogpt_timer_clear (&lease->holder->timer);
  g_object_unref (lease->database);
  g_mutex_clear (&lease->lock);
  g_free (lease->entry);
  g_free (lease->owner);
  g_free (lease);
}

void
nanogpt_lease_extend (NanogptLease *lease, gint64 since)
{
  set_until (lease, since + lease->holder->length);
}

gint64
nanogpt_lease_get_left (NanogptLease *lease)
{
  gint64 until;

  g_mutex_lock (&lease->lock);
  until = lease->until;
  g_mutex_unlock (&lease->lock);
  return MAX (until - nanogpt_boot_get_time (), 0);
}
