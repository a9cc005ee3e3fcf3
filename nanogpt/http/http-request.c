/* nanovid: one HTTP request, with limits on time and response size
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "http-request.h"

#include <glib/gi18n-lib.h>

#include "connections.h"
#include "nanogpt/base/error.h"
#include "network.h"
#include "proxy.h"
#include "retry-after.h"
#include "nanogpt/base/text.h"
#include "nanogpt/base/timer.h"
#include "nanogpt/base/url.h"

#define MAX_BODY (1 << 20)
#define CHUNK (16 << 10)
#define MAX_INFORMATIONAL 16
#define MAX_RESTARTS 5
/* How the project's own simulator of the service names itself */
#define SIMULATOR "nanovid-simulator"

#define MAX_REQUEST_ID 100 /* characters */

/* The number of connections of a session that are kept for reuse.  Otherwise,
 * the connections that many jobs open at once would stay open while the jobs
 * poll, and libsoup checks each of them before every request.  But a new
 * connection is far more expensive: for each, glib-networking reads all
 * certificate authorities of the system, which takes 15 ms.  At the rate limit
 * of one service, this is enough for responses that take more than a second. */
#define MAX_KEPT 32

typedef struct
{
  SoupSession *session;
  SoupMessage *message;
  GCancellable *cancellable; /* ends the message on the wire */
  GCancellable *outer;
  gulong outer_id;
  NanogptTimer *timer;
  GInputStream *stream;
  GByteArray *body;
  gboolean kept;             /* whether its connection is */
  gboolean *posted;          /* the caller's copy of @sent, or NULL */
  NanogptMayLeave may_leave; /* or NULL */
  gpointer leave_data;
  gboolean sent;
  GError *given_up; /* why, until libsoup has ended the message */
  gboolean done;
} HttpRequest;

/* Returns: the number of requests in progress whose connections are kept, after
 * @change */
static guint
count_kept (SoupSession *session, int change)
{
  GObject *object = G_OBJECT (session);
  guint count =
      GPOINTER_TO_UINT (g_object_get_data (object, "nanogpt-kept")) + change;

  g_object_set_data (object, "nanogpt-kept", GUINT_TO_POINTER (count));
  return count;
}

/* A message that asks for its own connection does not use the kept ones.  All
 * others use a kept connection, unless MAX_KEPT of them are in use. */
static void
decide_on_connection (HttpRequest *request)
{
  request->kept =
      !soup_message_query_flags (request->message, SOUP_MESSAGE_NEW_CONNECTION)
      && count_kept (request->session, 0) < MAX_KEPT;
  if (request->kept)
    count_kept (request->session, 1);
  else
    soup_message_headers_replace (
        soup_message_get_request_headers (request->message), "Connection",
        "close");
}

static void
request_free (gpointer data)
{
  HttpRequest *request = data;

  if (request->kept)
    count_kept (request->session, -1);
  g_object_unref (request->session);
  g_object_unref (request->message);
  g_object_unref (request->cancellable);
  g_clear_object (&request->outer);
  g_clear_object (&request->stream);
  g_byte_array_unref (request->body);
  g_clear_error (&request->given_up);
  g_free (request);
}

void
nanogpt_http_response_free (NanogptHttpResponse *http_response)
{
  g_clear_pointer (&http_response->body, g_bytes_unref);
  g_clear_pointer (&http_response->date, g_date_time_unref);
  g_free (http_response->location);
  g_free (http_response->request_id);
  g_free (http_response);
}

/* libsoup keeps reading interim responses as long as they arrive fast enough,
 * and nothing else runs on the thread meanwhile.  It also restarts a message as
 * often as the server says that it did not process it. */
typedef struct
{
  GCancellable *cancellable;
  guint interims;
  guint restarts;
} Guard;

static void
guard_free (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  Guard *guard = data;

  g_object_unref (guard->cancellable);
  g_free (guard);
}

static void
end_drawn_out (SoupMessage *message, Guard *guard, const char *cause)
{
  g_object_set_data (G_OBJECT (message), "nanogpt-drawn-out", (gpointer)cause);
  g_cancellable_cancel (guard->cancellable);
}

static void
on_informational (SoupMessage *message, gpointer data)
{
  Guard *guard = data;

  if (++guard->interims > MAX_INFORMATIONAL)
    end_drawn_out (message, guard, _ ("too many interim responses"));
}

static void
on_guarded_restarted (SoupMessage *message, gpointer data)
{
  Guard *guard = data;

  if (++guard->restarts > MAX_RESTARTS)
    end_drawn_out (message, guard, _ ("the request was refused repeatedly"));
}

