/* nanovid: NanogptFilesEntry: the record of one job in a state directory
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-entry.h"

G_BEGIN_DECLS

/**
 * NanogptFilesEntry:
 *
 * An entry of the journal with its line in the ledger.  Everything that blocks
 * on the disk is done on worker threads.
 */
#define NANOGPT_TYPE_FILES_ENTRY (nanogpt_files_entry_get_type ())
G_DECLARE_FINAL_TYPE (NanogptFilesEntry, nanogpt_files_entry, NANOGPT,
    FILES_ENTRY, NanogptStoreEntry)

/**
 * nanogpt_files_entry_new:
 * @state_dir: the directory of journal, ledger and history
 * @may_do_without: whether a job continues if nothing can be stored there
 * @job: (inout): its content is taken, and it is left empty
 */
NanogptStoreEntry *nanogpt_files_entry_new (
    const char *state_dir, gboolean may_do_without, NanogptStoreJob *job);

G_END_DECLS
