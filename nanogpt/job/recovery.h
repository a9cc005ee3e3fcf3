/* nanovid: matches a lost submit with one of the recent jobs
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
 * @run_id: the id of a job that somebody in this process waits for
 *
 * From now on nobody else adopts it.  May be called from any thread.
 *
 * Returns: whether nobody had it before
 */
gboolean nanogpt_recovery_claim (const char *run_id);

/**
 * NanogptRecoveryClock:
 * @date: the service's clock when it listed the jobs, this machine's where it
 *   does not tell; microseconds since the epoch
 * @is_service: whether it is the service's
 * @now: this machine's clock when the response came, likewise
 * @boot: (nullable): which start of the machine this is
 * @asked: microseconds since that start when the list was asked for
 * @responded: the same when it came
 *
 * What the times in a record are compared with the times in a list by.
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
 * @date: (nullable): of the response
 * @asked: what nanogpt_boot_get_time() was when the list was asked for
 */
void nanogpt_recovery_clock_init (
    NanogptRecoveryClock *clock, GDateTime *date, gint64 asked);

/**
 * NanogptLostSubmit:
 * @digest: of its request
 * @model: (nullable): the model that was asked for
 * @conversation: (nullable): the conversation that the request named
 * @under_way: whether its response may still come
 * @from: when its job can have been made at the earliest, by the service's
 *   clock, microseconds since the epoch
 * @until: and at the latest
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
 * @NANOGPT_RECOVERY_UNCLEAR: there may be one, and nobody can tell which
 */
typedef enum
{
  NANOGPT_RECOVERY_NONE,
  NANOGPT_RECOVERY_FOUND,
  NANOGPT_RECOVERY_UNCLEAR,
} NanogptRecoveryOutcome;

/**
 * nanogpt_recovery_match:
 * @runs: (element-type NanogptRun): the account's recent jobs, without those
 *   that somebody owns
 * @submits: all submits to that account whose responses are not known; the
 *   first is the one that is looked up
 * @n_submits: how many
 * @run: (out) (transfer none): the job, when it is found
 *
 * Lost submits of one request are interchangeable: as many jobs at most are
 * theirs, whichever.  A job that may as well be of another request, or of a
 * submit whose response may still come, is nobody's yet.
 */
NanogptRecoveryOutcome nanogpt_recovery_match (GPtrArray *runs,
    const NanogptLostSubmit *submits, guint n_submits, const NanogptRun **run);

/**
 * nanogpt_recovery_reaches_back:
 * @runs: (element-type NanogptRun): all that were listed
 *
 * Returns: whether they are all that were made since @submit
 */
gboolean nanogpt_recovery_reaches_back (
    GPtrArray *runs, const NanogptLostSubmit *submit);

/**
 * nanogpt_recovery_search:
 * @records: (element-type NanogptJournalRecord): the journal, which knows who
 *   else has jobs, or may
 * @own: the submit that is looked up
 * @runs: (element-type NanogptRun): the account's recent jobs
 * @date: (nullable): the service's clock when it listed them
 * @asked: nanogpt_boot_get_time() when they were asked for
 * @response: (out) (transfer full) (nullable): the job, when it is found; from
 *   now on it is owned
 *
 * May be called from any thread.  Whoever calls this keeps others
 * from doing so until what was found is written down.
 */
NanogptRecoveryOutcome nanogpt_recovery_search (GPtrArray *records,
    const NanogptJournalRecord *own, GPtrArray *runs, GDateTime *date,
    gint64 asked, NanogptResponse **response);

G_END_DECLS
