/* nanovid: one API call, with rate limit, redirects and error responses
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "call.h"

#include <glib/gi18n-lib.h>

#include "http-error.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/timer.h"
#include "nanogpt/base/url.h"

#define MAX_REDIRECTS 5

/* How long a 429 without Retry-After delays the next request. */
#define DEFAULT_HOLD (5 * G_TIME_SPAN_SECOND)

/* Every pending callback holds a reference to the task. */
struct _NanogptCall
{
  GTask *task; /* not owned; this is its task data */
  NanogptAccount *account;
  const char *method;
  GUri *url;
  GBytes *body;              /* (nullable) */
  gboolean *sent;            /* for a submit: whether it may have arrived */
  NanogptMayLeave may_leave; /* or NULL */
  gpointer leave_data;
  NanogptRateKind kind;
  guint timeout;
  guint redirects;
  gint64 started;  /* when the last request was sent */
  gint64 deadline; /* of the whole call, 0 before the first request */
  NanogptTimer *pause;
  gulong pause_ended; /* the handler that ends the pause early */
  GCancellable *cancellable;
  NanogptCallDetour detour;
  gpointer detour_data;
  GDestroyNotify detour_destroy;
};

static void
call_free (gpointer data)
{
  NanogptCall *self = data;

  g_object_unref (self->account);
  g_clear_pointer (&self->url, g_uri_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->cancellable);
  if (self->detour_destroy)
    self->detour_destroy (self->detour_data);
  g_free (self);
}

NanogptCall *
nanogpt_call_new (NanogptAccount *account, gpointer source, const char *method,
    GUri *url, NanogptRateKind kind, guint timeout, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptCall *self = g_new0 (NanogptCall, 1);

  self->task = g_task_new (source, NULL, callback, user_data);
  self->account = g_object_ref (account);
  self->method = method;
  self->url = url;
  self->kind = kind;
  self->timeout = timeout;
  if (cancellable)
    self->cancellable = g_object_ref (cancellable);
  g_task_set_task_data (self->task, self, call_free);
  return self;
}

void
nanogpt_call_set_body (NanogptCall *self, GBytes *body, gboolean *sent)
{
  self->body = body;
  self->sent = sent;
  if (sent)
    *sent = FALSE;
}

void
nanogpt_call_set_gate (
    NanogptCall *self, NanogptMayLeave may_leave, gpointer leave_data)
{
  self->may_leave = may_leave;
  self->leave_data = leave_data;
}

void
nanogpt_call_set_detour (NanogptCall *self, NanogptCallDetour detour,
    gpointer user_data, GDestroyNotify destroy)
{
  self->detour = detour;
  self->detour_data = user_data;
  self->detour_destroy = destroy;
}

NanogptHttpResponse *
nanogpt_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
nanogpt_call_was_sent (GAsyncResult *result)
{
  NanogptCall *self = g_task_get_task_data (G_TASK (result));

  return *self->sent;
}

gpointer
nanogpt_call_get_detour_data (GAsyncResult *result)
{
  NanogptCall *self = g_task_get_task_data (G_TASK (result));

  return self->detour_data;
}

static void send_request (NanogptCall *self);

/* Only the path of a URL is logged: the query may be a credential, or contain
 * names from the account. */
static char *
display_path (NanogptCall *self)
{
  return nanogpt_account_redact (
      self->account, g_strdup (g_uri_get_path (self->url)));
}

static gint64
get_milliseconds (NanogptCall *self)
{
  return (g_get_monotonic_time () - self->started) / 1000;
}

static void
log_start (NanogptCall *self)
{
  g_autofree char *path = display_path (self);

  nanogpt_log_trace ("%s %s", self->method, path);
}

static void
log_response (NanogptCall *self, const NanogptHttpResponse *http_response)
{
  g_autofree char *path = display_path (self);
  g_autofree char *request_id = nanogpt_account_redact (
      self->account, g_strdup (http_response->request_id));

  nanogpt_log_debug ("%s %s: HTTP %u after %" G_GINT64_FORMAT
                     " ms, X-Request-ID %s",
      self->method, path, http_response->status, get_milliseconds (self),
      request_id ? request_id : "none");
}

/* Logs what the decision to retry is based on.  The service may quote a prompt. */
static void
log_failure (NanogptCall *self, const GError *error)
{
  g_autofree char *path = display_path (self);
  const NanogptErrorDetails *details;

  if (error->domain != NANOGPT_ERROR) {
    nanogpt_log_debug ("%s %s: %s", self->method, path, error->message);
    return;
  }
  details = nanogpt_error_get_details (error);
  nanogpt_log_debug ("%s %s: fails after %" G_GINT64_FORMAT " ms: %s (%s%s%s)",
      self->method, path, get_milliseconds (self), error->message,
      details->transient ? "may pass" : "will not pass",
      details->own ? ", from the service itself" : "",
      details->refused ? ", nothing was taken" : "");
}

static void
log_redirect (NanogptCall *self, GUri *target, gboolean same_origin)
{
  g_autofree char *path = display_path (self);
  g_autofree char *url =
      nanogpt_account_redact (self->account, nanogpt_url_to_display (target));

  nanogpt_log_info ("%s %s: is sent on to %s%s", self->method, path, url,
      same_origin ? "" : ", without the key");
}

/* Takes ownership of @error. */
static void
end_with_error (NanogptCall *self, GError *error)
{
  nanogpt_account_redact_error (self->account, error);
  log_failure (self, error);
  g_task_return_error (self->task, error);
}

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307
      || status == 308;
}

