/* nanovid: structs and enums shared by all stores
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/* Plain structs used by all stores. */

/**
 * NanogptJournalState:
 * @NANOGPT_JOURNAL_INTENT: nothing was sent
 * @NANOGPT_JOURNAL_SENDING: a byte of the submit may have been sent
 * @NANOGPT_JOURNAL_ACCEPTED: the service gave the job an id
 * @NANOGPT_JOURNAL_DELIVERED: the whole clip was delivered
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
 * @state: the last known state of the job
 * @digest: the digest of the request
 * @origin: the origin of the service
 * @account: fingerprint of the API key, see nanogpt_journal_get_account()
 * @model: (nullable): the model's slug
 * @number: the number of this request among identical ones, from 0, if a clip
 *   is kept for each; negative if it does not matter
 * @prompt: (nullable): the prompt, for readers of the list
 * @conversation: (nullable): the conversation's UUID
 * @run_id: (nullable): the job's id, from %NANOGPT_JOURNAL_ACCEPTED on
 * @payment_source: (nullable): the currency of @cost
 * @reservation: (nullable): the reservation of its cost in the spending ledger
 * @cost: what was charged, negative when unknown
 * @created: when the entry was created, microseconds since the epoch (UTC)
 * @dated: when the service accepted the job, by its own clock, 0 if unknown
 * @sent: when sending of the last submit began, likewise, 0 before that
 * @boot: (nullable): the id of the boot in which that was
 * @uptime: the same in microseconds since that boot
 * @patience: microseconds for which its response was going to be awaited, 0 for
 *   no limit
 * @lasted: microseconds after @sent at which it was known that there would be
 *   no response, 0 as long as it may arrive
 * @abandoned: whether the process that has the entry only waits for the
 *   response to the submit, so that someone else may take over the job
 * @id: (nullable): the entry's own name, once there is one
 * @live: whether a process is waiting for the job (only in lists)
 * @sender_may_live: whether the process that had it was on another machine, or
 *   may still run: no one else may send again what it has sent, or may still
 *   send
 * @damaged: whether the entry cannot be read, so that the other fields are only
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
 * @record: the record of a submit that is about to be sent
 *
 * Records the time, by the wall clock, which may be set, and by a clock that
 * counts from the boot of the machine, including time asleep.
 */
void nanogpt_journal_record_stamp (NanogptJournalRecord *record);

/**
 * nanogpt_journal_record_get_age:
 * @record: the record of a submit that was sent in this process
 *
 * Returns: microseconds since then
 */
gint64 nanogpt_journal_record_get_age (const NanogptJournalRecord *record);

/**
 * nanogpt_journal_record_get_patience:
 * @record: the record of a submit that no one waits for any more
 *
 * Returns: microseconds for which a response may have been awaited
 */
gint64 nanogpt_journal_record_get_patience (const NanogptJournalRecord *record);

/**
 * nanogpt_journal_get_account:
 * @api_key: an API key
 *
 * Returns: (transfer full): a fingerprint that tells accounts apart without
 *   revealing the key
 */
char *nanogpt_journal_get_account (const char *api_key);

/**
 * NanogptJournalObstacle:
 * @NANOGPT_JOURNAL_CLEAR: there is none
 * @NANOGPT_JOURNAL_SUBMITTING: a submit of the same request is in progress, but
 *   no one waits for it any more: its job can be taken over later
 * @NANOGPT_JOURNAL_WATCHED: someone else has an entry for the same request, and
 *   whether they still run will be known soon
 * @NANOGPT_JOURNAL_AGED: there is an entry that is too old to be taken over, if
 *   this machine's clock is right: the service must be asked for its clock
 */
typedef enum
{
  NANOGPT_JOURNAL_CLEAR,
  NANOGPT_JOURNAL_SUBMITTING,
  NANOGPT_JOURNAL_WATCHED,
  NANOGPT_JOURNAL_AGED,
} NanogptJournalObstacle;

/* With fewer, the median is so uncertain that polls are wasted: see
 * docs/performance.md. */
#define NANOGPT_HISTORY_N_TIMES 50

/**
 * NanogptHistory:
 * @times: seconds from submit to COMPLETED: a fair sample of the latest jobs,
 *   in no particular order
 * @n_times: number of @times
 * @similar: without @times, those of other kinds of jobs with the same model
 * @n_similar: number of @similar
 * @cost: what the last job cost, negative when unknown
 * @currency: (nullable): the currency of @cost; %NULL if the service did not
 *   say
 * @cost_at: when that was, microseconds since the epoch (UTC), 0 when unknown
 *
 * What is known about one kind of job.  The file `history` in the service's
 * directory, a key file that people can read, has the 500 kinds seen last.
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
 * @origin: the origin of the service
 * @day: `YYYY-MM-DD`, in UTC
 * @model: the model's slug, empty when unknown
 * @currency: the currency of the amounts
 * @n_charged: number of charged clips
 * @charged: what they cost together; one of unknown cost adds nothing
 * @n_reserved: number of clips whose outcome is not known (yet)
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
 * @date: when the service accepted the job, by its own clock, microseconds
 *   since the epoch, 0 if unknown
 *
 * What the service said about a job that it accepted.
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
 * Adds the new information to @record.  Known values are kept, except for the
 * cost.
 */
void nanogpt_journal_record_take_charge (
    NanogptJournalRecord *record, const NanogptStoreCharge *charge);

NanogptStoreCharge *nanogpt_store_charge_copy (
    const NanogptStoreCharge *charge);
void nanogpt_store_charge_free (NanogptStoreCharge *charge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptStoreCharge, nanogpt_store_charge_free)

G_END_DECLS
