/* nanovid: NanogptFilesStore: a store in a state directory
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/**
 * NanogptFilesStore:
 *
 * Keeps what outlives the process in files, for all processes of one machine.
 * Everything that blocks on the disk is done on worker threads.
 */
#define NANOGPT_TYPE_FILES_STORE (nanogpt_files_store_get_type ())
G_DECLARE_FINAL_TYPE (
    NanogptFilesStore, nanogpt_files_store, NANOGPT, FILES_STORE, NanogptStore)

/**
 * nanogpt_files_store_new:
 * @state_dir: the directory; created when something is to be stored in it
 * @may_do_without: whether a job continues if nothing can be stored
 *
 * Returns: (transfer full): the store
 */
NanogptStore *nanogpt_files_store_new (
    const char *state_dir, gboolean may_do_without);

G_END_DECLS
