/* nanovid: the journal for tests: makes and adopts entries, and lists their files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-dir.h"

NanogptJournalRecord *
journal_make_record (void)
{
  NanogptJournalRecord *record = nanogpt_journal_record_new ();

  record->digest = g_strdup (DIGEST);
  record->origin = g_strdup (ORIGIN);
  record->account = nanogpt_journal_get_account (KEY);
  record->model = g_strdup ("seedance-lite-video");
  record->prompt = g_strdup ("a lighthouse at dusk");
  return record;
}

NanogptJournalRecord *
journal_make_state (const NanogptJournalEntry *entry, NanogptJournalState state)
{
  NanogptJournalRecord *record =
      nanogpt_journal_record_copy (nanogpt_journal_entry_get_record (entry));

  record->state = state;
  if (state >= NANOGPT_JOURNAL_SENDING && !record->sent)
    record->sent = record->created + 1;
  if (state >= NANOGPT_JOURNAL_ACCEPTED && !record->run_id)
    record->run_id = g_strdup ("vid_1");
  return record;
}

gboolean
journal_advance (
    NanogptJournalEntry *entry, NanogptJournalState state, GError **error)
{
  g_autoptr (NanogptJournalRecord) record = journal_make_state (entry, state);

  return nanogpt_journal_entry_update (entry, record, error);
}

NanogptJournalEntry *
journal_begin (const char *dir, NanogptJournalState state)
{
  g_autoptr (NanogptJournalRecord) record = journal_make_record ();
  g_autoptr (GError) error = NULL;
  NanogptJournalEntry *entry = nanogpt_journal_begin (dir, record, &error);

  g_assert_no_error (error);
  g_assert_cmpint (nanogpt_journal_entry_get_record (entry)->state, ==,
      NANOGPT_JOURNAL_INTENT);
  if (state != NANOGPT_JOURNAL_INTENT) {
    journal_advance (entry, state, &error);
    g_assert_no_error (error);
  }
  return entry;
}

void
journal_make_orphan (const char *dir, NanogptJournalState state)
{
  nanogpt_journal_entry_free (journal_begin (dir, state));
}

NanogptJournalEntry *
journal_adopt (const char *dir)
{
  g_autofree char *account = nanogpt_journal_get_account (KEY);
  NanogptJournalObstacle obstacle;

  return nanogpt_journal_adopt (
      dir, DIGEST, -1, ORIGIN, account, 0, &obstacle, NULL);
}

NanogptJournalEntry *
journal_claim (const char *dir, const char *run_id)
{
  g_autofree char *account = nanogpt_journal_get_account (KEY);

  return nanogpt_journal_claim (dir, run_id, ORIGIN, account);
}

int
journal_get_state (const char *dir)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (dir);

  g_assert_cmpuint (records->len, <=, 1);
  if (records->len == 0)
    return -1;
  return ((NanogptJournalRecord *)records->pdata[0])->state;
}

char *
journal_get_jobs (const char *dir)
{
  return g_build_filename (dir, "jobs", NULL);
}

GPtrArray *
journal_list_files (const char *dir)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *jobs = journal_get_jobs (dir);
  g_autoptr (GDir) entries = g_dir_open (jobs, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries)))
    g_ptr_array_add (names, g_strdup (name));
  return names;
}

guint
journal_count_files (const char *dir, const char *suffix)
{
  g_autoptr (GPtrArray) names = journal_list_files (dir);
  guint count = 0;

  for (guint i = 0; i < names->len; i++)
    count += g_str_has_suffix (names->pdata[i], suffix);
  return count;
}

void
journal_put_file (const char *dir, const char *name, const char *text)
{
  g_autofree char *jobs = journal_get_jobs (dir);
  g_autofree char *path = g_build_filename (jobs, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (jobs, 0700), ==, 0);
  g_file_set_contents_full (
      path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}
