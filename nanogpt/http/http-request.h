/* nanovid: one HTTP request with limits on time and size
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What messages are sent with.  When a connection that was kept turns out to be
 * closed, libsoup 3.2 reports that and starts the message over, and if it does
 * the second before the first it crashes.  The report has this priority, the
 * restart the default one. */
#define NANOGPT_SEND_PRIORITY (G_PRIORITY_DEFAULT - 10)

/**
 * NanogptHttpResponse:
 * @status: the HTTP status
 * @body: what came with it
 * @location: (nullable): the Location header
 * @request_id: (nullable): the service's X-Request-ID, for its support
 * @date: (nullable): the service's clock when it responded
 * @simulated: whether the simulator says that it is the one
 * @retry_after: milliseconds that the service asks to wait, -1 when it does
 *   not
 */
typedef struct
{
  guint status;
  GBytes *body;
  char *location;
  char *request_id;
  GDateTime *date;
  gboolean simulated;
  gint64 retry_after;
} NanogptHttpResponse;

/* Returns: whether a request may be sent that is about to be. */
typedef gboolean (*NanogptMayLeave) (gpointer data);

/**
 * nanogpt_http_request_async:
 * @session: the session to use
 * @message: the request
 * @deadline: monotonic time at which the request ends at the latest, -1 for
 *   never
 * @cancellable: (nullable): ends the request, from the network thread
 * @sent: (nullable): becomes %TRUE as soon as a byte of the request may have
 *   left, and has to stay until @callback is called.  Where it is given,
 *   @cancellable has an effect only before that, and a request that ends
 *   without it certainly sent nothing, nor ever will
 * @may_leave: (nullable): asked when the first byte is about to leave; if not,
 *   the request ends as if there had been no connection in time
 * @leave_data: for @may_leave
 *
 * Sends @message and reads the whole response, of at most 1 MiB.
 * Redirects are not followed.  Of the connections that many requests at once
 * need, a few are kept.  To be called on the network thread.
 */
void nanogpt_http_request_async (SoupSession *session, SoupMessage *message,
    gint64 deadline, GCancellable *cancellable, gboolean *sent,
    NanogptMayLeave may_leave, gpointer leave_data,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_http_request_finish:
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_NETWORK, %NANOGPT_ERROR_BAD_RESPONSE, or
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the response, whatever its HTTP status
 */
NanogptHttpResponse *nanogpt_http_request_finish (
    GAsyncResult *result, GError **error);

/**
 * nanogpt_http_request_guard:
 * @message: a request that is about to be sent
 * @cancellable: what it is sent with
 *
 * Ends a request that a server draws out with interim responses (1xx), or by
 * having it started over (421, REFUSED_STREAM).  Done for whatever is sent with nanogpt_http_request_async().
 */
void nanogpt_http_request_guard (
    SoupMessage *message, GCancellable *cancellable);

/**
 * nanogpt_http_request_cancel:
 * @cancellable: what a request was sent with
 *
 * Cancels it, a moment later, from the main context of the calling thread, which
 * has to be the one of the request.  With libsoup 3.6 a message that is canceled
 * after its headers were read, and before that is reported, completes twice, and
 * the process crashes; a moment later there is nothing left to report.
 */
void nanogpt_http_request_cancel (GCancellable *cancellable);

/**
 * nanogpt_network_error_new:
 * @message: what was sent
 * @cause: (nullable): what GIO or libsoup reported; %NULL where a proxy has
 *   refused @message
 * @responded: whether the response had begun
 *
 * Returns: (transfer full): an error of %NANOGPT_ERROR_NETWORK that a user
 *   can act on, or a copy of @cause when that is %G_IO_ERROR_CANCELLED
 */
GError *nanogpt_network_error_new (
    SoupMessage *message, const GError *cause, gboolean responded);

void nanogpt_http_response_free (NanogptHttpResponse *http_response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptHttpResponse, nanogpt_http_response_free)

G_END_DECLS
