/* nanovid: taking turns at a file that several processes write
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_lock_file_acquire:
 * @path: an empty file, made when it is not there, that nobody ever renames or
 *   removes; its directory must be there
 * @error: return location for an error of #GFileError
 *
 * Waits until no one else, in this process or another, has the lock; gives up
 * after 30 seconds, since it is meant to be held for moments.
 *
 * Returns: what to give to nanogpt_lock_file_release(), or -1 on error
 */
int nanogpt_lock_file_acquire (const char *path, GError **error);

void nanogpt_lock_file_release (int lock);

G_END_DECLS
