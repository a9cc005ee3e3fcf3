/* nanovid: many timers on one main context
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptTimer:
 *
 * Calls a function once, later.  All timers of a thread are one #GSource: GLib
 * looks at each of its sources whenever anything happens at all, and every job
 * that waits has some.  When the process was stopped meanwhile, what has arrived
 * is read first.
 *
 * To be used on the thread it was made on, whose main context stays the same.
 */
typedef struct _NanogptTimer NanogptTimer;

/**
 * nanogpt_timer_new:
 * @delay: microseconds
 * @function: called once from the thread-default main context; its result is
 *   ignored
 * @notify: (nullable): frees @data, when @function was called or will not be
 *
 * Returns: (transfer full): the timer, which goes on without this reference
 */
NanogptTimer *nanogpt_timer_new (
    gint64 delay, GSourceFunc function, gpointer data, GDestroyNotify notify);
void nanogpt_timer_unref (NanogptTimer *timer);

/**
 * nanogpt_timer_clear:
 * @timer: (inout): where a timer is, or %NULL
 *
 * Ends the timer, unless its function has been or is being called, and drops
 * the reference.
 */
void nanogpt_timer_clear (NanogptTimer **timer);

/**
 * nanogpt_timer_hurry:
 *
 * Makes the timer due now.
 */
void nanogpt_timer_hurry (NanogptTimer *timer);

/**
 * nanogpt_timer_get_due:
 *
 * Returns: when the function is due, monotonic time
 */
gint64 nanogpt_timer_get_due (const NanogptTimer *timer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptTimer, nanogpt_timer_unref)

G_END_DECLS
