/* nanovid: a lock ends with the process that has taken it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/store/files/lock-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"

#define N_CHILDREN 30
#define N_FILES 4

static char *
make_path (const char *dir, guint number)
{
  return g_strdup_printf ("%s/%u.lock", dir, number);
}

/* Reports that it runs, and stays until the other end of the pipe is closed. */
static void
live_on (int ready, int until)
{
  char c = '!';

  g_assert_cmpint (write (ready, &c, 1), ==, 1);
  while (read (until, &c, 1) != 0)
    continue;
  _exit (0);
}

static gpointer
take_and_release (gpointer data)
{
  const char *dir = data;

  for (guint i = 0;; i++) {
    g_autofree char *path = make_path (dir, i % N_FILES);
    int lock = nanogpt_lock_file_try (path, FALSE);

    if (lock >= 0)
      nanogpt_lock_file_release (lock);
  }
  return NULL;
}

/* An application that forks while another of its threads takes locks. */
static void
run_application (const char *dir, int ready, int until)
{
  g_autofree char *path = make_path (dir, N_FILES);

  g_assert_cmpint (nanogpt_lock_file_try (path, FALSE), >=, 0);
  g_thread_unref (g_thread_new ("locks", take_and_release, (gpointer)dir));
  for (guint i = 0; i < N_CHILDREN; i++)
    if (fork () == 0)
      live_on (ready, until);
  for (;;)
    pause ();
}

static void
test_forked (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("children that live on", 20);
  g_autofree char *dir = fixture_make_dir ();
  int ready[2];
  int until[2];
  pid_t application;

  g_assert_cmpint (pipe (ready), ==, 0);
  g_assert_cmpint (pipe (until), ==, 0);
  application = fork ();
  if (application == 0) {
    close (until[1]);
    run_application (dir, ready[1], until[0]);
  }
  for (guint i = 0; i < N_CHILDREN; i++) {
    char c;

    g_assert_cmpint (read (ready[0], &c, 1), ==, 1);
  }
  kill (application, SIGKILL);
  g_assert_cmpint (waitpid (application, NULL, 0), ==, application);

  for (guint i = 0; i <= N_FILES; i++) {
    g_autofree char *path = make_path (dir, i);
    int lock = nanogpt_lock_file_try (path, FALSE);

    g_assert_cmpint (lock, >=, 0);
    nanogpt_lock_file_release (lock);
  }
  close (until[1]);
  close (until[0]);
  close (ready[0]);
  close (ready[1]);
}

/* A child cannot affect others by releasing a lock that it has inherited. */
static void
test_child_releases (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = make_path (dir, 0);
  int lock = nanogpt_lock_file_try (path, FALSE);
  pid_t child;
  int status;

  g_assert_cmpint (lock, >=, 0);
  child = fork ();
  if (child == 0) {
    int other = open ("/dev/null", O_RDONLY);

    nanogpt_lock_file_release (lock);
    /* Do not exit, because valgrind would search the child for leaks. */
    kill (getpid (),
        other == lock && fcntl (other, F_GETFD) >= 0 ? SIGKILL : SIGABRT);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  g_assert_true (nanogpt_lock_file_is_held (path));
  g_assert_cmpint (nanogpt_lock_file_try (path, FALSE), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  nanogpt_lock_file_release (lock);
  g_assert_false (nanogpt_lock_file_is_held (path));
}

/* Only regular files can be locked, and files of other types do not block. */
static void
test_strange_files (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("what is no file", 20);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *pipe = make_path (dir, 0);
  g_autofree char *directory = make_path (dir, 1);
  g_autofree char *link = make_path (dir, 2);
  const char *paths[] = { pipe, directory, link };

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  g_assert_cmpint (symlink ("elsewhere", link), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (nanogpt_lock_file_is_held (paths[i]));
    g_assert_cmpint (nanogpt_lock_file_acquire (paths[i], 0, &error), ==, -1);
    g_assert_nonnull (error);
    g_assert_false (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN));
  }
}

static void
test_patience (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = make_path (dir, 0);
  int lock = nanogpt_lock_file_try (path, FALSE);
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      nanogpt_lock_file_acquire (path, G_USEC_PER_SEC / 10, &error), ==, -1);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, G_USEC_PER_SEC / 10);
  nanogpt_lock_file_release (lock);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/lock-file/forked", test_forked);
  g_test_add_func ("/lock-file/child-releases", test_child_releases);
  g_test_add_func ("/lock-file/strange-files", test_strange_files);
  g_test_add_func ("/lock-file/patience", test_patience);
  return g_test_run ();
}
