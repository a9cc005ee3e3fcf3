/* nanovid: NanogptClip: a result file that can be read while it grows
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NanogptClip:
 *
 * An unlinked file that is written as data arrives, and can be read at any
 * offset meanwhile.  Bytes that have arrived never change or disappear.
 *
 * Any number of threads may write and read.  Waiting for bytes is up to the
 * owner, which is notified by the writer.
 */
#define NANOGPT_TYPE_CLIP (nanogpt_clip_get_type ())
G_DECLARE_FINAL_TYPE (NanogptClip, nanogpt_clip, NANOGPT, CLIP, GObject)

/**
 * nanogpt_clip_check_dir:
 * @spool_dir: the directory whose file system is to hold the bytes of clips
 *
 * Checks whether clips can be stored there, and the file system is not full.
 * Blocks on the disk.
 *
 * Errors: %NANOGPT_ERROR_NO_SPACE, %NANOGPT_ERROR_INVALID_REQUEST.
 */
gboolean nanogpt_clip_check_dir (const char *spool_dir, GError **error);

/**
 * nanogpt_clip_new:
 * @cache_dir: (nullable): a directory to use instead of @spool_dir if possible,
 *   for a clip that will get a name there
 * @spool_dir: the directory whose file system holds the bytes
 * @max_size: maximum size of the clip, in bytes
 *
 * The file is created when the first bytes are written.
 *
 * Returns: (transfer full): an empty clip of unknown size
 */
NanogptClip *nanogpt_clip_new (
    const char *cache_dir, const char *spool_dir, guint64 max_size);

/**
 * nanogpt_clip_new_from_fd:
 * @fd: (transfer full): a regular file, open for reading
 * @size: number of its bytes, from the first on, that are the clip
 *
 * For a clip that is already on disk.  The file may be unlinked while the clip
 * exists; if it is truncated, reading the missing bytes is an error.
 *
 * Returns: (transfer full): a complete clip
 */
NanogptClip *nanogpt_clip_new_from_fd (int fd, guint64 size);

/**
 * nanogpt_clip_set_size:
 * @size: the clip's size in bytes
 *
 * Sets the size that the clip will have, and reserves the space for it.  May
 * block on the disk.
 *
 * Errors: %NANOGPT_ERROR_RESULT_TOO_LARGE, %NANOGPT_ERROR_NO_SPACE,
 * %NANOGPT_ERROR_INVALID_REQUEST if no file can be created.
 */
gboolean nanogpt_clip_set_size (
    NanogptClip *clip, guint64 size, GError **error);

/**
 * nanogpt_clip_write:
 * @offset: the offset of the bytes in the clip
 * @bytes: the bytes; a reference is kept for a while
 *
 * Bytes that are already stored stay as they are, and those beyond the clip's
 * size are dropped.  May block on the disk.
 *
 * Errors: those of nanogpt_clip_set_size(); %G_IO_ERROR_WRONG_ETAG if different
 * bytes are already stored, so that these are from another file.
 */
gboolean nanogpt_clip_write (
    NanogptClip *clip, guint64 offset, GBytes *bytes, GError **error);

/**
 * nanogpt_clip_store_async:
 * @size: for nanogpt_clip_set_size(), or -1
 * @offset: for nanogpt_clip_write(), as is @bytes
 * @bytes: (nullable): the bytes, if any
 *
 * Does both on a thread that may block on the disk.
 */
void nanogpt_clip_store_async (NanogptClip *clip, gint64 size, guint64 offset,
    GBytes *bytes, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_clip_store_finish:
 *
 * Returns: how many of the given bytes are stored now, -1 on error
 */
gssize nanogpt_clip_store_finish (
    NanogptClip *clip, GAsyncResult *result, GError **error);

/**
 * nanogpt_clip_get_spool:
 *
 * Returns: the complete clip's own unnamed file, which is open for writing and
 *   may get more data after the clip's bytes; -1 if there is none
 */
int nanogpt_clip_get_spool (NanogptClip *clip);

/**
 * nanogpt_clip_open:
 *
 * For reading the file by other means.  It begins at the clip's first byte, and
 * may have more data after the clip.
 *
 * Returns: a descriptor of the complete clip's file, which the caller must
 *   close, or -1 with errno set
 */
int nanogpt_clip_open (NanogptClip *clip);

/**
 * nanogpt_clip_get_size:
 *
 * Returns: the size in bytes, or -1 while it is unknown
 */
gint64 nanogpt_clip_get_size (NanogptClip *clip);

/**
 * nanogpt_clip_get_bytes:
 *
 * Returns: the number of bytes that have arrived, without gaps
 */
guint64 nanogpt_clip_get_bytes (NanogptClip *clip);

/**
 * nanogpt_clip_get_available:
 * @offset: the reader's position
 *
 * Returns: the number of bytes that can be read from @offset on, without a gap
 */
guint64 nanogpt_clip_get_available (NanogptClip *clip, guint64 offset);

/**
 * nanogpt_clip_get_gap:
 * @offset: where to start looking
 * @gap_end: (out): the first byte after the gap that has arrived, or
 *   %G_MAXUINT64 if none has
 *
 * Returns: the first byte at or after @offset that has not arrived
 */
guint64 nanogpt_clip_get_gap (
    NanogptClip *clip, guint64 offset, guint64 *gap_end);

/**
 * nanogpt_clip_is_complete:
 *
 * Returns: whether the size is known and every byte has arrived
 */
gboolean nanogpt_clip_is_complete (NanogptClip *clip);

/**
 * nanogpt_clip_discard:
 *
 * Gives the clip up if nothing has been read from it; after that nothing can
 * be.
 *
 * Returns: whether the clip was given up
 */
gboolean nanogpt_clip_discard (NanogptClip *clip);

/**
 * nanogpt_clip_peek:
 * @offset: first byte
 * @data: (out caller-allocates) (array length=length): the bytes
 *
 * Looks at bytes that have arrived, without reading from the clip in the sense
 * of nanogpt_clip_discard().
 *
 * Returns: whether all of them could be read
 */
gboolean nanogpt_clip_peek (
    NanogptClip *clip, guint64 offset, gpointer data, gsize length);

/**
 * nanogpt_clip_read:
 * @offset: first byte
 * @length: how many bytes; all of them must be available
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE if the file can no longer be read, or was
 * truncated; %G_IO_ERROR_CANCELLED if the clip was given up, and its owner has
 * another one or none.
 *
 * Returns: (transfer full) (nullable): the bytes, read from the file or as they
 *   were written
 */
GBytes *nanogpt_clip_read (
    NanogptClip *clip, guint64 offset, gsize length, GError **error);

G_END_DECLS
