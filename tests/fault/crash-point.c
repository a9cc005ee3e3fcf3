/* nanovid: a preloaded library that signals its process at one system call
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The library numbers the calls of each kind that have a visible effect on the disk or
 * the network.
 *
 *   CRASH_POINT=KIND:NUMBER:before|after   where to send the signal
 *   CRASH_SIGNAL=NUMBER   the signal, instead of SIGKILL
 *   CRASH_TRACE=FILE    gets a line "KIND DETAIL" for each call; the detail of
 *                       a connect is its port
 *   CRASH_IO_MAX=BYTES  maximum that one call moves over a socket, so that
 *                       there are calls in the middle of everything
 *   CRASH_CLOCK=SECONDS how far the wall clock is ahead */

#define _GNU_SOURCE
/* Both names of each call are defined below, so neither may be an alias of the other. */
#undef _FILE_OFFSET_BITS

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef enum
{
  CONNECT,
  SEND,
  RECV,
  OPEN,
  WRITE,
  SYNC,
  RENAME,
  UNLINK,
  MKDIR,
  LOCK,
  N_KINDS
} Kind;

static const char *const names[N_KINDS] = { "connect", "send", "recv", "open",
  "write", "sync", "rename", "unlink", "mkdir", "lock" };

static atomic_uint counts[N_KINDS];
static int point_kind = -1;
static unsigned point_number;
static bool point_after;
static int point_signal = SIGKILL;
static int trace_fd = -1;
static size_t io_max = SIZE_MAX;
static time_t clock_ahead;

