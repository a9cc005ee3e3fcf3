/* nanovid: journal of paid jobs on disk
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* renameat2() */

#include "journal.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nanogpt/base/durable-file.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/text.h"
#include "journal-files.h"
#include "journal-prune.h"
#include "journal-record.h"
#include "lock-file.h"

#define ADOPTED_FOR (7 * G_TIME_SPAN_DAY)
/* The unit of disk space, and how much a record may grow: by an id, a cost, times */
#define BLOCK 4096
#define GROWTH 1024

struct _NanogptJournalEntry
{
  char *dir;
  char *stem;
  int lock; /* -1 while others may change the record */
  NanogptJournalRecord *record;
};

/* Writing
 *
 * The disk may be full by the time a job is accepted or delivered, and a job
 * for which that is not recorded is paid for again, or played again.  So all
 * the space that an entry will ever need is allocated with the intent: next to
 * the record there is a spare file of the same size.  The next record is
 * written into the spare file, and then the two files are exchanged. */

static gboolean
set_write_error (GError **error, int code, const char *path)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      _ ("\"%s\" cannot be written: %s"), path, g_strerror (code));
  return FALSE;
}

/* Replaces the content of the file, without giving back any block. */
static gboolean
fill (const char *path, const char *text, gsize room, GError **error)
{
  int fd = nanogpt_durable_open_file (path, O_WRONLY | O_CREAT);
  g_autofree char *blank = NULL;
  struct stat status;
  int code = 0;

  if (fd < 0)
    return set_write_error (error, errno, path);
  if (fstat (fd, &status) == 0)
    room = MAX (room, (gsize)status.st_size);
  blank = g_malloc (room);
  memset (blank, '\n', room);
  memcpy (blank, text, strlen (text));
  if (!nanogpt_durable_write (fd, blank, room) || fsync (fd) < 0)
    code = errno;
  close (fd);
  return code == 0 || set_write_error (error, code, path);
}

static gsize
get_room (const NanogptJournalRecord *record, const char *text)
{
  gsize length = strlen (text);

  if (record->state == NANOGPT_JOURNAL_INTENT)
    length += GROWTH;
  return (length + BLOCK - 1) / BLOCK * BLOCK;
}

