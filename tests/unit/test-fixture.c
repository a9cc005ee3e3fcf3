/* nanovid: what the other tests rely on: servers, watchdog, files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memmem */
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/raw.h"
#include "fixture/server.h"
#include "fixture/tls.h"
#include "fixture/watchdog.h"

#define MAKE_AND_LOOK_AGAIN "make-and-look-again"

static const char *program;

/* A blocking exchange; the session's worker needs no main loop of ours.
 * Returns: (transfer full) (nullable): the body, whatever the status */
static GBytes *
fetch (SoupSession *session, const char *method, const char *url,
    const char *path, guint *status, GError **error)
{
  g_autofree char *full = g_strconcat (url, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, full);
  GBytes *body = soup_session_send_and_read (session, message, NULL, error);

  *status = soup_message_get_status (message);
  return body;
}

static void
answer (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request, guint number, gpointer user_data)
{
  guint *calls = user_data;

  ++*calls;
  g_assert_cmpuint (number, ==, *calls);
  if (g_str_equal (request->path, "/json"))
    fixture_respond_json (message, 202, "{\"runId\":\"r1\"}");
  else if (g_str_equal (request->path, "/slow"))
    fixture_server_delay (server, message, 0.05);
  else if (g_str_equal (request->path, "/gone"))
    fixture_server_hang_up (server, message);
}

static void
check_exchange (FixtureServer *server, SoupSession *session)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("an exchange with the fixture server", 20);
  const char *url = fixture_server_get_url (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) json = NULL;
  g_autoptr (GBytes) slow = NULL;
  g_autoptr (GBytes) gone = NULL;
  const FixtureRequest *request;
  guint calls = 0;
  guint status;

  fixture_server_set_handler (server, answer, &calls, NULL);
  json = fetch (session, "GET", url, "/json?a=%20b", &status, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 202);
  g_assert_cmpmem (g_bytes_get_data (json, NULL), g_bytes_get_size (json),
      "{\"runId\":\"r1\"}", 14);

  slow = fetch (session, "GET", url, "/slow", &status, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 404);

  gone = fetch (session, "POST", url, "/gone", &status, &error);
  g_assert_nonnull (error);
  g_assert_null (gone);

  request = fixture_server_wait (server, "/gone", 1, 5);
  g_assert_cmpstr (request->method, ==, "POST");
  request = fixture_server_get (server, NULL, 1);
  g_assert_cmpstr (request->path, ==, "/json");
  g_assert_cmpstr (request->query, ==, "a=%20b");
  g_assert_cmpuint (request->client_port, >, 0);
  g_assert_cmpuint (fixture_server_count (server, NULL), ==, calls);
  g_assert_null (fixture_server_get (server, "/json", 2));
}

static void
test_server_plain (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = soup_session_new ();

  check_exchange (server, session);
}

static void
test_server_tls (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new_tls ();
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupSession) stranger = soup_session_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database =
      g_tls_file_database_new (fixture_tls_ca_file (), &error);
  g_autoptr (GError) refused = NULL;
  guint status;

  g_assert_no_error (error);
  g_assert_null (fetch (stranger, "GET", fixture_server_get_url (server), "/",
      &status, &refused));
  g_assert_error (refused, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);

  soup_session_set_tls_database (session, database);
  check_exchange (server, session);
}

