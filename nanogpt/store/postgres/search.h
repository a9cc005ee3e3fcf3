/* nanovid: looks for an entry that can be taken over, and watches others'
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"
#include "postgres-record.h"

G_BEGIN_DECLS

/**
 * NanogptSearch:
 *
 * What was seen of others' entries, from one look to the next.
 */
typedef struct _NanogptSearch NanogptSearch;

NanogptSearch *nanogpt_search_new (
    NanogptDatabase *database, gint64 patience, gint64 lease);
void nanogpt_search_free (NanogptSearch *search);

/**
 * NanogptSearchFor:
 * @wanted: the request
 * @resume: whether an unfinished entry for the same may be taken over
 * @run_id: (nullable): of a job that is attached to, in place of the request
 * @id: (nullable): of an entry that was let go of, in place of both
 * @owner: of the lease that an entry is taken with
 * @date: the service's clock, 0 when it was not asked, negative when it did not
 *   tell
 * @lease: how long the lease is to last
 * @abandoned: whether nobody waits for the job
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
 * @error: (transfer full) (nullable): why nobody can say
 */
typedef void (*NanogptSearchDone) (NanogptEntryRow *found,
    NanogptJournalObstacle obstacle, GError *error, gpointer data);

/**
 * nanogpt_search_run:
 * @what: copied; its texts have to stay until @done is called
 *
 * One at a time.
 */
void nanogpt_search_run (NanogptSearch *search, const NanogptSearchFor *what,
    NanogptSearchDone done, gpointer data);

G_END_DECLS
