/* nanovid: a test's handle of a puppet process
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "actor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture/env.h"

#define PATIENCE 60.0
#define LIFELINE 3

static gint64
get_deadline (void)
{
  return g_get_monotonic_time ()
      + (gint64)(fixture_scaled (PATIENCE) * G_USEC_PER_SEC);
}

/* Returns: whether there is data to read, or end of file */
static gboolean
wait_readable (int fd, gint64 deadline)
{
  gint64 left = deadline - g_get_monotonic_time ();
  struct pollfd pollfd = { .fd = fd, .events = POLLIN };

  return poll (&pollfd, 1, MAX (left, 0) / 1000) > 0;
}

void
actor_start (Actor *self, const char *const *argv,
    const char *const *environment, int lifeline)
{
  const int target = LIFELINE;
  g_autoptr (GError) error = NULL;

  g_spawn_async_with_pipes_and_fds (NULL, argv, environment,
      G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1, STDERR_FILENO, &lifeline,
      &target, 1, &self->pid, &self->input, &self->output, NULL, &error);
  g_assert_no_error (error);
  self->said = g_string_new (NULL);
}

void
actor_tell (Actor *self, const char *line)
{
  /* A killed process does not read. */
  if (write (self->input, line, strlen (line)) < 0)
    g_assert_cmpint (errno, ==, EPIPE);
}

char *
actor_take_line (Actor *self, const char *words)
{
  g_autofree char *pattern = g_strdup_printf ("^(%s)\\b.*\n", words);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  int begin, end;
  char *line;

  if (!g_regex_match (regex, self->said->str, 0, &match))
    return NULL;
  g_match_info_fetch_pos (match, 0, &begin, &end);
  line = g_strndup (self->said->str + begin, end - begin - 1);
  g_string_erase (self->said, begin, end - begin);
  return line;
}

char *
actor_await (Actor *self, const char *words)
{
  gint64 deadline = get_deadline ();
  char *line;

  while (!(line = actor_take_line (self, words))) {
    char text[512];
    gssize length = 0;

    if (wait_readable (self->output, deadline))
      length = read (self->output, text, sizeof text);
    if (length <= 0)
      return NULL;
    g_string_append_len (self->said, text, length);
  }
  return line;
}

gboolean
actor_wait (Actor *self)
{
  gboolean in_time;
  int fd;

  if (self->pid == 0)
    return TRUE;
  fd = pidfd_open (self->pid, 0);
  g_assert_cmpint (fd, >=, 0);
  in_time = wait_readable (fd, get_deadline ());
  close (fd);
  if (!in_time)
    kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  self->pid = 0;
  return in_time;
}

gboolean
actor_end (Actor *self)
{
  gboolean in_time;

  close (self->input);
  in_time = actor_wait (self);
  close (self->output);
  g_string_free (self->said, TRUE);
  return in_time;
}
