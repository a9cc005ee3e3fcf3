/* nanovid: the leases of a process on its entries in a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "database.h"

G_BEGIN_DECLS

/**
 * NanogptLease:
 *
 * What a process has of an entry, until a moment by the clock that goes on while
 * the machine sleeps, and longer where it is renewed: all leases of a thread on
 * one database are renewed together, twelve times while they last.
 *
 * To be used on the thread of the database, unless otherwise said.
 */
typedef struct _NanogptLease NanogptLease;

/**
 * nanogpt_lease_new:
 * @entry: id of the entry
 * @owner: of this lease, one for each time that the entry is taken
 * @length: how long it lasts, microseconds
 * @since: nanogpt_boot_get_time() before it was asked for
 */
NanogptLease *nanogpt_lease_new (NanogptDatabase *database, const char *entry,
    const char *owner, gint64 length, gint64 since);

/* No longer renewed. */
void nanogpt_lease_end (NanogptLease *lease);

/* It was also renewed by what was asked for at @since. */
void nanogpt_lease_extend (NanogptLease *lease, gint64 since);

/**
 * nanogpt_lease_get_left:
 *
 * May be called from any thread.
 *
 * Returns: microseconds, 0 also when somebody else has the entry
 */
gint64 nanogpt_lease_get_left (NanogptLease *lease);

G_END_DECLS
