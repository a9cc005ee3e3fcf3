/* nanovid: the API client, one function for each endpoint
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "client.h"

#include <glib/gi18n-lib.h>

#include "http-request.h"
#include "http-error.h"
#include "rate-limiter.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/timer.h"
#include "nanogpt/base/url.h"

#define MAX_REDIRECTS 5
#define RECOVER_LIMIT "50"
#define MIN_REDACTED 6

/* Whoever looks up a submit has no longer than this to wait for its turn. */
#define RECOVER_PATIENCE (30 * G_TIME_SPAN_SECOND)

/* How long a 429 without Retry-After holds back whoever asks next. */
#define DEFAULT_HOLD (5 * G_TIME_SPAN_SECOND)

/* How the status of a job can be asked for. */
typedef enum
{
  WAY_LEGACY,  /* by id and model */
  WAY_UNIFIED, /* by id */
  WAY_ALIAS,   /* by id and the model that the service names in its place */
  N_WAYS,
} NanogptStatusWay;

struct _NanogptClient
{
  GObject parent;

  NanogptNetwork *network;
  SoupSession *session;
  NanogptRateLimiter *rate_limiter; /* owned by the network */
  GUri *base;
  char *api_key;
  char *user_agent;
  guint http_timeout;
  guint timeout;
  NanogptStatusWay way; /* that led to an answer last */
};

G_DEFINE_FINAL_TYPE (NanogptClient, nanogpt_client, G_TYPE_OBJECT)

static void
nanogpt_client_finalize (GObject *object)
{
  NanogptClient *self = NANOGPT_CLIENT (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->base, g_uri_unref);
  g_clear_pointer (&self->api_key, g_free);
  g_clear_pointer (&self->user_agent, g_free);
  g_clear_pointer (&self->network, nanogpt_network_unref);
  G_OBJECT_CLASS (nanogpt_client_parent_class)->finalize (object);
}

static void
nanogpt_client_class_init (NanogptClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_client_finalize;
}

static void
nanogpt_client_init (NanogptClient *self G_GNUC_UNUSED)
{
}

NanogptClient *
nanogpt_client_new (
    NanogptNetwork *network, const NanogptSettings *settings, GError **error)
{
  g_autoptr (NanogptClient) self = g_object_new (NANOGPT_TYPE_CLIENT, NULL);

  self->network = nanogpt_network_get ();
  self->base = nanogpt_base_url_parse (settings->base_url, error);
  if (!self->base)
    return NULL;
  self->session = nanogpt_network_get_session (network, settings, error);
  if (!self->session)
    return NULL;
  self->rate_limiter = nanogpt_network_get_rate_limiter (network, self->base);
  self->api_key = g_strdup (settings->api_key);
  self->user_agent =
      g_strdup (settings->user_agent ? settings->user_agent
                                     : PACKAGE_NAME "/" PACKAGE_VERSION);
  self->http_timeout = settings->http_timeout;
  self->timeout = settings->timeout;
  return g_steal_pointer (&self);
}

GUri *
nanogpt_client_get_base_url (NanogptClient *self)
{
  return self->base;
}

SoupSession *
nanogpt_client_get_session (NanogptClient *self)
{
  return self->session;
}

gboolean
nanogpt_client_is_of_same_account (NanogptClient *self, NanogptClient *other)
{
  return self->rate_limiter == other->rate_limiter
      && g_str_equal (self->api_key, other->api_key)
      && g_str_equal (
          g_uri_get_path (self->base), g_uri_get_path (other->base));
}

char *
nanogpt_client_redact (NanogptClient *self, char *text)
{
  g_auto (GStrv) parts = NULL;

  /* A word so short would be found in words that are none of its own. */
  if (!text || strlen (self->api_key) < MIN_REDACTED
      || !strstr (text, self->api_key))
    return text;
  parts = g_strsplit (text, self->api_key, -1);
  g_free (text);
  return g_strjoinv ("(key)", parts);
}

