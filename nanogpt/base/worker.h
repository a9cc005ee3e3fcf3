/* nanovid: runs blocking functions on worker threads, without a result
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_worker_run:
 * @work: what may wait for the disk
 * @data: (transfer full): for @work
 *
 * Runs @work on a thread of its own, soon.  Unlike a #GTask, it needs no main
 * context that runs.  A process that ends by exit() waits up to ten seconds for
 * what has not ended.
 */
void nanogpt_worker_run (GDestroyNotify work, gpointer data);

G_END_DECLS
