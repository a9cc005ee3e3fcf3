/* nanovid: tests of the connections that exchanges use
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/http/http-request.h"

#include "fixture/env.h"
#include "fixture/server.h"

#define CROWD 40
#define KEPT 32

static void
answer (FixtureServer *server G_GNUC_UNUSED, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED, guint number G_GNUC_UNUSED,
    gpointer user_data G_GNUC_UNUSED)
{
  fixture_respond_json (message, 200, "{}");
}

static void
answer_later (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED, guint number G_GNUC_UNUSED,
    gpointer user_data G_GNUC_UNUSED)
{
  fixture_respond_json (message, 200, "{}");
  fixture_server_hold (server, message);
}

static void
on_done (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  guint *left = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptHttpResponse) reply =
      nanogpt_http_request_finish (result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (reply->status, ==, 200);
  --*left;
}

/* Sends @count requests at once and waits for their answers, which come when
 * all have arrived. */
static void
exchange (FixtureServer *server, SoupSession *session, guint count,
    SoupMessageFlags flags)
{
  guint before = fixture_server_count (server, NULL);
  guint left = count;

  for (guint i = 0; i < count; i++) {
    g_autoptr (SoupMessage) message =
        soup_message_new (SOUP_METHOD_GET, fixture_server_get_url (server));

    soup_message_add_flags (message, flags);
    nanogpt_http_request_async (
        session, message, -1, NULL, NULL, on_done, &left);
  }
  fixture_server_wait (server, NULL, before + count, 20);
  fixture_server_release (server);
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
}

static SoupSession *
make_session (void)
{
  return soup_session_new_with_options (
      "max-conns", G_MAXINT, "max-conns-per-host", G_MAXINT, NULL);
}

static void
test_one_connection (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = make_session ();

  fixture_server_set_handler (server, answer, NULL, NULL);
  for (guint i = 0; i < CROWD; i++)
    exchange (server, session, 1, 0);
  for (guint i = 2; i <= CROWD; i++)
    g_assert_cmpuint (fixture_server_get (server, NULL, i)->client_port, ==,
        fixture_server_get (server, NULL, 1)->client_port);
}

/* Returns: how many requests came over a connection that others had used */
static guint
count_used_again (FixtureServer *server)
{
  g_autoptr (GHashTable) ports = g_hash_table_new (NULL, NULL);
  guint count = fixture_server_count (server, NULL);
  guint used_again = 0;

  for (guint i = 1; i <= count; i++) {
    guint port = fixture_server_get (server, NULL, i)->client_port;

    if (!g_hash_table_add (ports, GUINT_TO_POINTER (port)))
      used_again++;
  }
  return used_again;
}

static void
test_few_connections_are_kept (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = make_session ();

  fixture_server_set_handler (server, answer_later, NULL, NULL);
  exchange (server, session, CROWD, 0);
  exchange (server, session, CROWD, 0);
  g_assert_cmpuint (count_used_again (server), ==, KEPT);
}

/* A crowd does not use up the connections that are kept. */
static void
test_kept_connections_are_used (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = make_session ();

  fixture_server_set_handler (server, answer_later, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    exchange (server, session, CROWD, 0);
  exchange (server, session, KEPT, 0);
  g_assert_cmpuint (count_used_again (server), ==, KEPT + KEPT + KEPT);
}

static void
test_new_connections_are_not_kept (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = make_session ();

  fixture_server_set_handler (server, answer, NULL, NULL);
  for (guint i = 0; i < CROWD; i++)
    exchange (server, session, 1, SOUP_MESSAGE_NEW_CONNECTION);
  exchange (server, session, 1, 0);
  g_assert_cmpuint (count_used_again (server), ==, 0);
}

static gboolean
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

/* Before libsoup itself gets to know that the headers are there. */
static void
on_got_headers (SoupMessage *message G_GNUC_UNUSED, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, cancel, data, NULL);
  g_source_attach (source, NULL);
}

static void
on_canceled (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  gboolean *done = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptHttpResponse) reply =
      nanogpt_http_request_finish (result, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *done = TRUE;
}

/* libsoup 3.6 completed the message twice, and freed what was in use. */
static void
test_canceled_at_headers (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  SoupSession *session = make_session ();

  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *)&session);
  fixture_server_set_handler (server, answer, NULL, NULL);
  for (guint i = 0; i < CROWD; i++) {
    SoupMessage *message =
        soup_message_new (SOUP_METHOD_GET, fixture_server_get_url (server));
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    gboolean done = FALSE;

    g_object_add_weak_pointer (G_OBJECT (message), (gpointer *)&message);
    g_signal_connect (
        message, "got-headers", G_CALLBACK (on_got_headers), cancellable);
    nanogpt_http_request_async (
        session, message, -1, cancellable, NULL, on_canceled, &done);
    g_object_unref (message);
    while (!done || message)
      g_main_context_iteration (NULL, TRUE);
  }
  g_object_unref (session);
  while (session)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/exchange/one-connection", test_one_connection);
  g_test_add_func (
      "/exchange/few-connections-are-kept", test_few_connections_are_kept);
  g_test_add_func (
      "/exchange/kept-connections-are-used", test_kept_connections_are_used);
  g_test_add_func ("/exchange/new-connections-are-not-kept",
      test_new_connections_are_not_kept);
  g_test_add_func ("/exchange/canceled-at-headers", test_canceled_at_headers);
  return g_test_run ();
}
