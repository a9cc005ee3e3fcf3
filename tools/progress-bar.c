/* nanovid: nanovid-jobs: a progress bar on a terminal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "progress-bar.h"

#include <sys/ioctl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "command.h"

#define BAR_MAX 30
#define DEFAULT_COLUMNS 80

static gboolean shown;

gboolean
progress_bar_is_possible (void)
{
  return is_capable_terminal (STDERR_FILENO);
}

/* Queried each time, because the window may be resized. */
static guint
get_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return DEFAULT_COLUMNS;
}

static guint
get_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

/* A longer line would wrap onto the next one, and not be erased. */
static void
cut (GString *line, guint room)
{
  const char *p = line->str;
  guint width = 0;

  for (; *p; p = g_utf8_next_char (p)) {
    width += get_width (g_utf8_get_char (p));
    if (width > room)
      break;
  }
  g_string_truncate (line, p - line->str);
}

void
progress_bar_show (double share, double left, const char *text)
{
  g_autoptr (GString) line = g_string_new ("[");
  /* In the last column, a terminal may wrap to the next line. */
  guint room = get_columns () - 1;
  guint length = MIN (BAR_MAX, room / 3);

  if (!progress_bar_is_possible ())
    return;
  for (guint i = 0; i < length; i++)
    g_string_append_c (line, i < CLAMP (share, 0, 1) * length ? '#' : '.');
  g_string_append (line, "] ");
  if (left >= 0)
    g_string_append_printf (line, _ ("%.0f s left: "), left);
  g_string_append (line, text);
  cut (line, room);
  g_printerr ("\r%s\033[K", line->str);
  shown = TRUE;
}

void
progress_bar_end (void)
{
  if (shown)
    g_printerr ("\n");
  shown = FALSE;
}
