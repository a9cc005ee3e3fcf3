/* nanovid: time and cost of earlier jobs of the same kind
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store-types.h"

G_BEGIN_DECLS

/**
 * nanogpt_history_load:
 * @state_dir: where the history is kept
 * @kind: what the times and costs of jobs depend on, any text
 *
 * Waits for the disk.
 *
 * Returns: (transfer full): what is known, if only that nothing is
 */
NanogptHistory *nanogpt_history_load (const char *state_dir, const char *kind);

/**
 * nanogpt_history_add_time:
 * @seconds: from submit to COMPLETED, 0 or more
 * @error: return location for an error of #GFileError
 *
 * Waits for the disk, and for other processes that write the history.  A
 * history that cannot be read starts anew.
 */
gboolean nanogpt_history_add_time (
    const char *state_dir, const char *kind, double seconds, GError **error);

/**
 * nanogpt_history_add_cost:
 * @cost: what was charged, 0 or more
 * @currency: (nullable): of @cost
 * @error: return location for an error of #GFileError
 *
 * Waits as nanogpt_history_add_time() does.
 */
gboolean nanogpt_history_add_cost (const char *state_dir, const char *kind,
    NanogptMicros cost, const char *currency, GError **error);

G_END_DECLS
