/* nanovid: lines of a script, with properties and without
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <unistd.h>

#include "nanogpt/base/error.h"
#include "nanogpt/request/prompt-line.h"

static const struct
{
  const char *line;
  const char *prompt;     /* NULL: refused */
  const char *properties; /* in the format of g_variant_print() */
} cases[] = {
  { "a lighthouse", "a lighthouse", NULL },
  { "  a lighthouse \r\n", "a lighthouse", NULL },
  { "a {\"b\": 1}", "a {\"b\": 1}", NULL },
  { "{}a", "a", "@a{sv} {}" },
  { "{\"duration\": 5} a", "a", "{'duration': <int64 5>}" },
  { " {\"a\": 1.5} x } y ", "x } y", "{'a': <1.5>}" },
  { "{\"a\": true}", "", "{'a': <true>}" },
  { "{\"a\": \"}\\\"{\"}", "", "{'a': <'}\"{'>}" },
  { "{\"parameters\": {\"b\": {\"c\": 1}}} x", "x",
      "{'parameters': <'{\"b\":{\"c\":1}}'>}" },
  { "{\"reference-images\": [\"a\", \"b\"]} x", "x",
      "{'reference-images': <['a', 'b']>}" },
  { "{\"duration\": 5 a", NULL, NULL },
  { "{\"duration\": } a", NULL, NULL },
  { "{duration: 5} a", NULL, NULL },
  { "{\"a\": null} x", NULL, NULL },
  { "{\"a\": [1]} x", NULL, NULL },
  { "{", NULL, NULL },
  { "{\"\\", NULL, NULL },
  { "a \xff", NULL, NULL },
};

static void
test_line (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) properties = NULL;
  g_autofree char *prompt = NULL;
  g_autofree char *text = NULL;
  gboolean parsed =
      nanogpt_prompt_line_parse (cases[i].line, &prompt, &properties, &error);

  if (!cases[i].prompt) {
    g_assert_false (parsed);
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
    return;
  }
  g_assert_no_error (error);
  g_assert_true (parsed);
  text = properties ? g_variant_print (properties, TRUE) : NULL;
  g_assert_cmpstr (prompt, ==, cases[i].prompt);
  g_assert_cmpstr (text, ==, cases[i].properties);
}

/* Whatever follows a NUL would be left out of the film. */
static void
test_binary_script (void)
{
  static const char script[] = "one\n\0two\nthree\n";
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp (NULL, &path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (
      write (fd, script, sizeof script - 1), ==, sizeof script - 1);
  close (fd);
  g_assert_null (nanogpt_prompt_lines_load (path, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/prompt-line/%u", i);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_line);
  }
  g_test_add_func ("/prompt-line/binary-script", test_binary_script);
  return g_test_run ();
}
