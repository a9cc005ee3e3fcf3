/* nanovid: nanovid-jobs: Ctrl-C while waiting for a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Until interrupt_end(), Ctrl-C only sets @came and wakes the default main
 * context.  A program that was started with SIGINT ignored keeps ignoring it.
 *
 * Returns: the ID for interrupt_end() */
guint interrupt_begin (gboolean *came);

void interrupt_end (guint interrupt);

/* Ends the program as Ctrl-C would have, so that a shell ends its script as
 * well. */
void interrupt_die (void);

G_END_DECLS
