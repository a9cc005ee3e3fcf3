/* nanovid: the journal for tests: makes and adopts entries, and lists their files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/files/journal.h"

#define DIGEST                                                                 \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ORIGIN "https://nano-gpt.com"
#define KEY "sk-very-secret-key-0123456789"
#define DAY ((gint64)24 * 60 * 60 * G_USEC_PER_SEC)

/* Functions on the journal in the state directory @dir. Entries are made for the
 * request DIGEST to the service ORIGIN, with the account of KEY. */

/* Returns: (transfer full): a record that is in no journal yet */
NanogptJournalRecord *journal_make_record (void);

/* Returns: (transfer full): the record of the entry in a later state */
NanogptJournalRecord *journal_make_state (
    const NanogptJournalEntry *entry, NanogptJournalState state);

gboolean journal_advance (
    NanogptJournalEntry *entry, NanogptJournalState state, GError **error);

/* Returns: (transfer full): a new entry that has come to @state */
NanogptJournalEntry *journal_begin (const char *dir, NanogptJournalState state);

/* Makes an entry that nobody holds. */
void journal_make_orphan (const char *dir, NanogptJournalState state);

/* Returns: (transfer full) (nullable) */
NanogptJournalEntry *journal_adopt (const char *dir);

/* Returns: (transfer full) (nullable) */
NanogptJournalEntry *journal_claim (const char *dir, const char *run_id);

/* Returns: the state of the only record, or -1 if there is none */
int journal_get_state (const char *dir);

/* Returns: (transfer full): the directory of the entries' files */
char *journal_get_jobs (const char *dir);

/* Returns: (transfer full): the names of all files */
GPtrArray *journal_list_files (const char *dir);

/* Returns: the number of files whose name ends in @suffix */
guint journal_count_files (const char *dir, const char *suffix);

void journal_put_file (const char *dir, const char *name, const char *text);
