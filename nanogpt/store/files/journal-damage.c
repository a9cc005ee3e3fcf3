/* nanovid: finds and salvages unreadable journal entries
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-damage.h"

#include <glib/gi18n-lib.h>

#include "journal-files.h"
#include "lock-file.h"
#include "nanogpt/base/durable-file.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"

static NanogptJournalRecord *
salvage_file (const char *dir, const char *stem, const char *suffix)
{
  g_autofree char *path = nanogpt_journal_get_path (dir, stem, suffix);
  gsize length = 0;
  g_autofree char *text = nanogpt_durable_read_file (path, &length);

  return nanogpt_journal_record_salvage (text ? text : "", length);
}

static void
take_missing (char **text, char **other)
{
  if (!*text)
    *text = g_steal_pointer (other);
}

/* The spare file has the previous content of the entry, if any. */
static NanogptJournalRecord *
salvage (const char *dir, const char *stem)
{
  NanogptJournalRecord *record = salvage_file (dir, stem, ".job");
  g_autoptr (NanogptJournalRecord) former = salvage_file (dir, stem, ".spare");

  take_missing (&record->digest, &former->digest);
  take_missing (&record->origin, &former->origin);
  take_missing (&record->account, &former->account);
  record->id = g_strdup (stem);
  return record;
}

static gboolean
can_be_read (const char *dir, const char *stem)
{
  g_autoptr (NanogptJournalRecord) record =
      nanogpt_journal_read_record (dir, stem);

  return record || !nanogpt_journal_has_record (dir, stem);
}

/* The holder of an entry may be writing it, and writes all of it: an entry that
 * was locked may have been written since. */
static gboolean
is_damaged (const char *dir, const char *stem)
{
  g_autofree char *lock = NULL;

  if (can_be_read (dir, stem))
    return FALSE;
  lock = nanogpt_journal_get_path (dir, stem, ".lock");
  return !nanogpt_lock_file_is_held (lock) && !can_be_read (dir, stem);
}

GPtrArray *
nanogpt_journal_list_damaged (const char *state_dir)
{
  g_autofree char *dir = nanogpt_journal_get_dir (state_dir);
  g_autoptr (GPtrArray) stems = nanogpt_journal_list_stems (dir);
  GPtrArray *records = g_ptr_array_new_with_free_func (
      (GDestroyNotify)nanogpt_journal_record_free);

  for (guint i = 0; i < stems->len; i++) {
    const char *stem = stems->pdata[i];

    if (is_damaged (dir, stem))
      g_ptr_array_add (records, salvage (dir, stem));
  }
  return records;
}

static gboolean
may_be (const char *text, const char *wanted)
{
  return !text || g_str_equal (text, wanted);
}

/* An entry that was never sent, or was delivered, is not an obstacle. */
static gboolean
may_be_paid (
    const NanogptJournalRecord *record, const NanogptJournalRecord *wanted)
{
  return record->state != NANOGPT_JOURNAL_INTENT
      && record->state != NANOGPT_JOURNAL_DELIVERED
      && may_be (record->origin, wanted->origin)
      && may_be (record->account, wanted->account)
      && may_be (record->digest, wanted->digest);
}

static void
set_damaged (
    const char *state_dir, const NanogptJournalRecord *record, GError **error)
{
  g_autofree char *dir = nanogpt_journal_get_dir (state_dir);
  g_autofree char *path = nanogpt_journal_get_path (dir, record->id, ".job");

  nanogpt_log_warning ("entry %s: cannot be read", record->id);
  g_clear_error (error);
  if (!record->digest) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        _ ("The journal entry \"%s\" cannot be read. If it is for the same "
           "request, a clip is now paid for twice. Remove it with "
           "nanovid-jobs forget %s"),
        path, record->id);
    return;
  }
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
      _ ("The same request is in the journal, but the entry \"%s\" cannot be "
         "read, so the clip may have been paid for already. To pay for another "
         "one, set resume=false, or remove the entry with nanovid-jobs forget "
         "%s"),
      path, record->id);
}

gboolean
nanogpt_journal_check_damaged (
    const char *state_dir, const NanogptJournalRecord *wanted, GError **error)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list_damaged (state_dir);
  GError *local_error = NULL;

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (!may_be_paid (record, wanted))
      continue;
    set_damaged (state_dir, record, &local_error);
    if (record->digest)
      break;
  }
  if (!local_error)
    return TRUE;
  if (local_error->domain == NANOGPT_ERROR)
    nanogpt_error_get_details (local_error)->may_have_been_charged = TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}
