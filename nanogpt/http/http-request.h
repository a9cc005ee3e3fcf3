/* nanovid: one HTTP request, with limits on time and response size
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The priority with which messages are sent.  When a kept connection turns out
 * to be closed, libsoup 3.2 reports that and restarts the message, and crashes
 * if the restart comes before the report.  The report has this priority, the
 * restart the default one. */
#define NANOGPT_SEND_PRIORITY (G_PRIORITY_DEFAULT - 10)

/**
 * NanogptHttpResponse:
 * @status: the HTTP status
 * @body: its body
 * @location: (nullable): the Location header
 * @request_id: (nullable): the service's X-Request-ID, for its support
 * @date: (nullable): the service's clock when it responded
 * @simulated: whether the server says that it is the simulator
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

/* Returns: whether the request that is about to be sent may be sent. */
typedef gboolean (*NanogptMayLeave) (gpointer data);

/**
 * nanogpt_http_request_async:
 * @session: the session to use
 * @message: the request
 * @deadline: monotonic time at which the request ends at the latest, -1 for
 *   never
 * @cancellable: (nullable): ends the request, from the network thread
 * @sent: (nullable): set to %TRUE as soon as a byte of the request may have
 *   been sent; must stay valid until @callback is called.  If given,
 *   @cancellable has an effect only before that, and a request that ends with
 *   %FALSE here has certainly sent nothing, and never will
 * @may_leave: (nullable): called when the first byte is about to be sent; if it
 *   returns %FALSE, the request ends as if there had been no connection in time
 * @leave_data: for @may_leave
 *
 * Sends @message and reads the whole response, of at most 1 MiB.  Redirects are
 * not followed.  A limited number of connections is kept for reuse.  Must be
 * called on the network thread.
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
 * @cancellable: the cancellable it is sent with
 *
 * Ends a request that a server draws out with interim responses (1xx), or with
 * restarts (421, REFUSED_STREAM).  nanogpt_http_request_async() calls this
 * itself.
 */
void nanogpt_http_request_guard (
    SoupMessage *message, GCancellable *cancellable);

/**
 * nanogpt_http_request_cancel:
 * @cancellable: the cancellable a request was sent with
 *
 * Cancels it a moment later, from the main context of the calling thread, which
 * must be the one of the request.  With libsoup 3.6, a message that is canceled
 * after its headers were read, but before that is reported, completes twice,
 * and the process crashes.  A moment later there is nothing left to report.
 */
void nanogpt_http_request_cancel (GCancellable *cancellable);

/**
 * nanogpt_network_error_new:
 * @message: the message that was sent
 * @cause: (nullable): what GIO or libsoup reported; %NULL if a proxy refused
 *   @message
 * @responded: whether the response had begun
 *
 * Returns: (transfer full): a %NANOGPT_ERROR_NETWORK that a user can act on, or
 *   a copy of @cause when that is %G_IO_ERROR_CANCELLED
 */
GError *nanogpt_network_error_new (
    SoupMessage *message, const GError *cause, gboolean responded);

void nanogpt_http_response_free (NanogptHttpResponse *http_response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptHttpResponse, nanogpt_http_response_free)

G_END_DECLS
