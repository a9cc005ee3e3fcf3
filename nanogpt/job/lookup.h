/* nanovid: requests the account's recent jobs, once for all waiting jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/http/client.h"

G_BEGIN_DECLS

/**
 * nanogpt_lookup_async:
 * @model: list this model's jobs only
 * @conversation: (nullable): list this conversation's jobs only
 * @cancellable: ends the wait, from the network thread
 *
 * The service allows few of these requests per minute.  So a list that is
 * already awaited for the same account is shared.
 */
void nanogpt_lookup_async (NanogptClient *client, const char *model,
    const char *conversation, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_lookup_finish:
 * @date: (out) (nullable) (transfer full): the service's clock
 * @asked: (out): nanogpt_boot_get_time() when the list was requested
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type NanogptRun) (nullable): the jobs,
 *   which must not be changed
 */
GPtrArray *nanogpt_lookup_finish (NanogptClient *client, GAsyncResult *result,
    GDateTime **date, gint64 *asked, GError **error);

G_END_DECLS
