/* nanovid: the log of the API client
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "log.h"

static NanogptLogHandler handler; /* atomic */

/* Failures are reported as errors.  The log of a program gets them only as
 * messages, because with G_DEBUG=fatal-warnings a warning would end the
 * program. */
static void
write_to_glib (NanogptLogLevel level, const char *message)
{
  g_log (G_LOG_DOMAIN,
      level <= NANOGPT_LOG_INFO ? G_LOG_LEVEL_INFO : G_LOG_LEVEL_DEBUG, "%s",
      message);
}

void
nanogpt_log_set_handler (NanogptLogHandler new_handler)
{
  g_atomic_pointer_set (&handler, new_handler);
}

void
nanogpt_log_write (NanogptLogLevel level, const char *file,
    const char *function, int line, const char *format, ...)
{
  NanogptLogHandler current = g_atomic_pointer_get (&handler);
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  if (current)
    current (level, file, function, line, message);
  else
    write_to_glib (level, message);
}
