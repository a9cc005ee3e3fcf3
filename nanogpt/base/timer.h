/* nanovid: many timers on one main context
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptTimer:
 *
 * Calls a function once, later.  All timers of a thread share one #GSource,
 * because GLib checks each of its sources in every iteration, and every waiting
 * job has some timers.  If the process was stopped meanwhile, data that has
 * arrived is read first.
 *
 * Must be used on the thread that created it, whose main context must not
 * change.
 */
typedef struct _NanogptTimer NanogptTimer;

/**
 * nanogpt_timer_new:
 * @delay: microseconds
 * @function: called once from the thread-default main context; its result is
 *   ignored
 * @notify: (nullable): frees @data, once @function was, or will not be, called
 *
 * Returns: (transfer full): the timer, which keeps running without this
 *   reference
 */
NanogptTimer *nanogpt_timer_new (
    gint64 delay, GSourceFunc function, gpointer data, GDestroyNotify notify);
void nanogpt_timer_unref (NanogptTimer *timer);

/**
 * nanogpt_timer_clear:
 * @timer: (inout): location of a timer, or of %NULL
 *
 * Cancels the timer, unless its function has been or is being called, and drops
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
 * Returns: the monotonic time at which the function is due
 */
gint64 nanogpt_timer_get_due (const NanogptTimer *timer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptTimer, nanogpt_timer_unref)

G_END_DECLS
