/* nanovid: tests of the simulator's faults, and of its end in the middle of them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sim-fixture.h"

#include <string.h>

static void
test_fault_answers (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const struct
  {
    const char *rule;
    guint status;
    const char *path, *value;
  } cases[] = {
    { "submit:status=503", 503, "$.error", "Simulated fault" },
    { "submit:status=503", 503, "$.status", "503" },
    { "submit:status=400,shape=object,code=CONTENT_POLICY_VIOLATION", 400,
        "$.error.type", "CONTENT_POLICY_VIOLATION" },
    { "submit:status=402,shape=refund", 402, "$.refundMessage",
        "You have not been charged." },
    { "submit:status=400,shape=openai", 400, "$.error.code",
        "simulated_fault" },
    { "submit:status=400,shape=code,code=x", 400, "$.code", "x" },
    { "submit:status=500,shape=message", 500, "$.error", "500" },
    { "submit:status=402,shape=payment", 402, "$.payment.amountUsd", "0.10" },
    { "submit:status=500,body={\"a\":1\\,\"b\":2}", 500, "$.b", "2" },
  };
  g_autoptr (SimAnswer) html = NULL;
  g_autoptr (SimAnswer) limited = NULL;
  g_autoptr (SimAnswer) page = NULL;
  g_autoptr (SimAnswer) redirect = NULL;
  g_autofree char *run_id = NULL;

  sim_start_with_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SimAnswer) answer = NULL;

    g_test_message ("%s", cases[i].rule);
    nanogpt_simulator_clear_faults (fixture->simulator);
    sim_add_fault (fixture, cases[i].rule);
    answer = sim_submit (fixture, BODY);
    g_assert_cmpuint (answer->status, ==, cases[i].status);
    sim_answer_assert (answer, cases[i].path, cases[i].value);
  }
  nanogpt_simulator_clear_faults (fixture->simulator);
  sim_add_fault (fixture, "submit#1:status=502,shape=html");
  sim_add_fault (fixture, "submit#2:status=429,retry-after=2,header=X-A: b");
  sim_add_fault (fixture, "submit#3:html");
  sim_add_fault (fixture, "submit#4:redirect=https://example.com/");
  html = sim_submit (fixture, BODY);
  g_assert_cmpuint (html->status, ==, 502);
  g_assert_cmpstr (
      sim_answer_get_header (html, "Content-Type"), ==, "text/html");
  limited = sim_submit (fixture, BODY);
  g_assert_cmpstr (sim_answer_get_header (limited, "Retry-After"), ==, "2");
  g_assert_cmpstr (sim_answer_get_header (limited, "X-A"), ==, "b");
  page = sim_submit (fixture, BODY);
  g_assert_cmpuint (page->status, ==, 200);
  redirect = sim_submit (fixture, BODY);
  g_assert_cmpuint (redirect->status, ==, 302);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 0);
  run_id = sim_submit_ok (fixture, BODY);
}

/* Connections that break, and whether the job was created. */
static void
test_fault_connections (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const struct
  {
    const char *rule;
    guint charges;
    gboolean chunked;
  } cases[] = {
    { "submit#1:refuse", 0, FALSE },
    { "submit#1:drop", 0, FALSE },
    { "submit#1:reply-drop", 1, FALSE },
    { "submit#1:reply-half", 1, FALSE },
    { "submit#1:reply-drop,delay=50", 1, FALSE },
    { "submit#1:truncate=0", 1, FALSE },
    { "submit#1:truncate=10", 1, FALSE },
    { "submit#1:truncate=10,no-length", 1, TRUE },
  };
  guint charges = 0;

  sim_start_with_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SimAnswer) broken = NULL;
    g_autofree char *run_id = NULL;

    g_test_message ("%s", cases[i].rule);
    nanogpt_simulator_clear_faults (fixture->simulator);
    sim_forget_connections (fixture);
    sim_add_fault (fixture, cases[i].rule);
    broken = sim_submit (fixture, BODY);
    /* libsoup treats a truncated chunked body as complete. */
    if (!broken->error)
      g_assert_cmpuint (g_bytes_get_size (broken->body), ==, 10);
    g_assert_true (broken->error || cases[i].chunked);
    charges += cases[i].charges;
    g_assert_cmpuint (
        nanogpt_simulator_count_charges (fixture->simulator), ==, charges);
    run_id = sim_submit_ok (fixture, BODY);
    charges++;
  }
}