/* Not every file system can exchange two files. */
static gboolean
exchange_files (const char *spare, const char *path)
{
  if (renameat2 (AT_FDCWD, spare, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
    return FALSE;
  return rename (spare, path) == 0;
}

static gboolean
write_record (const char *dir, const char *stem,
    const NanogptJournalRecord *record, GError **error)
{
  g_autofree char *path = nanogpt_journal_get_path (dir, stem, ".job");
  g_autofree char *spare = nanogpt_journal_get_path (dir, stem, ".spare");
  g_autofree char *text = nanogpt_journal_record_format (record);
  gsize room = get_room (record, text);
  gboolean is_first = record->state == NANOGPT_JOURNAL_INTENT;
  gboolean is_last = record->state == NANOGPT_JOURNAL_DELIVERED;

  if (!fill (spare, text, room, error))
    return FALSE;
  if (is_first || is_last ? rename (spare, path) < 0
                          : !exchange_files (spare, path))
    return set_write_error (error, errno, path);
  if (is_first && !fill (spare, "", room, error))
    return FALSE;
  return nanogpt_durable_sync_dir (dir, error);
}

/* Entries */

/* Returns: (nullable): an entry that is not locked, if it can be read */
static NanogptJournalEntry *
entry_read (const char *dir, const char *stem)
{
  NanogptJournalRecord *record = nanogpt_journal_read_record (dir, stem);
  NanogptJournalEntry *entry;

  if (!record)
    return NULL;
  entry = g_new0 (NanogptJournalEntry, 1);
  entry->dir = g_strdup (dir);
  entry->stem = g_strdup (stem);
  entry->lock = -1;
  entry->record = record;
  return entry;
}

void
nanogpt_journal_entry_free (NanogptJournalEntry *entry)
{
  if (entry->lock >= 0)
    nanogpt_lock_file_release (entry->lock);
  g_clear_pointer (&entry->record, nanogpt_journal_record_free);
  g_free (entry->stem);
  g_free (entry->dir);
  g_free (entry);
}

static void
entry_free (gpointer data)
{
  nanogpt_journal_entry_free (data);
}

static void
add_entries (GPtrArray *entries, const char *dir)
{
  g_autoptr (GPtrArray) stems = nanogpt_journal_list_stems (dir);

  for (guint i = 0; i < stems->len; i++) {
    NanogptJournalEntry *entry = entry_read (dir, stems->pdata[i]);

    if (entry)
      g_ptr_array_add (entries, entry);
  }
}

static gboolean
has_same_stem (gconstpointer a, gconstpointer b)
{
  return g_str_equal (((const NanogptJournalEntry *)a)->stem,
      ((const NanogptJournalEntry *)b)->stem);
}

static guint
hash_stem (gconstpointer entry)
{
  return g_str_hash (((const NanogptJournalEntry *)entry)->stem);
}

/* Returns: (transfer full): entries, not locked, in no particular order.  An
 * entry that is moved meanwhile is neither missed nor reported twice. */
static GPtrArray *
read_entries (const char *state_dir, gboolean with_delivered)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  g_autofree char *dir = nanogpt_journal_get_dir (state_dir);
  g_autoptr (GPtrArray) days = NULL;
  g_autoptr (GHashTable) seen = NULL;

  add_entries (entries, dir);
  if (!with_delivered)
    return entries;

  days = nanogpt_journal_list_days (state_dir);
  for (guint i = 0; i < days->len; i++)
    add_entries (entries, days->pdata[i]);
  seen = g_hash_table_new (hash_stem, has_same_stem);
  for (guint i = 0; i < entries->len;) {
    if (g_hash_table_add (seen, entries->pdata[i]))
      i++;
    else
      g_ptr_array_remove_index (entries, i);
  }
  return entries;
}

typedef struct
{
  const char *digest; /* of an entry to adopt, or else */
  gint64 number;
  const char *run_id; /* of one to claim */
  const char *origin;
  const char *account;
  gint64 date; /* the service's clock, or 0, or negative if unknown */
} Wanted;

/* A clock that was wrong when the job was submitted, or is now, must not make a
 * paid job look too old.  If the submit may have been lost, or was never sent,
 * the age does not matter: such a submit is looked up anyway. */
static gboolean
is_aged (const NanogptJournalRecord *record, const Wanted *wanted)
{
  if (record->state != NANOGPT_JOURNAL_ACCEPTED
      || g_get_real_time () - record->created <= ADOPTED_FOR
      || wanted->date < 0)
    return FALSE;
  return wanted->date == 0
      || wanted->date - (record->dated ? record->dated : record->created)
      > ADOPTED_FOR;
}

/* Of several identical requests that each keep their clip, one must not take
 * the entry of another whose clip is already kept. */
static gboolean
is_number (const NanogptJournalRecord *record, const Wanted *wanted)
{
  return record->number < 0 || wanted->number < 0
      || record->number == wanted->number;
}

static gboolean
is_equal (const NanogptJournalRecord *record, const Wanted *wanted)
{
  if (!g_str_equal (record->origin, wanted->origin)
      || !g_str_equal (record->account, wanted->account))
    return FALSE;
  if (wanted->run_id)
    return g_strcmp0 (record->run_id, wanted->run_id) == 0;
  return record->state != NANOGPT_JOURNAL_DELIVERED
      && g_str_equal (record->digest, wanted->digest)
      && is_number (record, wanted);
}

static gboolean
is_wanted (const NanogptJournalRecord *record, const Wanted *wanted)
{
  return is_equal (record, wanted)
      && (wanted->run_id || !is_aged (record, wanted));
}

static int
compare_time (const NanogptJournalRecord *a, const NanogptJournalRecord *b)
{
  return (a->created > b->created) - (a->created < b->created);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const NanogptJournalEntry *const *first = a;
  const NanogptJournalEntry *const *second = b;

  if ((*first)->record->state != (*second)->record->state)
    return (*second)->record->state - (*first)->record->state;
  return compare_time ((*first)->record, (*second)->record);
}

static gboolean
entry_take_over (NanogptJournalEntry *entry, const Wanted *wanted)
{
  NanogptJournalRecord *record;

  entry->lock = nanogpt_journal_lock (entry->dir, entry->stem, FALSE);
  if (entry->lock < 0)
    return FALSE;

  /* The record may have changed, or disappeared, before the lock was acquired. */
  record = nanogpt_journal_read_record (entry->dir, entry->stem);
  if (record) {
    nanogpt_journal_record_free (entry->record);
    entry->record = record;
    return is_wanted (record, wanted);
  }
  if (!nanogpt_journal_has_record (entry->dir, entry->stem))
    nanogpt_journal_remove_files (entry->dir, entry->stem);
  return FALSE;
}

/* Whether the holder of the entry only keeps it until its submit is answered.
 * Reads the entry again, because it may have been given up, or removed,
 * since. */
static gboolean
is_abandoned (const NanogptJournalEntry *entry)
{
  g_autoptr (NanogptJournalRecord) record =
      nanogpt_journal_read_record (entry->dir, entry->stem);

  return record && record->abandoned;
}

/* What may have been paid for must not be paid for again because a disk is
 * read-only, or because there are too many open files. */
static GError *
unlockable_error (const NanogptJournalEntry *entry, int code)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GError *error;

  g_string_printf (text,
      _ ("The same request is in the journal and may have been paid for already, "
         "but the entry %s in \"%s\" cannot be locked: %s"),
      entry->record->id, entry->dir, g_strerror (code));
  if (entry->record->run_id) {
    g_autofree char *way = g_strdup_printf (
        _ ("To collect the clip without the entry, set run-id=%s"),
        entry->record->run_id);

    nanogpt_text_append_sentence (text, way);
  }
  nanogpt_text_append_sentence (
      text, _ ("To pay for another one, set resume=false"));
  error = g_error_new_literal (
      NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN, text->str);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

static NanogptJournalEntry *
take_over (const char *state_dir, const Wanted *wanted,
    NanogptJournalObstacle *obstacle, GError **error)
{
  g_autoptr (GError) unlockable = NULL;
  g_autoptr (GPtrArray) entries =
      read_entries (state_dir, wanted->run_id != NULL);

  *obstacle = NANOGPT_JOURNAL_CLEAR;
  for (guint i = entries->len; i > 0; i--) {
    NanogptJournalEntry *entry = entries->pdata[i - 1];

    if (is_wanted (entry->record, wanted))
      continue;
    if (wanted->date == 0 && is_equal (entry->record, wanted))
      *obstacle = NANOGPT_JOURNAL_AGED;
    g_ptr_array_remove_index_fast (entries, i - 1);
  }
  g_ptr_array_sort (entries, compare_entries);

  for (guint i = 0; i < entries->len; i++) {
    NanogptJournalEntry *entry = entries->pdata[i];

    /* They would, or might, be paid for in addition to the existing entry. */
    if ((*obstacle == NANOGPT_JOURNAL_SUBMITTING
            && entry->record->state == NANOGPT_JOURNAL_INTENT)
        || (*obstacle == NANOGPT_JOURNAL_AGED
            && entry->record->state < NANOGPT_JOURNAL_ACCEPTED))
      break;
    if (entry_take_over (entry, wanted)) {
      *obstacle = NANOGPT_JOURNAL_CLEAR;
      return g_ptr_array_steal_index (entries, i);
    }
    if (entry->lock >= 0)
      continue;
    if (errno != EAGAIN && entry->record->state != NANOGPT_JOURNAL_INTENT
        && !unlockable)
      unlockable = unlockable_error (entry, errno);
    else if (errno == EAGAIN && is_abandoned (entry)
        && *obstacle == NANOGPT_JOURNAL_CLEAR)
      *obstacle = NANOGPT_JOURNAL_SUBMITTING;
  }
  if (unlockable) {
    *obstacle = NANOGPT_JOURNAL_CLEAR;
    g_propagate_error (error, g_steal_pointer (&unlockable));
  }
  return NULL;
}

/* The interface */

/* Returns: (nullable): a locked entry whose record is not on disk yet */
static NanogptJournalEntry *
entry_new (const char *dir, const NanogptJournalRecord *record, GError **error)
{
  gint64 now = g_get_real_time ();
  g_autofree char *stem = NULL;
  NanogptJournalEntry *entry;
  int fd;

  do {
    g_free (stem);
    stem = nanogpt_journal_make_stem (now, g_random_int ());
    fd = nanogpt_journal_lock (dir, stem, TRUE);
  } while (fd < 0 && errno == EEXIST);
  if (fd < 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
        _ ("No entry can be made in \"%s\": %s"), dir, g_strerror (errno));
    return NULL;
  }

  entry = g_new0 (NanogptJournalEntry, 1);
  entry->dir = g_strdup (dir);
  entry->stem = g_steal_pointer (&stem);
  entry->lock = fd;
  entry->record = nanogpt_journal_record_copy (record);
  entry->record->state = NANOGPT_JOURNAL_INTENT;
  entry->record->created = now;
  g_free (entry->record->id);
  entry->record->id = g_strdup (entry->stem);
  return entry;
}