static void
redact_error (NanogptClient *self, GError *error)
{
  error->message = nanogpt_client_redact (self, error->message);
  if (error->domain == NANOGPT_ERROR) {
    NanogptErrorDetails *details = nanogpt_error_get_details (error);

    details->debug = nanogpt_client_redact (self, details->debug);
  }
}

static void
redact_answer (NanogptClient *self, NanogptResponse *response)
{
  response->word = nanogpt_client_redact (self, response->word);
  response->details = nanogpt_client_redact (self, response->details);
  response->error = nanogpt_client_redact (self, response->error);
  response->error_type = nanogpt_client_redact (self, response->error_type);
  response->payment_source =
      nanogpt_client_redact (self, response->payment_source);
}

/* Scheme, host and path alone: a query may be a credential, or have an account's
 * names in it. */
static char *
display_url (NanogptClient *self, GUri *url)
{
  return nanogpt_client_redact (self, nanogpt_url_to_display (url));
}

static char *
display_path (NanogptClient *self, GUri *url)
{
  return nanogpt_client_redact (self, g_strdup (g_uri_get_path (url)));
}

static void
on_restarted (SoupMessage *message, gpointer data)
{
  g_autofree char *url = display_url (data, soup_message_get_uri (message));

  nanogpt_log_warning ("%s %s: the connection was of no use, starts over",
      soup_message_get_method (message), url);
}

static void
unref_client (gpointer client, GClosure *closure G_GNUC_UNUSED)
{
  g_object_unref (client);
}

SoupMessage *
nanogpt_client_new_message (NanogptClient *self, const char *method, GUri *url)
{
  SoupMessage *message = soup_message_new_from_uri (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* Redirects are followed by hand: libsoup would take the key along. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "User-Agent", self->user_agent);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (nanogpt_url_is_same_origin (url, self->base))
    soup_message_headers_replace (headers, "x-api-key", self->api_key);
  /* Not g_signal_connect_object(): the last to let go of either may be on
   * different threads at the same time. */
  g_signal_connect_data (message, "restarted", G_CALLBACK (on_restarted),
      g_object_ref (self), unref_client, 0);
  return message;
}

/* One call of the API: what to send, and how far its redirects have led. */
typedef struct
{
  const char *method;
  GUri *url;
  GBytes *body;
  NanogptRateKind kind;
  guint redirects;
  gboolean *sent;  /* of a submit: whether it may have arrived */
  gint64 started;  /* when the last request was sent */
  gint64 deadline; /* of all that it takes, 0 before the first request */
  NanogptTimer *pause;
  gulong pause_ended; /* the handler that ends it early */
  GCancellable *cancellable;
  char *run_id; /* of a status call, for all of its ways */
  char *models[N_WAYS];
  NanogptStatusWay way;
  guint tried;     /* ways, as bits */
  GError *refusal; /* of the service itself, on one of them */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->url, g_uri_unref);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_clear_object (&call->cancellable);
  g_free (call->run_id);
  for (guint i = 0; i < N_WAYS; i++)
    g_free (call->models[i]);
  g_clear_error (&call->refusal);
  g_free (call);
}

static void call_send (GTask *task);

static gint64
get_milliseconds (const Call *call)
{
  return (g_get_monotonic_time () - call->started) / 1000;
}

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307
      || status == 308;
}

static void
log_redirect (NanogptClient *self, const Call *call, GUri *target)
{
  g_autofree char *path = display_path (self, call->url);
  g_autofree char *url = display_url (self, target);

  nanogpt_log_info ("%s %s: is sent on to %s%s", call->method, path, url,
      nanogpt_url_is_same_origin (target, self->base) ? ""
                                                      : ", without the key");
}

/* A submit goes on to where it was sent only when the method stays and the
 * origin too: the prompt is nobody else's business. */