void
nanogpt_http_request_guard (SoupMessage *message, GCancellable *cancellable)
{
  Guard *guard = g_new0 (Guard, 1);

  guard->cancellable = g_object_ref (cancellable);
  g_signal_connect_data (message, "got-informational",
      G_CALLBACK (on_informational), guard, guard_free, 0);
  g_signal_connect (
      message, "restarted", G_CALLBACK (on_guarded_restarted), guard);
}

static gboolean
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

/* If libsoup still has to report that the headers were read, that report has
 * the priority of the message, and comes first. */
void
nanogpt_http_request_cancel (GCancellable *cancellable)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, NANOGPT_SEND_PRIORITY + 1);
  g_source_set_callback (
      source, cancel, g_object_ref (cancellable), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static char *
describe_place (SoupMessage *message)
{
  const char *host = g_uri_get_host (soup_message_get_uri (message));
  const char *proxy = nanogpt_proxy_get_name (message);

  /* Translators: the names of two hosts. */
  return proxy ? g_strdup_printf (_ ("%s (through the proxy %s)"), host, proxy)
               : g_strdup (host);
}

GError *
nanogpt_network_error_new (
    SoupMessage *message, const GError *cause, gboolean responded)
{
  const char *drawn_out =
      g_object_get_data (G_OBJECT (message), "nanogpt-drawn-out");
  g_autoptr (GError) own_cause = NULL;
  g_autofree char *url =
      nanogpt_url_to_display (soup_message_get_uri (message));
  g_autofree char *place = describe_place (message);
  NanogptErrorDetails *details;
  GError *error;

  if (drawn_out) {
    own_cause =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, drawn_out);
    cause = own_cause;
  } else if (nanogpt_proxy_has_refused (message)) {
    own_cause = nanogpt_proxy_refusal_new (message);
    cause = own_cause;
    responded = FALSE;
  }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (cause);

  if (cause->domain == G_TLS_ERROR)
    error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_NETWORK,
        _ ("No trusted connection to %s could be made: %s"), place,
        cause->message);
  else if (responded)
    error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_NETWORK,
        _ ("The connection to %s was lost: %s"), place, cause->message);
  else
    error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_NETWORK,
        _ ("%s could not be reached: %s"), place, cause->message);

  details = nanogpt_error_get_details (error);
  details->responded = responded;
  details->transient =
      !g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  details->debug = g_strdup_printf ("%s %s: %s (%s, %d), certificate flags %#x",
      soup_message_get_method (message), url, cause->message,
      g_quark_to_string (cause->domain), cause->code,
      soup_message_get_tls_peer_certificate_errors (message));
  return error;
}

/* Detaches the request from its timer and its caller's cancellable.  The
 * message on the wire ends by itself, and finds the request done. */
static void
request_end (HttpRequest *request)
{
  request->done = TRUE;
  nanogpt_timer_clear (&request->timer);
  if (request->outer_id) {
    g_cancellable_disconnect (request->outer, request->outer_id);
    request->outer_id = 0;
  }
}

static void
request_fail (GTask *task, const GError *cause)
{
  HttpRequest *request = g_task_get_task_data (task);

  if (request->done)
    return;
  request_end (request);
  g_task_return_error (task,
      nanogpt_network_error_new (request->message,
          request->given_up ? request->given_up : cause,
          soup_message_get_status (request->message) != 0));
}

static gboolean
on_timeout (gpointer data)
{
  GTask *task = data;
  HttpRequest *request = g_task_get_task_data (task);
  g_autoptr (GError) cause = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
      request->sent ? _ ("no complete response within http-timeout")
                    : _ ("no connection within http-timeout"));
  g_autoptr (GTask) keep = g_object_ref (task);

  if (request->posted && !request->sent) {
    nanogpt_timer_clear (&request->timer);
    request->given_up = g_steal_pointer (&cause);
    g_cancellable_cancel (request->cancellable);
    return G_SOURCE_REMOVE;
  }
  request_fail (keep, cause);
  nanogpt_http_request_cancel (request->cancellable);
  nanogpt_connections_cut (request->session, request->message);
  return G_SOURCE_REMOVE;
}

static gboolean
on_given_up (gpointer data)
{
  g_autoptr (GError) cause =
      g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");

  request_fail (data, cause);
  return G_SOURCE_REMOVE;
}

/* With HTTP/2, libsoup may end the message much later.  A request that must not
 * be sent any more waits for that nevertheless, because it might still be
 * sent. */
static void
on_outer_cancelled (GCancellable *outer G_GNUC_UNUSED, gpointer data)
{
  GTask *task = data;
  HttpRequest *request = g_task_get_task_data (task);
  g_autoptr (NanogptTimer) timer = NULL;

  /* At once, so that it is not sent after all. */
  if (!request->sent)
    g_cancellable_cancel (request->cancellable);
  else if (!request->posted)
    nanogpt_http_request_cancel (request->cancellable);
  if (!request->posted)
    timer =
        nanogpt_timer_new (0, on_given_up, g_object_ref (task), g_object_unref);
}

