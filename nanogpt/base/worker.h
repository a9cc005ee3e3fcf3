/* nanovid: runs blocking functions on worker threads, without a return value
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_worker_run:
 * @work: a function that may block on the disk
 * @data: (transfer full): for @work
 *
 * Runs @work soon, on a worker thread.  Unlike a #GTask, it needs no running
 * main context.  A process that calls exit() waits up to ten seconds for
 * unfinished work.
 */
void nanogpt_worker_run (GDestroyNotify work, gpointer data);

G_END_DECLS
