/* nanovid: runs the search for a lost submit's job, one at a time per account
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"
#include "nanogpt/store/store-entry.h"

G_BEGIN_DECLS

/**
 * NanogptClaim:
 * @own: the entry whose job is searched for
 * @owner: the owner of its lease
 * @search: finds the job
 * @data: for @search
 */
typedef struct
{
  const NanogptJournalRecord *own;
  const char *owner;
  NanogptStoreSearch search;
  gpointer data;
} NanogptClaim;

/**
 * NanogptClaimDone:
 * @found: (transfer full) (nullable): the job, which has been recorded
 */
typedef void (*NanogptClaimDone) (NanogptStoreCharge *found, gpointer data);

/**
 * nanogpt_claim_run:
 * @claim: copied; what it points to must stay valid until @done is called
 *
 * No one else with the same account searches meanwhile.  Without a database, or
 * if someone else has the entry, there is no search.
 */
void nanogpt_claim_run (NanogptDatabase *database, const NanogptClaim *claim,
    NanogptClaimDone done, gpointer data);

G_END_DECLS
