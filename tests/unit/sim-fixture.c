/* nanovid: a simulator and any request to it, for its tests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sim-fixture.h"

#include "fixture/env.h"

#include <glib/gstdio.h>
#include <string.h>

void
sim_answer_free (SimAnswer *answer)
{
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_clear_pointer (&answer->headers, soup_message_headers_unref);
  g_clear_error (&answer->error);
  g_free (answer);
}

gint64
sim_get_deadline (void)
{
  return g_get_monotonic_time () + fixture_scaled (20) * G_USEC_PER_SEC;
}

static void
set_up (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_options_init (&fixture->options);
  fixture->options.generation_time = 0.05;
  fixture->dir = g_dir_make_tmp ("test-simulator-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->session = soup_session_new_with_options ("timeout", 20, NULL);
}

static void
tear_down (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  g_clear_object (&fixture->session);
  g_clear_pointer (&fixture->simulator, nanogpt_simulator_free);
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

void
sim_add_test (const char *path, gconstpointer data,
    void (*test) (SimFixture *, gconstpointer))
{
  g_test_add (path, SimFixture, data, set_up, test, tear_down);
}

void
sim_start (SimFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->simulator = nanogpt_simulator_new (&fixture->options, &error);
  g_assert_no_error (error);
}

void
sim_start_with_digits (SimFixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "digits", NULL);

  g_file_set_contents (path, "0123456789", -1, NULL);
  fixture->options.media_file = path;
  sim_start (fixture);
  fixture->options.media_file = NULL;
}

void
sim_add_fault (SimFixture *fixture, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (fixture->simulator, rule, &error);
  g_assert_no_error (error);
}

SoupMessage *
sim_new_message (
    SimFixture *fixture, const char *method, const char *url, const char *key)
{
  g_autofree char *absolute = *url == '/'
      ? g_strconcat (
          nanogpt_simulator_get_base_url (fixture->simulator), url, NULL)
      : g_strdup (url);
  SoupMessage *message = soup_message_new (method, absolute);

  g_assert_nonnull (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (key)
    soup_message_headers_append (
        soup_message_get_request_headers (message), "x-api-key", key);
  return message;
}

SimAnswer *
sim_exchange (SimFixture *fixture, SoupMessage *message)
{
  SimAnswer *answer = g_new0 (SimAnswer, 1);

  answer->body = soup_session_send_and_read (
      fixture->session, message, NULL, &answer->error);
  answer->status = soup_message_get_status (message);
  answer->headers =
      soup_message_headers_ref (soup_message_get_response_headers (message));
  return answer;
}

SimAnswer *
sim_get (SimFixture *fixture, const char *url, const char *key)
{
  g_autoptr (SoupMessage) message = sim_new_message (fixture, "GET", url, key);

  return sim_exchange (fixture, message);
}

guint
sim_get_code (SimFixture *fixture, const char *key, const char *format,
    const char *run_id)
{
  g_auto (GStrv) parts = g_strsplit (format, "ID", 2);
  g_autofree char *url = parts[1]
      ? g_strconcat (parts[0], run_id, parts[1], NULL)
      : g_strdup (format);
  g_autoptr (SimAnswer) answer = sim_get (fixture, url, key);

  g_assert_no_error (answer->error);
  return answer->status;
}

SimAnswer *
sim_post (SimFixture *fixture, const char *url, const char *key,
    const char *type, const char *text)
{
  g_autoptr (SoupMessage) message = sim_new_message (fixture, "POST", url, key);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  soup_message_set_request_body_from_bytes (message, type, body);
  return sim_exchange (fixture, message);
}

SimAnswer *
sim_submit (SimFixture *fixture, const char *body)
{
  return sim_post (
      fixture, "/api/generate-video", KEY, "application/json", body);
}

JsonNode *
sim_answer_parse (SimAnswer *answer)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text;

  g_assert_no_error (answer->error);
  text = g_bytes_get_data (answer->body, &size);
  json_parser_load_from_data (parser, text, size, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

char *
sim_answer_look_up (SimAnswer *answer, const char *path)
{
  g_autoptr (JsonNode) root = sim_answer_parse (answer);
  g_autoptr (JsonNode) found = json_path_query (path, root, NULL);
  JsonArray *matches = json_node_get_array (found);
  JsonNode *match;

  if (json_array_get_length (matches) == 0)
    return NULL;
  match = json_array_get_element (matches, 0);
  if (JSON_NODE_HOLDS_NULL (match))
    return NULL;
  return json_node_get_value_type (match) == G_TYPE_STRING
      ? json_node_dup_string (match)
      : json_to_string (match, FALSE);
}

void
sim_answer_assert (SimAnswer *answer, const char *path, const char *wanted)
{
  g_autofree char *value = sim_answer_look_up (answer, path);

  g_assert_cmpstr (value, ==, wanted);
}

const char *
sim_answer_get_header (SimAnswer *answer, const char *name)
{
  return soup_message_headers_get_one (answer->headers, name);
}

char *
sim_submit_ok (SimFixture *fixture, const char *body)
{
  g_autoptr (SimAnswer) answer = sim_submit (fixture, body);
  g_autofree char *run_id = NULL;

  g_assert_no_error (answer->error);
  g_assert_cmpuint (answer->status, ==, 202);
  run_id = sim_answer_look_up (answer, "$.runId");
  g_assert_nonnull (run_id);
  sim_answer_assert (answer, "$.id", run_id);
  return g_steal_pointer (&run_id);
}

static SimAnswer *
get_status (SimFixture *fixture, const char *run_id, const char *model)
{
  g_autofree char *escaped = g_uri_escape_string (model, NULL, FALSE);
  g_autofree char *url = g_strdup_printf (
      "/api/generate-video/status?runId=%s&modelSlug=%s", run_id, escaped);

  return sim_get (fixture, url, KEY);
}

SimAnswer *
sim_await_value (SimFixture *fixture, const char *run_id, const char *model,
    const char *path, const char *wanted)
{
  gint64 deadline = sim_get_deadline ();

  while (g_get_monotonic_time () < deadline) {
    g_autoptr (SimAnswer) answer = get_status (fixture, run_id, model);
    g_autofree char *value = sim_answer_look_up (answer, path);

    g_assert_cmpuint (answer->status, ==, 200);
    if (g_strcmp0 (value, wanted) == 0)
      return g_steal_pointer (&answer);
    g_usleep (10000);
  }
  g_error ("%s did not become %s", path, wanted);
}

char *
sim_await_url (SimFixture *fixture, const char *run_id, const char *model)
{
  g_autoptr (SimAnswer) answer =
      sim_await_value (fixture, run_id, model, "$.data.status", "COMPLETED");
  char *url = sim_answer_look_up (answer, "$.data.output.video.url");

  g_assert_nonnull (url);
  return url;
}

void
sim_forget_connections (SimFixture *fixture)
{
  soup_session_abort (fixture->session);
}
