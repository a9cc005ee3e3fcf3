/* nanovid: lock files for files that several processes write
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A lock belongs to the open file: it holds between two threads too.  It goes
 * with the process that has taken it: a child that is forked gives up its share
 * at once.  (A child that a program makes with the bare system call clone(), past
 * the C library, would not.) */

/**
 * nanogpt_lock_file_acquire:
 * @path: an empty file, made when it is not there, that nobody ever renames or
 *   removes; its directory must be there
 * @patience: microseconds to wait at most
 * @error: return location for an error of #GFileError: %G_FILE_ERROR_AGAIN when
 *   others did not let go
 *
 * Waits until no one else, in this process or another, has the lock.
 *
 * Returns: what to give to nanogpt_lock_file_release(), or -1 on error
 */
int nanogpt_lock_file_acquire (
    const char *path, gint64 patience, GError **error);

/**
 * nanogpt_lock_file_try:
 * @path: a file, made when it is not there, that nobody ever renames, and that
 *   only who has the lock removes
 * @is_new: whether it has to be made
 *
 * Does not wait.
 *
 * Returns: what to give to nanogpt_lock_file_release(), or -1 with errno: EAGAIN
 *   when somebody else has the lock
 */
int nanogpt_lock_file_try (const char *path, gboolean is_new);

void nanogpt_lock_file_release (int lock);

/**
 * nanogpt_lock_file_is_held:
 *
 * Returns: whether anybody has the lock; changes nothing
 */
gboolean nanogpt_lock_file_is_held (const char *path);

G_END_DECLS