static void
set_sent (HttpRequest *request, gboolean sent)
{
  request->sent = sent;
  if (request->posted)
    *request->posted = sent;
}

/* Called right before the first byte is sent. */
static void
on_starting (SoupMessage *message G_GNUC_UNUSED, gpointer data)
{
  HttpRequest *request = data;

  if (!request->may_leave || request->may_leave (request->leave_data)) {
    set_sent (request, TRUE);
    return;
  }
  if (!request->given_up)
    request->given_up = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
        _ ("it is too late to send the request"));
  g_cancellable_cancel (request->cancellable);
}

/* libsoup restarts idempotent messages, and those that the server says it did
 * not process. */
static void
on_restarted (SoupMessage *message G_GNUC_UNUSED, gpointer data)
{
  set_sent (data, FALSE);
}

static void
request_complete (GTask *task)
{
  HttpRequest *request = g_task_get_task_data (task);
  SoupMessageHeaders *headers =
      soup_message_get_response_headers (request->message);
  const char *date = soup_message_headers_get_one (headers, "Date");
  const char *server = soup_message_headers_get_one (headers, "Server");
  NanogptHttpResponse *http_response = g_new0 (NanogptHttpResponse, 1);

  request_end (request);
  http_response->status = soup_message_get_status (request->message);
  http_response->body =
      g_byte_array_free_to_bytes (g_byte_array_ref (request->body));
  http_response->location =
      g_strdup (soup_message_headers_get_one (headers, "Location"));
  http_response->request_id = nanogpt_text_clean (
      soup_message_headers_get_one (headers, "X-Request-ID"), MAX_REQUEST_ID);
  http_response->date =
      date ? soup_date_time_new_from_http_string (date) : NULL;
  http_response->simulated = server && g_str_has_prefix (server, SIMULATOR "/");
  http_response->retry_after = nanogpt_retry_after_parse (
      soup_message_headers_get_one (headers, "Retry-After"),
      http_response->date);
  g_task_return_pointer (
      task, http_response, (GDestroyNotify)nanogpt_http_response_free);
}

static void read_more (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  HttpRequest *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (
      G_INPUT_STREAM (source), result, &error);

  if (request->done)
    return;
  if (!bytes) {
    request_fail (task, error);
    return;
  }
  if (g_bytes_get_size (bytes) == 0) {
    request_complete (task);
    return;
  }

  g_byte_array_append (
      request->body, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (request->body->len > MAX_BODY) {
    GError *too_long = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The service's response is too large (over 1 MiB)"));
    NanogptErrorDetails *details = nanogpt_error_get_details (too_long);

    details->responded = TRUE;
    details->http_status = soup_message_get_status (request->message);
    request_end (request);
    nanogpt_http_request_cancel (request->cancellable);
    g_task_return_error (task, too_long);
    return;
  }
  read_more (task);
}

static void
read_more (GTask *task)
{
  HttpRequest *request = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (request->stream, CHUNK, G_PRIORITY_DEFAULT,
      request->cancellable, on_read, g_object_ref (task));
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  HttpRequest *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  request->stream =
      soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (request->done)
    return;
  if (!request->stream || nanogpt_proxy_has_refused (request->message))
    request_fail (task, error);
  else
    read_more (task);
}

void
nanogpt_http_request_async (SoupSession *session, SoupMessage *message,
    gint64 deadline, GCancellable *cancellable, gboolean *sent,
    NanogptMayLeave may_leave, gpointer leave_data,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  HttpRequest *request = g_new0 (HttpRequest, 1);

  request->session = g_object_ref (session);
  request->message = g_object_ref (message);
  request->cancellable = g_cancellable_new ();
  request->body = g_byte_array_new ();
  request->posted = sent;
  request->may_leave = may_leave;
  request->leave_data = leave_data;
  g_task_set_task_data (task, request, request_free);

  decide_on_connection (request);
  nanogpt_http_request_guard (message, request->cancellable);
  /* The message and the request live until on_sent(), which holds the task. */
  g_signal_connect (message, "starting", G_CALLBACK (on_starting), request);
  g_signal_connect (message, "restarted", G_CALLBACK (on_restarted), request);
  if (deadline >= 0)
    request->timer = nanogpt_timer_new (
        deadline - g_get_monotonic_time (), on_timeout, task, NULL);
  if (cancellable) {
    request->outer = g_object_ref (cancellable);
    request->outer_id = g_cancellable_connect (
        cancellable, G_CALLBACK (on_outer_cancelled), task, NULL);
  }
  soup_session_send_async (session, message, NANOGPT_SEND_PRIORITY,
      request->cancellable, on_sent, g_object_ref (task));
}

NanogptHttpResponse *
nanogpt_http_request_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