/* No other test can get the port. */
static void
assert_held (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", g_uri_get_port (uri));
  g_autoptr (GSocket) socket = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (g_socket_bind (socket, address, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

static void
test_server_stop (void)
{
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) again = NULL;
  guint status;

  fixture_server_stop (server);
  assert_held (fixture_server_get_url (server));
  g_assert_null (fetch (
      session, "GET", fixture_server_get_url (server), "/", &status, &refused));
  g_assert_error (refused, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  fixture_server_start (server);
  again = fetch (
      session, "GET", fixture_server_get_url (server), "/", &status, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 404);
}

static void
hold (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED, guint number G_GNUC_UNUSED,
    gpointer user_data G_GNUC_UNUSED)
{
  fixture_respond_json (message, 200, "{}");
  fixture_server_hold (server, message);
}

static void
store_result (
    GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static void
test_server_hold (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a held answer", 20);
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message =
      soup_message_new ("GET", fixture_server_get_url (server));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;

  fixture_server_set_handler (server, hold, NULL, NULL);
  soup_session_send_and_read_async (
      session, message, G_PRIORITY_DEFAULT, NULL, store_result, &result);
  fixture_server_wait (server, "/", 1, 5);
  g_assert_null (result);
  fixture_server_release (server);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  body = soup_session_send_and_read_finish (session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 2);
}

static void
delay (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED, guint number G_GNUC_UNUSED,
    gpointer user_data G_GNUC_UNUSED)
{
  fixture_server_delay (server, message, 0.05);
}

static void
test_server_ends_with_answers_due (void)
{
  static const FixtureHandler handlers[] = { hold, delay };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++) {
    g_autoptr (FixtureWatchdog) watchdog =
        fixture_watchdog_new ("a server that ends with an answer due", 20);
    g_autoptr (SoupSession) session = soup_session_new ();
    g_autoptr (FixtureServer) server = fixture_server_new ();
    g_autoptr (SoupMessage) message =
        soup_message_new ("POST", fixture_server_get_url (server));
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GBytes) body = NULL;
    g_autoptr (GError) error = NULL;

    fixture_server_set_handler (server, handlers[i], NULL, NULL);
    soup_session_send_and_read_async (
        session, message, G_PRIORITY_DEFAULT, NULL, store_result, &result);
    fixture_server_wait (server, "/", 1, 5);
    fixture_server_stop (server);
    while (!result)
      g_main_context_iteration (NULL, TRUE);
    body = soup_session_send_and_read_finish (session, result, &error);
    g_assert_null (body);
    g_assert_nonnull (error);
  }
}

static void
misbehave (FixtureRaw *raw, GSocketConnection *connection, guint number,
    gpointer user_data G_GNUC_UNUSED)
{
  g_autofree char *head = NULL;

  if (!fixture_raw_read_request (raw, connection, &head))
    return;
  g_assert_true (g_str_has_prefix (head, "GET / HTTP/1.1\r\n"));
  if (number == 1)
    fixture_raw_send (
        raw, connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  else if (number == 2)
    fixture_raw_reset (connection);
  else if (number == 3)
    fixture_raw_drip (raw, connection,
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 41, 7, 0.005);
  else
    fixture_raw_wait_closed (raw, connection);
}

static void
test_raw (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("the raw server", 20);
  g_autoptr (FixtureRaw) raw = fixture_raw_new (misbehave, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GError) cut_off = NULL;
  g_autoptr (GError) reset = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) dripped = NULL;
  guint status;

  g_assert_null (fetch (
      session, "GET", fixture_raw_get_url (raw), "/", &status, &cut_off));
  g_assert_error (cut_off, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_assert_null (
      fetch (session, "GET", fixture_raw_get_url (raw), "/", &status, &reset));
  g_assert_error (reset, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  dripped =
      fetch (session, "GET", fixture_raw_get_url (raw), "/", &status, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (
      g_bytes_get_data (dripped, NULL), g_bytes_get_size (dripped), "abc", 3);
  fixture_raw_wait (raw, 3, 5);
  g_assert_cmpuint (fixture_raw_count (raw), ==, 3);
}

static void
test_raw_leaves_no_visitor_hanging (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("the end of a raw server with a silent client", 20);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FixtureRaw) raw = fixture_raw_new (misbehave, NULL);

  connection = g_socket_client_connect_to_uri (
      client, fixture_raw_get_url (raw), 80, NULL, &error);
  g_assert_no_error (error);
  fixture_raw_wait (raw, 1, 5);
}

static void
test_watchdog (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (FixtureWatchdog) watchdog =
        fixture_watchdog_new ("a step for ever", 0.05);
    g_usleep (G_MAXULONG);
    return;
  }
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*\"a step for ever\" has not finished*");
}

static void
test_environment (void)
{
  g_autofree char *directory = fixture_make_dir ();
  g_autofree char *inner = g_build_filename (directory, "a", "b", NULL);

  g_assert_true (g_str_has_prefix (directory, g_get_tmp_dir ()));
  g_assert_true (g_str_has_prefix (g_getenv ("HOME"), g_get_tmp_dir ()));
  g_assert_null (g_getenv ("NANOGPT_API_KEY"));
  g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
  fixture_remove_tree (directory);
  g_assert_false (g_file_test (directory, G_FILE_TEST_EXISTS));
}

static gsize
position_of (GBytes *bytes, const char *text)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *found = memmem (data, size, text, strlen (text));

  g_assert_nonnull (found);
  return (gsize)(found - data);
}

static void
test_media (void)
{
  g_autoptr (GBytes) first = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  g_autoptr (GBytes) last = fixture_media_bytes (FIXTURE_MEDIA_MP4_INDEX_LAST);
  g_autoptr (GBytes) audio = fixture_media_bytes (FIXTURE_MEDIA_MP4_AUDIO);
  g_autoptr (GBytes) fragmented =
      fixture_media_bytes (FIXTURE_MEDIA_MP4_FRAGMENTED);
  g_autoptr (GBytes) big = fixture_media_bytes (FIXTURE_MEDIA_MP4_BIG);
  g_autoptr (GBytes) webm = fixture_media_bytes (FIXTURE_MEDIA_WEBM);
  g_autoptr (GBytes) webm_audio =
      fixture_media_bytes (FIXTURE_MEDIA_WEBM_AUDIO);
  g_autoptr (GBytes) jpeg = fixture_media_bytes (FIXTURE_MEDIA_JPEG);
  g_autoptr (GBytes) png = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_autoptr (GBytes) webp = fixture_media_bytes (FIXTURE_MEDIA_WEBP);

  g_assert_cmpuint (
      position_of (first, "moov"), <, position_of (first, "mdat"));
  g_assert_cmpuint (position_of (last, "moov"), >, position_of (last, "mdat"));
  position_of (audio, "mp4a");
  position_of (fragmented, "moof");
  g_assert_cmpuint (g_bytes_get_size (big), >, 2000000);
  g_assert_cmpuint (position_of (webm, "webm"), <, 64);
  position_of (webm_audio, "A_VORBIS");
  g_assert_cmpuint (position_of (jpeg, "\xff\xd8\xff"), ==, 0);
  g_assert_cmpuint (position_of (png, "\x89PNG"), ==, 0);
  g_assert_cmpuint (position_of (webp, "WEBP"), ==, 8);
}

/* Runs in a process of its own: makes all files, and when its input ends,
 * checks that the files that it got first are still there. */
static int
make_and_look_again (void)
{
  GStatBuf first[FIXTURE_MEDIA_N];

  gst_init (NULL, NULL);
  g_print ("ready\n");
  getchar ();
  for (FixtureMedia media = 0; media < FIXTURE_MEDIA_N; media++) {
    g_autofree char *path = fixture_media_path (media);

    g_assert_cmpint (g_stat (path, &first[media]), ==, 0);
  }
  g_print ("done\n");
  getchar ();
  for (FixtureMedia media = 0; media < FIXTURE_MEDIA_N; media++) {
    g_autofree char *path = fixture_media_path (media);
    GStatBuf now;

    g_assert_cmpint (g_stat (path, &now), ==, 0);
    g_assert_cmpint (now.st_ino, ==, first[media].st_ino);
    g_assert_cmpint (now.st_size, ==, first[media].st_size);
  }
  return 0;
}

static GSubprocess *
start_maker (const char *directory)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  GSubprocess *maker;

  g_subprocess_launcher_setenv (launcher, "FIXTURE_MEDIA_DIR", directory, TRUE);
  maker = g_subprocess_launcher_spawn (
      launcher, &error, program, MAKE_AND_LOOK_AGAIN, NULL);
  g_assert_no_error (error);
  return maker;
}

