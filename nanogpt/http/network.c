/* nanovid: the network thread and its SoupSessions
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "network.h"

#include <glib/gi18n-lib.h>

#include "connections.h"
#include "nanogpt/base/error.h"
#include "proxy.h"
#include "nanogpt/base/url.h"

/* Longer than any pause between two polls, so that they share a connection.  Not
 * much longer, because libsoup checks each idle connection before every request:
 * those that many jobs opened at once would make each poll more expensive. */
#define IDLE_TIMEOUT_SECONDS 30

struct _NanogptNetwork
{
  int refs; /* guarded by network_lock */
  GMainContext *context;
  GMainLoop *loop;
  GHashTable *authorities;   /* GTlsDatabase by file, under network_lock */
  GHashTable *sessions;      /* network thread only, by proxy and authorities */
  GHashTable *rate_limiters; /* network thread only, by origin */
};

static GMutex network_lock;
static NanogptNetwork *running_network;

/* A session must not be freed while it has connections, and an HTTP/2
 * connection is not idle until everything that was canceled on it has ended. */
static void
close_connections (NanogptNetwork *self)
{
  GHashTableIter iter;
  gpointer session;

  /* Let canceled messages and pending reports end first. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    soup_session_abort (session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    nanogpt_connections_cut_all (session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
}

static gpointer
network_thread (gpointer data)
{
  NanogptNetwork *self = data;

  g_main_context_push_thread_default (self->context);
  self->sessions =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->rate_limiters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      (GDestroyNotify)nanogpt_rate_limiter_free);

  g_main_loop_run (self->loop);

  close_connections (self);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->authorities);
  g_hash_table_unref (self->rate_limiters);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
  return NULL;
}

NanogptNetwork *
nanogpt_network_get (void)
{
  NanogptNetwork *self;

  g_mutex_lock (&network_lock);
  if (!running_network) {
    running_network = g_new0 (NanogptNetwork, 1);
    running_network->authorities =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
    running_network->context = g_main_context_new ();
    running_network->loop = g_main_loop_new (running_network->context, FALSE);
    g_thread_unref (
        g_thread_new ("nanovid-network", network_thread, running_network));
  }
  self = running_network;
  self->refs++;
  g_mutex_unlock (&network_lock);
  return self;
}

static gboolean
quit (gpointer data)
{
  NanogptNetwork *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

void
nanogpt_network_unref (NanogptNetwork *self)
{
  g_mutex_lock (&network_lock);
  if (--self->refs == 0) {
    running_network = NULL;
    /* From within the loop: a quit before it runs would be lost. */
    nanogpt_network_run (self, quit, self, NULL);
  }
  g_mutex_unlock (&network_lock);
}

/* Not g_main_context_invoke(), which may run the function right here while
 * the thread is still starting. */
void
nanogpt_network_run (NanogptNetwork *self, GSourceFunc function, gpointer data,
    GDestroyNotify notify)
{
  /* The function may end the network, and its context, before the source is
   * released here. */
  g_autoptr (GMainContext) context = g_main_context_ref (self->context);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, notify);
  g_source_attach (source, context);
}

/* Reading anything but a regular file may never end. */
static GTlsDatabase *
load_ca_file (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GTlsDatabase *database = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS)
      && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_set_error_literal (&local_error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
        _ ("it is not a file"));
  else
    database = g_tls_file_database_new (path, &local_error);
  if (!database)
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("tls-ca-file \"%s\" cannot be used: %s"), path,
        local_error->message);
  return database;
}

gboolean
nanogpt_network_load_authorities (
    NanogptNetwork *self, const char *tls_ca_file, GError **error)
{
  GTlsDatabase *database;
  gboolean loaded;

  g_mutex_lock (&network_lock);
  loaded = g_hash_table_contains (self->authorities, tls_ca_file);
  g_mutex_unlock (&network_lock);
  if (loaded)
    return TRUE;

  database = load_ca_file (tls_ca_file, error);
  if (!database)
    return FALSE;
  g_mutex_lock (&network_lock);
  g_hash_table_insert (self->authorities, g_strdup (tls_ca_file), database);
  g_mutex_unlock (&network_lock);
  return TRUE;
}

/* Returns: (transfer full) (nullable) */
static GTlsDatabase *
get_authorities (NanogptNetwork *self, const char *tls_ca_file, GError **error)
{
  GTlsDatabase *database;

  if (!nanogpt_network_load_authorities (self, tls_ca_file, error))
    return NULL;
  g_mutex_lock (&network_lock);
  database =
      g_object_ref (g_hash_table_lookup (self->authorities, tls_ca_file));
  g_mutex_unlock (&network_lock);
  return database;
}

static SoupSession *
make_session (
    NanogptNetwork *self, const NanogptSettings *settings, GError **error)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (SoupSession) session = NULL;

  if (settings->tls_ca_file) {
    database = get_authorities (self, settings->tls_ca_file, error);
    if (!database)
      return NULL;
  }

  /* libsoup's own limits would queue messages, and a queued message ignores
   * its cancellable. */
  session = soup_session_new_with_options ("max-conns", G_MAXINT,
      "max-conns-per-host", G_MAXINT, "timeout", 0, "idle-timeout",
      IDLE_TIMEOUT_SECONDS, NULL);
  if (!nanogpt_proxy_set_up (session, settings->proxy, error))
    return NULL;
  if (database)
    soup_session_set_tls_database (session, database);
  nanogpt_connections_watch (session);
  return g_steal_pointer (&session);
}

SoupSession *
nanogpt_network_get_session (
    NanogptNetwork *self, const NanogptSettings *settings, GError **error)
{
  g_autofree char *key =
      g_strdup_printf ("%s\n%s", settings->proxy ? settings->proxy : "",
          settings->tls_ca_file ? settings->tls_ca_file : "");
  SoupSession *session = g_hash_table_lookup (self->sessions, key);

  if (!session) {
    session = make_session (self, settings, error);
    if (!session)
      return NULL;
    g_hash_table_insert (self->sessions, g_steal_pointer (&key), session);
  }
  return g_object_ref (session);
}

/* A service on this machine has not asked for rate limits. */
NanogptRateLimiter *
nanogpt_network_get_rate_limiter (NanogptNetwork *self, GUri *base)
{
  g_autofree char *origin = nanogpt_url_get_origin (base);
  NanogptRateLimiter *rate_limiter =
      g_hash_table_lookup (self->rate_limiters, origin);

  if (!rate_limiter) {
    rate_limiter = nanogpt_rate_limiter_new (!nanogpt_url_is_loopback (base));
    g_hash_table_insert (
        self->rate_limiters, g_steal_pointer (&origin), rate_limiter);
  }
  return rate_limiter;
}
