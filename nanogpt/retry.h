/* nanovid: how long to wait before trying again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_retry_get_delay:
 * @failures: failures in a row before this one
 * @retry_after: milliseconds that the service asked to wait, or -1
 *
 * Returns: microseconds: what the service asked for, else a quarter of a
 *   second, doubled with every failure up to 15 s; with jitter on top
 */
gint64 nanogpt_retry_get_delay (guint failures, gint64 retry_after);

/**
 * nanogpt_retry_get_rate_limit_delay:
 *
 * The same for an answer of 429, where the service itself is known to be
 * well: five seconds, doubled up to a minute.
 */
gint64 nanogpt_retry_get_rate_limit_delay (guint failures, gint64 retry_after);

G_END_DECLS
