/* nanovid: reserves a job's cost in a database and records its submit
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
 * @is_new: whether to create the entry
 * @epoch: the epoch in which it is ours
 * @step: a number greater than that of the previous write
 * @owner: the owner of the lease
 * @lease: how long the lease lasts, in microseconds
 * @abandoned: whether no one waits for the job
 * @estimate: estimated cost of the job in USD, negative if unknown
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

/* Requests an intent and its reservation; the response is that of the
 * database. */
void nanogpt_reservation_begin_async (NanogptDatabase *database,
    const NanogptStoreJob *job, const NanogptBeginning *beginning,
    gint64 patience, GAsyncReadyCallback callback, gpointer user_data);

/* Requests that the entry of @record say that the submit is about to be sent,
 * and a new lease of the length @lease. */
void nanogpt_reservation_send_async (NanogptDatabase *database,
    const NanogptJournalRecord *record, gint64 epoch, gint64 step, gint64 lease,
    gint64 patience, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_reservation_refusal_new:
 * @rows: the response
 *
 * Returns: (transfer full): a %NANOGPT_ERROR_OVER_BUDGET, or a
 *   %NANOGPT_ERROR_STATE_UNAVAILABLE if the entry is not ours any more
 */
GError *nanogpt_reservation_refusal_new (const NanogptStoreJob *job,
    NanogptMicros estimate, const NanogptRows *rows);

G_END_DECLS
