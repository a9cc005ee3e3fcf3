/* nanovid: entries of the journal that cannot be read
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/* A disk that fails, or somebody with an editor, may leave entries that are no
 * entries any more.  They are not touched: they may stand for what was paid. */

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
 * @wanted: what is about to be asked for
 * @error: return location for an error
 *
 * Whether nothing that cannot be read may stand for the same.
 *
 * Errors: %NANOGPT_ERROR_SUBMIT_UNKNOWN when an entry does and may have been paid
 * for; of #GFileError, for a warning, when nobody knows what one stands for.
 */
gboolean nanogpt_journal_check_damaged (
    const char *state_dir, const NanogptJournalRecord *wanted, GError **error);

G_END_DECLS
