/* nanovid: what a store keeps of one job, whichever store it is
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "store-types.h"

G_BEGIN_DECLS

/**
 * NanogptStoreJob:
 * @record: what a new entry says: `digest`, `origin`, `account` and what there
 *   is for people.  Without a request only the latter two are there
 * @run_id: (nullable): the job that is attached to: no entry is made for it
 * @resume: whether an unfinished entry for the same may be taken over
 * @patience: for how many microseconds a response to the submit is awaited, 0
 *   for any time
 * @kind: (nullable): what the job's time and cost depend on, any text
 * @daily_budget: what may be spent today with this store, USD, 0 for no budget
 * @hourly_budget: what may be spent in any hour under @hourly_name, with the same
 *   service and account, USD, 0 for no budget
 * @hourly_name: (nullable): whose hourly budget it is, any text
 *
 * A job, as a store sees it.
 */
typedef struct
{
  NanogptJournalRecord *record;
  char *run_id;
  gboolean resume;
  gint64 patience;
  char *kind;
  NanogptMicros daily_budget;
  NanogptMicros hourly_budget;
  char *hourly_name;
} NanogptStoreJob;

/* Takes all that is in @job, and leaves nothing. */
void nanogpt_store_job_clear (NanogptStoreJob *job);

/**
 * NanogptStoreSearch:
 * @records: (element-type NanogptJournalRecord): all that the store has
 * @own: the entry whose job is looked for
 * @data: what nanogpt_store_entry_claim_async() was given
 *
 * Finds out which job is whose.  Called at most once, on any thread; nobody else
 * searches before what it returns was written down.
 *
 * Returns: (transfer full) (nullable): the job, if it is found
 */
typedef NanogptStoreCharge *(*NanogptStoreSearch) (
    GPtrArray *records, const NanogptJournalRecord *own, gpointer data);

/**
 * NanogptStoreEntry:
 *
 * What happens to one job, written down each time before the next thing happens.
 * While it is open nobody else has the entry.
 *
 * Asynchronous functions are called on one thread, one at a time, and do not
 * wait; their results come to its thread-default main context, and have to be
 * taken with the function that finishes them.
 *
 * Errors of %NANOGPT_ERROR end the job, before anything was sent.  Those of any
 * other domain say what is not kept, as a sentence for a user; the job goes on.
 */
#define NANOGPT_TYPE_STORE_ENTRY (nanogpt_store_entry_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    NanogptStoreEntry, nanogpt_store_entry, NANOGPT, STORE_ENTRY, GObject)

struct _NanogptStoreEntryClass
{
  GObjectClass parent_class;

  void (*open_async) (NanogptStoreEntry *entry, gint64 date,
      GAsyncReadyCallback callback, gpointer user_data);
  NanogptJournalRecord *(*open_finish) (NanogptStoreEntry *entry,
      GAsyncResult *result, NanogptJournalObstacle *obstacle, GError **error);
  void (*begin_async) (NanogptStoreEntry *entry, NanogptMicros estimate,
      GAsyncReadyCallback callback, gpointer user_data);
  void (*send_async) (NanogptStoreEntry *entry, GAsyncReadyCallback callback,
      gpointer user_data);
  gboolean (*may_send) (NanogptStoreEntry *entry);
  void (*withdraw_async) (NanogptStoreEntry *entry,
      GAsyncReadyCallback callback, gpointer user_data);
  void (*accept_async) (NanogptStoreEntry *entry,
      const NanogptStoreCharge *charge, GAsyncReadyCallback callback,
      gpointer user_data);
  void (*lose_async) (NanogptStoreEntry *entry, GAsyncReadyCallback callback,
      gpointer user_data);
  void (*claim_async) (NanogptStoreEntry *entry, NanogptStoreSearch search,
      gpointer data, GAsyncReadyCallback callback, gpointer user_data);
  void (*close_async) (NanogptStoreEntry *entry, GAsyncReadyCallback callback,
      gpointer user_data);
  void (*drop_async) (NanogptStoreEntry *entry, gboolean charged,
      GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*finish) (
      NanogptStoreEntry *entry, GAsyncResult *result, GError **error);
  void (*set_abandoned) (NanogptStoreEntry *entry, gboolean abandoned);
  void (*complete) (NanogptStoreEntry *entry, const NanogptStoreCharge *charge,
      double seconds);
  gboolean (*deliver) (NanogptStoreEntry *entry, GError **error);
};

/**
 * nanogpt_store_entry_open_async:
 * @date: the service's clock, microseconds since the epoch; 0 when it was not
 *   asked, negative when it did not tell
 *
 * Reopens the entry that was closed, if nobody else has since.  Otherwise finds
 * the entry of an unfinished job with the same request, if it may be resumed, or
 * what is in its way.  With a `run_id`, finds the entry of that job.  Makes none.
 */
