/* nanovid: nanovid-jobs: Ctrl-C while waiting for a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "interrupt.h"

#include <glib-unix.h>
#include <signal.h>

static gboolean
on_interrupt (gpointer came)
{
  *(gboolean *)came = TRUE;
  return G_SOURCE_CONTINUE;
}

guint
interrupt_begin (gboolean *came)
{
  struct sigaction action;

  *came = FALSE;
  if (sigaction (SIGINT, NULL, &action) != 0 || action.sa_handler == SIG_IGN)
    return 0;
  return g_unix_signal_add (SIGINT, on_interrupt, came);
}

void
interrupt_end (guint interrupt)
{
  if (interrupt > 0)
    g_source_remove (interrupt);
}

void
interrupt_die (void)
{
  signal (SIGINT, SIG_DFL);
  raise (SIGINT);
}
