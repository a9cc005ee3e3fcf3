/* nanovid: feeds a fuzz target with every file of its corpus
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

static GPtrArray *
list_files (const char *path)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)))
    g_ptr_array_add (files, g_build_filename (path, name, NULL));
  g_assert_cmpuint (files->len, >, 0);
  return files;
}

static void
replay (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  g_autofree guint8 *exact = NULL;
  gsize size;

  g_file_get_contents (data, &content, &size, &error);
  g_assert_no_error (error);
  /* Without the NUL that GLib adds, so that a read beyond the end is detected. */
  exact = g_malloc (MAX (size, 1));
  memcpy (exact, content, size);
  LLVMFuzzerTestOneInput (exact, size);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) files = NULL;

  g_test_init (&argc, &argv, NULL);
  LLVMFuzzerInitialize (&argc, &argv);
  g_assert_cmpint (argc, ==, 2);
  files = list_files (argv[1]);
  for (guint i = 0; i < files->len; i++) {
    g_autofree char *name = g_path_get_basename (files->pdata[i]);
    g_autofree char *path = g_strconcat ("/fuzz/", name, NULL);

    g_test_add_data_func (path, files->pdata[i], replay);
  }
  return g_test_run ();
}
