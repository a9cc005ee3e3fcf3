/* nanovid: when to ask how a job is doing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_polling_get_delay:
 * @elapsed: microseconds since the job was submitted
 *
 * Returns: microseconds until the next poll: a fixed share of the time waited
 *   so far, so that the wait is never longer than the job by more than a few
 *   per cent
 */
gint64 nanogpt_polling_get_delay (gint64 elapsed);

G_END_DECLS