static gboolean
follow_redirect (NanogptClient *self, Call *call,
    const NanogptHttpResponse *http_response, GError **error)
{
  g_autoptr (GUri) target = NULL;

  if (call->redirects++ == MAX_REDIRECTS || !http_response->location) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The service redirects endlessly (HTTP %u)"), http_response->status);
    return FALSE;
  }
  target = nanogpt_result_url_resolve (
      self->base, call->url, http_response->location, error);
  if (!target)
    return FALSE;
  if (call->body
      && (http_response->status < 307
          || !nanogpt_url_is_same_origin (target, self->base))) {
    g_autofree char *origin = nanogpt_url_get_origin (target);

    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The service has moved to %s: set base-url to where it is"), origin);
    nanogpt_error_get_details (*error)->http_status = http_response->status;
    nanogpt_error_get_details (*error)->answered = TRUE;
    return FALSE;
  }
  log_redirect (self, call, target);
  g_uri_unref (call->url);
  call->url = g_steal_pointer (&target);
  return TRUE;
}

static void set_status_url (NanogptClient *self, Call *call);

static gboolean
is_not_there (guint status)
{
  return status == 404 || status == 405 || status == 410;
}

static gboolean
can_go (const Call *call, NanogptStatusWay way)
{
  return way == WAY_UNIFIED || call->models[way];
}

static void
log_other_status (NanogptClient *self, const Call *call, guint status)
{
  g_autofree char *path = display_path (self, call->url);

  nanogpt_log_info ("HTTP %u: the job is asked for at %s%s", status, path,
      call->way == WAY_ALIAS ? ", by the service's name of the model" : "");
}

/* Whether an answer means that this status endpoint is not there (or does not
 * know the job), and there is another way to ask. */
static gboolean
try_other_status (NanogptClient *self, Call *call, guint status)
{
  if (!call->run_id || !is_not_there (status))
    return FALSE;

  call->tried |= 1 << call->way;
  for (NanogptStatusWay way = 0; way < N_WAYS; way++) {
    if ((call->tried & 1 << way) == 0 && can_go (call, way)) {
      call->way = way;
      set_status_url (self, call);
      log_other_status (self, call, status);
      return TRUE;
    }
  }
  return FALSE;
}

/* What the decision to try again rests on.  The service may quote a prompt. */
static void
log_failure (NanogptClient *self, const Call *call, const GError *error)
{
  g_autofree char *path = display_path (self, call->url);
  const NanogptErrorDetails *details;

  if (error->domain != NANOGPT_ERROR) {
    nanogpt_log_debug ("%s %s: %s", call->method, path, error->message);
    return;
  }
  details = nanogpt_error_get_details (error);
  nanogpt_log_debug ("%s %s: fails after %" G_GINT64_FORMAT " ms: %s (%s%s%s)",
      call->method, path, get_milliseconds (call), error->message,
      details->transient ? "may pass" : "will not pass",
      details->own ? ", the service's own word" : "",
      details->refused ? ", nothing was taken" : "");
}

static void
call_fail (GTask *task, GError *error)
{
  NanogptClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  redact_error (self, error);
  log_failure (self, call, error);
  g_task_return_error (task, error);
}

static void
log_start (NanogptClient *self, const Call *call)
{
  g_autofree char *path = display_path (self, call->url);

  nanogpt_log_trace ("%s %s", call->method, path);
}

static void
log_exchange (NanogptClient *self, const Call *call,
    const NanogptHttpResponse *http_response)
{
  g_autofree char *path = display_path (self, call->url);
  g_autofree char *request_id =
      nanogpt_client_redact (self, g_strdup (http_response->request_id));

  nanogpt_log_debug ("%s %s: HTTP %u after %" G_GINT64_FORMAT
                     " ms, X-Request-ID %s",
      call->method, path, http_response->status, get_milliseconds (call),
      request_id ? request_id : "none");
}

/* Where one endpoint is not there, the word of the other one counts; but of one
 * that is only out of order, nothing is known. */
