/* nanovid: NanogptStoreEntry: abstract class for the record of one job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "store-types.h"

G_BEGIN_DECLS

/**
 * NanogptStoreJob:
 * @record: the content of a new entry: `digest`, `origin`, `account` and what
 *   is meant for people; without a request only `origin` and `account`
 * @run_id: (nullable): the job to attach to; no entry is created for it
 * @resume: whether an unfinished entry for the same request may be taken over
 * @patience: microseconds for which a response to the submit is awaited, 0 for
 *   no limit
 * @kind: (nullable): what the job's time and cost depend on, any text
 * @daily_budget: the most that may be spent today with this store, in USD; 0
 *   for no budget
 * @hourly_budget: the most that may be spent in any hour under @hourly_name,
 *   with the same service and account, in USD; 0 for no budget
 * @hourly_name: (nullable): a name for the owner of the hourly budget, any text
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

/* Frees the content of @job, and leaves it empty. */
void nanogpt_store_job_clear (NanogptStoreJob *job);

/**
 * NanogptStoreSearch:
 * @records: (element-type NanogptJournalRecord): all records of the store
 * @own: the entry whose job is searched for
 * @data: the data passed to nanogpt_store_entry_claim_async()
 *
 * Finds out which job belongs to which entry.  Called at most once, on any
 * thread; no one else searches until its result is recorded.
 *
 * Returns: (transfer full) (nullable): the job, if it is found
 */
typedef NanogptStoreCharge *(*NanogptStoreSearch) (
    GPtrArray *records, const NanogptJournalRecord *own, gpointer data);

/**
 * NanogptStoreEntry:
 *
 * The record of what happens to one job, written each time before the next
 * step.  While the entry is open, no one else has it.
 *
 * Asynchronous functions must be called on one thread, one at a time, and do
 * not block; their callbacks run in its thread-default main context, and must
 * call the matching finish function.
 *
 * A %NANOGPT_ERROR ends the job, before anything was sent.  An error in any
 * other domain says what is not recorded, as a sentence for a user; the job
 * continues.
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
 * @date: the service's clock, microseconds since the epoch; 0 if it was not
 *   asked, negative if it did not tell
 *
 * Reopens the entry that was closed, if no one else has opened it since.
 * Otherwise finds the entry of an unfinished job with the same request, if it
 * may be resumed, or the obstacle to that.  With a `run_id`, finds the entry of
 * that job.  Never creates an entry.
 */
void nanogpt_store_entry_open_async (NanogptStoreEntry *entry, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_open_finish:
 * @obstacle: (out): unless %NANOGPT_JOURNAL_CLEAR, nothing was opened yet, and
 *   the caller must try again
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_STATE_UNAVAILABLE, also if nothing was found and no
 * entry could be created; %NANOGPT_ERROR_SUBMIT_UNKNOWN if there is an entry
 * for the same request that cannot be read.
 *
 * Returns: (transfer full) (nullable): the record that was found; %NULL if
 *   there is none
 */
NanogptJournalRecord *nanogpt_store_entry_open_finish (NanogptStoreEntry *entry,
    GAsyncResult *result, NanogptJournalObstacle *obstacle, GError **error);

/**
 * nanogpt_store_entry_begin_async:
 * @estimate: estimated cost of the job in USD, negative if unknown
 *
 * Records that the job is about to be submitted, in a new entry unless one is
 * open, and reserves the cost, in place of an earlier reservation of the entry.
 * This is a single step, after which both or neither hold.
 *
 * Errors: %NANOGPT_ERROR_OVER_BUDGET, for an hourly budget with a `retry_after`
 * if there will be room; %NANOGPT_ERROR_STATE_UNAVAILABLE.
 */
void nanogpt_store_entry_begin_async (NanogptStoreEntry *entry,
    NanogptMicros estimate, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_send_async:
 *
 * Records that the submit is about to be sent.  Nothing may be sent before.
 *
 * Errors: %NANOGPT_ERROR_STATE_UNAVAILABLE.
 */
void nanogpt_store_entry_send_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_may_send:
 *
 * Checked again when the first byte is about to be sent, because time may have
 * passed since nanogpt_store_entry_send_async().  Does not block.
 *
 * Returns: whether the entry is certain to be held for as long as a response to
 *   the submit is awaited
 */
gboolean nanogpt_store_entry_may_send (NanogptStoreEntry *entry);

/**
 * nanogpt_store_entry_withdraw_async:
 *
 * Records that the submit was certainly not accepted, and may be sent again.
 */
void nanogpt_store_entry_withdraw_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_accept_async:
 * @charge: the job's id and cost
 *
 * If this cannot be written now, it is retried until the entry is closed.
 */
void nanogpt_store_entry_accept_async (NanogptStoreEntry *entry,
    const NanogptStoreCharge *charge, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_store_entry_lose_async:
 *
 * Records that the response to the submit was lost, and when, unless that is
 * recorded already: no job can have been created later.
 */
void nanogpt_store_entry_lose_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_claim_async:
 * @search: finds the job; not called if another search prevents that
 * @data: for @search; must stay valid until @callback is called
 *
 * Looks for the job of a lost submit, and records it before anyone else can
 * claim the same job.
 */
void nanogpt_store_entry_claim_async (NanogptStoreEntry *entry,
    NanogptStoreSearch search, gpointer data, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_store_entry_close_async:
 *
 * Releases the entry, so that others may adopt it.  Never fails.
 */
void nanogpt_store_entry_close_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_drop_async:
 * @charged: whether the job may have been charged
 * @callback: (nullable): called when it is done
 *
 * Removes the entry, because there is no job, or no longer one.  Never fails.
 */
void nanogpt_store_entry_drop_async (NanogptStoreEntry *entry, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_entry_finish:
 *
 * Finishes all asynchronous calls here, except
 * nanogpt_store_entry_open_async().
 */
gboolean nanogpt_store_entry_finish (
    NanogptStoreEntry *entry, GAsyncResult *result, GError **error);

/**
 * nanogpt_store_entry_set_abandoned:
 *
 * Records whether the pending submit is abandoned, so that an identical request
 * can wait for it instead of paying again.  Does not block.
 */
void nanogpt_store_entry_set_abandoned (
    NanogptStoreEntry *entry, gboolean abandoned);

/**
 * nanogpt_store_entry_complete:
 * @charge: (nullable): what the job cost in the end, if that is news
 * @seconds: seconds from submit to completion, 0 if unknown
 *
 * Records how long such a job takes, and what it cost.  Does not block.
 */
void nanogpt_store_entry_complete (
    NanogptStoreEntry *entry, const NanogptStoreCharge *charge, double seconds);

/**
 * nanogpt_store_entry_deliver:
 * @error: return location for a warning
 *
 * Records that the whole clip was delivered.  Blocks until this is written.
 * May be called from any thread once the job is complete.
 */
gboolean nanogpt_store_entry_deliver (NanogptStoreEntry *entry, GError **error);

G_END_DECLS
