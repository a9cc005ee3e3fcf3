/* nanovid: tracks HTTP/2 connections and closes dead ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "connections.h"

#include "nanogpt/base/log.h"

#define KEY "nanogpt-connections"

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static gboolean
is_gone (
    gpointer id G_GNUC_UNUSED, gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autoptr (GSocketConnection) connection = g_weak_ref_get (data);

  return !connection || !g_socket_connection_is_connected (connection);
}

static void
on_network_event (SoupMessage *message, GSocketClientEvent event,
    GIOStream *stream, gpointer data)
{
  GHashTable *connections = data;
  guint64 id = soup_message_get_connection_id (message);
  GWeakRef *ref;

  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (stream))
    return;

  g_hash_table_foreach_remove (connections, is_gone, NULL);
  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, stream);
  g_hash_table_replace (connections, g_memdup2 (&id, sizeof id), ref);
}

static void
on_request_queued (
    SoupSession *session, SoupMessage *message, gpointer data G_GNUC_UNUSED)
{
  GHashTable *connections = g_object_get_data (G_OBJECT (session), KEY);

  g_signal_connect_data (message, "network-event",
      G_CALLBACK (on_network_event), g_hash_table_ref (connections),
      (GClosureNotify)(void (*) (void))g_hash_table_unref, 0);
}

void
nanogpt_connections_watch (SoupSession *session)
{
  g_object_set_data_full (G_OBJECT (session), KEY,
      g_hash_table_new_full (
          g_int64_hash, g_int64_equal, g_free, weak_ref_free),
      (GDestroyNotify)g_hash_table_unref);
  g_signal_connect (
      session, "request-queued", G_CALLBACK (on_request_queued), NULL);
}

static void
cut (GWeakRef *ref)
{
  g_autoptr (GSocketConnection) connection = g_weak_ref_get (ref);

  /* The reader then finds the end of the stream, and closes the connection.
   * libsoup itself closes it only if it can still announce that to the
   * server. */
  if (!connection)
    return;
  nanogpt_log_info ("a connection of HTTP/2 is cut, with all that is on it");
  g_socket_shutdown (
      g_socket_connection_get_socket (connection), TRUE, FALSE, NULL);
}

static GWeakRef *
find (SoupSession *session, SoupMessage *message)
{
  GHashTable *connections = g_object_get_data (G_OBJECT (session), KEY);
  guint64 id = soup_message_get_connection_id (message);

  return connections ? g_hash_table_lookup (connections, &id) : NULL;
}

gboolean
nanogpt_connections_is_open (SoupSession *session, SoupMessage *message)
{
  GWeakRef *ref = find (session, message);
  g_autoptr (GSocketConnection) connection = ref ? g_weak_ref_get (ref) : NULL;

  return connection && g_socket_connection_is_connected (connection)
      && !g_socket_condition_check (
          g_socket_connection_get_socket (connection), G_IO_IN);
}

void
nanogpt_connections_cut (SoupSession *session, SoupMessage *message)
{
  GWeakRef *ref = find (session, message);

  if (ref && soup_message_get_http_version (message) == SOUP_HTTP_2_0
      && soup_message_get_status (message) == SOUP_STATUS_NONE)
    cut (ref);
}

void
nanogpt_connections_cut_all (SoupSession *session)
{
  GHashTable *connections = g_object_get_data (G_OBJECT (session), KEY);
  GHashTableIter iter;
  gpointer ref;

  g_hash_table_iter_init (&iter, connections);
  while (g_hash_table_iter_next (&iter, NULL, &ref))
    cut (ref);
}
