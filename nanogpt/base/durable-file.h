/* nanovid: atomic file writes that survive a power failure
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NanogptDurableFile:
 *
 * A file that is being written.  Bytes go to a temporary file next to it, named
 * after it and ending in %NANOGPT_DURABLE_SUFFIX, which then replaces it
 * atomically.
 *
 * All functions here block on the disk.  Their errors are #GFileError codes.
 */
typedef struct _NanogptDurableFile NanogptDurableFile;

#define NANOGPT_DURABLE_SUFFIX ".tmp"

/**
 * nanogpt_durable_make_dir:
 *
 * Creates a directory that only this user can access, and its parents likewise.
 * An existing directory is left as it is.
 */
gboolean nanogpt_durable_make_dir (const char *path, GError **error);

/**
 * nanogpt_durable_sync_dir:
 *
 * Makes creations, renames and removals in the directory durable.
 */
gboolean nanogpt_durable_sync_dir (const char *path, GError **error);

/**
 * nanogpt_durable_open_file:
 * @flags: as for open()
 *
 * Opens one of our regular files.  Anything else in its place (a pipe, a
 * device, a directory, a link) is not opened.  Never blocks.
 *
 * Returns: a file descriptor, or -1 with errno set
 */
int nanogpt_durable_open_file (const char *path, int flags);

/**
 * nanogpt_durable_read_file:
 * @length: (out) (optional): number of bytes read
 *
 * Reads one of our files, opened as by nanogpt_durable_open_file().
 *
 * Returns: (transfer full) (nullable): the content, NUL-terminated; %NULL with
 *   errno set on failure
 */
char *nanogpt_durable_read_file (const char *path, gsize *length);

/**
 * nanogpt_durable_write:
 * @fd: file descriptor to write to, at its current position
 *
 * Writes all of @data.
 *
 * Returns: %TRUE, or %FALSE with errno set
 */
gboolean nanogpt_durable_write (int fd, gconstpointer data, gsize length);

/**
 * nanogpt_durable_file_new:
 * @path: final path of the file; its directory must exist
 *
 * Returns: (transfer full) (nullable): the file, readable by this user only
 */
NanogptDurableFile *nanogpt_durable_file_new (const char *path, GError **error);

/**
 * nanogpt_durable_file_new_with_mode:
 * @mode: permissions of the file, subject to the umask
 *
 * Returns: (transfer full) (nullable): the file
 */
NanogptDurableFile *nanogpt_durable_file_new_with_mode (
    const char *path, int mode, GError **error);

/**
 * nanogpt_durable_file_new_from_fd:
 * @fd: an unnamed file, as O_TMPFILE creates it, open for writing
 * @length: how many of its bytes to keep; further writes go after them
 *
 * Gives the file a name instead of copying it.
 *
 * Returns: (transfer full) (nullable): %NULL if that is not possible, as for a
 *   file on another file system
 */
NanogptDurableFile *nanogpt_durable_file_new_from_fd (
    const char *path, int fd, guint64 length);

gboolean nanogpt_durable_file_write (
    NanogptDurableFile *file, gconstpointer data, gsize length, GError **error);

/**
 * nanogpt_durable_file_commit:
 *
 * Moves the file into place, replacing any previous file.  On failure the
 * previous file is still in place.  Only if the very last step fails is the new
 * file in place, but it may not survive a power cut.
 */
gboolean nanogpt_durable_file_commit (NanogptDurableFile *file, GError **error);

/**
 * nanogpt_durable_file_free:
 *
 * Removes the temporary file, too, if the file was not committed.
 */
void nanogpt_durable_file_free (NanogptDurableFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptDurableFile, nanogpt_durable_file_free)

G_END_DECLS
