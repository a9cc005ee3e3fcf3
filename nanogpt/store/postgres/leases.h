/* nanovid: leases on entries in a database, renewed automatically
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"

G_BEGIN_DECLS

/**
 * NanogptLease:
 *
 * The right of a process to an entry, until a time by a clock that also runs
 * while the machine sleeps, and longer if it is renewed.  All leases of a
 * thread on one database are renewed together, twelve times during their
 * length.
 *
 * Must be used on the thread of the database, unless stated otherwise.
 */
typedef struct _NanogptLease NanogptLease;

/**
 * nanogpt_lease_new:
 * @entry: id of the entry
 * @owner: the owner of this lease, a new one each time that the entry is taken
 * @length: how long the lease lasts, in microseconds
 * @since: nanogpt_boot_get_time() before it was requested
 */
NanogptLease *nanogpt_lease_new (NanogptDatabase *database, const char *entry,
    const char *owner, gint64 length, gint64 since);

/* Frees the lease, which is no longer renewed. */
void nanogpt_lease_end (NanogptLease *lease);

/* To be called if the query sent at @since renewed the lease, too. */
void nanogpt_lease_extend (NanogptLease *lease, gint64 since);

/**
 * nanogpt_lease_get_left:
 *
 * May be called from any thread.
 *
 * Returns: the remaining microseconds, 0 also if someone else has the entry
 */
gint64 nanogpt_lease_get_left (NanogptLease *lease);

G_END_DECLS
