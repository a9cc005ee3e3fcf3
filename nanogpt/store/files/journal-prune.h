/* nanovid: archives delivered journal entries and removes old ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_journal_prune:
 * @now: microseconds since the epoch
 *
 * Moves delivered entries out of the directory that a start has to read, and
 * removes them after 7 days, one day's entries at a time.  Removes what killed
 * processes have left behind.  Locked entries are left as they are.
 */
void nanogpt_journal_prune (const char *state_dir, gint64 now);

G_END_DECLS