/* A submit follows a redirect only if the method and the origin stay the same,
 * because the prompt must not go to anyone else. */
static gboolean
follow_redirect (
    NanogptCall *self, const NanogptHttpResponse *http_response, GError **error)
{
  GUri *base = nanogpt_account_get_base_url (self->account);
  g_autoptr (GUri) target = NULL;
  gboolean same_origin;

  if (self->redirects++ == MAX_REDIRECTS || !http_response->location) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The service redirects endlessly (HTTP %u)"), http_response->status);
    return FALSE;
  }
  target = nanogpt_result_url_resolve (
      base, self->url, http_response->location, error);
  if (!target)
    return FALSE;
  same_origin = nanogpt_url_is_same_origin (target, base);
  if (self->body && (http_response->status < 307 || !same_origin)) {
    g_autofree char *origin = nanogpt_url_get_origin (target);

    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The service has moved to %s: set base-url to where it is"), origin);
    nanogpt_error_get_details (*error)->http_status = http_response->status;
    nanogpt_error_get_details (*error)->responded = TRUE;
    return FALSE;
  }
  log_redirect (self, target, same_origin);
  g_uri_unref (self->url);
  self->url = g_steal_pointer (&target);
  return TRUE;
}

static void
handle_refusal (NanogptCall *self, const NanogptHttpResponse *http_response)
{
  GError *error =
      nanogpt_http_error_new (http_response->status, http_response->body,
          http_response->request_id, http_response->retry_after);
  GUri *detour;

  /* A daily limit is not transient and concerns only this account. */
  if (http_response->status == 429
      && nanogpt_error_get_details (error)->transient)
    nanogpt_rate_limiter_back_off (
        nanogpt_account_get_rate_limiter (self->account), self->kind,
        http_response->retry_after >= 0 ? http_response->retry_after * 1000
                                        : DEFAULT_HOLD);

  detour = self->detour ? self->detour (&error, self->detour_data) : NULL;
  if (!detour) {
    end_with_error (self, error);
    return;
  }
  g_error_free (error);
  g_uri_unref (self->url);
  self->url = detour;
  send_request (self);
}

static void
on_response (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  NanogptCall *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptHttpResponse) http_response =
      nanogpt_http_request_finish (result, &error);

  if (!http_response) {
    end_with_error (self, g_steal_pointer (&error));
    return;
  }
  log_response (self, http_response);
  if (is_redirect (http_response->status)) {
    if (!follow_redirect (self, http_response, &error)) {
      end_with_error (self, g_steal_pointer (&error));
      return;
    }
    /* A server that redirects has not created a job. */
    if (self->sent)
      *self->sent = FALSE;
    send_request (self);
    return;
  }
  if (http_response->status < 200 || http_response->status > 299) {
    handle_refusal (self, http_response);
    return;
  }
  g_task_return_pointer (task, g_steal_pointer (&http_response),
      (GDestroyNotify)nanogpt_http_response_free);
}

/* Up to 3.6 at least, libsoup drops the body when it restarts a message, as
 * after a 421, and sends only the headers. */
static void
set_body (SoupMessage *message, gpointer body)
{
  soup_message_set_request_body_from_bytes (message, "application/json", body);
}

static void
send_request (NanogptCall *self)
{
  g_autoptr (SoupMessage) message =
      nanogpt_account_new_message (self->account, self->method, self->url);

  soup_message_headers_replace (
      soup_message_get_request_headers (message), "Accept", "application/json");
  if (self->body) {
    set_body (message, self->body);
    g_signal_connect_data (message, "restarted", G_CALLBACK (set_body),
        g_bytes_ref (self->body),
        (GClosureNotify)(void (*) (void))g_bytes_unref, 0);
  }
  if (self->deadline == 0)
    self->deadline = self->timeout > 0
        ? g_get_monotonic_time () + self->timeout * G_TIME_SPAN_SECOND
        : -1;
  if (self->kind == NANOGPT_RATE_SUBMIT) {
    /* If the service just closed a reused connection, it would be unknown
     * whether the submit arrived. */
    soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
  }
  self->started = g_get_monotonic_time ();
  log_start (self);
  nanogpt_http_request_async (nanogpt_account_get_session (self->account),
      message, self->deadline, self->cancellable, self->sent, self->may_leave,
      self->leave_data, on_response, g_object_ref (self->task));
}

static gboolean
on_pause_over (gpointer data)
{
  NanogptCall *self = data;
  g_autoptr (GTask) task = self->task;

  nanogpt_timer_clear (&self->pause);
  if (self->cancellable)
    g_cancellable_disconnect (self->cancellable, self->pause_ended);
  if (self->cancellable && g_cancellable_is_cancelled (self->cancellable))
    g_task_return_new_error (
        task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  else
    send_request (self);
  return G_SOURCE_REMOVE;
}

static void
on_pause_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer data)
{
  NanogptCall *self = data;

  nanogpt_timer_hurry (self->pause);
}

void
nanogpt_call_send (NanogptCall *self, gint64 delay)
{
  if (delay <= 0) {
    g_autoptr (GTask) task = self->task;

    send_request (self);
    return;
  }
  self->pause = nanogpt_timer_new (delay, on_pause_over, self, NULL);
  if (self->cancellable)
    self->pause_ended = g_cancellable_connect (
        self->cancellable, G_CALLBACK (on_pause_cancelled), self, NULL);
}

void
nanogpt_call_fail (NanogptCall *self, GError *error)
{
  g_autoptr (GTask) task = self->task;

  g_task_return_error (task, error);
}
