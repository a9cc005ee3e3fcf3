/* nanovid: atomic file writes that survive a power failure
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* O_NOFOLLOW */

#include "durable-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _NanogptDurableFile
{
  char *path;
  char *temporary; /* NULL when there is none (any more) */
  int fd;
};

static gboolean
set_file_error (GError **error, int code, const char *path, const char *doing)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      /* Translators: the second %s is "opened", "written" and the like. */
      _ ("\"%s\" cannot be %s: %s"), path, doing, g_strerror (code));
  return FALSE;
}

gboolean
nanogpt_durable_sync_dir (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int code = 0;

  if (fd < 0)
    return set_file_error (error, errno, path, _ ("opened"));

  /* Some network file systems have nothing to sync in a directory. */
  if (fsync (fd) < 0 && errno != EINVAL && errno != ENOTSUP)
    code = errno;
  close (fd);
  return code == 0 || set_file_error (error, code, path, _ ("synced"));
}

gboolean
nanogpt_durable_make_dir (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  int made = mkdir (path, 0700);

  if (made < 0 && errno == ENOENT && !g_str_equal (parent, path)) {
    if (!nanogpt_durable_make_dir (parent, error))
      return FALSE;
    made = mkdir (path, 0700);
  }
  if (made == 0) {
    /* A parent that may be written to but not read cannot be synced. */
    nanogpt_durable_sync_dir (parent, NULL);
    return TRUE;
  }
  if (errno != EEXIST)
    return set_file_error (error, errno, path, _ ("made"));
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return set_file_error (error, ENOTDIR, path, _ ("used"));
  return TRUE;
}

int
nanogpt_durable_open_file (const char *path, int flags)
{
  struct stat status;
  /* Without O_NONBLOCK, opening a pipe would block until it has a writer. */
  int fd = open (path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

  if (fd < 0 || (fstat (fd, &status) == 0 && S_ISREG (status.st_mode)))
    return fd;
  close (fd);
  errno = EINVAL;
  return -1;
}

char *
nanogpt_durable_read_file (const char *path, gsize *length)
{
  int fd = nanogpt_durable_open_file (path, O_RDONLY);
  g_autoptr (GByteArray) bytes = NULL;
  guint8 piece[4096];
  gssize got;

  if (fd < 0)
    return NULL;

  bytes = g_byte_array_new ();
  while ((got = read (fd, piece, sizeof (piece))) != 0) {
    if (got > 0) {
      g_byte_array_append (bytes, piece, got);
    } else if (errno != EINTR) {
      int code = errno;

      close (fd);
      errno = code;
      return NULL;
    }
  }
  close (fd);
  if (length)
    *length = bytes->len;
  g_byte_array_append (bytes, (const guint8 *)"", 1);
  return (char *)g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

NanogptDurableFile *
nanogpt_durable_file_new (const char *path, GError **error)
{
  return nanogpt_durable_file_new_with_mode (path, 0600, error);
}

NanogptDurableFile *
nanogpt_durable_file_new_with_mode (const char *path, int mode, GError **error)
{
  g_autoptr (NanogptDurableFile) self = g_new0 (NanogptDurableFile, 1);

  self->path = g_strdup (path);
  self->temporary = g_strconcat (path, ".XXXXXX" NANOGPT_DURABLE_SUFFIX, NULL);
  self->fd = g_mkstemp_full (self->temporary, O_WRONLY | O_CLOEXEC, mode);
  if (self->fd < 0) {
    set_file_error (error, errno, path, _ ("written"));
    g_clear_pointer (&self->temporary, g_free);
    return NULL;
  }
  return g_steal_pointer (&self);
}

NanogptDurableFile *
nanogpt_durable_file_new_from_fd (const char *path, int fd, guint64 length)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *temporary =
      g_strdup_printf ("%s.%s" NANOGPT_DURABLE_SUFFIX, path, random);
  g_autoptr (NanogptDurableFile) self = NULL;
  struct stat status;

  if (fstat (fd, &status) < 0 || status.st_nlink > 0
      || linkat (AT_FDCWD, link, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) < 0)
    return NULL;

  self = g_new0 (NanogptDurableFile, 1);
  self->path = g_strdup (path);
  self->temporary = g_steal_pointer (&temporary);
  self->fd = nanogpt_durable_open_file (self->temporary, O_WRONLY);
  if (self->fd < 0 || ftruncate (self->fd, length) < 0
      || lseek (self->fd, length, SEEK_SET) < 0)
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
nanogpt_durable_write (int fd, gconstpointer data, gsize length)
{
  const guint8 *bytes = data;

  while (length > 0) {
    gssize written = write (fd, bytes, length);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return FALSE;
    bytes += written;
    length -= written;
  }
  return TRUE;
}

gboolean
nanogpt_durable_file_write (
    NanogptDurableFile *self, gconstpointer data, gsize length, GError **error)
{
  return nanogpt_durable_write (self->fd, data, length)
      || set_file_error (error, errno, self->path, _ ("written"));
}

gboolean
nanogpt_durable_file_commit (NanogptDurableFile *self, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (self->path);

  /* Otherwise, after a power cut, the new name may exist without the bytes. */
  if (fsync (self->fd) < 0)
    return set_file_error (error, errno, self->path, _ ("synced"));
  if (rename (self->temporary, self->path) < 0)
    return set_file_error (error, errno, self->path, _ ("replaced"));
  g_clear_pointer (&self->temporary, g_free);
  return nanogpt_durable_sync_dir (dir, error);
}

void
nanogpt_durable_file_free (NanogptDurableFile *self)
{
  if (self->temporary)
    g_unlink (self->temporary);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}
