/* nanovid: setting delivered entries of the journal aside, and removing old ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_journal_prune:
 * @now: microseconds since the epoch
 *
 * Moves delivered entries out of the way of those that a start has to read, and
 * removes them after 7 days, a day's at a time.  Removes what processes that were
 * killed have left behind.  What somebody has locked stays as it is.
 */
void nanogpt_journal_prune (const char *state_dir, gint64 now);

G_END_DECLS