/* Waits for a line from each process, then lets all of them continue at once. */
static void
let_go_on (GPtrArray *makers)
{
  for (guint i = 0; i < makers->len; i++) {
    GInputStream *output = g_subprocess_get_stdout_pipe (makers->pdata[i]);
    char c = '\0';

    while (c != '\n')
      g_assert_cmpint (g_input_stream_read (output, &c, 1, NULL, NULL), ==, 1);
  }
  for (guint i = 0; i < makers->len; i++)
    g_assert_true (g_output_stream_write_all (
        g_subprocess_get_stdin_pipe (makers->pdata[i]), "\n", 1, NULL, NULL,
        NULL));
}

/* If many processes want the same files at once, each keeps the file that it
 * got first, whichever process made it. */
static void
test_media_is_made_once (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("makers of the same files", 50);
  g_autofree char *directory = fixture_make_dir ();
  g_autoptr (GPtrArray) makers =
      g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GDir) files = NULL;
  guint n_files = 0;

  for (guint i = 0; i < 4; i++)
    g_ptr_array_add (makers, start_maker (directory));
  let_go_on (makers);
  let_go_on (makers);
  for (guint i = 0; i < makers->len; i++)
    g_assert_true (g_subprocess_wait_check (makers->pdata[i], NULL, NULL));

  files = g_dir_open (directory, 0, NULL);
  while (g_dir_read_name (files))
    n_files++;
  g_assert_cmpuint (n_files, ==, FIXTURE_MEDIA_N);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  fixture_init (&argc, &argv);
  if (argc > 1 && g_str_equal (argv[1], MAKE_AND_LOOK_AGAIN))
    return make_and_look_again ();
  g_test_add_func ("/fixture/environment", test_environment);
  g_test_add_func ("/fixture/watchdog", test_watchdog);
  g_test_add_func ("/fixture/server/plain", test_server_plain);
  g_test_add_func ("/fixture/server/tls", test_server_tls);
  g_test_add_func ("/fixture/server/stop", test_server_stop);
  g_test_add_func ("/fixture/server/hold", test_server_hold);
  g_test_add_func ("/fixture/server/end", test_server_ends_with_answers_due);
  g_test_add_func ("/fixture/raw/misbehavior", test_raw);
  g_test_add_func ("/fixture/raw/end", test_raw_leaves_no_visitor_hanging);
  g_test_add_func ("/fixture/media/kinds", test_media);
  g_test_add_func ("/fixture/media/made-once", test_media_is_made_once);
  return g_test_run ();
}
