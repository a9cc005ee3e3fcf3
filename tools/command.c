/* nanovid: nanovid-jobs: what its commands share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"

#include <glib/gi18n-lib.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

const char *
options_get_place (const Options *options)
{
  return options->database ? options->database : options->state_dir;
}

gboolean
is_capable_terminal (int fd)
{
  const char *name = g_getenv ("TERM");

  return isatty (fd) && name && *name && !g_str_equal (name, "dumb");
}

gboolean
print_answer (const char *text, GError **error)
{
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
      _ ("The answer cannot be written: %s"), g_strerror (errno));
  return FALSE;
}

void
complain (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("nanovid-jobs: %s\n", text);
}
