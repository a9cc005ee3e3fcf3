/* nanovid: journal of paid jobs on disk
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "journal-record.h"

G_BEGIN_DECLS

/**
 * NanogptJournalEntry:
 *
 * One record on disk, locked by this process as long as the entry exists.
 * Every change is durable when the function returns.  All functions here block
 * on the disk, and must be called on a thread that may; one thread at a time
 * for one entry.  Two entries exclude each other within a process as well as
 * between processes.
 *
 * On disk an entry is `STATE_DIR/jobs/TIME-RANDOM.job`, a key file that people
 * can read, next to it the empty `TIME-RANDOM.lock` and, until it is delivered,
 * `TIME-RANDOM.spare`: an existing entry can be changed even if the disk is
 * full.  A delivered entry is moved to `STATE_DIR/delivered/DAY/` when another
 * one is created, so that old entries do not slow down new ones.  Records of a
 * later version of the format are not touched.
 */
typedef struct _NanogptJournalEntry NanogptJournalEntry;

/**
 * nanogpt_journal_prepare:
 * @state_dir: the directory of the journal; created if it does not exist
 * @error: return location for an error of #GFileError
 *
 * Returns: whether entries can be read and created there
 */
gboolean nanogpt_journal_prepare (const char *state_dir, GError **error);

/**
 * nanogpt_journal_begin:
 * @state_dir: the directory of the journal; created if it does not exist
 * @record: the request that is about to be made; its `created` is set here
 * @error: return location for an error of #GFileError
 *
 * Creates an entry in the state %NANOGPT_JOURNAL_INTENT; see also
 * nanogpt_journal_prune().  Entries that may have been paid for and were not
 * delivered are kept, whatever their age by any clock.
 *
 * Returns: (transfer full) (nullable): the entry, locked
 */
NanogptJournalEntry *nanogpt_journal_begin (
    const char *state_dir, const NanogptJournalRecord *record, GError **error);

/**
 * nanogpt_journal_adopt:
 * @digest: the digest of the request
 * @number: the number of this request among identical ones, negative for any;
 *   the entry of another one is not taken
 * @origin: the origin of the service
 * @account: the fingerprint of the API key
 * @date: the service's clock, microseconds since the epoch; 0 if it was not
 *   asked, negative if it did not tell
 * @obstacle: (out): what to wait for before calling this once more
 * @error: return location for an error
 *
 * Takes over an undelivered entry for the same request whose process is gone.
 * An accepted entry must be at most 7 days old, by this machine's clock or by
 * the service's, so that a wrong clock costs nothing.  Entries that may have
 * been paid for go first: the one that has come furthest, and of several such
 * the oldest.
 *
 * Errors: %NANOGPT_ERROR_SUBMIT_UNKNOWN if there is one that may have been paid
 * for, but it cannot be locked.
 *
 * Returns: (transfer full) (nullable): the entry, locked; %NULL if there is
 *   none, or without a journal
 */
NanogptJournalEntry *nanogpt_journal_adopt (const char *state_dir,
    const char *digest, gint64 number, const char *origin, const char *account,
    gint64 date, NanogptJournalObstacle *obstacle, GError **error);

/**
 * nanogpt_journal_claim:
 *
 * Takes over the entry of a job, delivered or not, if its process is gone.
 *
 * Returns: (transfer full) (nullable): the entry, locked
 */
NanogptJournalEntry *nanogpt_journal_claim (const char *state_dir,
    const char *run_id, const char *origin, const char *account);

/**
 * nanogpt_journal_open:
 * @id: the id of the entry
 * @error: return location for an error of #GFileError: %G_FILE_ERROR_NOENT if
 *   there is no such entry, %G_FILE_ERROR_INVAL if it cannot be read,
 *   %G_FILE_ERROR_AGAIN if a process is waiting for its job
 *
 * Takes over an entry in any state, for a user who has seen it in the list.
 *
 * Returns: (transfer full) (nullable): the entry, locked
 */
NanogptJournalEntry *nanogpt_journal_open (
    const char *state_dir, const char *id, GError **error);

/**
 * nanogpt_journal_forget:
 * @id: the id of the entry
 * @error: return location for an error of #GFileError, as for
 *   nanogpt_journal_open()
 *
 * Removes an entry in any state, even one that cannot be read.
 */
gboolean nanogpt_journal_forget (
    const char *state_dir, const char *id, GError **error);

/**
 * nanogpt_journal_list:
 *
 * Locks nothing and changes nothing.
 *
 * Returns: (transfer full) (element-type NanogptJournalRecord): all records,
 *   oldest first; unreadable ones are left out
 */
GPtrArray *nanogpt_journal_list (const char *state_dir);

const NanogptJournalRecord *nanogpt_journal_entry_get_record (
    const NanogptJournalEntry *entry);

/**
 * nanogpt_journal_entry_update:
 * @record: replaces the previous record
 *
 * On error the previous record is kept in memory; on disk it is either kept or
 * replaced, never anything in between.
 */
gboolean nanogpt_journal_entry_update (NanogptJournalEntry *entry,
    const NanogptJournalRecord *record, GError **error);

/**
 * nanogpt_journal_entry_remove:
 * @entry: (transfer full): the entry
 *
 * Removes the record, because the job was refused, has failed, or was never
 * sent.
 *
 * Returns: whether it is gone
 */
gboolean nanogpt_journal_entry_remove (NanogptJournalEntry *entry);

/**
 * nanogpt_journal_entry_free:
 * @entry: (transfer full): the entry
 *
 * Unlocks the record and leaves it: from now on it is an orphan.
 */
void nanogpt_journal_entry_free (NanogptJournalEntry *entry);

G_END_DECLS
