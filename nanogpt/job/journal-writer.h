/* nanovid: asynchronous updates of a job's journal entry
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/http/responses.h"
#include "nanogpt/store/store.h"
#include "recovery.h"
#include "nanogpt/request/request.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * NanogptJournalWriter:
 *
 * Records what happens to a job, each time before the next step.  If the
 * journal cannot be written before the submit, the job continues without it:
 * from then on nothing is recorded, and a single warning says so.
 *
 * Asynchronous functions must be called on the network thread, one at a time;
 * they block on the disk on another thread.
 */
#define NANOGPT_TYPE_JOURNAL_WRITER (nanogpt_journal_writer_get_type ())
G_DECLARE_FINAL_TYPE (NanogptJournalWriter, nanogpt_journal_writer, NANOGPT,
    JOURNAL_WRITER, GObject)

/**
 * nanogpt_journal_writer_new:
 * @request: (nullable): the request
 * @settings: resolved settings, with a `run_id` if there is no @request
 */
NanogptJournalWriter *nanogpt_journal_writer_new (
    NanogptRequest *request, const NanogptSettings *settings);

/**
 * nanogpt_journal_writer_get_store:
 *
 * Returns: (transfer none): the store that it writes to
 */
NanogptStore *nanogpt_journal_writer_get_store (NanogptJournalWriter *writer);

/**
 * nanogpt_journal_writer_open_async:
 * @date: the service's clock, microseconds since the epoch; 0 if it was not
 *   asked, negative if it did not tell
 *
 * Reopens the entry that was closed, if no one else has opened it since.
 * Otherwise finds the entry of an unfinished job with the same request, if the
 * settings allow resuming one, or the obstacle to that.  With a `run_id`, finds
 * the entry of that job.  Never creates an entry.
 */
void nanogpt_journal_writer_open_async (NanogptJournalWriter *writer,
    gint64 date, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_open_finish:
 * @obstacle: (out): unless %NANOGPT_JOURNAL_CLEAR, nothing was opened yet, and
 *   the caller must try again
 * @warning: (out) (transfer full) (nullable): why the journal cannot be read
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_STATE_UNAVAILABLE.
 *
 * Returns: (transfer full) (nullable): the record that was found
 */
NanogptJournalRecord *nanogpt_journal_writer_open_finish (
    NanogptJournalWriter *writer, GAsyncResult *result,
    NanogptJournalObstacle *obstacle, char **warning, GError **error);

/**
 * nanogpt_journal_writer_begin_async:
 * @estimate: estimated cost of the job in USD, negative if unknown
 *
 * Reserves the cost in the element's budget and in the ledger, and creates an
 * entry unless one is open.
 */
void nanogpt_journal_writer_begin_async (NanogptJournalWriter *writer,
    NanogptMicros estimate, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_send_async:
 *
 * Records that the submit is about to be sent.
 */
void nanogpt_journal_writer_send_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_may_send:
 *
 * To be called when the first byte of the submit is about to be sent.
 */
gboolean nanogpt_journal_writer_may_send (NanogptJournalWriter *writer);

/**
 * nanogpt_journal_writer_withdraw_async:
 *
 * Records that the submit was certainly not accepted, and may be sent again.
 */
void nanogpt_journal_writer_withdraw_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_set_abandoned:
 *
 * Records whether the pending submit is abandoned, so that an identical request
 * can wait for it instead of paying again.  Does not block.
 */
void nanogpt_journal_writer_set_abandoned (
    NanogptJournalWriter *writer, gboolean abandoned);

/**
 * nanogpt_journal_writer_accept_async:
 * @response: the response to the submit
 *
 * Records the job's id and cost.  If that cannot be written now, it is retried
 * until the entry is closed.
 */
void nanogpt_journal_writer_accept_async (NanogptJournalWriter *writer,
    const NanogptResponse *response, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_journal_writer_lose_async:
 *
 * Records that the response to the submit was lost, and when, unless that is
 * recorded already: no job can have been created later.
 */
void nanogpt_journal_writer_lose_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_finish:
 * @warning: (out) (transfer full) (nullable): why the job is not, or no longer,
 *   in the journal
 * @error: return location for an error, or %NULL if it is too late to refuse:
 *   every failure is a warning then
 *
 * Finishes a begin, send, withdraw, accept or lose call.
 *
 * Errors: %NANOGPT_ERROR_OVER_BUDGET (of a begin),
 * %NANOGPT_ERROR_STATE_UNAVAILABLE.
 */
gboolean nanogpt_journal_writer_finish (NanogptJournalWriter *writer,
    GAsyncResult *result, char **warning, GError **error);

/**
 * nanogpt_journal_writer_claim_async:
 * @runs: (element-type NanogptRun): the account's recent jobs
 * @date: (nullable): the service's clock when it listed them
 * @asked: nanogpt_boot_get_time() when they were requested
 *
 * Looks for the job of a lost submit, and records it before anyone else can
 * claim the same job.
 */
void nanogpt_journal_writer_claim_async (NanogptJournalWriter *writer,
    GPtrArray *runs, GDateTime *date, gint64 asked,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_claim_finish:
 * @response: (out) (transfer full) (nullable): the job, if it was found
 * @warning: (out) (transfer full) (nullable): why the job is no longer in the
 *   journal
 */
NanogptRecoveryOutcome nanogpt_journal_writer_claim_finish (
    NanogptJournalWriter *writer, GAsyncResult *result,
    NanogptResponse **response, char **warning);

/**
 * nanogpt_journal_writer_deliver:
 *
 * Records that the whole clip was delivered.  Blocks on the disk.  May be
 * called from any thread once the job is complete.
 *
 * Returns: (transfer full) (nullable): a warning
 */
char *nanogpt_journal_writer_deliver (NanogptJournalWriter *writer);

/**
 * nanogpt_journal_writer_complete:
 * @response: the response that reported the completion
 * @seconds: seconds from submit to completion, 0 if unknown
 *
 * Records how long such a job takes, and what it cost in the end.  Does not
 * block.
 */
void nanogpt_journal_writer_complete (NanogptJournalWriter *writer,
    const NanogptResponse *response, double seconds);

/**
 * nanogpt_journal_writer_close_async:
 * @callback: called when it is done; there is no result
 *
 * Releases the entry, so that others may adopt it.
 */
void nanogpt_journal_writer_close_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_drop_async:
 * @charged: whether the job may have been charged
 * @callback: (nullable): called when that is on disk; there is no result
 *
 * Removes the entry, because there is no job, or no longer one.
 */
void nanogpt_journal_writer_drop_async (NanogptJournalWriter *writer,
    gboolean charged, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
