/* nanovid: writes one job's journal entry, on worker threads
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
 * Writes down what happens to a job, each time before the next thing happens.
 * A journal that cannot be written before the submit ends the keeping, not the
 * job: from then on nothing is done, and the warning says so once.
 *
 * Asynchronous calls are made on the network thread, one at a time; they wait
 * for the disk on another one.
 */
#define NANOGPT_TYPE_JOURNAL_WRITER (nanogpt_journal_writer_get_type ())
G_DECLARE_FINAL_TYPE (NanogptJournalWriter, nanogpt_journal_writer, NANOGPT,
    JOURNAL_WRITER, GObject)

/**
 * nanogpt_journal_writer_new:
 * @request: (nullable): what is asked for
 * @settings: resolved settings, with a `run_id` when there is no @request
 */
NanogptJournalWriter *nanogpt_journal_writer_new (
    NanogptRequest *request, const NanogptSettings *settings);

/**
 * nanogpt_journal_writer_get_store:
 *
 * Returns: (transfer none): where it writes
 */
NanogptStore *nanogpt_journal_writer_get_store (NanogptJournalWriter *writer);

/**
 * nanogpt_journal_writer_open_async:
 * @date: the service's clock, microseconds since the epoch; 0 when it was not
 *   asked, negative when it did not tell
 *
 * Reopens the entry that was closed, if nobody else has since.  Otherwise finds
 * the entry of an unfinished job with the same request, if the settings allow to
 * resume one, or what is in its way.  With a `run_id`, finds the entry of that
 * job.  Makes none.
 */
void nanogpt_journal_writer_open_async (NanogptJournalWriter *writer,
    gint64 date, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_open_finish:
 * @obstacle: (out): unless %NANOGPT_JOURNAL_CLEAR, nothing was opened yet, and it
 *   has to be tried again
 * @warning: (out) (transfer full) (nullable): why the journal cannot be asked
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_STATE_UNAVAILABLE.
 *
 * Returns: (transfer full) (nullable): the record as it was found
 */
NanogptJournalRecord *nanogpt_journal_writer_open_finish (
    NanogptJournalWriter *writer, GAsyncResult *result,
    NanogptJournalObstacle *obstacle, char **warning, GError **error);

/**
 * nanogpt_journal_writer_begin_async:
 * @estimate: what the job is going to cost, USD, negative when unknown
 *
 * Reserves the cost, of the element's budget and in the ledger, and makes an
 * entry unless one is open.
 */
void nanogpt_journal_writer_begin_async (NanogptJournalWriter *writer,
    NanogptMicros estimate, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_send_async:
 *
 * Writes down that the submit is about to leave.
 */
void nanogpt_journal_writer_send_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_may_send:
 *
 * Looked at when the first byte of the submit is about to leave.
 */
gboolean nanogpt_journal_writer_may_send (NanogptJournalWriter *writer);

/**
 * nanogpt_journal_writer_withdraw_async:
 *
 * Writes down that the submit was certainly not accepted, and may be sent again.
 */
void nanogpt_journal_writer_withdraw_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_set_abandoned:
 *
 * Writes down whether anybody waits for the submit that is on its way, so that
 * whoever asks for the same can wait for it rather than pay beside.  Does not
 * wait.
 */
void nanogpt_journal_writer_set_abandoned (
    NanogptJournalWriter *writer, gboolean abandoned);

/**
 * nanogpt_journal_writer_accept_async:
 * @response: the response to the submit
 *
 * Writes down the job's id and what it cost.  What cannot be written now is
 * tried again, until the entry is closed.
 */
void nanogpt_journal_writer_accept_async (NanogptJournalWriter *writer,
    const NanogptResponse *response, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_journal_writer_lose_async:
 *
 * Writes down that the response to the submit was lost, and when, unless that
 * is known already: no job can have come of it later.
 */
void nanogpt_journal_writer_lose_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_finish:
 * @warning: (out) (transfer full) (nullable): why the job is not, or no longer,
 *   in the journal
 * @error: return location for an error, or %NULL if there is nothing left to
 *   refuse: all that goes wrong is a warning then
 *
 * Of a begin, a send, a withdrawal, an acceptance or a loss.
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
 * @asked: nanogpt_recovery_get_uptime() when they were asked for
 *
 * Looks for what a lost submit has become, and writes it down before anybody
 * else can take the same job for theirs.
 */
void nanogpt_journal_writer_claim_async (NanogptJournalWriter *writer,
    GPtrArray *runs, GDateTime *date, gint64 asked,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_claim_finish:
 * @response: (out) (transfer full) (nullable): the job, when it is found
 * @warning: (out) (transfer full) (nullable): why the job is no longer in the
 *   journal
 */
NanogptRecoveryOutcome nanogpt_journal_writer_claim_finish (
    NanogptJournalWriter *writer, GAsyncResult *result,
    NanogptResponse **response, char **warning);

/**
 * nanogpt_journal_writer_deliver:
 *
 * Writes down that somebody has taken the whole clip.  Waits for the disk.
 * May be called from any thread once the job is complete.
 *
 * Returns: (transfer full) (nullable): what to warn of
 */
char *nanogpt_journal_writer_deliver (NanogptJournalWriter *writer);

/**
 * nanogpt_journal_writer_complete:
 * @response: the response that reported the completion
 * @seconds: from submit to completion, 0 when that is not known
 *
 * Remembers how long such a job takes and what it cost in the end.  Does not
 * wait.
 */
void nanogpt_journal_writer_complete (NanogptJournalWriter *writer,
    const NanogptResponse *response, double seconds);

/**
 * nanogpt_journal_writer_close_async:
 * @callback: called when it is done; there is no result
 *
 * Lets go of the entry, so that others may adopt it.
 */
void nanogpt_journal_writer_close_async (NanogptJournalWriter *writer,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_journal_writer_drop_async:
 * @charged: whether the job may have been charged
 * @callback: (nullable): called when the disk has it; there is no result
 *
 * Removes the entry: there is no job, or no longer.
 */
void nanogpt_journal_writer_drop_async (NanogptJournalWriter *writer,
    gboolean charged, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
