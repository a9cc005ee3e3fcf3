/* nanovid: finds an entry to take over, and watches those of others
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "search.h"

#include "nanogpt/base/boot.h"
#include "nanogpt/base/log.h"
#include "process.h"

#define ADOPTED_FOR (7 * G_TIME_SPAN_DAY)
/* How many times a lease must be renewed while it is watched, for its owner to
 * count as alive; and the interval in which it should be renewed. */
#define RENEWALS 2
#define RENEWAL(lease) ((lease) / 12)

/* An entry that someone holds */
typedef struct
{
  char *lease; /* its end, the last time it was looked at */
  guint renewals;
  gboolean alive;
} Watched;

struct _NanogptSearch
{
  NanogptDatabase *database;
  gint64 patience;
  gint64 lease;

  GHashTable *watched; /* of Watched, by id; NULL before the first look */
  gint64 watched_since;

  NanogptSearchFor what;
  NanogptSearchDone done;
  gpointer data;
  NanogptJournalObstacle obstacle;
  gboolean sender_may_live; /* of the entry that is being taken */
};

static void
watched_free (gpointer data)
{
  Watched *watched = data;

  g_free (watched->lease);
  g_free (watched);
}

NanogptSearch *
nanogpt_search_new (NanogptDatabase *database, gint64 patience, gint64 lease)
{
  NanogptSearch *self = g_new0 (NanogptSearch, 1);

  self->database = g_object_ref (database);
  self->patience = patience;
  self->lease = lease;
  return self;
}

void
nanogpt_search_free (NanogptSearch *self)
{
  g_clear_pointer (&self->watched, g_hash_table_unref);
  g_object_unref (self->database);
  g_free (self);
}

/* Takes @found and @error. */
static void
search_finish (NanogptSearch *self, NanogptEntryRow *found, GError *error)
{
  if (found || self->obstacle == NANOGPT_JOURNAL_CLEAR)
    g_clear_pointer (&self->watched, g_hash_table_unref);
  self->done (
      found, found ? NANOGPT_JOURNAL_CLEAR : self->obstacle, error, self->data);
}

/* Watching */

/* An entry that was not there at the first look certainly has a live owner, and
 * a job of its own. */
static gboolean
is_alive (NanogptSearch *self, const NanogptEntryRow *row, gboolean is_first)
{
  Watched *watched = g_hash_table_lookup (self->watched, row->record->id);

  if (nanogpt_process_find (row->process) == NANOGPT_PROCESS_SELF)
    return TRUE;
  if (!watched) {
    watched = g_new0 (Watched, 1);
    watched->lease = g_strdup (row->lease);
    watched->alive = !is_first;
    g_hash_table_insert (self->watched, g_strdup (row->record->id), watched);
  }
  if (!g_str_equal (watched->lease, row->lease)) {
    g_free (watched->lease);
    watched->lease = g_strdup (row->lease);
    watched->alive = ++watched->renewals >= RENEWALS || watched->alive;
  }
  return watched->alive;
}

/* An abandoned submit may get its job soon, but only as long as its process
 * exists. */
static NanogptJournalObstacle
get_obstacle (NanogptSearch *self, const NanogptEntryRow *row, gboolean alive)
{
  gint64 watched_for = nanogpt_boot_get_time () - self->watched_since;

  if (row->record->abandoned
      && (alive || watched_for <= (RENEWALS + 1) * RENEWAL (self->lease)))
    return NANOGPT_JOURNAL_SUBMITTING;
  return alive ? NANOGPT_JOURNAL_CLEAR : NANOGPT_JOURNAL_WATCHED;
}

/* Choosing */

static gboolean
is_aged (const NanogptJournalRecord *record, gint64 date)
{
  if (record->state != NANOGPT_JOURNAL_ACCEPTED
      || g_get_real_time () - record->created <= ADOPTED_FOR || date < 0)
    return FALSE;
  return date == 0
      || date - (record->dated ? record->dated : record->created) > ADOPTED_FOR;
}

static gboolean
is_free (const NanogptEntryRow *row)
{
  return row->left == 0
      || nanogpt_process_find (row->process) == NANOGPT_PROCESS_GONE;
}

/* Returns: (transfer none) (nullable): the entry that can be taken; otherwise
 * the obstacle is set.  Among @rows, those that may have been paid for come
 * first. */
