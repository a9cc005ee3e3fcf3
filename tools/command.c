/* nanovid: nanovid-jobs: what its commands share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"

#include <stdarg.h>

const char *
options_get_place (const Options *options)
{
  return options->database ? options->database : options->state_dir;
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
