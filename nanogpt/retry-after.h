/* nanovid: how long the service asks to wait
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_retry_after_parse:
 * @retry_after: (nullable): the header `Retry-After`, in seconds or as a date
 * @date: (nullable): the header `Date` of the same answer; a date is relative
 *   to it, since the two clocks may differ, and to the local clock without it
 *
 * Returns: milliseconds from 0 to a day, -1 when @retry_after tells none
 */
gint64 nanogpt_retry_after_parse (const char *retry_after, const char *date);

G_END_DECLS