gboolean
nanogpt_journal_prepare (const char *state_dir, GError **error)
{
  g_autofree char *dir = nanogpt_journal_get_dir (state_dir);

  if (!nanogpt_durable_make_dir (dir, error))
    return FALSE;
  /* An entry that cannot be read would be paid for again. */
  return g_access (dir, R_OK | W_OK | X_OK) == 0
      || set_write_error (error, errno, dir);
}

NanogptJournalEntry *
nanogpt_journal_begin (
    const char *state_dir, const NanogptJournalRecord *record, GError **error)
{
  g_autofree char *dir = nanogpt_journal_get_dir (state_dir);
  NanogptJournalEntry *entry;

  g_return_val_if_fail (
      record->digest && record->origin && record->account, NULL);

  if (!nanogpt_journal_prepare (state_dir, error))
    return NULL;
  nanogpt_journal_prune (state_dir, g_get_real_time ());

  entry = entry_new (dir, record, error);
  if (entry && !write_record (dir, entry->stem, entry->record, error))
    g_clear_pointer (&entry, nanogpt_journal_entry_remove);
  return entry;
}

NanogptJournalEntry *
nanogpt_journal_adopt (const char *state_dir, const char *digest, gint64 number,
    const char *origin, const char *account, gint64 date,
    NanogptJournalObstacle *obstacle, GError **error)
{
  Wanted wanted = { .digest = digest,
    .number = number,
    .origin = origin,
    .account = account,
    .date = date };

  return take_over (state_dir, &wanted, obstacle, error);
}

