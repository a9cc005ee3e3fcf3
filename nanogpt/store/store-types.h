/* nanovid: the types that a store takes and returns
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/* Plain structs of every store, wherever it keeps them. */

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
 * @number: which of several equal requests it is, from 0, for whoever keeps a
 *   clip for each; negative where it does not matter
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
 * @patience: for how many microseconds its response was going to be awaited, 0
 *   for any time
 * @lasted: how many microseconds after @sent it was known that there would be
 *   no response, 0 as long as it may come
 * @abandoned: whether the process that has the entry only waits for the
 *   response to the submit, so that somebody else may have the job
 * @id: (nullable): the entry's own name, once there is one
 * @live: whether a process is waiting for the job (only in lists)
 * @sender_may_live: whether the process that had it was of another machine, or
 *   may still be there: what it has sent, or may send, is nobody else's to
 *   send again
 * @damaged: whether the entry cannot be read, so that what else is here is only
 *   what is left of it, and any text may be missing (only in lists)
 */
typedef struct
{
  NanogptJournalState state;
  char *digest;
  gint64 number;
  char *origin;
  char *account;
  char *model;
  char *prompt;
  char *conversation;
  char *run_id;
  char *payment_source;
  char *reservation;
  NanogptMicros cost;
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
  gboolean sender_may_live;
  gboolean damaged;
} NanogptJournalRecord;

NanogptJournalRecord *nanogpt_journal_record_new (void);
NanogptJournalRecord *nanogpt_journal_record_copy (
    const NanogptJournalRecord *record);
void nanogpt_journal_record_free (NanogptJournalRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    NanogptJournalRecord, nanogpt_journal_record_free)

/**
 * nanogpt_journal_record_stamp:
 * @record: of a submit that is about to leave
 *
 * Writes down the time, by the wall clock, which others may set, and by one that
 * counts from the start of the machine, also while it sleeps.
 */
void nanogpt_journal_record_stamp (NanogptJournalRecord *record);

/**
 * nanogpt_journal_record_get_age:
 * @record: of a submit that has left in this process
 *
 * Returns: microseconds since then
 */
gint64 nanogpt_journal_record_get_age (const NanogptJournalRecord *record);

/**
 * nanogpt_journal_record_get_patience:
 * @record: of a submit that nobody waits for any more
 *
 * Returns: for how many microseconds a response may have been awaited
 */
gint64 nanogpt_journal_record_get_patience (const NanogptJournalRecord *record);

/**
 * nanogpt_journal_get_account:
 * @api_key: an API key
 *
 * Returns: (transfer full): what tells accounts apart without telling the key
 */
char *nanogpt_journal_get_account (const char *api_key);

/**
 * NanogptJournalObstacle:
 * @NANOGPT_JOURNAL_CLEAR: there is none
 * @NANOGPT_JOURNAL_SUBMITTING: a submit of the same request is on its way that
 *   nobody waits for any more: there will be something to take over
 * @NANOGPT_JOURNAL_WATCHED: somebody has an entry for the same, and whether they
 *   are still there will be known soon
 * @NANOGPT_JOURNAL_AGED: there is an entry that is too old to be taken over, if
 *   this machine's clock is right: the service's has to be asked
 */
typedef enum
{
  NANOGPT_JOURNAL_CLEAR,
  NANOGPT_JOURNAL_SUBMITTING,
  NANOGPT_JOURNAL_WATCHED,
  NANOGPT_JOURNAL_AGED,
} NanogptJournalObstacle;

#define NANOGPT_HISTORY_N_TIMES 20

/**
 * NanogptHistory:
 * @times: seconds from submit to COMPLETED: a fair sample of the latest jobs, in no
 *   order
 * @n_times: how many @times there are
 * @similar: without @times, those of other kinds of jobs with the same model
 * @n_similar: how many @similar there are
 * @cost: what the last job cost, negative when unknown
 * @currency: (nullable): of @cost; %NULL when the service did not say
 * @cost_at: when that was, microseconds since the epoch (UTC), 0 when unknown
 *
 * What is known of one kind of job.  In `history` in the service's directory, a key file for
 * people to read, are the 500 kinds that were last seen.
 */
typedef struct
{
  double times[NANOGPT_HISTORY_N_TIMES];
  guint n_times;
  double similar[NANOGPT_HISTORY_N_TIMES];
  guint n_similar;
  NanogptMicros cost;
  char *currency;
  gint64 cost_at;
} NanogptHistory;

NanogptHistory *nanogpt_history_new (void);
void nanogpt_history_free (NanogptHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptHistory, nanogpt_history_free)

/**
 * NanogptLedgerSum:
 * @origin: of the service
 * @day: `YYYY-MM-DD`, in UTC
 * @model: the model's slug, empty when unknown
 * @currency: of the amounts
 * @n_charged: how many clips were charged
 * @charged: what they cost together; one of unknown cost adds nothing
 * @n_reserved: for how many clips it is not known (yet) what becomes of them
 * @reserved: what they may cost together
 */
typedef struct
{
  char *origin;
  char *day;
  char *model;
  char *currency;
  guint n_charged;
  NanogptMicros charged;
  guint n_reserved;
  NanogptMicros reserved;
} NanogptLedgerSum;

void nanogpt_ledger_sum_free (NanogptLedgerSum *sum);

/**
 * NanogptStoreCharge:
 * @run_id: (nullable): the job's id
 * @model: (nullable): the model that the service names
 * @payment_source: (nullable): the currency of @cost
 * @cost: what was charged, negative when unknown
 * @date: when the service took the job, by its own clock, microseconds since
 *   the epoch, 0 when not known
 *
 * What the service said of a job that it took.
 */
typedef struct
{
  char *run_id;
  char *model;
  char *payment_source;
  NanogptMicros cost;
  gint64 date;
} NanogptStoreCharge;

/**
 * nanogpt_journal_record_take_charge:
 *
 * Adds to @record what is known now.  What is known already stays, but for the
 * cost.
 */
void nanogpt_journal_record_take_charge (
    NanogptJournalRecord *record, const NanogptStoreCharge *charge);

NanogptStoreCharge *nanogpt_store_charge_copy (
    const NanogptStoreCharge *charge);
void nanogpt_store_charge_free (NanogptStoreCharge *charge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptStoreCharge, nanogpt_store_charge_free)

G_END_DECLS
