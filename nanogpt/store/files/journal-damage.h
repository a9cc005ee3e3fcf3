/* nanovid: finds and salvages unreadable journal entries
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/* A failing disk, or a person with an editor, may leave entries that are no
 * longer valid.  They are not touched, because they may represent paid jobs. */

/**
 * nanogpt_journal_list_damaged:
 *
 * Locks nothing and changes nothing.
 *
 * Returns: (transfer full) (element-type NanogptJournalRecord): what is left of
 *   all entries that cannot be read
 */
GPtrArray *nanogpt_journal_list_damaged (const char *state_dir);

/**
 * nanogpt_journal_check_damaged:
 * @wanted: the request that is about to be made
 * @error: return location for an error
 *
 * Checks that no unreadable entry may represent the same request.
 *
 * Errors: %NANOGPT_ERROR_SUBMIT_UNKNOWN if an entry does, and may have been
 * paid for; a #GFileError, for a warning, if it is unknown what an entry
 * represents.
 */
gboolean nanogpt_journal_check_damaged (
    const char *state_dir, const NanogptJournalRecord *wanted, GError **error);

G_END_DECLS
