/* nanovid: simulator: an HTTP server: of the API, or of the store
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "server.h"

#include "api.h"
#include "media.h"
#include "sender.h"

static void
log_request (SoupServerMessage *message, SimService *service)
{
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *time = NULL;

  if (!service->options.log)
    return;
  now = g_date_time_new_now_local ();
  time = g_date_time_format (now, "%H:%M:%S.%f");
  /* Log the path only: the query contains signatures, and may contain
   * anything. */
  g_printerr ("%.12s %s %s %u\n", time,
      soup_server_message_get_method (message),
      g_uri_get_path (soup_server_message_get_uri (message)),
      soup_server_message_get_status (message));
}

/* Called when the headers have arrived: counts the request, and may refuse
 * it. */
static void
begin_call (SoupServerMessage *message, SimService *service,
    NanogptSimulatorEndpoint endpoint)
{
  SimCall *call = sim_call_new (message, service, endpoint);

  g_signal_connect (message, "finished", G_CALLBACK (log_request), service);

  g_mutex_lock (&service->lock);
  service->requests[NANOGPT_SIMULATOR_ANY]++;
  if (endpoint != NANOGPT_SIMULATOR_ANY)
    service->requests[endpoint]++;
  call->fault = sim_faults_match (service->faults, endpoint);
  g_cond_broadcast (&service->changed);
  g_mutex_unlock (&service->lock);

  if (call->fault && call->fault->refuse)
    sim_sender_hang_up (message);
}

static void
on_api_headers (G_GNUC_UNUSED SoupServer *server, SoupServerMessage *message,
    const char *path, G_GNUC_UNUSED GHashTable *query, gpointer service)
{
  begin_call (message, service, sim_endpoint_from_path (path));
}

static void
on_media_headers (G_GNUC_UNUSED SoupServer *server, SoupServerMessage *message,
    G_GNUC_UNUSED const char *path, G_GNUC_UNUSED GHashTable *query,
    gpointer service)
{
  begin_call (message, service, NANOGPT_SIMULATOR_MEDIA);
}

static SimResponse *
new_fault_response (const SimFault *fault, guint status)
{
  return sim_response_new_error (status, fault->shape,
      fault->code ? fault->code : "simulated_fault", "Simulated fault");
}

/* Returns: the response to send instead of processing the request, or NULL. */
static SimResponse *
respond_unprocessed (const SimFault *fault)
{
  SimResponse *response;

  if (fault->status != 0)
    return new_fault_response (fault, fault->status);
  if (fault->html)
    return sim_response_new_text (200, "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html><head><title>NanoGPT</title></head>"
        "<body><div id=\"app\"></div></body></html>\n");
  if (!fault->redirect)
    return NULL;
  response = sim_response_new_text (302, "text/plain", "");
  sim_response_add_header (response, "Location", fault->redirect);
  return response;
}

static SimResponse *
replace_body (SimResponse *response, const SimFault *fault)
{
  SimResponse *replaced =
      sim_response_new (response->status, response->content_type, fault->body);

  replaced->pad = response->pad;
  g_ptr_array_extend_and_steal (
      replaced->headers, g_steal_pointer (&response->headers));
  response->headers = g_ptr_array_new ();
  sim_response_free (response);
  return replaced;
}

static SimResponse *
apply_fault (SimResponse *response, const SimFault *fault)
{
  if (fault->body)
    response = replace_body (response, fault);
  if (fault->content_type) {
    g_free (response->content_type);
    response->content_type = g_strdup (fault->content_type);
  }
  for (guint i = 0; i < fault->headers->len; i += 2)
    sim_response_add_header (
        response, fault->headers->pdata[i], fault->headers->pdata[i + 1]);
  if (response->status != 206)
    sim_response_pad (response, fault->huge);
  return response;
}

static SimResponse *
make_response (SimCall *call)
{
  const SimFault *fault = call->fault;
  SimResponse *response = fault ? respond_unprocessed (fault) : NULL;

  if (!response) {
    g_mutex_lock (&call->service->lock);
    sim_service_settle_jobs (call->service);
    response = call->endpoint == NANOGPT_SIMULATOR_MEDIA
        ? sim_media_handle (call)
        : sim_api_handle (call);
    g_mutex_unlock (&call->service->lock);
    if (fault && fault->reply_status != 0) {
      sim_response_free (response);
      response = new_fault_response (fault, fault->reply_status);
    }
  }
  return fault ? apply_fault (response, fault) : response;
}

static void
on_request (G_GNUC_UNUSED SoupServer *server, SoupServerMessage *message,
    G_GNUC_UNUSED const char *path, GHashTable *query,
    G_GNUC_UNUSED gpointer user_data)
{
  SimCall *call = sim_call_of (message);
  const SimFault *fault = call->fault;
  gboolean media = call->endpoint == NANOGPT_SIMULATOR_MEDIA;
  SimResponse *response;

  /* The body may have arrived with the headers. */
  if (fault && fault->refuse) {
    sim_sender_hang_up (message);
    return;
  }
  if (fault && fault->stall) {
    soup_server_message_pause (message);
    return;
  }
  call->query = query ? g_hash_table_ref (query) : NULL;
  response = make_response (call);
  /* SoupServer would apply the range itself, a second time. */
  soup_message_headers_remove (
      soup_server_message_get_request_headers (message), "Range");
  if (fault && fault->reply_stall) {
    sim_response_free (response);
    soup_server_message_pause (message);
    return;
  }
  sim_sender_send (
      message, response, fault, media ? call->service->options.bandwidth : 0);
}

static SoupServer *
listen_on (SimService *service, SoupServerCallback on_headers,
    GTlsCertificate *certificate, GInetAddress *address, guint port,
    GError **error)
{
  g_autoptr (SoupServer) server =
      soup_server_new ("server-header", "nanovid-simulator/" PACKAGE_VERSION,
          "tls-certificate", certificate, NULL);
  SoupServerListenOptions options = certificate ? SOUP_SERVER_LISTEN_HTTPS : 0;

  soup_server_add_early_handler (server, NULL, on_headers, service, NULL);
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  if (address) {
    g_autoptr (GSocketAddress) place =
        g_inet_socket_address_new (address, port);

    return soup_server_listen (server, place, options, error)
        ? g_steal_pointer (&server)
        : NULL;
  }
  if (soup_server_listen_local (server, port, options, error))
    return g_steal_pointer (&server);
  if (port == 0) {
    /* The port was free on only one of the two loopback addresses. */
    g_clear_error (error);
    if (soup_server_listen_local (
            server, 0, options | SOUP_SERVER_LISTEN_IPV4_ONLY, error))
      return g_steal_pointer (&server);
  }
  return NULL;
}

SoupServer *
sim_server_new_api (SimService *service, GTlsCertificate *certificate,
    GInetAddress *address, guint port, GError **error)
{
  return listen_on (service, on_api_headers, certificate, address, port, error);
}

SoupServer *
sim_server_new_media (SimService *service, GTlsCertificate *certificate,
    GInetAddress *address, guint port, GError **error)
{
  return listen_on (
      service, on_media_headers, certificate, address, port, error);
}

char *
sim_server_get_origin (SoupServer *server, const char *host)
{
  g_autoslist (GUri) uris = soup_server_get_uris (server);

  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uris->data), NULL,
      host, g_uri_get_port (uris->data), "", NULL, NULL);
}