static void
handle_refusal (GTask *task, const NanogptHttpResponse *http_response)
{
  NanogptClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error =
      nanogpt_http_error_new (http_response->status, http_response->body,
          http_response->request_id, http_response->retry_after);
  gboolean own = nanogpt_error_get_details (error)->own;

  /* What an account may do in a day is no one else's concern. */
  if (http_response->status == 429
      && nanogpt_error_get_details (error)->transient)
    nanogpt_rate_limiter_back_off (self->rate_limiter, call->kind,
        http_response->retry_after >= 0 ? http_response->retry_after * 1000
                                        : DEFAULT_HOLD);
  if (try_other_status (self, call, http_response->status)) {
    if (own && !call->refusal)
      call->refusal = g_steal_pointer (&error);
    call_send (task);
  } else if (!own && call->refusal && is_not_there (http_response->status)) {
    call_fail (task, g_steal_pointer (&call->refusal));
  } else {
    call_fail (task, g_steal_pointer (&error));
  }
}

static void
on_exchange (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  NanogptClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptHttpResponse) http_response =
      nanogpt_http_request_finish (result, &error);

  if (!http_response) {
    call_fail (task, g_steal_pointer (&error));
    return;
  }
  log_exchange (self, call, http_response);
  if (is_redirect (http_response->status)) {
    if (!follow_redirect (self, call, http_response, &error)) {
      call_fail (task, g_steal_pointer (&error));
      return;
    }
    /* Whoever sends on has made no job. */
    if (call->sent)
      *call->sent = FALSE;
    call_send (task);
    return;
  }
  if (http_response->status < 200 || http_response->status > 299) {
    handle_refusal (task, http_response);
    return;
  }
  if (call->run_id)
    self->way = call->way;
  g_task_return_pointer (task, g_steal_pointer (&http_response),
      (GDestroyNotify)nanogpt_http_response_free);
}

/* Up to 3.6 at least, libsoup lets go of the body when it starts a message over,
 * as after a 421, and sends the head alone. */
static void
set_body (SoupMessage *message, gpointer body)
{
  soup_message_set_request_body_from_bytes (message, "application/json", body);
}

static void
call_send (GTask *task)
{
  NanogptClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message =
      nanogpt_client_new_message (self, call->method, call->url);

  soup_message_headers_replace (
      soup_message_get_request_headers (message), "Accept", "application/json");
  if (call->body) {
    set_body (message, call->body);
    g_signal_connect_data (message, "restarted", G_CALLBACK (set_body),
        g_bytes_ref (call->body),
        (GClosureNotify)(void (*) (void))g_bytes_unref, 0);
  }
  if (call->deadline == 0)
    call->deadline = self->http_timeout > 0
        ? g_get_monotonic_time () + self->http_timeout * G_TIME_SPAN_SECOND
        : -1;
  if (call->kind == NANOGPT_RATE_SUBMIT) {
    /* A connection that the service just closed would leave it unknown
     * whether the submit arrived. */
    soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
  }
  call->started = g_get_monotonic_time ();
  log_start (self, call);
  nanogpt_http_request_async (self->session, message, call->deadline,
      call->cancellable, call->sent, on_exchange, g_object_ref (task));
}

static gboolean
on_pause_over (gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);

  nanogpt_timer_clear (&call->pause);
  if (call->cancellable)
    g_cancellable_disconnect (call->cancellable, call->pause_ended);
  if (call->cancellable && g_cancellable_is_cancelled (call->cancellable))
    g_task_return_new_error (
        task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  else
    call_send (task);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
on_pause_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer data)
{
  Call *call = data;

  nanogpt_timer_hurry (call->pause);
}

static void
pause_for (GTask *task, gint64 delay)
{
  Call *call = g_task_get_task_data (task);

  call->pause = nanogpt_timer_new (delay, on_pause_over, task, NULL);
  if (call->cancellable)
    call->pause_ended = g_cancellable_connect (
        call->cancellable, G_CALLBACK (on_pause_cancelled), call, NULL);
}

