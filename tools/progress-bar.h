/* nanovid: nanovid-jobs: a progress bar on a terminal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: whether stderr is a terminal on which lines can be rewritten */
gboolean progress_bar_is_possible (void);

/* Shows the progress of a wait on stderr, in one line that the next call
 * replaces and that is cut to the width of the terminal.  Shows nothing if
 * stderr is not a terminal.
 * @share: 0 to 1, negative if unknown
 * @left: remaining seconds, negative if unknown */
void progress_bar_show (double share, double left, const char *text);

/* Moves to the next line, if a bar was shown. */
void progress_bar_end (void);

G_END_DECLS