NanogptJournalEntry *
nanogpt_journal_claim (const char *state_dir, const char *run_id,
    const char *origin, const char *account)
{
  Wanted wanted = { .run_id = run_id, .origin = origin, .account = account };
  NanogptJournalObstacle obstacle;

  return take_over (state_dir, &wanted, &obstacle, NULL);
}

/* Returns: (nullable): an entry of which only the name is known */
static NanogptJournalEntry *
entry_find (const char *state_dir, const char *id)
{
  g_autofree char *name = g_strconcat (id, ".", NULL);
  g_autofree char *stem = nanogpt_journal_parse_stem (name);
  g_autofree char *dir = NULL;
  NanogptJournalEntry *entry;

  /* Locking a missing entry must not leave a lock file behind. */
  if (g_strcmp0 (stem, id) == 0)
    dir = nanogpt_journal_find_dir (state_dir, stem);
  if (!dir)
    return NULL;
  entry = g_new0 (NanogptJournalEntry, 1);
  entry->dir = g_steal_pointer (&dir);
  entry->stem = g_steal_pointer (&stem);
  entry->lock = -1;
  return entry;
}

/* Returns: (nullable): an entry that is locked and not read */
static NanogptJournalEntry *
entry_lock (const char *state_dir, const char *id, GError **error)
{
  NanogptJournalEntry *entry;

  while ((entry = entry_find (state_dir, id))) {
    entry->lock = nanogpt_journal_lock (entry->dir, entry->stem, FALSE);
    if (entry->lock < 0) {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
          _ ("The entry %s cannot be locked: %s"), id, g_strerror (errno));
      nanogpt_journal_entry_free (entry);
      return NULL;
    }
    if (nanogpt_journal_has_record (entry->dir, entry->stem))
      return entry;
    /* It was removed or moved before the lock was acquired. */
    nanogpt_journal_entry_remove (entry);
  }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
      _ ("There is no entry %s in \"%s\""), id, state_dir);
  return NULL;
}

