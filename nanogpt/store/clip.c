/* nanovid: NanogptClip: a result file that can be read while it grows
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* O_TMPFILE, fallocate() */

#include "clip.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/worker.h"

/* No video is smaller: without room for this, there is no room at all. */
#define SMALLEST_CLIP (4 << 10)

typedef struct
{
  guint64 start;
  guint64 end;
} Extent;

/* Bytes that were just written, still in memory */
typedef struct
{
  guint64 offset;
  GBytes *bytes;
} Piece;

/* How many of them are kept, for a reader that is a few of them behind */
#define N_LATEST 4

struct _NanogptClip
{
  GObject parent;

  char *cache_dir; /* (nullable) */
  char *spool_dir; /* NULL for a clip that existed before */
  guint64 max_size;
  GMutex open_lock;
  int fd; /* set once, under open_lock, before there is any byte */

  GMutex lock; /* guards the following */
  gint64 size;
  gboolean read;          /* bytes of it have been read */
  gboolean discarded;     /* no byte of it can be read any more */
  GArray *extents;        /* of Extent: sorted, disjoint, never touching */
  Piece latest[N_LATEST]; /* a ring, until the clip is complete */
  guint n_latest;         /* number of all pieces so far */
};

G_DEFINE_FINAL_TYPE (NanogptClip, nanogpt_clip, G_TYPE_OBJECT)

/* Closing the last descriptor deletes an unnamed file, which takes longer the
 * larger the file is. */
static void
close_file (gpointer data)
{
  g_close (GPOINTER_TO_INT (data), NULL);
}

static void
clear_latest (NanogptClip *self)
{
  for (guint i = 0; i < N_LATEST; i++)
    g_clear_pointer (&self->latest[i].bytes, g_bytes_unref);
}

static void
nanogpt_clip_finalize (GObject *object)
{
  NanogptClip *self = NANOGPT_CLIP (object);

  if (self->fd >= 0)
    nanogpt_worker_run (close_file, GINT_TO_POINTER (self->fd));
  g_free (self->cache_dir);
  g_free (self->spool_dir);
  g_mutex_clear (&self->open_lock);
  g_array_unref (self->extents);
  clear_latest (self);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (nanogpt_clip_parent_class)->finalize (object);
}

static void
nanogpt_clip_class_init (NanogptClipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_clip_finalize;
}

static void
nanogpt_clip_init (NanogptClip *self)
{
  self->fd = -1;
  self->size = -1;
  self->extents = g_array_new (FALSE, FALSE, sizeof (Extent));
  g_mutex_init (&self->open_lock);
  g_mutex_init (&self->lock);
}

static gboolean
is_full (int code)
{
  return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

static void
set_error_from_errno (GError **error, int code, const char *doing)
{
  if (is_full (code))
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NO_SPACE,
        _ ("There is no room for the clip: free some space, or set spool-dir to "
           "a larger file system"));
  else
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NO_SPACE,
        _ ("The clip could not be stored: %s failed: %s"), doing,
        g_strerror (code));
}

/* Creates an unnamed file, so that nothing is ever left behind. */
static int
open_unlinked (const char *dir)
{
  g_autofree char *name = NULL;
  int fd = open (dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
    return fd;

  name = g_build_filename (dir, ".nanovid-XXXXXX", NULL);
  fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (name);
  return fd;
}

static int
open_in (const char *spool_dir, GError **error)
{
  int fd = open_unlinked (spool_dir);

  if (fd < 0 && is_full (errno))
    set_error_from_errno (error, errno, "open");
  else if (fd < 0)
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("Clips cannot be stored in \"%s\": %s. Set spool-dir to a "
           "directory that can be written to"),
        spool_dir, g_strerror (errno));
  return fd;
}

/* Not every file system can reserve space; without that, the writes will fail. */
static gboolean
reserve (int fd, gint64 size, GError **error)
{
  if (size <= 0 || fallocate (fd, 0, 0, size) == 0 || !is_full (errno))
    return TRUE;
  set_error_from_errno (error, errno, "fallocate");
  return FALSE;
}

gboolean
nanogpt_clip_check_dir (const char *spool_dir, GError **error)
{
  int fd = open_in (spool_dir, error);
  gboolean usable = fd >= 0 && reserve (fd, SMALLEST_CLIP, error);

  if (fd >= 0)
    g_close (fd, NULL);
  return usable;
}

NanogptClip *
nanogpt_clip_new (
    const char *cache_dir, const char *spool_dir, guint64 max_size)
{
  NanogptClip *self = g_object_new (NANOGPT_TYPE_CLIP, NULL);

  self->cache_dir = g_strdup (cache_dir);
  self->spool_dir = g_strdup (spool_dir);
  self->max_size = max_size;
  return self;
}

/* The file is opened late, because the thread that creates a clip may be one
 * that must not block. */
static gboolean
ensure_open (NanogptClip *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->open_lock);

  if (self->fd < 0 && self->cache_dir)
    self->fd = open_unlinked (self->cache_dir);
  if (self->fd < 0)
    self->fd = open_in (self->spool_dir, error);
  return self->fd >= 0;
}

