/* nanovid: proxy setup and proxy authentication for a SoupSession
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "proxy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/url.h"

#define NAME_KEY "nanogpt-proxy-name"
#define SENT_KEY "nanogpt-proxy-sent"
#define MESSAGE_KEY "nanogpt-proxy-message"

/* Which proxy: the configured one or the system's, and none for http */

#define NANOGPT_TYPE_PROXY_RESOLVER nanogpt_proxy_resolver_get_type ()
G_DECLARE_FINAL_TYPE (NanogptProxyResolver, nanogpt_proxy_resolver, NANOGPT,
    PROXY_RESOLVER, GObject)

struct _NanogptProxyResolver
{
  GObject parent;

  GProxyResolver *inner;
};

static void nanogpt_proxy_resolver_init_interface (
    GProxyResolverInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NanogptProxyResolver, nanogpt_proxy_resolver,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (
        G_TYPE_PROXY_RESOLVER, nanogpt_proxy_resolver_init_interface))

/* If GLib and libsoup cannot parse a URI, or parse it differently than
 * intended, their errors and warnings show parts that may be the password.  The
 * flags are libsoup's. */
static gboolean
is_proxy (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);

  if (!uri)
    return FALSE;
  if (strcmp (g_uri_get_scheme (uri), "direct") == 0)
    return TRUE;
  return nanogpt_url_names_host (uri) && strlen (g_uri_get_path (uri)) <= 1
      && !g_uri_get_query (uri) && !g_uri_get_fragment (uri);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_auto (GStrv) proxies = g_proxy_resolver_lookup_finish (
      G_PROXY_RESOLVER (source), result, &error);

  if (!proxies) {
    g_task_return_error (task, error);
    return;
  }
  for (guint i = 0; proxies[i]; i++) {
    if (is_proxy (proxies[i]))
      continue;
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
        _ ("the proxy in the system's settings is not a URI such as "
           "http://proxy.example.com:3128 (a password has %%40 for @)"));
    return;
  }
  g_task_return_pointer (
      task, g_steal_pointer (&proxies), (GDestroyNotify)g_strfreev);
}

static void
lookup_async (GProxyResolver *resolver, const char *uri,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  static const char *const direct[] = { "direct://", NULL };
  NanogptProxyResolver *self = NANOGPT_PROXY_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  if (!g_str_has_prefix (uri, "https:"))
    g_task_return_pointer (
        task, g_strdupv ((char **)direct), (GDestroyNotify)g_strfreev);
  else
    g_proxy_resolver_lookup_async (
        self->inner, uri, cancellable, on_found, g_steal_pointer (&task));
}

static char **
lookup_finish (GProxyResolver *resolver G_GNUC_UNUSED, GAsyncResult *result,
    GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
nanogpt_proxy_resolver_init_interface (GProxyResolverInterface *interface)
{
  interface->lookup_async = lookup_async;
  interface->lookup_finish = lookup_finish;
}

static void
nanogpt_proxy_resolver_finalize (GObject *object)
{
  g_object_unref (NANOGPT_PROXY_RESOLVER (object)->inner);
  G_OBJECT_CLASS (nanogpt_proxy_resolver_parent_class)->finalize (object);
}

static void
nanogpt_proxy_resolver_class_init (NanogptProxyResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_proxy_resolver_finalize;
}

static void
nanogpt_proxy_resolver_init (NanogptProxyResolver *self G_GNUC_UNUSED)
{
}

static GProxyResolver *
make_resolver (const char *proxy, GError **error)
{
  g_autofree char *text = NULL;
  NanogptProxyResolver *self;

  if (proxy) {
    text = strstr (proxy, "://") ? g_strdup (proxy)
                                 : g_strconcat ("http://", proxy, NULL);
    if (!is_proxy (text)) {
      g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
          _ ("proxy is not a URI such as http://proxy.example.com:3128 (a "
             "password has %%40 for @)"));
      return NULL;
    }
  }
  self = g_object_new (NANOGPT_TYPE_PROXY_RESOLVER, NULL);
  self->inner = text ? g_simple_proxy_resolver_new (text, NULL)
                     : g_object_ref (g_proxy_resolver_get_default ());
  return G_PROXY_RESOLVER (self);
}

/* Tunnels */

static void
add_credentials (SoupMessage *tunnel, gpointer data G_GNUC_UNUSED)
{
  GSocketAddress *address = soup_message_get_remote_address (tunnel);
  const char *user = NULL;
  const char *password = NULL;
  g_autofree char *pair = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *value = NULL;

  if (G_IS_PROXY_ADDRESS (address)) {
    user = g_proxy_address_get_username (G_PROXY_ADDRESS (address));
    password = g_proxy_address_get_password (G_PROXY_ADDRESS (address));
  }
  if (!user)
    return;

  pair = g_strconcat (user, ":", password ? password : "", NULL);
  encoded = g_base64_encode ((const guchar *)pair, strlen (pair));
  value = g_strconcat ("Basic ", encoded, NULL);
  soup_message_headers_replace (
      soup_message_get_request_headers (tunnel), "Proxy-Authorization", value);
}

