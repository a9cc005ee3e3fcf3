/* nanovid: files of journal entries: names, paths, locks and reading
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "journal-record.h"

G_BEGIN_DECLS

/* An entry's files are `STEM.job`, `STEM.lock` and `STEM.spare`, see
 * #NanogptJournalEntry.  All functions that access the disk block on it. */

/* Returns: (transfer full): the directory in which entries are created, and
 * stay until they are delivered */
char *nanogpt_journal_get_dir (const char *state_dir);

/* Returns: (transfer full): the directory to which an entry is moved once it is
 * delivered: there is one for each day (UTC) on which entries were created */
char *nanogpt_journal_get_delivered_dir (
    const char *state_dir, const char *stem);

/* Returns: (transfer full) (element-type utf8): those directories, in no
 * particular order */
GPtrArray *nanogpt_journal_list_days (const char *state_dir);

/* Returns: (transfer full) (nullable): the directory of the entry */
char *nanogpt_journal_find_dir (const char *state_dir, const char *stem);

char *nanogpt_journal_get_path (
    const char *dir, const char *stem, const char *suffix);

/* Returns: (transfer full): a stem; stems sort by time */
char *nanogpt_journal_make_stem (gint64 time, guint32 number);

/* Returns: (transfer full) (nullable): the stem of a name that is one of ours */
char *nanogpt_journal_parse_stem (const char *name);

/* Returns: (transfer full) (element-type utf8): the stems of all entries, in no
 * particular order */
GPtrArray *nanogpt_journal_list_stems (const char *dir);

/* Returns: (transfer full) (nullable): the entry's record, if it can be read */
NanogptJournalRecord *nanogpt_journal_read_record (
    const char *dir, const char *stem);
gboolean nanogpt_journal_has_record (const char *dir, const char *stem);

/* Returns: a lock, or -1 with errno set; EAGAIN if someone else has it */
int nanogpt_journal_lock (const char *dir, const char *stem, gboolean is_new);

/* Call with the lock held.  After a power cut, files that were only unlinked
 * may reappear. */
void nanogpt_journal_unlink_files (const char *dir, const char *stem);
void nanogpt_journal_remove_files (const char *dir, const char *stem);

G_END_DECLS