static gboolean
check_size (NanogptClip *self, guint64 size, GError **error)
{
  if (size <= self->max_size)
    return TRUE;

  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_RESULT_TOO_LARGE,
      _ ("The clip is larger than max-size allows (%llu bytes). Raise max-size to "
         "fetch it"),
      (unsigned long long)self->max_size);
  return FALSE;
}

/* Call with the lock held. */
static gboolean
has_all (NanogptClip *self)
{
  const Extent *first = &g_array_index (self->extents, Extent, 0);

  return self->size == 0
      || (self->size > 0 && self->extents->len > 0 && first->start == 0
          && first->end >= (guint64)self->size);
}

gboolean
nanogpt_clip_set_size (NanogptClip *self, guint64 size, GError **error)
{
  if (!check_size (self, size, error) || !ensure_open (self, error))
    return FALSE;

  if (!reserve (self->fd, size, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  self->size = size;
  if (has_all (self))
    clear_latest (self);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Call with the lock held. */
static void
add_extent (NanogptClip *self, guint64 start, guint64 end)
{
  Extent added = { start, end };
  guint i = 0;

  while (i < self->extents->len) {
    Extent *other = &g_array_index (self->extents, Extent, i);

    if (other->start > added.end)
      break;
    if (other->end < added.start) {
      i++;
      continue;
    }
    added.start = MIN (added.start, other->start);
    added.end = MAX (added.end, other->end);
    g_array_remove_index (self->extents, i);
  }
  g_array_insert_val (self->extents, i, added);
}

static gboolean
write_all (int fd, const guint8 *data, gsize length, guint64 offset)
{
  while (length > 0) {
    gssize written = pwrite (fd, data, length, offset);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return FALSE;
    data += written;
    length -= written;
    offset += written;
  }
  return TRUE;
}

static void
set_unreadable (GError **error, const char *why)
{
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The clip that was stored cannot be read: %s"), why);
}

static gboolean
read_all (int fd, guint8 *data, gsize length, guint64 offset, GError **error)
{
  while (length > 0) {
    gssize got = pread (fd, data, length, offset);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      set_unreadable (
          error, got < 0 ? g_strerror (errno) : _ ("its file was truncated"));
      return FALSE;
    }
    data += got;
    length -= got;
    offset += got;
  }
  return TRUE;
}

NanogptClip *
nanogpt_clip_new_from_fd (int fd, guint64 size)
{
  NanogptClip *self = g_object_new (NANOGPT_TYPE_CLIP, NULL);

  self->fd = fd;
  self->max_size = size;
  self->size = size;
  add_extent (self, 0, size);
  return self;
}

/* Saves a reader that keeps up with the arriving data from reading the file.
 * Call with the lock held. */
static void
keep_latest (NanogptClip *self, guint64 offset, GBytes *bytes)
{
  Piece *piece = &self->latest[self->n_latest++ % N_LATEST];

  g_clear_pointer (&piece->bytes, g_bytes_unref);
  piece->bytes = g_bytes_ref (bytes);
  piece->offset = offset;
}

/* Bytes that were read can no longer be replaced, and bytes of two files must
 * not mix.  Only a comparison of the bytes themselves is certain. */
static gboolean
check_same (NanogptClip *self, const guint8 *data, gsize length, guint64 offset,
    GError **error)
{
  g_autofree guint8 *there = g_malloc (length);

  if (!read_all (self->fd, there, length, offset, error))
    return FALSE;
  if (memcmp (there, data, length) == 0)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG,
      _ ("The file at the service has changed"));
  return FALSE;
}

gboolean
nanogpt_clip_write (
    NanogptClip *self, guint64 offset, GBytes *bytes, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint64 start = offset;
  guint64 end = offset + length;
  gint64 size = nanogpt_clip_get_size (self);

  if (size >= 0)
    end = MIN (end, (guint64)size);
  if (!check_size (self, end, error) || !ensure_open (self, error))
    return FALSE;

  while (offset < end) {
    guint64 gap_end;
    guint64 gap = nanogpt_clip_get_gap (self, offset, &gap_end);

    if (gap > offset
        && !check_same (self, data, MIN (gap, end) - offset, offset, error))
      return FALSE;
    if (gap >= end)
      break;
    data += gap - offset;
    offset = gap;
    gap_end = MIN (gap_end, end);
    if (!write_all (self->fd, data, gap_end - offset, offset)) {
      set_error_from_errno (error, errno, "write");
      return FALSE;
    }

    g_mutex_lock (&self->lock);
    add_extent (self, offset, gap_end);
    if (has_all (self))
      clear_latest (self);
    else if (offset == start && gap_end == start + length)
      keep_latest (self, start, bytes);
    g_mutex_unlock (&self->lock);
    data += gap_end - offset;
    offset = gap_end;
  }
  return TRUE;
}

typedef struct
{
  gint64 size; /* to set first, unless -1 */
  guint64 offset;
  GBytes *bytes; /* (nullable) */
} Store;

static void
store_free (gpointer data)
{
  Store *store = data;

  g_clear_pointer (&store->bytes, g_bytes_unref);
  g_free (store);
}

static void
store_in_thread (GTask *task, gpointer clip, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  Store *store = data;
  GError *error = NULL;

  if (store->size >= 0 && !nanogpt_clip_set_size (clip, store->size, &error))
    g_task_return_error (task, error);
  else if (store->bytes
      && !nanogpt_clip_write (clip, store->offset, store->bytes, &error))
    g_task_return_error (task, error);
  else
    g_task_return_int (
        task, store->bytes ? (gssize)g_bytes_get_size (store->bytes) : 0);
}

void
nanogpt_clip_store_async (NanogptClip *self, gint64 size, guint64 offset,
    GBytes *bytes, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Store *store = g_new0 (Store, 1);

  store->size = size;
  store->offset = offset;
  store->bytes = bytes ? g_bytes_ref (bytes) : NULL;
  g_task_set_task_data (task, store, store_free);
  g_task_run_in_thread (task, store_in_thread);
}

gssize
nanogpt_clip_store_finish (
    NanogptClip *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

int
nanogpt_clip_get_spool (NanogptClip *self)
{
  return self->spool_dir ? self->fd : -1;
}

int
nanogpt_clip_open (NanogptClip *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", self->fd);

  g_return_val_if_fail (nanogpt_clip_is_complete (self), -1);

  g_mutex_lock (&self->lock);
  self->read = TRUE;
  g_mutex_unlock (&self->lock);
  return open (path, O_RDONLY | O_CLOEXEC);
}

gint64
nanogpt_clip_get_size (NanogptClip *self)
{
  gint64 size;

  g_mutex_lock (&self->lock);
  size = self->size;
  g_mutex_unlock (&self->lock);
  return size;
}

guint64
nanogpt_clip_get_bytes (NanogptClip *self)
{
  guint64 bytes = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->extents->len; i++) {
    Extent *extent = &g_array_index (self->extents, Extent, i);
    bytes += extent->end - extent->start;
  }
  g_mutex_unlock (&self->lock);
  return bytes;
}

guint64
nanogpt_clip_get_gap (NanogptClip *self, guint64 offset, guint64 *gap_end)
{
  *gap_end = G_MAXUINT64;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->extents->len; i++) {
    Extent *extent = &g_array_index (self->extents, Extent, i);

    if (extent->start > offset) {
      *gap_end = extent->start;
      break;
    }
    if (extent->end > offset)
      offset = extent->end;
  }
  g_mutex_unlock (&self->lock);
  return offset;
}

