/* nanovid: one call of the API: its turn, redirects and refusals
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "account.h"
#include "http-request.h"
#include "rate-limiter.h"

G_BEGIN_DECLS

/**
 * NanogptCall:
 *
 * Network thread only.  A call lives until it was sent and has ended.
 */
typedef struct _NanogptCall NanogptCall;

/**
 * NanogptCallDetour:
 * @error: (inout): why the service has refused the call; another error may take
 *   its place
 *
 * Returns: (transfer full) (nullable): what to ask instead, within the same time
 */
typedef GUri *(*NanogptCallDetour) (GError **error, gpointer user_data);

/**
 * nanogpt_call_new:
 * @source: (nullable): the source object of the result
 * @url: (transfer full): where to
 * @kind: whose rate limit and refusals count
 * @timeout: seconds that the whole call may take once it is on its way, 0 for
 *   any
 * @cancellable: (nullable): ends the call
 */
NanogptCall *nanogpt_call_new (NanogptAccount *account, gpointer source,
    const char *method, GUri *url, NanogptRateKind kind, guint timeout,
    GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_call_set_body:
 * @body: (transfer full): a JSON object
 * @sent: (nullable): as for nanogpt_http_request_async(), but %FALSE again where
 *   the call was sent on to another URL
 */
void nanogpt_call_set_body (NanogptCall *call, GBytes *body, gboolean *sent);

/**
 * nanogpt_call_set_gate:
 * @may_leave: (nullable): see nanogpt_http_request_async()
 */
void nanogpt_call_set_gate (
    NanogptCall *call, NanogptMayLeave may_leave, gpointer leave_data);

/**
 * nanogpt_call_set_detour:
 * @detour: asked whenever the service refuses the call
 * @user_data: (transfer full): for @detour
 */
void nanogpt_call_set_detour (NanogptCall *call, NanogptCallDetour detour,
    gpointer user_data, GDestroyNotify destroy);

/**
 * nanogpt_call_send:
 * @call: (transfer full): what to send
 * @delay: microseconds to wait before that
 */
void nanogpt_call_send (NanogptCall *call, gint64 delay);

/**
 * nanogpt_call_fail:
 * @call: (transfer full): what is not sent
 * @error: (transfer full): why
 */
void nanogpt_call_fail (NanogptCall *call, GError *error);

/**
 * nanogpt_call_finish:
 *
 * Returns: (transfer full) (nullable): a response with a status of 2xx
 */
NanogptHttpResponse *nanogpt_call_finish (GAsyncResult *result, GError **error);

/**
 * nanogpt_call_was_sent:
 * @result: of a call that was given `sent`
 *
 * Returns: whether a byte of it may have arrived where it counts
 */
gboolean nanogpt_call_was_sent (GAsyncResult *result);

/**
 * nanogpt_call_get_detour_data:
 * @result: what the callback was given
 *
 * Returns: (transfer none): what nanogpt_call_set_detour() was given
 */
gpointer nanogpt_call_get_detour_data (GAsyncResult *result);

G_END_DECLS
