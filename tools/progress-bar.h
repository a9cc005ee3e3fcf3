/* nanovid: nanovid-jobs: a progress bar on a terminal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: whether stderr is a terminal whose lines can be written again */
gboolean progress_bar_is_possible (void);

/* Shows on stderr how far a wait is, in one line that the next call replaces.
 * Anywhere but on a terminal, nothing is shown.  It is cut to the terminal's
 * width.
 * @share: 0 to 1, negative when unknown
 * @left: seconds that are left, negative when unknown */
void progress_bar_show (double share, double left, const char *text);

/* Goes to the next line, if a bar was shown. */
void progress_bar_end (void);

G_END_DECLS