void nanogpt_store_entry_open_async (NanogptStoreEntry *entry, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_open_finish:
 * @obstacle: (out): unless %NANOGPT_JOURNAL_CLEAR, nothing was opened yet, and it
 *   has to be tried again
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_STATE_UNAVAILABLE, also when nothing was found and no
 * entry could be made; %NANOGPT_ERROR_SUBMIT_UNKNOWN when there is an entry for
 * the same request that cannot be read.
 *
 * Returns: (transfer full) (nullable): the record as it was found; %NULL when
 *   there is none
 */
NanogptJournalRecord *nanogpt_store_entry_open_finish (NanogptStoreEntry *entry,
    GAsyncResult *result, NanogptJournalObstacle *obstacle, GError **error);

/**
 * nanogpt_store_entry_begin_async:
 * @estimate: what the job is going to cost, USD, negative when unknown
 *
 * Writes down that the job is about to be submitted, in a new entry unless one
 * is open, and reserves the cost, in place of what the entry had reserved
 * before: one step, after which both or neither hold.
 *
 * Errors: %NANOGPT_ERROR_OVER_BUDGET, over an hourly budget with a `retry_after`
 * if there will be room; %NANOGPT_ERROR_STATE_UNAVAILABLE.
 */
void nanogpt_store_entry_begin_async (NanogptStoreEntry *entry,
    NanogptMicros estimate, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_send_async:
 *
 * Writes down that the submit is about to leave.  Nothing may leave before.
 *
 * Errors: %NANOGPT_ERROR_STATE_UNAVAILABLE.
 */
void nanogpt_store_entry_send_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_may_send:
 *
 * Looked at again when the first byte is about to leave: time may have passed
 * since nanogpt_store_entry_send_async().  Does not wait.
 *
 * Returns: whether the entry is certain to be had for as long as a response to
 *   the submit is awaited
 */
gboolean nanogpt_store_entry_may_send (NanogptStoreEntry *entry);

/**
 * nanogpt_store_entry_withdraw_async:
 *
 * Writes down that the submit was certainly not accepted, and may be sent again.
 */
void nanogpt_store_entry_withdraw_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_accept_async:
 * @charge: the job's id and what it cost
 *
 * What cannot be written now is tried again, until the entry is closed.
 */
void nanogpt_store_entry_accept_async (NanogptStoreEntry *entry,
    const NanogptStoreCharge *charge, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_store_entry_lose_async:
 *
 * Writes down that the response to the submit was lost, and when, unless that
 * is known already: no job can have come of it later.
 */
void nanogpt_store_entry_lose_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_claim_async:
 * @search: finds the job; not called when others do not let search
 * @data: for @search, which must be there until @callback is called
 *
 * Looks for what a lost submit has become, and writes it down before anybody
 * else can take the same job for theirs.
 */
void nanogpt_store_entry_claim_async (NanogptStoreEntry *entry,
    NanogptStoreSearch search, gpointer data, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_store_entry_close_async:
 *
 * Lets go of the entry, so that others may adopt it.  Never fails.
 */
void nanogpt_store_entry_close_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_drop_async:
 * @charged: whether the job may have been charged
 * @callback: (nullable): called when it is done
 *
 * Removes the entry: there is no job, or no longer.  Never fails.
 */
void nanogpt_store_entry_drop_async (NanogptStoreEntry *entry, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_finish:
 *
 * The result of all that is asynchronous here, but of opening.
 */
gboolean nanogpt_store_entry_finish (
    NanogptStoreEntry *entry, GAsyncResult *result, GError **error);

/**
 * nanogpt_store_entry_set_abandoned:
 *
 * Writes down whether anybody waits for the submit that is on its way, so that
 * whoever asks for the same can wait for it rather than pay beside.  Does not
 * wait.
 */
void nanogpt_store_entry_set_abandoned (
    NanogptStoreEntry *entry, gboolean abandoned);

/**
 * nanogpt_store_entry_complete:
 * @charge: (nullable): what the job cost in the end, if that is news
 * @seconds: from submit to completion, 0 when that is not known
 *
 * Remembers how long such a job takes and what it cost.  Does not wait.
 */
void nanogpt_store_entry_complete (
    NanogptStoreEntry *entry, const NanogptStoreCharge *charge, double seconds);

/**
 * nanogpt_store_entry_deliver:
 * @error: return location for what to warn of
 *
 * Writes down that somebody has taken the whole clip.  Waits until it is.  May
 * be called from any thread once the job is complete.
 */
gboolean nanogpt_store_entry_deliver (NanogptStoreEntry *entry, GError **error);

G_END_DECLS