static void
note_proxy (SoupMessage *message, GSocketAddress *address)
{
  g_autofree char *host = NULL;
  g_autofree char *name = NULL;

  if (G_IS_PROXY_ADDRESS (address)
      && g_uri_split_network (
          g_proxy_address_get_uri (G_PROXY_ADDRESS (address)), G_URI_FLAGS_NONE,
          NULL, &host, NULL, NULL))
    name = g_strdup_printf (strchr (host, ':') ? "[%s]:%u" : "%s:%u", host,
        g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  g_object_set_data_full (
      G_OBJECT (message), NAME_KEY, g_steal_pointer (&name), g_free);
}

/* The message gets both events before its tunnel does. */
static void
on_network_event (SoupMessage *message, GSocketClientEvent event,
    GIOStream *stream, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    g_object_set_data_full (
        G_OBJECT (stream), MESSAGE_KEY, g_object_ref (message), g_object_unref);
  if (event != G_SOCKET_CLIENT_CONNECTING)
    return;
  address = g_socket_connection_get_remote_address (
      G_SOCKET_CONNECTION (stream), NULL);
  note_proxy (message, address);
}

static void
on_tunnel_event (SoupMessage *tunnel, GSocketClientEvent event,
    GIOStream *stream, gpointer data G_GNUC_UNUSED)
{
  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    g_object_set_data_full (G_OBJECT (tunnel), MESSAGE_KEY,
        g_object_steal_data (G_OBJECT (stream), MESSAGE_KEY), g_object_unref);
}

/* The guard against endless interim responses watches the message, not the
 * tunnel. */
static void
on_tunnel_informational (SoupMessage *tunnel, gpointer data G_GNUC_UNUSED)
{
  SoupMessage *message = g_object_get_data (G_OBJECT (tunnel), MESSAGE_KEY);

  if (message)
    g_signal_emit_by_name (message, "got-informational");
}

static void
on_starting (SoupMessage *message, gpointer data G_GNUC_UNUSED)
{
  note_proxy (message, soup_message_get_remote_address (message));
  g_object_set_data (G_OBJECT (message), SENT_KEY, GINT_TO_POINTER (TRUE));
}

static void
on_restarted (SoupMessage *message, gpointer data G_GNUC_UNUSED)
{
  g_object_set_data (G_OBJECT (message), SENT_KEY, NULL);
}

static void
on_request_queued (SoupSession *session G_GNUC_UNUSED, SoupMessage *message,
    gpointer data G_GNUC_UNUSED)
{
  if (soup_message_get_method (message) == SOUP_METHOD_CONNECT) {
    g_signal_connect (message, "starting", G_CALLBACK (add_credentials), NULL);
    g_signal_connect (
        message, "network-event", G_CALLBACK (on_tunnel_event), NULL);
    g_signal_connect (message, "got-informational",
        G_CALLBACK (on_tunnel_informational), NULL);
    return;
  }
  g_signal_connect (
      message, "network-event", G_CALLBACK (on_network_event), NULL);
  g_signal_connect (message, "starting", G_CALLBACK (on_starting), NULL);
  g_signal_connect (message, "restarted", G_CALLBACK (on_restarted), NULL);
}

gboolean
nanogpt_proxy_set_up (SoupSession *session, const char *proxy, GError **error)
{
  g_autoptr (GProxyResolver) resolver = make_resolver (proxy, error);

  if (!resolver)
    return FALSE;
  soup_session_set_proxy_resolver (session, resolver);
  /* Up to 3.6 at least, libsoup's own authentication sends the credentials for
   * the proxy with every message, also to the server within a tunnel; requests
   * a tunnel endlessly if a proxy rejects the credentials and closes the
   * connection; and sends a message whose tunnel was refused at first without
   * its body. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  g_signal_connect (
      session, "request-queued", G_CALLBACK (on_request_queued), NULL);
  return TRUE;
}

const char *
nanogpt_proxy_get_name (SoupMessage *message)
{
  return g_object_get_data (G_OBJECT (message), NAME_KEY);
}

gboolean
nanogpt_proxy_has_refused (SoupMessage *message)
{
  return nanogpt_proxy_get_name (message)
      && soup_message_get_status (message) != SOUP_STATUS_NONE
      && !g_object_get_data (G_OBJECT (message), SENT_KEY);
}

GError *
nanogpt_proxy_refusal_new (SoupMessage *message)
{
  guint status = soup_message_get_status (message);

  nanogpt_log_warning ("the proxy %s makes no tunnel: HTTP %u",
      nanogpt_proxy_get_name (message), status);
  /* tinyproxy sends 401 for a wrong password. */
  if (status == SOUP_STATUS_PROXY_UNAUTHORIZED
      || status == SOUP_STATUS_UNAUTHORIZED)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED,
        _ ("the proxy does not accept the user name and password in its URI, "
           "or requires more than Basic authentication (%u)"),
        status);
  return g_error_new (G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
      _ ("the proxy did not open a tunnel (%u %s)"), status,
      soup_status_get_phrase (status));
}
