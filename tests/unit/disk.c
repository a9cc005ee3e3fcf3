/* nanovid: intercepts the disk and the clock of the code under test
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* renameat2(), F_OFD_SETLK */

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

Disk disk;

void
disk_watch (const char *directory)
{
  disk.count = 0;
  disk.fail_at = 0;
  disk.kill_at = 0;
  g_atomic_pointer_set (&disk.watched, directory);
}

void
disk_unwatch (void)
{
  g_atomic_pointer_set (&disk.watched, NULL);
}

void
disk_step_free (gpointer data)
{
  DiskStep *step = data;

  g_free (step->path);
  g_free (step->target);
  g_clear_pointer (&step->bytes, g_bytes_unref);
  g_free (step);
}

void
disk_set_time_of_day (gint64 time)
{
  gint64 now;

  disk.ahead = 0;
  now = g_get_real_time ();
  disk.ahead = time - now % G_TIME_SPAN_DAY;
}

static void
disk_note (DiskOperation operation, const char *path, const char *target,
    gconstpointer bytes, gsize length)
{
  DiskStep *step = g_new0 (DiskStep, 1);

  step->operation = operation;
  step->path = g_strdup (path);
  step->target = g_strdup (target);
  step->bytes = g_bytes_new (bytes, length);
  g_ptr_array_add (disk.steps, step);
}

/* Returns: whether to perform the operation; if FALSE, errno is set */
static gboolean
disk_enter (DiskOperation operation, const char *path, const char *target,
    gconstpointer bytes, gsize length)
{
  const char *watched = g_atomic_pointer_get (&disk.watched);

  if (!watched || !g_str_has_prefix (path, watched))
    return TRUE;

  disk.count++;
  if (disk.count == disk.kill_at)
    kill (getpid (), SIGKILL);
  if (disk.count == disk.fail_at) {
    errno = disk.code;
    return FALSE;
  }
  if (disk.steps)
    disk_note (operation, path, target, bytes, length);
  return TRUE;
}

static char *
disk_get_path (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);

  return g_file_read_link (link, NULL);
}

#define DISK_REPLACEMENT __attribute__ ((visibility ("default")))

DISK_REPLACEMENT int
mkdir (const char *path, mode_t mode)
{
  if (!disk_enter (DISK_MAKE_DIR, path, NULL, NULL, 0))
    return -1;
  return syscall (SYS_mkdirat, AT_FDCWD, path, mode);
}

DISK_REPLACEMENT ssize_t
write (int fd, const void *bytes, size_t length)
{
  g_autofree char *path =
      g_atomic_pointer_get (&disk.watched) ? disk_get_path (fd) : NULL;

  if (path && !disk_enter (DISK_WRITE, path, NULL, bytes, length))
    return -1;
  return syscall (SYS_write, fd, bytes, length);
}

DISK_REPLACEMENT int
fsync (int fd)
{
  g_autofree char *path =
      g_atomic_pointer_get (&disk.watched) ? disk_get_path (fd) : NULL;
  gboolean dir = path && g_file_test (path, G_FILE_TEST_IS_DIR);

  if (path
      && !disk_enter (dir ? DISK_SYNC_DIR : DISK_SYNC, path, NULL, NULL, 0))
    return -1;
  return syscall (SYS_fsync, fd);
}

DISK_REPLACEMENT int
rename (const char *path, const char *target)
{
  if (!disk_enter (DISK_RENAME, path, target, NULL, 0))
    return -1;
  return syscall (SYS_renameat, AT_FDCWD, path, AT_FDCWD, target);
}

DISK_REPLACEMENT int
renameat2 (int dir, const char *path, int target_dir, const char *target,
    unsigned int flags)
{
  if (!disk_enter (DISK_EXCHANGE, path, target, NULL, 0))
    return -1;
  return syscall (SYS_renameat2, dir, path, target_dir, target, flags);
}

DISK_REPLACEMENT int
g_unlink (const char *path)
{
  if (!disk_enter (DISK_REMOVE, path, NULL, NULL, 0))
    return -1;
  return syscall (SYS_unlinkat, AT_FDCWD, path, 0);
}

DISK_REPLACEMENT int
fcntl (int fd, int command, ...)
{
  void (*before_lock) (void) = disk.before_lock;
  va_list arguments;
  void *argument;

  if (command == F_OFD_SETLK && before_lock) {
    disk.before_lock = NULL;
    before_lock ();
  }
  va_start (arguments, command);
  argument = va_arg (arguments, void *);
  va_end (arguments);
  return syscall (SYS_fcntl, fd, command, argument);
}

DISK_REPLACEMENT gint64
g_get_real_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + disk.ahead;
}
