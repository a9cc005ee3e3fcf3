/* nanovid: what is asked of the budgets in a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"
#include "nanogpt/store/store-entry.h"
#include "rows.h"

G_BEGIN_DECLS

/**
 * NanogptBeginning:
 * @record: names the entry, and the reservation
 * @is_new: whether the entry is made
 * @epoch: in which it is ours
 * @step: a number that is greater than that of what was written before
 * @owner: of the lease
 * @lease: how long it lasts, microseconds
 * @abandoned: whether nobody waits for the job
 * @estimate: what the job is going to cost, USD, negative when unknown
 */
typedef struct
{
  const NanogptJournalRecord *record;
  gboolean is_new;
  gint64 epoch;
  gint64 step;
  const char *owner;
  gint64 lease;
  gboolean abandoned;
  NanogptMicros estimate;
} NanogptBeginning;

/* Asks for an intent and what it reserves; the response is that of the
 * database. */
void nanogpt_reservation_begin_async (NanogptDatabase *database,
    const NanogptStoreJob *job, const NanogptBeginning *beginning,
    gint64 patience, GAsyncReadyCallback callback, gpointer user_data);

/* Asks for @record to say that the submit is about to leave, and for a new lease
 * of the length @lease. */
void nanogpt_reservation_send_async (NanogptDatabase *database,
    const NanogptJournalRecord *record, gint64 epoch, gint64 step, gint64 lease,
    gint64 patience, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_reservation_refusal_new:
 * @rows: the response
 *
 * Returns: (transfer full): an error of %NANOGPT_ERROR_OVER_BUDGET, or of
 *   %NANOGPT_ERROR_STATE_UNAVAILABLE when the entry is not ours any more
 */
GError *nanogpt_reservation_refusal_new (const NanogptStoreJob *job,
    NanogptMicros estimate, const NanogptRows *rows);

G_END_DECLS
