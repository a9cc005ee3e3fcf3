/* nanovid: tests of the simulator's media server, and of TLS
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sim-fixture.h"

#include <string.h>

static SimAnswer *
get_range (SimFixture *fixture, const char *url, const char *range,
    const char *if_range)
{
  g_autoptr (SoupMessage) message = sim_new_message (fixture, "GET", url, NULL);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_append (headers, "Range", range);
  if (if_range)
    soup_message_headers_append (headers, "If-Range", if_range);
  return sim_exchange (fixture, message);
}

static void
assert_range (SimFixture *fixture, const char *url, const char *range,
    const char *if_range, guint status, const char *content_range,
    const char *body)
{
  g_autoptr (SimAnswer) answer = get_range (fixture, url, range, if_range);

  g_test_message ("%s", range);
  g_assert_no_error (answer->error);
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (
      sim_answer_get_header (answer, "Content-Range"), ==, content_range);
  if (body)
    g_assert_cmpmem (g_bytes_get_data (answer->body, NULL),
        g_bytes_get_size (answer->body), body, strlen (body));
}

static char *
make_url (SimFixture *fixture)
{
  g_autofree char *run_id = sim_submit_ok (fixture, BODY);

  return sim_await_url (fixture, run_id, MODEL);
}

static void
test_ranges (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *modified = NULL;
  g_autoptr (SimAnswer) whole = NULL;

  sim_start_with_digits (fixture);
  url = make_url (fixture);
  whole = sim_get (fixture, url, NULL);
  g_assert_cmpuint (whole->status, ==, 200);
  g_assert_cmpstr (sim_answer_get_header (whole, "Accept-Ranges"), ==, "bytes");
  g_assert_cmpstr (sim_answer_get_header (whole, "Content-Length"), ==, "10");
  etag = g_strdup (sim_answer_get_header (whole, "ETag"));
  modified = g_strdup (sim_answer_get_header (whole, "Last-Modified"));

  assert_range (fixture, url, "bytes=2-4", NULL, 206, "bytes 2-4/10", "234");
  assert_range (fixture, url, "bytes=7-", NULL, 206, "bytes 7-9/10", "789");
  assert_range (fixture, url, "bytes=-4", NULL, 206, "bytes 6-9/10", "6789");
  assert_range (
      fixture, url, "bytes=0-99", NULL, 206, "bytes 0-9/10", "0123456789");
  assert_range (fixture, url, "bytes=10-", NULL, 416, "bytes */10", NULL);
  assert_range (fixture, url, "bytes=4-2", NULL, 200, NULL, "0123456789");
  assert_range (fixture, url, "bytes=1-2,4-5", NULL, 200, NULL, "0123456789");
  assert_range (fixture, url, "bytes=5-", etag, 206, "bytes 5-9/10", "56789");
  assert_range (
      fixture, url, "bytes=5-", modified, 206, "bytes 5-9/10", "56789");
  assert_range (fixture, url, "bytes=5-", "\"other\"", 200, NULL, "0123456789");

  sim_add_fault (fixture, "media#1:etag=\"new\"");
  sim_add_fault (fixture, "media#2:no-ranges");
  assert_range (fixture, url, "bytes=5-", etag, 200, NULL, "0123456789");
  assert_range (fixture, url, "bytes=5-", etag, 200, NULL, "0123456789");
}

static void
test_signed (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autofree char *url = NULL;
  g_autofree char *renewed = NULL;
  g_autofree char *longer = NULL;
  g_autofree char *bare = NULL;
  g_autoptr (SoupMessage) head = NULL;
  g_autoptr (SimAnswer) head_answer = NULL;

  sim_start_with_digits (fixture);
  run_id = sim_submit_ok (fixture, BODY);
  url = sim_await_url (fixture, run_id, MODEL);
  longer = g_strconcat (url, "&x=1", NULL);
  bare = g_strndup (url, strchr (url, '?') - url);
  g_assert_true (g_str_has_prefix (
      url, nanogpt_simulator_get_media_url (fixture->simulator)));
  g_assert_cmpuint (sim_get_code (fixture, NULL, longer, NULL), ==, 403);
  g_assert_cmpuint (sim_get_code (fixture, NULL, bare, NULL), ==, 403);
  g_assert_cmpuint (
      nanogpt_simulator_count_key_leaks (fixture->simulator), ==, 0);
  g_assert_cmpuint (sim_get_code (fixture, KEY, url, NULL), ==, 400);
  g_assert_cmpuint (
      nanogpt_simulator_count_key_leaks (fixture->simulator), ==, 1);
  head = sim_new_message (fixture, "HEAD", url, NULL);
  head_answer = sim_exchange (fixture, head);
  g_assert_cmpuint (head_answer->status, ==, 403);

  sim_add_fault (fixture, "media#2:expire");
  g_assert_cmpuint (sim_get_code (fixture, NULL, url, NULL), ==, 200);
  g_assert_cmpuint (sim_get_code (fixture, NULL, url, NULL), ==, 403);
  g_assert_cmpuint (sim_get_code (fixture, NULL, url, NULL), ==, 403);
  renewed = sim_await_url (fixture, run_id, MODEL);
  g_assert_cmpstr (renewed, !=, url);
  g_assert_cmpuint (sim_get_code (fixture, NULL, renewed, NULL), ==, 200);
  g_assert_cmpuint (sim_get_code (fixture, NULL, url, NULL), ==, 403);
}

