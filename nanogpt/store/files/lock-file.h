/* nanovid: lock files that exclude other threads and processes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A lock belongs to the open file, so it also works between two threads.  It
 * ends with the process that has acquired it: a forked child gives up its share
 * immediately.  (A child that a program creates with the bare system call
 * clone(), bypassing the C library, would not.) */

/**
 * nanogpt_lock_file_acquire:
 * @path: an empty file, created if it does not exist, that is never renamed or
 *   removed; its directory must exist
 * @patience: microseconds to wait at most
 * @error: return location for an error of #GFileError: %G_FILE_ERROR_AGAIN if
 *   others did not release it
 *
 * Waits until no one else, in this process or another, has the lock.
 *
 * Returns: the lock, for nanogpt_lock_file_release(), or -1 on error
 */
int nanogpt_lock_file_acquire (
    const char *path, gint64 patience, GError **error);

/**
 * nanogpt_lock_file_try:
 * @path: a file, created if it does not exist, that is never renamed, and is
 *   only removed by the holder of the lock
 * @is_new: whether the file must be created
 *
 * Does not block.
 *
 * Returns: the lock, for nanogpt_lock_file_release(), or -1 with errno set:
 *   EAGAIN if someone else has the lock
 */
int nanogpt_lock_file_try (const char *path, gboolean is_new);

void nanogpt_lock_file_release (int lock);

/**
 * nanogpt_lock_file_is_held:
 *
 * Returns: whether anyone has the lock; changes nothing
 */
gboolean nanogpt_lock_file_is_held (const char *path);

G_END_DECLS
