/* nanovid: lock files that exclude other threads and processes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* F_OFD_SETLK, O_NOFOLLOW */

#include "lock-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nanogpt/base/durable-file.h"

#define PAUSE (5 * 1000)

/* Descriptors */

/* The kernel keeps a lock as long as any process has the descriptor open, and a
 * forked child inherits all descriptors.  So every one is registered here from
 * the moment it is opened, and the child closes them before it does anything
 * else. */
static GMutex descriptors_lock;
static GArray *descriptors;

static void
before_fork (void)
{
  g_mutex_lock (&descriptors_lock);
}

static void
after_fork (void)
{
  g_mutex_unlock (&descriptors_lock);
}

static void
after_fork_in_child (void)
{
  for (guint i = 0; i < descriptors->len; i++)
    close (g_array_index (descriptors, int, i));
  g_array_set_size (descriptors, 0);
  g_mutex_unlock (&descriptors_lock);
}

static void
watch_forks (void)
{
  static gsize watched;

  if (!g_once_init_enter (&watched))
    return;
  descriptors = g_array_new (FALSE, FALSE, sizeof (int));
  pthread_atfork (before_fork, after_fork, after_fork_in_child);
  g_once_init_leave (&watched, 1);
}

static int
open_descriptor (const char *path, gboolean is_new)
{
  int code;
  int fd;

  watch_forks ();
  g_mutex_lock (&descriptors_lock);
  fd = nanogpt_durable_open_file (
      path, O_RDWR | O_CREAT | (is_new ? O_EXCL : 0));
  code = errno;
  if (fd >= 0)
    g_array_append_val (descriptors, fd);
  g_mutex_unlock (&descriptors_lock);
  errno = code;
  return fd;
}

/* In a forked child, the number may already refer to another file. */
static void
close_descriptor (int fd)
{
  struct flock whole = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
  int code = errno;

  g_mutex_lock (&descriptors_lock);
  for (guint i = 0; i < descriptors->len; i++) {
    if (g_array_index (descriptors, int, i) != fd)
      continue;
    g_array_remove_index_fast (descriptors, i);
    /* A child that is about to call exec() may still share it. */
    fcntl (fd, F_OFD_SETLK, &whole);
    close (fd);
    break;
  }
  g_mutex_unlock (&descriptors_lock);
  errno = code;
}

/* Locks */

int
nanogpt_lock_file_try (const char *path, gboolean is_new)
{
  for (;;) {
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat status;
    int fd = open_descriptor (path, is_new);

    if (fd < 0)
      return -1;
    if (fcntl (fd, F_OFD_SETLK, &whole) < 0 || fstat (fd, &status) < 0) {
      int code = errno;

      if (is_new)
        g_unlink (path);
      close_descriptor (fd);
      errno = code;
      return -1;
    }
    if (status.st_nlink > 0)
      return fd;

    /* The file was removed after it was opened, but before it was locked. */
    close_descriptor (fd);
  }
}

int
nanogpt_lock_file_acquire (const char *path, gint64 patience, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + patience;
  int code;

  for (;;) {
    int fd = nanogpt_lock_file_try (path, FALSE);

    if (fd >= 0)
      return fd;
    code = errno;
    if ((code != EAGAIN && code != EINTR) || g_get_monotonic_time () > deadline)
      break;
    /* Waiting in the kernel would never end if the holder is stopped. */
    g_usleep (PAUSE);
  }

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      _ ("\"%s\" cannot be locked: %s"), path,
      code == EAGAIN ? _ ("another process keeps it locked")
                     : g_strerror (code));
  return -1;
}

void
nanogpt_lock_file_release (int lock)
{
  close_descriptor (lock);
}

gboolean
nanogpt_lock_file_is_held (const char *path)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = nanogpt_durable_open_file (path, O_RDONLY);
  gboolean held;

  if (fd < 0)
    return FALSE;
  held = fcntl (fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
  close (fd);
  return held;
}
