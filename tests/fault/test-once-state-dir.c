/* nanovid: tests that a clip is paid for once: new and unusable state directories
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture/env.h"
#include "once-desk.h"

/* The directory whose disk is full, or NULL. Other threads read it at any time:
 * it is set atomically, and the string is never freed. */
static const char *full_dir;

/* Replaces the C library's function. */
__attribute__ ((visibility ("default"))) ssize_t
write (int fd, const void *data, size_t length)
{
  const char *dir = g_atomic_pointer_get (&full_dir);

  if (dir) {
    g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
    g_autofree char *path = g_file_read_link (link, NULL);

    if (path && g_str_has_prefix (path, dir)) {
      errno = ENOSPC;
      return -1;
    }
  }
  return syscall (SYS_write, fd, data, length);
}

/* A state directory that is set explicitly must be usable. */
static void
assert_refuses (Desk *self, const char *state_dir)
{
  g_autofree char *property = g_strdup_printf ("state-dir=%s", state_dir);
  g_autoptr (GstElement) pipeline = desk_make_pipeline (self, property);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = pipeline_wait_message (
      pipeline, GST_MESSAGE_WARNING | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, state_dir));
  gst_message_parse_error_details (message, &details);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "state-unavailable");
  pipeline_stop (pipeline);
  desk_assert_charges (self, 0);
  desk_assert_submits (self, 0);
}

static void
test_read_only_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);

  assert_refuses (desk, "/proc/nanovid");
}

static void
test_no_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *below_file =
      g_build_filename (desk->dir, "file", "state", NULL);
  g_autofree char *file = g_path_get_dirname (below_file);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  assert_refuses (desk, below_file);
}

static void
test_full_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);

  g_atomic_pointer_set (&full_dir, g_intern_string (desk->state_dir));
  assert_refuses (desk, desk->state_dir);
  g_atomic_pointer_set (&full_dir, NULL);
}

/* Creating a missing state directory causes no warning. */
static void
test_missing_state (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *deep =
      g_build_filename (desk->dir, "not", "there", "yet", NULL);
  g_autofree char *property = g_strdup_printf ("state-dir=%s", deep);

  desk_run (desk, property);
  desk_assert_charges (desk, 1);
  g_assert_true (g_file_test (deep, G_FILE_TEST_IS_DIR));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (NULL, NULL);

  g_test_add_func ("/once/state-dir/read-only", test_read_only_state);
  g_test_add_func ("/once/state-dir/impossible", test_no_state);
  g_test_add_func ("/once/state-dir/full", test_full_state);
  g_test_add_func ("/once/state-dir/missing", test_missing_state);
  return g_test_run ();
}
