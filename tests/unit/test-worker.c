/* nanovid: tests of what runs on worker threads
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture/env.h"
#include "nanogpt/base/worker.h"

#define VARIABLE "TEST_WORKER_FILE"

/* Simulates a slow disk. */
static void
write_slowly (gpointer path)
{
  g_usleep (G_USEC_PER_SEC / 4);
  g_assert_true (g_file_set_contents (path, "done", -1, NULL));
}

/* Work that was requested is completed before the process exits. */
static void
test_exit (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "written", NULL);

  if (g_test_subprocess ()) {
    nanogpt_worker_run (write_slowly, (gpointer)g_getenv (VARIABLE));
    exit (0);
  }
  g_setenv (VARIABLE, path, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
wait_for_release (gpointer data)
{
  char byte;

  g_assert_cmpint (read (GPOINTER_TO_INT (data), &byte, 1), ==, 1);
}

/* A child has none of the threads, so it does not wait for their work. */
static void
test_fork (void)
{
  gint64 started = g_get_monotonic_time ();
  int pipe_ends[2];
  int status;
  pid_t child;

  g_assert_cmpint (pipe (pipe_ends), ==, 0);
  nanogpt_worker_run (wait_for_release, GINT_TO_POINTER (pipe_ends[0]));
  child = fork ();
  if (child == 0)
    exit (0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (g_get_monotonic_time () - started, <,
      (gint64)(fixture_scaled (5) * G_USEC_PER_SEC));
  g_assert_cmpint (write (pipe_ends[1], "x", 1), ==, 1);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/worker/exit", test_exit);
  g_test_add_func ("/worker/fork", test_fork);
  return g_test_run ();
}
