/* nanovid: the API client, one function for each endpoint
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"

#include <glib/gi18n-lib.h>

#include "call.h"
#include "http-error.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/url.h"

#define RECOVER_LIMIT "50"

/* The lookup of a submit waits no longer than this for its turn. */
#define RECOVER_PATIENCE (30 * G_TIME_SPAN_SECOND)

/* The ways to ask for the status of a job. */
typedef enum
{
  WAY_LEGACY,  /* by id and model */
  WAY_UNIFIED, /* by id */
  WAY_ALIAS,   /* by id and the name that the service uses for the model */
  N_WAYS,
} NanogptStatusWay;

struct _NanogptClient
{
  GObject parent;

  NanogptAccount *account;
  guint http_timeout;
  guint timeout;
  NanogptStatusWay way; /* the last one that got a response */
};

G_DEFINE_FINAL_TYPE (NanogptClient, nanogpt_client, G_TYPE_OBJECT)

static void
nanogpt_client_finalize (GObject *object)
{
  NanogptClient *self = NANOGPT_CLIENT (object);

  g_clear_object (&self->account);
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

  self->account = nanogpt_account_new (network, settings, error);
  if (!self->account)
    return NULL;
  self->http_timeout = settings->http_timeout;
  self->timeout = settings->timeout;
  return g_steal_pointer (&self);
}

NanogptAccount *
nanogpt_client_get_account (NanogptClient *self)
{
  return self->account;
}

GUri *
nanogpt_client_get_base_url (NanogptClient *self)
{
  return nanogpt_account_get_base_url (self->account);
}

static void
redact_response (NanogptClient *self, NanogptResponse *response)
{
  response->status = nanogpt_account_redact (self->account, response->status);
  response->details = nanogpt_account_redact (self->account, response->details);
  response->error = nanogpt_account_redact (self->account, response->error);
  response->error_type =
      nanogpt_account_redact (self->account, response->error_type);
  response->payment_source =
      nanogpt_account_redact (self->account, response->payment_source);
}

/* Returns: microseconds until it is this call's turn, -1 if the service asked
 * to wait longer than @patience */
static gint64
reserve_turn (
    NanogptClient *self, NanogptRateKind kind, gint64 patience, GError **error)
{
  gint64 backoff = nanogpt_rate_limiter_get_backoff (
      nanogpt_account_get_rate_limiter (self->account), kind);

  if (patience > 0 && backoff > patience) {
    g_propagate_error (
        error, nanogpt_http_error_new (429, NULL, NULL, backoff / 1000));
    return -1;
  }
  return nanogpt_rate_limiter_reserve (
      nanogpt_account_get_rate_limiter (self->account), kind, G_MAXINT64);
}

static gint64
get_patience (NanogptClient *self)
{
  return self->timeout * G_TIME_SPAN_SECOND;
}

static NanogptCall *
call_new (NanogptClient *self, const char *method, GUri *url,
    NanogptRateKind kind, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  return nanogpt_call_new (self->account, self, method, url, kind,
      self->http_timeout, cancellable, callback, user_data);
}

/* An unreadable 2xx response is the service's fault in every call. */
static NanogptResponse *
parse_response (NanogptClient *self, const NanogptHttpResponse *http_response,
    GError **error)
{
  g_autoptr (GError) local_error = NULL;
  NanogptResponse *response =
      nanogpt_response_parse (http_response->body, &local_error);

  if (response) {
    redact_response (self, response);
    response->simulated = http_response->simulated;
    if (http_response->date)
      response->date =
          g_date_time_to_unix (http_response->date) * G_TIME_SPAN_SECOND;
  } else {
    NanogptErrorDetails *details = nanogpt_error_get_details (local_error);

    details->responded = TRUE;
    details->http_status = http_response->status;
    g_propagate_error (error, g_steal_pointer (&local_error));
  }
  return response;
}

gint64
nanogpt_client_reserve_submit (NanogptClient *self, GError **error)
{
  return reserve_turn (self, NANOGPT_RATE_SUBMIT, get_patience (self), error);
}

