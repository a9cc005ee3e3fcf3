/* nanovid: what earlier jobs of the same kind took and cost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define NANOGPT_HISTORY_N_TIMES 20

/**
 * NanogptHistory:
 * @times: seconds from submit to COMPLETED of the latest jobs, oldest first
 * @n_times: how many @times there are
 * @cost: what the last job cost, negative when unknown
 * @currency: (nullable): of @cost; %NULL when the service did not say
 * @cost_at: when that was, microseconds since the epoch (UTC), 0 when unknown
 *
 * What is known of one kind of job.  In `history` in the service's directory, a key file for
 * people to read, are the 500 kinds that were last seen.
 */
typedef struct
{
  double times[NANOGPT_HISTORY_N_TIMES];
  guint n_times;
  double cost;
  char *currency;
  gint64 cost_at;
} NanogptHistory;

void nanogpt_history_free (NanogptHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptHistory, nanogpt_history_free)

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
    double cost, const char *currency, GError **error);

G_END_DECLS
