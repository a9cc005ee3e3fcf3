/* nanovid: matches lost submits with the account's recent jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/http/responses.h"
#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/**
 * NANOGPT_RECOVERY_LIMIT:
 *
 * How many jobs the service lists at most.
 */
#define NANOGPT_RECOVERY_LIMIT 50

/**
 * nanogpt_recovery_claim:
 * @run_id: the id of a job that is awaited in this process
 *
 * From now on no one else adopts it.  May be called from any thread.
 *
 * Returns: whether it was not claimed before
 */
gboolean nanogpt_recovery_claim (const char *run_id);

/**
 * NanogptRecoveryClock:
 * @date: the service's clock when it listed the jobs, or this machine's if it
 *   does not tell; microseconds since the epoch
 * @is_service: whether @date is the service's
 * @now: this machine's clock when the response arrived, likewise
 * @boot: (nullable): the id of this boot
 * @asked: microseconds since the boot when the list was requested
 * @responded: the same when it arrived
 *
 * The clocks for comparing the times in a record with those in a list.
 */
typedef struct
{
  gint64 date;
  gboolean is_service;
  gint64 now;
  const char *boot;
  gint64 asked;
  gint64 responded;
} NanogptRecoveryClock;

/**
 * nanogpt_recovery_clock_init:
 * @date: (nullable): the date of the response
 * @asked: nanogpt_boot_get_time() when the list was requested
 */
void nanogpt_recovery_clock_init (
    NanogptRecoveryClock *clock, GDateTime *date, gint64 asked);

/**
 * NanogptLostSubmit:
 * @digest: the digest of its request
 * @model: (nullable): the requested model
 * @conversation: (nullable): the conversation that the request named
 * @under_way: whether its response may still arrive
 * @from: the earliest time at which its job can have been created, by the
 *   service's clock, microseconds since the epoch
 * @until: the latest such time
 */
typedef struct
{
  const char *digest;
  const char *model;
  const char *conversation;
  gboolean under_way;
  gint64 from;
  gint64 until;
} NanogptLostSubmit;

/**
 * nanogpt_recovery_describe:
 * @record: a submit whose response is not known
 * @submit: (out): valid as long as @record
 */
void nanogpt_recovery_describe (const NanogptJournalRecord *record,
    const NanogptRecoveryClock *clock, NanogptLostSubmit *submit);

/**
 * NanogptRecoveryOutcome:
 * @NANOGPT_RECOVERY_NONE: nothing in the list can be the submit's job
 * @NANOGPT_RECOVERY_FOUND: its job is known
 * @NANOGPT_RECOVERY_UNCLEAR: there may be one, but it is not clear which
 */
typedef enum
{
  NANOGPT_RECOVERY_NONE,
  NANOGPT_RECOVERY_FOUND,
  NANOGPT_RECOVERY_UNCLEAR,
} NanogptRecoveryOutcome;

/**
 * nanogpt_recovery_match:
 * @runs: (element-type NanogptRun): the account's recent jobs, without claimed
 *   ones
 * @submits: all submits to that account whose responses are not known; the
 *   first is the one that is looked up
 * @n_submits: how many
 * @run: (out) (transfer none): the job, if it is found
 *
 * Lost submits of one request are interchangeable: at most as many jobs are
 * theirs, in any order.  A job that may as well belong to another request, or
 * to a submit whose response may still arrive, is not assigned yet.
 */
NanogptRecoveryOutcome nanogpt_recovery_match (GPtrArray *runs,
    const NanogptLostSubmit *submits, guint n_submits, const NanogptRun **run);

/**
 * nanogpt_recovery_reaches_back:
 * @runs: (element-type NanogptRun): all jobs that were listed
 *
 * Returns: whether they include all jobs created since @submit
 */
gboolean nanogpt_recovery_reaches_back (
    GPtrArray *runs, const NanogptLostSubmit *submit);

/**
 * nanogpt_recovery_search:
 * @records: (element-type NanogptJournalRecord): the journal, which knows the
 *   jobs that others have or may have
 * @own: the submit that is looked up
 * @runs: (element-type NanogptRun): the account's recent jobs
 * @date: (nullable): the service's clock when it listed them
 * @asked: nanogpt_boot_get_time() when they were requested
 * @response: (out) (transfer full) (nullable): the job, if it is found; from
 *   now on it is claimed
 *
 * May be called from any thread.  The caller must prevent other calls until the
 * outcome is recorded.
 */
NanogptRecoveryOutcome nanogpt_recovery_search (GPtrArray *records,
    const NanogptJournalRecord *own, GPtrArray *runs, GDateTime *date,
    gint64 asked, NanogptResponse **response);

G_END_DECLS
