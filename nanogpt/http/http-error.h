/* nanovid: maps error responses of the service to GErrors
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "responses.h"

G_BEGIN_DECLS

/**
 * nanogpt_http_error_new:
 * @http_status: an HTTP status that is not a success
 * @body: (nullable): the body of the response, in any format
 * @request_id: (nullable): the service's X-Request-ID
 * @retry_after: milliseconds that the service asks to wait, or -1
 *
 * The one place that maps an HTTP status and the service's own error types to
 * a reason.
 *
 * Returns: (transfer full): the error, with its details
 */
GError *nanogpt_http_error_new (guint http_status, GBytes *body,
    const char *request_id, gint64 retry_after);

/**
 * nanogpt_response_error_new:
 * @response: a response that reports a failure, a cancellation, or a refusal
 *   despite a successful HTTP status
 *
 * Returns: (transfer full): the error
 */
GError *nanogpt_response_error_new (const NanogptResponse *response);

G_END_DECLS
