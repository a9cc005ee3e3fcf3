/* nanovid: nanovid-jobs: a progress bar on a terminal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "progress-bar.h"

#include <unistd.h>

#define WIDTH 30

static gboolean shown;

gboolean
progress_bar_is_possible (void)
{
  return isatty (STDERR_FILENO);
}

void
progress_bar_show (double share, double left, const char *text)
{
  char bar[WIDTH + 1] = "";
  g_autofree char *eta =
      left >= 0 ? g_strdup_printf (", about %.0f s left", left) : g_strdup ("");

  if (!progress_bar_is_possible ())
    return;
  for (guint i = 0; i < WIDTH; i++)
    bar[i] = i < CLAMP (share, 0, 1) * WIDTH ? '#' : '.';
  g_printerr ("\r\033[K[%s] %s%s", bar, text, eta);
  shown = TRUE;
}

void
progress_bar_end (void)
{
  if (shown)
    g_printerr ("\n");
  shown = FALSE;
}
