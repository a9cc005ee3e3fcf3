/* nanovid: atomic file writes that survive a power cut
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NanogptDurableFile:
 *
 * A file on its way: bytes go to a temporary file beside it, named after it
 * and ending in %NANOGPT_DURABLE_SUFFIX, and take its place all at once.
 *
 * All functions here wait for the disk, and their errors are of #GFileError.
 */
typedef struct _NanogptDurableFile NanogptDurableFile;

#define NANOGPT_DURABLE_SUFFIX ".tmp"

/**
 * nanogpt_durable_make_dir:
 *
 * Makes a directory for this user alone, and its parents likewise.  One that
 * is there stays as it is.
 */
gboolean nanogpt_durable_make_dir (const char *path, GError **error);

/**
 * nanogpt_durable_sync_dir:
 *
 * Makes what was created, renamed and removed in the directory durable.
 */
gboolean nanogpt_durable_sync_dir (const char *path, GError **error);

/**
 * nanogpt_durable_open_file:
 * @flags: as for open()
 *
 * Opens one of our files.  What somebody else has put in its place (a pipe, a
 * device, a directory, a link) is not opened, and nothing is waited for.
 *
 * Returns: a descriptor, or -1 with errno
 */
int nanogpt_durable_open_file (const char *path, int flags);

/**
 * nanogpt_durable_read_file:
 * @length: (out) (optional): bytes that were read
 *
 * Reads one of our files, opened likewise.
 *
 * Returns: (transfer full) (nullable): what is in it, and a zero behind it;
 *   %NULL with errno
 */
char *nanogpt_durable_read_file (const char *path, gsize *length);

/**
 * nanogpt_durable_write:
 * @fd: where to write, at its position
 *
 * Writes all of @data.
 *
 * Returns: %FALSE with errno
 */
gboolean nanogpt_durable_write (int fd, gconstpointer data, gsize length);

/**
 * nanogpt_durable_file_new:
 * @path: what the file will be called; its directory must be there
 *
 * Returns: (transfer full) (nullable): the file, to be read by this user alone
 */
NanogptDurableFile *nanogpt_durable_file_new (const char *path, GError **error);

/**
 * nanogpt_durable_file_new_with_mode:
 * @mode: who may do what with the file, as far as the umask allows
 *
 * Returns: (transfer full) (nullable): the file
 */
NanogptDurableFile *nanogpt_durable_file_new_with_mode (
    const char *path, int mode, GError **error);

/**
 * nanogpt_durable_file_new_from_fd:
 * @fd: a file without a name, as O_TMPFILE makes it, open for writing
 * @length: how many of its bytes count; what is written comes after them
 *
 * Gives the file a name, in place of copying it.
 *
 * Returns: (transfer full) (nullable): %NULL when that cannot be done, as for a
 *   file of another file system
 */
NanogptDurableFile *nanogpt_durable_file_new_from_fd (
    const char *path, int fd, guint64 length);

gboolean nanogpt_durable_file_write (
    NanogptDurableFile *file, gconstpointer data, gsize length, GError **error);

/**
 * nanogpt_durable_file_commit:
 *
 * Puts the file in its place, over what was there.  When this fails, that is
 * still there; only if the very last step fails, the new file is, but may not
 * outlast a power cut.
 */
gboolean nanogpt_durable_file_commit (NanogptDurableFile *file, GError **error);

/**
 * nanogpt_durable_file_free:
 *
 * Leaves nothing behind of a file that was not committed.
 */
void nanogpt_durable_file_free (NanogptDurableFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptDurableFile, nanogpt_durable_file_free)

G_END_DECLS