NanogptJournalEntry *
nanogpt_journal_open (const char *state_dir, const char *id, GError **error)
{
  NanogptJournalEntry *entry = entry_lock (state_dir, id, error);

  if (!entry)
    return NULL;
  entry->record = nanogpt_journal_read_record (entry->dir, entry->stem);
  if (entry->record)
    return entry;
  nanogpt_journal_entry_free (entry);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
      _ ("The entry %s in \"%s\" cannot be read"), id, state_dir);
  return NULL;
}

gboolean
nanogpt_journal_forget (const char *state_dir, const char *id, GError **error)
{
  NanogptJournalEntry *entry = entry_lock (state_dir, id, error);

  if (!entry)
    return FALSE;
  return nanogpt_journal_entry_remove (entry)
      || set_write_error (error, EACCES, state_dir);
}

static void
record_free (gpointer data)
{
  nanogpt_journal_record_free (data);
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  const NanogptJournalRecord *const *first = a;
  const NanogptJournalRecord *const *second = b;

  return compare_time (*first, *second);
}

GPtrArray *
nanogpt_journal_list (const char *state_dir)
{
  g_autoptr (GPtrArray) entries = read_entries (state_dir, TRUE);
  GPtrArray *records = g_ptr_array_new_with_free_func (record_free);

  for (guint i = 0; i < entries->len; i++) {
    const NanogptJournalEntry *entry = entries->pdata[i];
    NanogptJournalRecord *record = nanogpt_journal_record_copy (entry->record);
    g_autofree char *lock =
        nanogpt_journal_get_path (entry->dir, entry->stem, ".lock");

    record->live = nanogpt_lock_file_is_held (lock);
    g_ptr_array_add (records, record);
  }
  g_ptr_array_sort (records, compare_records);
  return records;
}

const NanogptJournalRecord *
nanogpt_journal_entry_get_record (const NanogptJournalEntry *entry)
{
  return entry->record;
}

gboolean
nanogpt_journal_entry_update (NanogptJournalEntry *entry,
    const NanogptJournalRecord *record, GError **error)
{
  NanogptJournalRecord *former = entry->record;

  g_return_val_if_fail (nanogpt_journal_record_is_whole (record), FALSE);

  if (!write_record (entry->dir, entry->stem, record, error))
    return FALSE;
  entry->record = nanogpt_journal_record_copy (record);
  nanogpt_journal_record_free (former);
  return TRUE;
}

gboolean
nanogpt_journal_entry_remove (NanogptJournalEntry *entry)
{
  gboolean removed;

  nanogpt_journal_remove_files (entry->dir, entry->stem);
  removed = !nanogpt_journal_has_record (entry->dir, entry->stem);
  nanogpt_journal_entry_free (entry);
  return removed;
}
