/* nanovid: finds an entry to take over, and watches those of others
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"
#include "postgres-record.h"

G_BEGIN_DECLS

/**
 * NanogptSearch:
 *
 * Remembers others' entries from one look to the next.
 */
typedef struct _NanogptSearch NanogptSearch;

NanogptSearch *nanogpt_search_new (
    NanogptDatabase *database, gint64 patience, gint64 lease);
void nanogpt_search_free (NanogptSearch *search);

/**
 * NanogptSearchFor:
 * @wanted: the request
 * @resume: whether an unfinished entry for the same request may be taken over
 * @run_id: (nullable): the id of a job to attach to, instead of the request
 * @id: (nullable): the id of an entry that was released, instead of both
 * @owner: the owner of the lease with which an entry is taken
 * @date: the service's clock, 0 if it was not asked, negative if it did not
 *   tell
 * @lease: how long the lease will last
 * @abandoned: whether no one waits for the job
 */
typedef struct
{
  const NanogptJournalRecord *wanted;
  gboolean resume;
  const char *run_id;
  const char *id;
  const char *owner;
  gint64 date;
  gint64 lease;
  gboolean abandoned;
} NanogptSearchFor;

/**
 * NanogptSearchDone:
 * @found: (transfer full) (nullable): the entry, which is ours now
 * @obstacle: why to look again soon
 * @error: (transfer full) (nullable): why the search failed
 */
typedef void (*NanogptSearchDone) (NanogptEntryRow *found,
    NanogptJournalObstacle obstacle, GError *error, gpointer data);

/**
 * nanogpt_search_run:
 * @what: copied; its texts must stay valid until @done is called
 *
 * Only one search may run at a time.
 */
void nanogpt_search_run (NanogptSearch *search, const NanogptSearchFor *what,
    NanogptSearchDone done, gpointer data);

G_END_DECLS