/* Returns: microseconds until it is this call's turn, -1 when that would take
 * longer than @patience */
static gint64
reserve (
    NanogptClient *self, NanogptRateKind kind, gint64 patience, GError **error)
{
  gint64 hold = nanogpt_rate_limiter_get_backoff (self->rate_limiter, kind);

  if (patience > 0 && hold > patience) {
    g_propagate_error (
        error, nanogpt_http_error_new (429, NULL, NULL, hold / 1000));
    return -1;
  }
  return nanogpt_rate_limiter_reserve (self->rate_limiter, kind, G_MAXINT64);
}

static gint64
get_patience (NanogptClient *self)
{
  return self->timeout * G_TIME_SPAN_SECOND;
}

/* Takes @task. */
static void
call_after (GTask *task, gint64 delay)
{
  if (delay > 0) {
    pause_for (task, delay);
  } else {
    call_send (task);
    g_object_unref (task);
  }
}

/* Takes @task. */
static void
call_start (GTask *task)
{
  NanogptClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  gint64 delay = reserve (self, call->kind, get_patience (self), &error);

  if (delay >= 0) {
    call_after (task, delay);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static GTask *
call_new (NanogptClient *self, const char *method, NanogptRateKind kind,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->method = method;
  call->kind = kind;
  if (cancellable)
    call->cancellable = g_object_ref (cancellable);
  g_task_set_task_data (task, call, call_free);
  return task;
}

static NanogptHttpResponse *
call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A 2xx answer that cannot be read is the service's fault, in every call. */
static NanogptResponse *
parse_answer (NanogptClient *self, const NanogptHttpResponse *http_response,
    GError **error)
{
  g_autoptr (GError) local_error = NULL;
  NanogptResponse *response =
      nanogpt_response_parse (http_response->body, &local_error);

  if (response) {
    redact_answer (self, response);
    if (http_response->date)
      response->date =
          g_date_time_to_unix (http_response->date) * G_TIME_SPAN_SECOND;
  } else {
    NanogptErrorDetails *details = nanogpt_error_get_details (local_error);

    details->answered = TRUE;
    details->http_status = http_response->status;
    g_propagate_error (error, g_steal_pointer (&local_error));
  }
  return response;
}

gint64
nanogpt_client_reserve_submit (NanogptClient *self, GError **error)
{
  return reserve (self, NANOGPT_RATE_SUBMIT, get_patience (self), error);
}

void
nanogpt_client_submit_async (NanogptClient *self, GBytes *body, gboolean *sent,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = call_new (self, SOUP_METHOD_POST,
      NANOGPT_RATE_SUBMIT, cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);

  *sent = FALSE;
  call->sent = sent;
  call->body = g_bytes_ref (body);
  call->url = nanogpt_base_url_build (self->base, "/api/generate-video", NULL);
  call_send (task);
}

NanogptResponse *
nanogpt_client_submit_finish (NanogptClient *self, GAsyncResult *result,
    gboolean *accepted, GError **error)
{
  Call *call = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) local_error = NULL;
  g_autoptr (NanogptHttpResponse) http_response =
      call_finish (result, &local_error);
  g_autoptr (NanogptResponse) response = NULL;

  *accepted = *call->sent;
  if (!http_response) {
    if (local_error->domain == NANOGPT_ERROR
        && nanogpt_error_get_details (local_error)->refused)
      *accepted = FALSE;
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }

  response = parse_answer (self, http_response, error);
  if (!response)
    return NULL;
  if (response->run_id)
    return g_steal_pointer (&response);

  if (response->error) {
    g_propagate_error (error, nanogpt_response_error_new (response));
  } else {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The service's response to the request has no job id"));
  }
  return NULL;
}

static void
set_status_url (NanogptClient *self, Call *call)
{
  const char *model = call->models[call->way];

  g_clear_pointer (&call->url, g_uri_unref);
  if (call->way == WAY_UNIFIED)
    call->url = nanogpt_base_url_build (
        self->base, "/api/video/status", "requestId", call->run_id, NULL);
  else
    call->url =
        nanogpt_base_url_build (self->base, "/api/generate-video/status",
            "runId", call->run_id, "modelSlug", model, "model", model, NULL);
}

void
nanogpt_client_status_async (NanogptClient *self, const char *run_id,
    const char *model, const char *alias, gint64 at_latest,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = call_new (self, SOUP_METHOD_GET, NANOGPT_RATE_STATUS,
      cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);

  call->run_id = g_strdup (run_id);
  call->models[WAY_LEGACY] = g_strdup (model);
  call->models[WAY_ALIAS] = g_strdup (alias);
  call->way = can_go (call, self->way) ? self->way : WAY_UNIFIED;
  set_status_url (self, call);
  call_after (task,
      nanogpt_rate_limiter_reserve (self->rate_limiter, call->kind, at_latest));
}

NanogptResponse *
nanogpt_client_status_finish (
    NanogptClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (NanogptHttpResponse) http_response = call_finish (result, error);
  g_autoptr (NanogptResponse) response =
      http_response ? parse_answer (self, http_response, error) : NULL;

  if (!response)
    return NULL;
  if (response->refused) {
    g_propagate_error (error, nanogpt_response_error_new (response));
    return NULL;
  }
  if (response->telling)
    return g_steal_pointer (&response);
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The service's response says nothing about the job"));
  return NULL;
}

gint64
nanogpt_client_reserve_recover (NanogptClient *self, GError **error)
{
  return reserve (self, NANOGPT_RATE_RECOVER, RECOVER_PATIENCE, error);
}

void
nanogpt_client_recover_async (NanogptClient *self, const char *model,
    const char *conversation, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = call_new (self, SOUP_METHOD_GET,
      NANOGPT_RATE_RECOVER, cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);

  call->url = nanogpt_base_url_build (self->base, "/api/generate-video/recover",
      "limit", RECOVER_LIMIT, "model", model, "conversationUUID", conversation,
      NULL);
  call_send (task);
}

GPtrArray *
nanogpt_client_recover_finish (NanogptClient *self G_GNUC_UNUSED,
    GAsyncResult *result, GDateTime **date, GError **error)
{
  g_autoptr (NanogptHttpResponse) http_response = call_finish (result, error);

  *date = NULL;
  if (!http_response)
    return NULL;
  *date = g_steal_pointer (&http_response->date);
  return nanogpt_runs_parse (http_response->body, error);
}

void
nanogpt_client_balance_async (NanogptClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = call_new (self, SOUP_METHOD_POST, NANOGPT_RATE_OTHER,
      cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);

  call->url = nanogpt_base_url_build (self->base, "/api/check-balance", NULL);
  call->body = g_bytes_new_static ("{}", 2);
  call_start (task);
}

gboolean
nanogpt_client_balance_finish (NanogptClient *self G_GNUC_UNUSED,
    GAsyncResult *result, NanogptMicros *usd, GError **error)
{
  g_autoptr (NanogptHttpResponse) http_response = call_finish (result, error);

  return http_response
      && nanogpt_balance_parse (http_response->body, usd, error);
}

void
nanogpt_client_models_async (NanogptClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = call_new (self, SOUP_METHOD_GET, NANOGPT_RATE_OTHER,
      cancellable, callback, user_data);
  Call *call = g_task_get_task_data (task);

  call->url = nanogpt_base_url_build (
      self->base, "/api/v1/video-models", "detailed", "true", NULL);
  call_start (task);
}

GBytes *
nanogpt_client_models_finish (
    NanogptClient *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  g_autoptr (NanogptHttpResponse) http_response = call_finish (result, error);

  return http_response ? g_bytes_ref (http_response->body) : NULL;
}
