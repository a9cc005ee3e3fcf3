/* nanovid: tests of the connections that exchanges use
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/http/http-request.h"

#include "fixture/env.h"
#include "fixture/raw.h"
#include "fixture/server.h"
#include "fixture/tls.h"
#include "nanogpt/base/error.h"

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
  g_autoptr (NanogptHttpResponse) response =
      nanogpt_http_request_finish (result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  --*left;
}

/* Sends @count requests at once and waits for their responses, which are sent
 * when all requests have arrived. */
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
        session, message, -1, NULL, NULL, NULL, NULL, on_done, &left);
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

/* Returns: the number of requests on connections that earlier requests had used */
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

/* A burst of requests does not use up the connections that are kept. */
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

/* Runs before libsoup itself notices that the headers are complete. */
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
  g_autoptr (NanogptHttpResponse) response =
      nanogpt_http_request_finish (result, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *done = TRUE;
}

/* With libsoup 3.6, this completed the message twice, which was a use after free. */
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
    nanogpt_http_request_async (session, message, -1, cancellable, NULL, NULL,
        NULL, on_canceled, &done);
    g_object_unref (message);
    while (!done || message)
      g_main_context_iteration (NULL, TRUE);
  }
  g_object_unref (session);
  while (session)
    g_main_context_iteration (NULL, TRUE);
}

/* A server that refuses every stream */

#define FRAME_HEAD 9
#define FRAME_HEADERS 1
#define FRAME_SETTINGS 4
#define PREFACE 24

/* Returns: whether there was a frame; its payload is dropped */
static gboolean
read_frame (GInputStream *input, guint8 head[FRAME_HEAD])
{
  gsize got;
  guint32 length;

  if (!g_input_stream_read_all (input, head, FRAME_HEAD, &got, NULL, NULL)
      || got < FRAME_HEAD)
    return FALSE;
  length = head[0] << 16 | head[1] << 8 | head[2];
  while (length > 0) {
    gssize skipped = g_input_stream_skip (input, length, NULL, NULL);

    if (skipped <= 0)
      return FALSE;
    length -= skipped;
  }
  return TRUE;
}

typedef struct
{
  gint streams; /* both are atomic */
  gint gone;
} Refusals;

static void
serve_refusals (GSocketConnection *connection, Refusals *refusals)
{
  static const char *const protocols[] = { "h2", NULL };
  g_autoptr (GIOStream) tls = g_tls_server_connection_new (
      G_IO_STREAM (connection), fixture_tls_certificate (), NULL);
  GInputStream *input = g_io_stream_get_input_stream (tls);
  GOutputStream *output = g_io_stream_get_output_stream (tls);
  guint8 head[MAX (FRAME_HEAD, PREFACE)] = { 0, 0, 0, FRAME_SETTINGS };

  g_tls_connection_set_advertised_protocols (
      G_TLS_CONNECTION (tls), (const char **)protocols);
  if (!g_output_stream_write_all (output, head, FRAME_HEAD, NULL, NULL, NULL)
      || !g_input_stream_read_all (input, head, PREFACE, NULL, NULL, NULL))
    return;
  while (read_frame (input, head)) {
    guint8 acknowledged[] = { 0, 0, 0, FRAME_SETTINGS, 1, 0, 0, 0, 0 };
    guint8 refused[] = { 0, 0, 4, 3, 0, head[5], head[6], head[7], head[8], 0,
      0, 0, 7 };

    if (head[3] == FRAME_SETTINGS && head[4] == 0) {
      g_output_stream_write_all (
          output, acknowledged, sizeof acknowledged, NULL, NULL, NULL);
    } else if (head[3] == FRAME_HEADERS) {
      g_atomic_int_inc (&refusals->streams);
      g_output_stream_write_all (
          output, refused, sizeof refused, NULL, NULL, NULL);
    }
  }
}

static void
refuse_streams (FixtureRaw *raw G_GNUC_UNUSED, GSocketConnection *connection,
    guint number G_GNUC_UNUSED, gpointer data)
{
  Refusals *refusals = data;

  serve_refusals (connection, refusals);
  g_atomic_int_set (&refusals->gone, TRUE);
  g_main_context_wakeup (NULL);
}

static void
on_refused (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  g_assert_null (nanogpt_http_request_finish (result, error));
}

/* libsoup would resend the message endlessly. */
static void
test_refused_streams (void)
{
  Refusals refusals = { 0, FALSE };
  g_autoptr (FixtureRaw) raw = fixture_raw_new (refuse_streams, &refusals);
  g_autofree char *url =
      g_strconcat ("https", strchr (fixture_raw_get_url (raw), ':'), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) authorities =
      g_tls_file_database_new (fixture_tls_ca_file (), &error);
  g_autoptr (SoupSession) session = make_session ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)(fixture_scaled (20) * G_TIME_SPAN_SECOND);

  g_assert_no_error (error);
  soup_session_set_tls_database (session, authorities);
  nanogpt_http_request_async (
      session, message, deadline, NULL, NULL, NULL, NULL, on_refused, &error);
  while (!error)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NETWORK);
  g_assert_true (nanogpt_error_get_details (error)->transient);
  g_assert_nonnull (strstr (error->message, "repeatedly"));
  g_assert_cmpint (g_atomic_int_get (&refusals.streams), >, 1);
  g_assert_cmpint (g_atomic_int_get (&refusals.streams), <=, 7);

  g_clear_object (&session);
  while (!g_atomic_int_get (&refusals.gone))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
keep_from_leaving (gpointer data)
{
  guint *asked = data;

  ++*asked;
  return FALSE;
}

/* A request that is refused by the gate just before it is sent is not sent. */
static void
test_gate (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = make_session ();
  g_autoptr (SoupMessage) message =
      soup_message_new (SOUP_METHOD_POST, fixture_server_get_url (server));
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  g_autoptr (GError) error = NULL;
  gboolean sent = FALSE;
  guint asked = 0;

  fixture_server_set_handler (server, answer, NULL, NULL);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  nanogpt_http_request_async (session, message, -1, NULL, &sent,
      keep_from_leaving, &asked, on_refused, &error);
  while (!error)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NETWORK);
  g_assert_true (nanogpt_error_get_details (error)->transient);
  g_assert_cmpuint (asked, ==, 1);
  g_assert_false (sent);
  /* A later request shows that the first one is not on its way. */
  exchange (server, session, 1, 0);
  g_assert_cmpuint (fixture_server_count (server, NULL), ==, 1);
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
  g_test_add_func ("/exchange/refused-streams", test_refused_streams);
  g_test_add_func ("/exchange/gate", test_gate);
  return g_test_run ();
}