guint64
nanogpt_clip_get_available (NanogptClip *self, guint64 offset)
{
  guint64 gap_end;

  return nanogpt_clip_get_gap (self, offset, &gap_end) - offset;
}

gboolean
nanogpt_clip_is_complete (NanogptClip *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return has_all (self);
}

gboolean
nanogpt_clip_peek (
    NanogptClip *self, guint64 offset, gpointer data, gsize length)
{
  return nanogpt_clip_get_available (self, offset) >= length
      && read_all (self->fd, data, length, offset, NULL);
}

gboolean
nanogpt_clip_discard (NanogptClip *self)
{
  gboolean discarded;

  g_mutex_lock (&self->lock);
  self->discarded |= !self->read;
  discarded = self->discarded;
  g_mutex_unlock (&self->lock);
  return discarded;
}

/* Marks the clip as read, unless it was discarded. */
static gboolean
mark_read (NanogptClip *self)
{
  gboolean taken;

  g_mutex_lock (&self->lock);
  self->read |= !self->discarded;
  taken = self->read;
  g_mutex_unlock (&self->lock);
  return taken;
}

static GBytes *
read_latest (NanogptClip *self, guint64 offset, gsize length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = 0; i < N_LATEST; i++) {
    const Piece *piece = &self->latest[i];

    if (piece->bytes && offset >= piece->offset
        && offset + length <= piece->offset + g_bytes_get_size (piece->bytes))
      return g_bytes_new_from_bytes (
          piece->bytes, offset - piece->offset, length);
  }
  return NULL;
}

/* The file is not mapped: a process that reads a mapping of a truncated file is
 * killed.  The allocator reuses the same pages, so this is as fast. */
GBytes *
nanogpt_clip_read (
    NanogptClip *self, guint64 offset, gsize length, GError **error)
{
  g_autofree guint8 *data = NULL;
  GBytes *latest;

  g_return_val_if_fail (
      length > 0 && nanogpt_clip_get_available (self, offset) >= length, NULL);

  if (!mark_read (self)) {
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The clip was given up");
    return NULL;
  }
  latest = read_latest (self, offset, length);
  if (latest)
    return latest;

  data = g_try_malloc (length);
  if (!data) {
    set_unreadable (error, g_strerror (ENOMEM));
    return NULL;
  }
  if (!read_all (self->fd, data, length, offset, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), length);
}
