/* nanovid: parses the Retry-After header
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * nanogpt_retry_after_parse:
 * @value: (nullable): the header's value: seconds, or an HTTP date
 * @date: (nullable): the response's own Date, which an HTTP date is relative
 *   to; %NULL uses this machine's clock
 *
 * Returns: milliseconds to wait, 0 for a date that has passed, -1 if the value
 *   is missing or invalid
 */
gint64 nanogpt_retry_after_parse (const char *value, GDateTime *date);

G_END_DECLS