static void
test_redirects (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (SimAnswer) redirect = NULL;
  g_autoptr (SimAnswer) media = NULL;

  fixture->options.media_redirect = TRUE;
  sim_start_with_digits (fixture);
  url = make_url (fixture);
  redirect = sim_get (fixture, url, NULL);
  g_assert_cmpuint (redirect->status, ==, 302);
  media = sim_get (fixture, sim_answer_get_header (redirect, "Location"), NULL);
  g_assert_cmpuint (media->status, ==, 200);
}

static void
test_relative_url (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autofree char *url = NULL;
  g_autoptr (SimAnswer) redirect = NULL;
  g_autoptr (SimAnswer) media = NULL;

  sim_start_with_digits (fixture);
  run_id = sim_submit_ok (
      fixture, "{\"model\":\"grok-imagine-video\",\"prompt\":\"x\"}");
  url = sim_await_url (fixture, run_id, "grok-imagine-video");
  g_assert_true (g_str_has_prefix (url, "/api/generate-video/content?model="));
  g_assert_cmpuint (sim_get_code (fixture, NULL, url, NULL), ==, 401);
  g_assert_cmpuint (sim_get_code (fixture, "other", url, NULL), ==, 404);
  redirect = sim_get (fixture, url, KEY);
  g_assert_cmpuint (redirect->status, ==, 302);
  media = sim_get (fixture, sim_answer_get_header (redirect, "Location"), NULL);
  g_assert_cmpuint (media->status, ==, 200);
}

static void
test_fault_media (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (SimAnswer) cut = NULL;
  g_autoptr (SimAnswer) chunked = NULL;
  g_autoptr (SimAnswer) huge = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[32];
  gsize length;

  sim_start_with_digits (fixture);
  url = make_url (fixture);
  sim_add_fault (fixture, "media#1:truncate=4");
  sim_add_fault (fixture, "media#2:no-length");
  sim_add_fault (fixture, "media#3-4:huge=200000");

  /* The data before the cut arrives. */
  message = sim_new_message (fixture, "GET", url, NULL);
  stream = soup_session_send (fixture->session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_input_stream_read_all (
      stream, buffer, sizeof buffer, &length, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpmem (buffer, length, "0123", 4);
  g_input_stream_close (stream, NULL, NULL);

  chunked = sim_get (fixture, url, NULL);
  g_assert_null (sim_answer_get_header (chunked, "Content-Length"));
  g_assert_cmpuint (g_bytes_get_size (chunked->body), ==, 10);
  huge = sim_get (fixture, url, NULL);
  g_assert_cmpuint (g_bytes_get_size (huge->body), ==, 200000);
  assert_range (
      fixture, url, "bytes=8-11", NULL, 206, "bytes 8-11/200000", NULL);
}

static void
test_bandwidth (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "zeros", NULL);
  g_autofree char *zeros = g_strnfill (300000, '0');
  g_autofree char *url = NULL;
  g_autoptr (SimAnswer) media = NULL;
  gint64 before, elapsed;

  g_file_set_contents (path, zeros, -1, NULL);
  fixture->options.media_file = path;
  fixture->options.bandwidth = 500000;
  sim_start (fixture);
  url = make_url (fixture);
  before = g_get_monotonic_time ();
  media = sim_get (fixture, url, NULL);
  elapsed = g_get_monotonic_time () - before;
  g_assert_cmpuint (g_bytes_get_size (media->body), ==, 300000);
  g_assert_cmpint (elapsed, >=, 550000);
}

static void
test_tls (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SimAnswer) stranger = NULL;
  g_autofree char *url = NULL;
  g_autofree char *ca_file = NULL;
  g_autoptr (SimAnswer) media = NULL;
  g_autoptr (SimAnswer) cut = NULL;

  fixture->options.tls = TRUE;
  sim_start_with_digits (fixture);
  g_assert_true (
      g_str_has_prefix (nanogpt_simulator_get_base_url (fixture->simulator),
          "https://localhost:"));
  stranger = sim_submit (fixture, BODY);
  g_assert_error (stranger->error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);

  ca_file = g_strdup (nanogpt_simulator_get_ca_file (fixture->simulator));
  database = g_tls_file_database_new (ca_file, &error);
  g_assert_no_error (error);
  soup_session_set_tls_database (fixture->session, database);
  url = make_url (fixture);
  media = sim_get (fixture, url, NULL);
  g_assert_no_error (media->error);
  g_assert_cmpuint (g_bytes_get_size (media->body), ==, 10);
  sim_forget_connections (fixture);
  sim_add_fault (fixture, "submit:reply-half");
  cut = sim_submit (fixture, BODY);
  g_assert_nonnull (cut->error);

  g_clear_pointer (&fixture->simulator, nanogpt_simulator_free);
  g_assert_false (g_file_test (ca_file, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  sim_add_test ("/simulator/ranges", NULL, test_ranges);
  sim_add_test ("/simulator/signed", NULL, test_signed);
  sim_add_test ("/simulator/redirects", NULL, test_redirects);
  sim_add_test ("/simulator/relative-url", NULL, test_relative_url);
  sim_add_test ("/simulator/faults/media", NULL, test_fault_media);
  sim_add_test ("/simulator/bandwidth", NULL, test_bandwidth);
  sim_add_test ("/simulator/tls", NULL, test_tls);
  return g_test_run ();
}
