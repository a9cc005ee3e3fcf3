/* nanovid: text format of a journal entry
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/* Returns: whether the record has what its state needs */
gboolean nanogpt_journal_record_is_whole (const NanogptJournalRecord *record);

/* Returns: (transfer full): the text of a key file */
char *nanogpt_journal_record_format (const NanogptJournalRecord *record);

/* Returns: (transfer full) (nullable): the record, if it is whole and of a
 * supported version */
NanogptJournalRecord *nanogpt_journal_record_parse (GKeyFile *file);

/* Reads what can be read of a file that is not a whole entry, such as a
 * truncated one.  A missing state becomes %NANOGPT_JOURNAL_SENDING, because the
 * job may have been paid for.  Returns: (transfer full) */
NanogptJournalRecord *nanogpt_journal_record_salvage (
    const char *text, gsize length);

G_END_DECLS
