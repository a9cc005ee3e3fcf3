/* nanovid: the journal: paid jobs on disk
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "journal-record.h"

G_BEGIN_DECLS

/**
 * NanogptJournalEntry:
 *
 * One record on disk, locked by this process for as long as the entry lives.
 * Every change is durable when the function returns.  All functions here wait
 * for the disk and belong on a thread that may; one thread at a time for one
 * entry.  Two entries exclude each other in one process as in two.
 *
 * On disk an entry is `STATE_DIR/jobs/TIME-RANDOM.job`, a key file for people to
 * read, and beside it the empty `TIME-RANDOM.lock` and, until it is delivered,
 * `TIME-RANDOM.spare`: once there is an entry, a full disk does not keep it from
 * being changed.  A delivered entry is moved to `STATE_DIR/delivered/DAY/` when
 * another is made, so that what was costs those that come nothing.  Records of a
 * later version of the format are not touched.
 */
typedef struct _NanogptJournalEntry NanogptJournalEntry;

/**
 * nanogpt_journal_prepare:
 * @state_dir: where the journal is; made when it is not there
 * @error: return location for an error of #GFileError
 *
 * Returns: whether entries can be read and made there
 */
gboolean nanogpt_journal_prepare (const char *state_dir, GError **error);

/**
 * nanogpt_journal_begin:
 * @state_dir: where the journal is; made when it is not there
 * @record: what is about to be asked for; its `created` is set here
 * @error: return location for an error of #GFileError
 *
 * Makes an entry of %NANOGPT_JOURNAL_INTENT, see also nanogpt_journal_prune().  What may have been paid for and was not delivered stays, whatever a
 * clock says of its age.
 *
 * Returns: (transfer full) (nullable): the entry, locked
 */
NanogptJournalEntry *nanogpt_journal_begin (
    const char *state_dir, const NanogptJournalRecord *record, GError **error);

/**
 * nanogpt_journal_adopt:
 * @digest: of the request
 * @number: which of several equal requests it is, negative for any: another one's
 *   entry is not taken
 * @origin: of the service
 * @account: of the key
 * @date: the service's clock, microseconds since the epoch; 0 when it was not
 *   asked, negative when it did not tell
 * @obstacle: (out): what to wait for before the same is asked for once more
 *
 * Takes over an entry for the same request whose process is gone, if it is not
 * delivered.  One that was accepted must be at most 7 days old, by this machine's
 * clock or by the service's: an age that cannot be trusted costs nothing.  What may have been paid for goes first:
 * the entry that came furthest, and of several the oldest.
 *
 * Returns: (transfer full) (nullable): the entry, locked; %NULL when there is
 *   none, or without a journal
 */
NanogptJournalEntry *nanogpt_journal_adopt (const char *state_dir,
    const char *digest, gint64 number, const char *origin, const char *account,
    gint64 date, NanogptJournalObstacle *obstacle);

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
 * @id: of the entry
 * @error: return location for an error of #GFileError: %G_FILE_ERROR_NOENT
 *   when there is no such entry, %G_FILE_ERROR_INVAL when it cannot be read,
 *   %G_FILE_ERROR_AGAIN when a process is waiting for its job
 *
 * Takes over an entry, whatever it says, for somebody who has seen it in the
 * list.
 *
 * Returns: (transfer full) (nullable): the entry, locked
 */
NanogptJournalEntry *nanogpt_journal_open (
    const char *state_dir, const char *id, GError **error);

/**
 * nanogpt_journal_forget:
 * @id: of the entry
 * @error: return location for an error of #GFileError, as for
 *   nanogpt_journal_open()
 *
 * Removes an entry, whatever it says, also one that cannot be read.
 */
gboolean nanogpt_journal_forget (
    const char *state_dir, const char *id, GError **error);

/**
 * nanogpt_journal_list:
 *
 * Locks nothing and changes nothing.
 *
 * Returns: (transfer full) (element-type NanogptJournalRecord): all records,
 *   oldest first; what cannot be read is left out
 */
GPtrArray *nanogpt_journal_list (const char *state_dir);

const NanogptJournalRecord *nanogpt_journal_entry_get_record (
    const NanogptJournalEntry *entry);

/**
 * nanogpt_journal_entry_update:
 * @record: replaces the former record
 *
 * On error the former record stays here, and on disk it stays or is replaced,
 * never anything between.
 */
gboolean nanogpt_journal_entry_update (NanogptJournalEntry *entry,
    const NanogptJournalRecord *record, GError **error);

/**
 * nanogpt_journal_entry_remove:
 * @entry: (transfer full): the entry
 *
 * Removes the record: the job was refused, has failed, or was never sent.
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
