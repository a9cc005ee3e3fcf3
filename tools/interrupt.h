/* nanovid: nanovid-jobs: Ctrl-C, while a job is waited for
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Until the end, Ctrl-C does no more than to set @came, and to wake what
 * iterates the default main context.  What was started to ignore it still does.
 *
 * Returns: what interrupt_end() takes */
guint interrupt_begin (gboolean *came);

void interrupt_end (guint interrupt);

/* Ends the program as Ctrl-C would have: a shell then ends its script, too. */
void interrupt_die (void);

G_END_DECLS
