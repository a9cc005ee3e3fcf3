/* nanovid: durations and costs of earlier jobs of the same kind
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/**
 * nanogpt_history_load:
 * @state_dir: the directory of the history
 * @kind: what the times and costs of jobs depend on, any text
 *
 * Blocks on the disk.
 *
 * Returns: (transfer full): what is known, which may be nothing
 */
NanogptHistory *nanogpt_history_load (const char *state_dir, const char *kind);

/**
 * nanogpt_history_add_time:
 * @seconds: seconds from submit to COMPLETED, 0 or more
 * @error: return location for an error of #GFileError
 *
 * Blocks on the disk, and on other processes that write the history.  A history
 * that cannot be read is replaced by a new one.
 */
gboolean nanogpt_history_add_time (
    const char *state_dir, const char *kind, double seconds, GError **error);

/**
 * nanogpt_history_add_cost:
 * @cost: what was charged, 0 or more
 * @currency: (nullable): the currency of @cost
 * @error: return location for an error of #GFileError
 *
 * Blocks like nanogpt_history_add_time().
 */
gboolean nanogpt_history_add_cost (const char *state_dir, const char *kind,
    NanogptMicros cost, const char *currency, GError **error);

G_END_DECLS
