/* nanovid: taking turns at a file that several processes write
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* F_OFD_SETLK, O_NOFOLLOW */

#include "lock-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#define PATIENCE (30 * G_USEC_PER_SEC)
#define PAUSE (5 * 1000)

/* The lock belongs to the open file, not to the process: it holds between two
 * threads too, and goes with a process that dies.
 *
 * Returns: 0, or what went wrong; EAGAIN when others did not let go */
static int
wait_for (int fd)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  for (;;) {
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl (fd, F_OFD_SETLK, &whole) == 0)
      return 0;
    if (errno != EAGAIN && errno != EINTR)
      return errno;
    if (g_get_monotonic_time () > deadline)
      return EAGAIN;
    /* Waiting in the kernel would have no end when the holder is stopped. */
    g_usleep (PAUSE);
  }
}

int
nanogpt_lock_file_acquire (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int code = fd < 0 ? errno : wait_for (fd);

  if (code == 0)
    return fd;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      _ ("\"%s\" cannot be locked: %s"), path,
      code == EAGAIN ? _ ("another process does not let go of it")
                     : g_strerror (code));
  if (fd >= 0)
    close (fd);
  return -1;
}

void
nanogpt_lock_file_release (int lock)
{
  struct flock whole = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

  /* A child that is about to call exec() may still share the descriptor. */
  fcntl (lock, F_OFD_SETLK, &whole);
  close (lock);
}