static NanogptEntryRow *
choose (NanogptSearch *self, GPtrArray *rows)
{
  gboolean is_first = !self->watched;
  gboolean by_name = self->what.id || self->what.run_id;

  if (is_first) {
    self->watched =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, watched_free);
    self->watched_since = nanogpt_boot_get_time ();
  }
  for (guint i = 0; i < rows->len; i++) {
    NanogptEntryRow *row = rows->pdata[i];
    NanogptJournalState state = row->record->state;
    gboolean alive;

    if (!by_name && is_aged (row->record, self->what.date)) {
      if (self->what.date == 0)
        self->obstacle = NANOGPT_JOURNAL_AGED;
      continue;
    }
    /* They would, or might, be paid for in addition to the existing entry. */
    if ((self->obstacle == NANOGPT_JOURNAL_AGED
            && state < NANOGPT_JOURNAL_ACCEPTED)
        || (self->obstacle != NANOGPT_JOURNAL_CLEAR
            && state == NANOGPT_JOURNAL_INTENT))
      break;
    if (is_free (row))
      return row;
    if (by_name)
      continue;
    alive = is_alive (self, row, is_first);
    if (self->obstacle == NANOGPT_JOURNAL_CLEAR)
      self->obstacle = get_obstacle (self, row, alive);
  }
  return NULL;
}

/* Asking */

static void look (NanogptSearch *self);

static NanogptEntryRow *
read_taken (const NanogptSearch *self, const NanogptRows *rows)
{
  NanogptEntryRow *row = nanogpt_entry_row_read (rows, 0);

  row->record->sender_may_live = self->sender_may_live;
  return row;
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  NanogptSearch *self = data;
  GError *error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);

  if (!rows)
    search_finish (self, NULL, error);
  else if (rows->n_rows > 0)
    search_finish (self, read_taken (self, rows), NULL);
  else
    look (self); /* someone else was first */
}

/* Whether someone else may still send must be known before the entry is ours. */
static void
take_entry (NanogptSearch *self, const NanogptEntryRow *row)
{
  g_autoptr (GPtrArray) values = nanogpt_values_new ();
  g_autofree char *process = nanogpt_process_get_name ();
  gboolean is_gone =
      nanogpt_process_find (row->process) == NANOGPT_PROCESS_GONE;

  self->sender_may_live = row->record->sender_may_live;
  nanogpt_values_add (values, row->record->id);
  nanogpt_values_add_int (values, row->epoch);
  nanogpt_values_add (values, self->what.owner);
  nanogpt_values_add (values, process);
  nanogpt_values_add_int (values, self->what.lease);
  nanogpt_values_add (values, is_gone ? row->process : NULL);
  nanogpt_values_add_bool (values, self->what.abandoned);
  nanogpt_database_ask_async (self->database,
      "SELECT " NANOGPT_ENTRY_COLUMNS
      " FROM nanovid.take ($1, $2, $3, $4, $5, $6, $7)",
      values, self->patience, on_taken, self);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  NanogptSearch *self = data;
  GError *error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);
  g_autoptr (GPtrArray) entries = NULL;
  NanogptEntryRow *found;

  if (!rows) {
    search_finish (self, NULL, error);
    return;
  }
  self->obstacle = NANOGPT_JOURNAL_CLEAR;
  entries = nanogpt_entry_rows_read (rows);
  found = choose (self, entries);
  if (found)
    take_entry (self, found);
  else
    search_finish (self, NULL, NULL);
}

#define SELECT "SELECT " NANOGPT_ENTRY_COLUMNS " FROM nanovid.entry WHERE "

static void
look (NanogptSearch *self)
{
  const NanogptSearchFor *what = &self->what;
  g_autoptr (GPtrArray) values = nanogpt_values_new ();
  const char *sql;

  if (what->id) {
    nanogpt_values_add (values, what->id);
    sql = SELECT "id = $1";
  } else {
    nanogpt_values_add (values, what->wanted->origin);
    nanogpt_values_add (values, what->wanted->account);
    nanogpt_values_add (
        values, what->run_id ? what->run_id : what->wanted->digest);
    sql = what->run_id ? SELECT "origin = $1 AND account = $2 AND run_id = $3"
                       : SELECT
        "origin = $1 AND account = $2 AND digest = $3"
        " AND state <> 'delivered' AND $4::boolean"
        " AND (number IS NULL OR coalesce ($5::bigint, number) = number)"
        " ORDER BY state = 'accepted' DESC, state = 'sending' DESC,"
        " created";
    if (!what->run_id) {
      nanogpt_values_add_bool (values, what->resume);
      nanogpt_values_add_amount (values, what->wanted->number);
    }
  }
  nanogpt_database_ask_async (
      self->database, sql, values, self->patience, on_looked, self);
}

void
nanogpt_search_run (NanogptSearch *self, const NanogptSearchFor *what,
    NanogptSearchDone done, gpointer data)
{
  self->what = *what;
  self->done = done;
  self->data = data;
  look (self);
}