void
nanogpt_client_submit_async (NanogptClient *self, GBytes *body, gboolean *sent,
    NanogptMayLeave may_leave, gpointer leave_data, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GUri *url = nanogpt_base_url_build (
      nanogpt_client_get_base_url (self), "/api/generate-video", NULL);
  NanogptCall *call = call_new (self, SOUP_METHOD_POST, url,
      NANOGPT_RATE_SUBMIT, cancellable, callback, user_data);

  nanogpt_call_set_body (call, g_bytes_ref (body), sent);
  nanogpt_call_set_gate (call, may_leave, leave_data);
  nanogpt_call_send (call, 0);
}

NanogptResponse *
nanogpt_client_submit_finish (NanogptClient *self, GAsyncResult *result,
    gboolean *accepted, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (NanogptHttpResponse) http_response =
      nanogpt_call_finish (result, &local_error);
  g_autoptr (NanogptResponse) response = NULL;

  *accepted = nanogpt_call_was_sent (result);
  if (!http_response) {
    if (local_error->domain == NANOGPT_ERROR
        && nanogpt_error_get_details (local_error)->refused)
      *accepted = FALSE;
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }

  response = parse_response (self, http_response, error);
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

/* The status of a job, and the ways to ask for it */

typedef struct
{
  NanogptClient *client;
  char *run_id;
  char *models[N_WAYS];
  NanogptStatusWay way;
  guint tried;     /* bit mask of the ways tried */
  GError *refusal; /* by the service itself, on one of the ways */
} Status;

static void
status_free (gpointer data)
{
  Status *status = data;

  g_object_unref (status->client);
  g_free (status->run_id);
  for (guint i = 0; i < N_WAYS; i++)
    g_free (status->models[i]);
  g_clear_error (&status->refusal);
  g_free (status);
}

static GUri *
build_status_url (const Status *status)
{
  GUri *base = nanogpt_client_get_base_url (status->client);
  const char *model = status->models[status->way];

  if (status->way == WAY_UNIFIED)
    return nanogpt_base_url_build (
        base, "/api/video/status", "requestId", status->run_id, NULL);
  return nanogpt_base_url_build (base, "/api/generate-video/status", "runId",
      status->run_id, "modelSlug", model, "model", model, NULL);
}

static gboolean
can_go (const Status *status, NanogptStatusWay way)
{
  return way == WAY_UNIFIED || status->models[way];
}

static gboolean
find_other_way (Status *status)
{
  status->tried |= 1 << status->way;
  for (NanogptStatusWay way = 0; way < N_WAYS; way++) {
    if ((status->tried & 1 << way) == 0 && can_go (status, way)) {
      status->way = way;
      return TRUE;
    }
  }
  return FALSE;
}

/* How much a refusal says about the job: that the service does not know it; that
 * something else responds in place of the service; that the endpoint does not
 * exist. */
static guint
rank_refusal (const GError *error)
{
  const NanogptErrorDetails *details = nanogpt_error_get_details (error);

  if (!details->own)
    return 1;
  return details->http_status == 404 ? 2 : 0;
}

/* If one endpoint does not exist, or does not know the job, the response of
 * another one counts.  An endpoint that is only out of order says nothing about
 * the job. */
static GUri *
try_other_way (GError **error, gpointer data)
{
  Status *status = data;
  const NanogptErrorDetails *details = nanogpt_error_get_details (*error);
  guint code = details->http_status;

  if (code != 404 && code != 405 && code != 410)
    return NULL;

  if (!status->refusal
      || rank_refusal (*error) > rank_refusal (status->refusal)) {
    g_clear_error (&status->refusal);
    status->refusal = g_error_copy (*error);
  }
  if (find_other_way (status)) {
    GUri *url = build_status_url (status);
    g_autofree char *path = nanogpt_account_redact (
        status->client->account, g_strdup (g_uri_get_path (url)));

    nanogpt_log_info ("HTTP %u: the job is asked for at %s%s", code, path,
        status->way == WAY_ALIAS ? ", by the service's name of the model" : "");
    return url;
  }
  g_error_free (*error);
  *error = g_steal_pointer (&status->refusal);
  return NULL;
}

void
nanogpt_client_status_async (NanogptClient *self, const char *run_id,
    const char *model, const char *alias, gint64 at_latest,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Status *status = g_new0 (Status, 1);
  NanogptCall *call;

  status->client = g_object_ref (self);
  status->run_id = g_strdup (run_id);
  status->models[WAY_LEGACY] = g_strdup (model);
  status->models[WAY_ALIAS] = g_strdup (alias);
  status->way = can_go (status, self->way) ? self->way : WAY_UNIFIED;
  call = call_new (self, SOUP_METHOD_GET, build_status_url (status),
      NANOGPT_RATE_STATUS, cancellable, callback, user_data);
  nanogpt_call_set_detour (call, try_other_way, status, status_free);
  nanogpt_call_send (call,
      nanogpt_rate_limiter_reserve (
          nanogpt_account_get_rate_limiter (self->account), NANOGPT_RATE_STATUS,
          at_latest));
}

NanogptResponse *
nanogpt_client_status_finish (
    NanogptClient *self, GAsyncResult *result, GError **error)
{
  Status *status = nanogpt_call_get_detour_data (result);
  g_autoptr (NanogptHttpResponse) http_response =
      nanogpt_call_finish (result, error);
  g_autoptr (NanogptResponse) response = NULL;

  if (!http_response)
    return NULL;
  response = parse_response (self, http_response, error);
  if (!response)
    return NULL;
  if (response->refused) {
    g_propagate_error (error, nanogpt_response_error_new (response));
    return NULL;
  }
  if (response->telling) {
    self->way = status->way;
    return g_steal_pointer (&response);
  }
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The service's response says nothing about the job"));
  return NULL;
}

gint64
nanogpt_client_reserve_recover (NanogptClient *self, GError **error)
{
  return reserve_turn (self, NANOGPT_RATE_RECOVER, RECOVER_PATIENCE, error);
}

void
nanogpt_client_recover_async (NanogptClient *self, const char *model,
    const char *conversation, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GUri *url = nanogpt_base_url_build (nanogpt_client_get_base_url (self),
      "/api/generate-video/recover", "limit", RECOVER_LIMIT, "model", model,
      "conversationUUID", conversation, NULL);

  nanogpt_call_send (call_new (self, SOUP_METHOD_GET, url, NANOGPT_RATE_RECOVER,
                         cancellable, callback, user_data),
      0);
}

GPtrArray *
nanogpt_client_recover_finish (NanogptClient *self G_GNUC_UNUSED,
    GAsyncResult *result, GDateTime **date, GError **error)
{
  g_autoptr (NanogptHttpResponse) http_response =
      nanogpt_call_finish (result, error);

  *date = NULL;
  if (!http_response)
    return NULL;
  *date = g_steal_pointer (&http_response->date);
  return nanogpt_runs_parse (http_response->body, error);
}

static void
send_in_turn (NanogptClient *self, NanogptCall *call)
{
  GError *error = NULL;
  gint64 delay =
      reserve_turn (self, NANOGPT_RATE_OTHER, get_patience (self), &error);

  if (delay >= 0)
    nanogpt_call_send (call, delay);
  else
    nanogpt_call_fail (call, error);
}

void
nanogpt_client_balance_async (NanogptClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GUri *url = nanogpt_base_url_build (
      nanogpt_client_get_base_url (self), "/api/check-balance", NULL);
  NanogptCall *call = call_new (self, SOUP_METHOD_POST, url, NANOGPT_RATE_OTHER,
      cancellable, callback, user_data);

  nanogpt_call_set_body (call, g_bytes_new_static ("{}", 2), NULL);
  send_in_turn (self, call);
}

gboolean
nanogpt_client_balance_finish (NanogptClient *self G_GNUC_UNUSED,
    GAsyncResult *result, NanogptMicros *usd, GError **error)
{
  g_autoptr (NanogptHttpResponse) http_response =
      nanogpt_call_finish (result, error);

  return http_response
      && nanogpt_balance_parse (http_response->body, usd, error);
}

void
nanogpt_client_models_async (NanogptClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GUri *url = nanogpt_base_url_build (nanogpt_client_get_base_url (self),
      "/api/v1/video-models", "detailed", "true", NULL);

  send_in_turn (self,
      call_new (self, SOUP_METHOD_GET, url, NANOGPT_RATE_OTHER, cancellable,
          callback, user_data));
}

GBytes *
nanogpt_client_models_finish (
    NanogptClient *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  g_autoptr (NanogptHttpResponse) http_response =
      nanogpt_call_finish (result, error);

  return http_response ? g_bytes_ref (http_response->body) : NULL;
}
