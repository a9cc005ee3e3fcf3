/* nanovid: what the journal says of one job, as text for people to read
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NanogptJournalState:
 * @NANOGPT_JOURNAL_INTENT: nothing was sent
 * @NANOGPT_JOURNAL_SENDING: a byte of the submit may have left
 * @NANOGPT_JOURNAL_ACCEPTED: the service gave the job an id
 * @NANOGPT_JOURNAL_DELIVERED: somebody has taken the whole clip
 */
typedef enum
{
  NANOGPT_JOURNAL_INTENT,
  NANOGPT_JOURNAL_SENDING,
  NANOGPT_JOURNAL_ACCEPTED,
  NANOGPT_JOURNAL_DELIVERED,
} NanogptJournalState;

/**
 * NanogptJournalRecord:
 * @state: how far the job is known to have come
 * @digest: of the request
 * @origin: of the service
 * @account: fingerprint of the API key, see nanogpt_journal_get_account()
 * @model: (nullable): the model's slug
 * @prompt: (nullable): the prompt, for whoever reads the list
 * @conversation: (nullable): the conversation's UUID
 * @run_id: (nullable): the job's id, from %NANOGPT_JOURNAL_ACCEPTED on
 * @payment_source: (nullable): the currency of @cost
 * @reservation: (nullable): of its cost in the spending ledger
 * @cost: what was charged, negative when unknown
 * @created: when the entry was made, microseconds since the epoch (UTC)
 * @dated: when the service took the job, by its own clock, 0 when not known
 * @sent: when the last submit began to be sent, likewise, 0 before
 * @boot: (nullable): in which start of the machine that was
 * @uptime: the same in microseconds since that start
 * @patience: for how many microseconds its answer was going to be awaited, 0
 *   for any time
 * @lasted: how many microseconds after @sent it was known that there would be
 *   no answer, 0 as long as it may come
 * @abandoned: whether the process that has the entry only waits for the answer
 *   to the submit, so that somebody else may have the job
 * @id: (nullable): the entry's own name, once there is one
 * @live: whether a process is waiting for the job (only in lists)
 */
typedef struct
{
  NanogptJournalState state;
  char *digest;
  char *origin;
  char *account;
  char *model;
  char *prompt;
  char *conversation;
  char *run_id;
  char *payment_source;
  char *reservation;
  double cost;
  gint64 created;
  gint64 dated;
  gint64 sent;
  char *boot;
  gint64 uptime;
  gint64 patience;
  gint64 lasted;
  gboolean abandoned;
  char *id;
  gboolean live;
} NanogptJournalRecord;

NanogptJournalRecord *nanogpt_journal_record_new (void);
NanogptJournalRecord *nanogpt_journal_record_copy (
    const NanogptJournalRecord *record);
void nanogpt_journal_record_free (NanogptJournalRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    NanogptJournalRecord, nanogpt_journal_record_free)

/* Returns: whether the record has what its state needs */
gboolean nanogpt_journal_record_is_whole (const NanogptJournalRecord *record);

/* Returns: (transfer full): the text of a key file */
char *nanogpt_journal_record_format (const NanogptJournalRecord *record);

/* Returns: (transfer full) (nullable): the record, if it is whole and of a
 * version that is understood */
NanogptJournalRecord *nanogpt_journal_record_parse (GKeyFile *file);

G_END_DECLS