/* The function of that name that this library replaces. */
#define REAL(name)                                                             \
  ({                                                                           \
    static _Atomic (void *) found;                                             \
    if (!found)                                                                \
      found = dlsym (RTLD_NEXT, #name);                                        \
    (__typeof__ (&name))found;                                                 \
  })

__attribute__ ((constructor)) static void
set_up (void)
{
  const char *point = getenv ("CRASH_POINT");
  const char *signal = getenv ("CRASH_SIGNAL");
  const char *trace = getenv ("CRASH_TRACE");
  const char *max = getenv ("CRASH_IO_MAX");
  const char *ahead = getenv ("CRASH_CLOCK");
  char kind[16], when[16];

  if (point
      && sscanf (point, "%15[^:]:%u:%15s", kind, &point_number, when) == 3)
    for (int i = 0; i < N_KINDS; i++)
      if (strcmp (kind, names[i]) == 0)
        point_kind = i;
  point_after = point_kind >= 0 && strcmp (when, "after") == 0;
  if (signal)
    point_signal = atoi (signal);
  if (trace)
    trace_fd = syscall (SYS_openat, AT_FDCWD, trace,
        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (max)
    io_max = strtoul (max, NULL, 10);
  if (ahead)
    clock_ahead = strtol (ahead, NULL, 10);
}

static void
strike (void)
{
  syscall (SYS_kill, getpid (), point_signal);
  while (point_signal == SIGKILL)
    pause ();
}

/* Returns: whether to call leave() after the call */
static bool
enter (Kind kind, int detail)
{
  unsigned number = atomic_fetch_add (&counts[kind], 1) + 1;
  bool here = (int)kind == point_kind && number == point_number;

  if (trace_fd >= 0) {
    char line[32];
    int length = snprintf (line, sizeof line, "%s %d\n", names[kind], detail);

    syscall (SYS_write, trace_fd, line, length);
  }
  if (here && !point_after)
    strike ();
  return here;
}

static void
leave (bool here)
{
  if (here)
    strike ();
}

static bool
is_internet (int fd)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  int code = errno;
  bool yes = getsockname (fd, (struct sockaddr *)&address, &length) == 0
      && (address.ss_family == AF_INET || address.ss_family == AF_INET6);

  errno = code;
  return yes;
}

static bool
is_regular (int fd)
{
  struct stat status;
  int code = errno;
  bool yes = fd > STDERR_FILENO && fstat (fd, &status) == 0
      && S_ISREG (status.st_mode);

  errno = code;
  return yes;
}

/* Calls that find no data are repeated later, and are not counted. */
static bool
has_input (int fd)
{
  char byte;
  int code = errno;
  bool yes = is_internet (fd)
      && REAL (recv) (fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;

  errno = code;
  return yes;
}

static size_t
limit (size_t length)
{
  return length < io_max ? length : io_max;
}

/* Network */

int
connect (int fd, const struct sockaddr *address, socklen_t length)
{
  const struct sockaddr_in *internet = (const struct sockaddr_in *)address;
  bool here;
  int result;

  if (address->sa_family != AF_INET)
    return REAL (connect) (fd, address, length);
  here = enter (CONNECT, ntohs (internet->sin_port));
  result = REAL (connect) (fd, address, length);
  leave (here);
  return result;
}

ssize_t
sendto (int fd, const void *data, size_t length, int flags,
    const struct sockaddr *address, socklen_t address_length)
{
  bool here;
  ssize_t result;

  if (!is_internet (fd))
    return REAL (sendto) (fd, data, length, flags, address, address_length);
  here = enter (SEND, 0);
  result =
      REAL (sendto) (fd, data, limit (length), flags, address, address_length);
  leave (here);
  return result;
}

ssize_t
send (int fd, const void *data, size_t length, int flags)
{
  return sendto (fd, data, length, flags, NULL, 0);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  struct msghdr first = *message;
  struct iovec piece;
  bool here;
  ssize_t result;

  if (!is_internet (fd) || message->msg_iovlen == 0)
    return REAL (sendmsg) (fd, message, flags);
  if (io_max < SIZE_MAX) {
    piece = message->msg_iov[0];
    piece.iov_len = limit (piece.iov_len);
    first.msg_iov = &piece;
    first.msg_iovlen = 1;
  }
  here = enter (SEND, 0);
  result = REAL (sendmsg) (fd, &first, flags);
  leave (here);
  return result;
}

ssize_t
recvfrom (int fd, void *data, size_t length, int flags,
    struct sockaddr *address, socklen_t *address_length)
{
  bool here;
  ssize_t result;

  if ((flags & MSG_PEEK) || !has_input (fd))
    return REAL (recvfrom) (fd, data, length, flags, address, address_length);
  here = enter (RECV, 0);
  result = REAL (recvfrom) (
      fd, data, limit (length), flags, address, address_length);
  leave (here);
  return result;
}

ssize_t
recv (int fd, void *data, size_t length, int flags)
{
  return recvfrom (fd, data, length, flags, NULL, NULL);
}

ssize_t
read (int fd, void *data, size_t length)
{
  bool here;
  ssize_t result;

  if (!has_input (fd))
    return REAL (read) (fd, data, length);
  here = enter (RECV, 0);
  result = REAL (read) (fd, data, limit (length));
  leave (here);
  return result;
}

/* Files */

ssize_t
write (int fd, const void *data, size_t length)
{
  bool here;
  ssize_t result;

  if (is_internet (fd))
    return send (fd, data, length, 0);
  if (!is_regular (fd))
    return REAL (write) (fd, data, length);
  here = enter (WRITE, 0);
  result = REAL (write) (fd, data, length);
  leave (here);
  return result;
}

ssize_t
writev (int fd, const struct iovec *pieces, int n_pieces)
{
  bool here;
  ssize_t result;

  if (!is_regular (fd))
    return REAL (writev) (fd, pieces, n_pieces);
  here = enter (WRITE, 0);
  result = REAL (writev) (fd, pieces, n_pieces);
  leave (here);
  return result;
}

#define DEFINE_PWRITE(name, type)                                              \
  ssize_t name (int fd, const void *data, size_t length, type offset)          \
  {                                                                            \
    bool here = enter (WRITE, 0);                                              \
    ssize_t result = REAL (name) (fd, data, length, offset);                   \
                                                                               \
    leave (here);                                                              \
    return result;                                                             \
  }
DEFINE_PWRITE (pwrite, off_t)
DEFINE_PWRITE (pwrite64, off64_t)

#define DEFINE_OPEN(name)                                                      \
  int name (const char *path, int flags, ...)                                  \
  {                                                                            \
    bool makes = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;        \
    mode_t mode = 0;                                                           \
    bool here = false;                                                         \
    int result;                                                                \
                                                                               \
    if (makes) {                                                               \
      va_list args;                                                            \
                                                                               \
      va_start (args, flags);                                                  \
      mode = va_arg (args, mode_t);                                            \
      va_end (args);                                                           \
      here = enter (OPEN, 0);                                                  \
    }                                                                          \
    result = REAL (name) (path, flags, mode);                                  \
    leave (here);                                                              \
    return result;                                                             \
  }
DEFINE_OPEN (open)
DEFINE_OPEN (open64)

#define DEFINE_FCNTL(name)                                                     \
  int name (int fd, int command, ...)                                          \
  {                                                                            \
    va_list args;                                                              \
    void *argument;                                                            \
    bool here;                                                                 \
    int result;                                                                \
                                                                               \
    va_start (args, command);                                                  \
    argument = va_arg (args, void *);                                          \
    va_end (args);                                                             \
    here = command == F_OFD_SETLK && enter (LOCK, 0);                          \
    result = REAL (name) (fd, command, argument);                              \
    leave (here);                                                              \
    return result;                                                             \
  }
DEFINE_FCNTL (fcntl)
DEFINE_FCNTL (fcntl64)

int
fsync (int fd)
{
  bool here = enter (SYNC, 0);
  int result = REAL (fsync) (fd);

  leave (here);
  return result;
}

int
rename (const char *from, const char *to)
{
  bool here = enter (RENAME, 0);
  int result = REAL (rename) (from, to);

  leave (here);
  return result;
}

int
renameat2 (int from_dir, const char *from, int to_dir, const char *to,
    unsigned int flags)
{
  bool here = enter (RENAME, 0);
  int result = REAL (renameat2) (from_dir, from, to_dir, to, flags);

  leave (here);
  return result;
}

int
unlink (const char *path)
{
  bool here = enter (UNLINK, 0);
  int result = REAL (unlink) (path);

  leave (here);
  return result;
}

int
mkdir (const char *path, mode_t mode)
{
  bool here = enter (MKDIR, 0);
  int result = REAL (mkdir) (path, mode);

  leave (here);
  return result;
}

/* The clock */

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  int result = REAL (clock_gettime) (clock, now);

  if (result == 0 && clock == CLOCK_REALTIME)
    now->tv_sec += clock_ahead;
  return result;
}

int
gettimeofday (struct timeval *now, void *zone)
{
  int result = REAL (gettimeofday) (now, zone);

  if (result == 0)
    now->tv_sec += clock_ahead;
  return result;
}