static void
test_fault_responses (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (SimAnswer) gateway = NULL;
  g_autoptr (SimAnswer) chunked = NULL;
  g_autoptr (SimAnswer) late = NULL;
  g_autoptr (SimAnswer) slow = NULL;
  g_autoptr (SimAnswer) huge = NULL;
  g_autofree char *balance = NULL;
  gint64 before;

  sim_start_with_digits (fixture);
  sim_add_fault (fixture, "submit#1:reply-status=504,shape=html");
  gateway = sim_submit (fixture, BODY);
  g_assert_cmpuint (gateway->status, ==, 504);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 1);

  sim_add_fault (fixture, "balance#1:no-length");
  chunked = sim_post (fixture, "/api/check-balance", KEY, NULL, "");
  g_assert_null (sim_answer_get_header (chunked, "Content-Length"));
  balance = sim_answer_look_up (chunked, "$.usd_balance");
  g_assert_cmpstr (balance, ==, "99.91000000");

  sim_add_fault (fixture, "balance#1:delay=200");
  before = g_get_monotonic_time ();
  late = sim_post (fixture, "/api/check-balance", KEY, NULL, "");
  sim_answer_assert (late, "$.usd_balance", balance);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 200000);

  sim_add_fault (fixture, "balance#1:drip=200,no-length");
  before = g_get_monotonic_time ();
  slow = sim_post (fixture, "/api/check-balance", KEY, NULL, "");
  sim_answer_assert (slow, "$.usd_balance", balance);
  g_assert_cmpint (g_get_monotonic_time () - before, >=,
      (gint64)(g_bytes_get_size (slow->body) - 8) * 5000);

  sim_add_fault (fixture, "balance#1:huge=3000000");
  huge = sim_post (fixture, "/api/check-balance", KEY, NULL, "");
  g_assert_cmpuint (g_bytes_get_size (huge->body), ==, 3000000);
  sim_answer_assert (huge, "$.usd_balance", balance);
}

static void
test_bad_faults (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const rules[] = { "", "submit", "submit:", "nothing:drop",
    "submit#0:drop", "submit#:drop", "submit#3-2:drop", "submit#x:drop",
    "submit:explode", "submit:status", "submit:status=99", "submit:status=x",
    "submit:drop=1", "submit:delay=-1", "submit:shape=round", "submit:header=x",
    "submit:body-file=/nonexistent", "submit:states=IN_QUEUE",
    "submit:states=COMPLETED/FAILED",
    "submit:states=", "submit:generation-time=x", "submit:drop,explode" };

  sim_start_with_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", rules[i]);
    g_assert_false (
        nanogpt_simulator_add_fault (fixture->simulator, rules[i], &error));
    g_assert_nonnull (error);
  }
}

static void
on_sent (GObject *session, GAsyncResult *result, gpointer data)
{
  SimAnswer *answer = data;

  answer->body = soup_session_send_and_read_finish (
      SOUP_SESSION (session), result, &answer->error);
}

/* The simulator can be freed quickly despite unanswered requests and clips that
 * are being rendered, and waiting for a request is reliable. */
static void
test_end (SimFixture *fixture, gconstpointer data)
{
  const char *rule = data;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static (BODY, strlen (BODY));
  g_autoptr (SimAnswer) stalled = g_new0 (SimAnswer, 1);
  g_autofree char *run_id = NULL;
  gint64 before;

  fixture->options.cache_dir = fixture->dir;
  sim_start (fixture);
  /* Thirty seconds of 1080p. */
  run_id = sim_submit_ok (fixture,
      "{\"model\":\"bytedance/seedance-2.5\",\"prompt\":\"x\","
      "\"duration\":\"30\",\"resolution\":\"1080p\"}");
  sim_add_fault (fixture, rule);

  message = sim_new_message (fixture, "POST", "/api/generate-video", KEY);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_session_send_and_read_async (
      fixture->session, message, G_PRIORITY_DEFAULT, NULL, on_sent, stalled);
  while (!nanogpt_simulator_wait_requests (
      fixture->simulator, NANOGPT_SIMULATOR_SUBMIT, 2, 5)) {
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
  before = g_get_monotonic_time ();
  g_clear_pointer (&fixture->simulator, nanogpt_simulator_free);
  g_assert_cmpint (g_get_monotonic_time () - before, <,
      (sim_get_deadline () - g_get_monotonic_time ()) / 10);
  while (!stalled->body && !stalled->error)
    g_main_context_iteration (NULL, TRUE);
  /* The connection was closed, before the timeout of the session. */
  g_assert_nonnull (stalled->error);
  g_assert_false (
      g_error_matches (stalled->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  sim_add_test ("/simulator/faults/answers", NULL, test_fault_answers);
  sim_add_test ("/simulator/faults/connections", NULL, test_fault_connections);
  sim_add_test ("/simulator/faults/responses", NULL, test_fault_responses);
  sim_add_test ("/simulator/faults/bad", NULL, test_bad_faults);
  sim_add_test ("/simulator/end/stalled", "submit#1:stall", test_end);
  sim_add_test (
      "/simulator/end/reply-stalled", "submit#1:reply-stall", test_end);
  sim_add_test ("/simulator/end/delayed", "submit#1:delay=100000", test_end);
  return g_test_run ();
}
