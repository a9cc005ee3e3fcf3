/* nanovid: one API call, with rate limit, redirects and error responses
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
 * Network thread only.  A call exists until it has been sent and has ended.
 */
typedef struct _NanogptCall NanogptCall;

/**
 * NanogptCallDetour:
 * @error: (inout): why the service refused the call; may be replaced by another
 *   error
 *
 * Returns: (transfer full) (nullable): the URL to request instead, within the
 *   same time limit
 */
typedef GUri *(*NanogptCallDetour) (GError **error, gpointer user_data);

/**
 * nanogpt_call_new:
 * @source: (nullable): the source object of the result
 * @url: (transfer full): the URL to request
 * @kind: the kind of request, whose rate limit and refusals apply
 * @timeout: seconds that the whole call may take once it is sent, 0 for no
 *   limit
 * @cancellable: (nullable): ends the call
 */
NanogptCall *nanogpt_call_new (NanogptAccount *account, gpointer source,
    const char *method, GUri *url, NanogptRateKind kind, guint timeout,
    GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_call_set_body:
 * @body: (transfer full): a JSON object
 * @sent: (nullable): as for nanogpt_http_request_async(), but reset to %FALSE
 *   when the call is redirected
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
 * @detour: called whenever the service refuses the call
 * @user_data: (transfer full): for @detour
 */
void nanogpt_call_set_detour (NanogptCall *call, NanogptCallDetour detour,
    gpointer user_data, GDestroyNotify destroy);

/**
 * nanogpt_call_send:
 * @call: (transfer full): the call to send
 * @delay: microseconds to wait before sending
 */
void nanogpt_call_send (NanogptCall *call, gint64 delay);

/**
 * nanogpt_call_fail:
 * @call: (transfer full): a call that was not sent
 * @error: (transfer full): the reason
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
 * @result: the result of a call with `sent`
 *
 * Returns: whether a byte of it may have reached a server that could have
 *   created a job
 */
gboolean nanogpt_call_was_sent (GAsyncResult *result);

/**
 * nanogpt_call_get_detour_data:
 * @result: the result passed to the callback
 *
 * Returns: (transfer none): the `user_data` of nanogpt_call_set_detour()
 */
gpointer nanogpt_call_get_detour_data (GAsyncResult *result);

G_END_DECLS
