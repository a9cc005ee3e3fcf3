/* nanovid: blocking functions that record one job in journal and ledger
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-entry.h"

G_BEGIN_DECLS

/**
 * NanogptKeeper:
 *
 * Implements #NanogptStoreEntry, with the same errors, on the calling thread:
 * all functions block on the disk and on each other, unless stated otherwise,
 * and may be called from any thread.
 */
typedef struct _NanogptKeeper NanogptKeeper;

/* Does not block.  Takes the content of @job. */
NanogptKeeper *nanogpt_keeper_new (
    const char *state_dir, gboolean may_do_without, NanogptStoreJob *job);
void nanogpt_keeper_free (NanogptKeeper *keeper);

NanogptJournalRecord *nanogpt_keeper_open (NanogptKeeper *keeper, gint64 date,
    NanogptJournalObstacle *obstacle, GError **error);
gboolean nanogpt_keeper_begin (
    NanogptKeeper *keeper, NanogptMicros estimate, GError **error);
gboolean nanogpt_keeper_send (NanogptKeeper *keeper, GError **error);
gboolean nanogpt_keeper_withdraw (NanogptKeeper *keeper, GError **error);
gboolean nanogpt_keeper_accept (
    NanogptKeeper *keeper, const NanogptStoreCharge *charge, GError **error);
gboolean nanogpt_keeper_lose (NanogptKeeper *keeper, GError **error);
gboolean nanogpt_keeper_claim (NanogptKeeper *keeper, NanogptStoreSearch search,
    gpointer data, GError **error);
gboolean nanogpt_keeper_deliver (NanogptKeeper *keeper, GError **error);
void nanogpt_keeper_complete (
    NanogptKeeper *keeper, const NanogptStoreCharge *charge, double seconds);
void nanogpt_keeper_close (NanogptKeeper *keeper);
void nanogpt_keeper_drop (NanogptKeeper *keeper, gboolean charged);

/* Writes into the ledger what could not be written before. */
void nanogpt_keeper_settle (NanogptKeeper *keeper);

/* Does not block; the value is written by the second function, or with the next
 * write.
 * Returns: whether the value has changed */
gboolean nanogpt_keeper_set_abandoned (
    NanogptKeeper *keeper, gboolean abandoned);
void nanogpt_keeper_write_abandoned (NanogptKeeper *keeper);

/* Writes what could not be written before.  Returns: whether nothing is left */
gboolean nanogpt_keeper_catch_up (NanogptKeeper *keeper);

G_END_DECLS
