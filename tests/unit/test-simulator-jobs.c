/* nanovid: tests of the states, costs and lists of the simulator's jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "sim-fixture.h"

#include <string.h>

static void
test_states (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autoptr (SimAnswer) queued = NULL;
  g_autoptr (SimAnswer) running = NULL;
  g_autoptr (SimAnswer) completed = NULL;

  fixture->options.generation_time = fixture_scaled (1);
  sim_start_with_digits (fixture);
  run_id = sim_submit_ok (fixture, BODY);
  queued =
      sim_await_value (fixture, run_id, MODEL, "$.data.status", "IN_QUEUE");
  sim_answer_assert (queued, "$.data.request_id", run_id);
  sim_answer_assert (queued, "$.data.output", NULL);
  sim_answer_assert (queued, "$.data.cost", NULL);
  running =
      sim_await_value (fixture, run_id, MODEL, "$.data.status", "IN_PROGRESS");
  completed =
      sim_await_value (fixture, run_id, MODEL, "$.data.status", "COMPLETED");
  sim_answer_assert (completed, "$.data.cost", "0.089999999999999997");
}

static void
test_failure (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *failed = NULL;
  g_autofree char *canceled = NULL;
  g_autofree char *fine = NULL;
  g_autoptr (SimAnswer) first = NULL;
  g_autoptr (SimAnswer) second = NULL;
  g_autoptr (SimAnswer) third = NULL;

  fixture->options.states = "IN_QUEUE,FAILED";
  fixture->options.error = "too dark";
  fixture->options.price = 1.5;
  sim_start_with_digits (fixture);
  sim_add_fault (fixture, "submit#1:nsfw");
  sim_add_fault (fixture, "submit#2:states=IN_QUEUE/CANCELLED,error=a\\,b");
  sim_add_fault (fixture, "submit#3:states=COMPLETED,generation-time=0");

  failed = sim_submit_ok (fixture, BODY);
  canceled = sim_submit_ok (fixture, BODY);
  fine = sim_submit_ok (fixture, BODY);
  first = sim_await_value (fixture, failed, MODEL, "$.data.status", "FAILED");
  sim_answer_assert (first, "$.data.error", "too dark");
  sim_answer_assert (first, "$.data.userFriendlyError", "too dark");
  sim_answer_assert (first, "$.data.isNSFWError", "true");
  second =
      sim_await_value (fixture, canceled, MODEL, "$.data.status", "CANCELLED");
  sim_answer_assert (second, "$.data.error", "a,b");
  third = sim_await_value (fixture, fine, MODEL, "$.data.status", "COMPLETED");

  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 3);
  g_assert_cmpfloat (
      nanogpt_simulator_get_charged (fixture->simulator), ==, 4.5);
  /* Only jobs that end as FAILED are refunded. */
  g_assert_cmpfloat (
      nanogpt_simulator_get_refunded (fixture->simulator), ==, 1.5);
  g_assert_cmpfloat (
      nanogpt_simulator_get_balance (fixture->simulator, KEY), ==, 97);
}

/* Checks that the file has one charge, of 0.6 from a balance of ten, and no key. */
static void
assert_ledger (const char *path, const char *run_id)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_nonnull (strstr (lines[0], run_id));
  g_assert_nonnull (strstr (lines[0], "\"event\":\"charge\""));
  g_assert_nonnull (strstr (lines[0], "\"cost\":0.6,\"balance\":9.4,"));
  g_assert_null (strstr (lines[0], "rich"));
}

static void
test_ledger (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const keys[] = { "rich=10", "poor=0.5", "new", NULL };
  g_autofree char *path = g_build_filename (fixture->dir, "ledger", NULL);
  g_autoptr (GPtrArray) submits = NULL;
  g_autoptr (SimAnswer) accepted = NULL;
  g_autoptr (SimAnswer) refused = NULL;
  g_autoptr (SimAnswer) unknown = NULL;
  g_autoptr (SimAnswer) balance = NULL;
  g_autofree char *run_id = NULL;
  NanogptSimulatorSubmit *submit;

  fixture->options.keys = keys;
  fixture->options.price = 0.6;
  fixture->options.default_balance = 7;
  fixture->options.ledger_file = path;
  sim_start_with_digits (fixture);

  accepted = sim_post (fixture, "/api/generate-video", "rich",
      "application/json; charset=utf-8",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"extra\":{\"a\":1}}");
  g_assert_cmpuint (accepted->status, ==, 202);
  run_id = sim_answer_look_up (accepted, "$.runId");
  sim_answer_assert (accepted, "$.status", "pending");
  sim_answer_assert (accepted, "$.model", MODEL);
  sim_answer_assert (accepted, "$.paymentSource", "USD");
  refused = sim_post (
      fixture, "/api/generate-video", "poor", "application/json", BODY);
  g_assert_cmpuint (refused->status, ==, 402);
  sim_answer_assert (refused, "$.error", "Insufficient balance");
  sim_answer_assert (refused, "$.status", "402");
  g_assert_nonnull (strstr (
      g_bytes_get_data (refused->body, NULL), "\"requiredBalance\":0.6}"));
  unknown = sim_post (
      fixture, "/api/generate-video", "stranger", "application/json", BODY);
  g_assert_cmpuint (unknown->status, ==, 401);
  sim_answer_assert (unknown, "$.error", "Invalid session");

  balance = sim_post (fixture, "/api/check-balance", "rich", NULL, "");
  sim_answer_assert (balance, "$.usd_balance", "9.40000000");
  g_assert_cmpfloat (
      nanogpt_simulator_get_balance (fixture->simulator, "new"), ==, 7);
  g_assert_cmpfloat (
      nanogpt_simulator_get_balance (fixture->simulator, "no"), ==, -1);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 1);

  submits = nanogpt_simulator_list_submits (fixture->simulator);
  g_assert_cmpuint (submits->len, ==, 1);
  submit = submits->pdata[0];
  g_assert_cmpstr (submit->run_id, ==, run_id);
  g_assert_cmpstr (submit->model, ==, MODEL);
  g_assert_cmpstr (submit->ignored[0], ==, "extra");
  g_assert_null (submit->ignored[1]);
  g_assert_nonnull (strstr (submit->body, "{\"a\":1}"));
  g_assert_cmpfloat (submit->cost, ==, 0.6);

  assert_ledger (path, run_id);
}

static void
test_shapes (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const struct
  {
    const char *shape, *status_path, *status, *url_path;
  } cases[] = {
    { NULL, "$.data.status", "COMPLETED", "$.data.output.video.url" },
    { "legacy", "$.data.status", "COMPLETED", "$.data.output.video.url" },
    { "unified", "$.data.status", "COMPLETED", "$.data.output.video.url" },
    { "flat", "$.status", "completed", "$.videoUrl" },
    { "short", "$.status", "completed", "$.videoUrl" },
    { "longstories", "$.status", "COMPLETED", "$.data.output.url" },
    { "lowercase", "$.data.status", "completed", "$.data.output.video.url" },
    { "mixed", "$.status", "completed", "$.videoUrl" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *run_id = NULL;
    g_autofree char *url = NULL;
    g_autofree char *path = NULL;
    g_autoptr (SimAnswer) answer = NULL;
    g_autoptr (SimAnswer) unified = NULL;
    g_autoptr (SimAnswer) media = NULL;

    g_test_message ("%s", cases[i].shape);
    fixture->options.status_shape = cases[i].shape;
    sim_start_with_digits (fixture);
    run_id = sim_submit_ok (fixture, BODY);
    answer = sim_await_value (
        fixture, run_id, MODEL, cases[i].status_path, cases[i].status);
    url = sim_answer_look_up (answer, cases[i].url_path);
    media = sim_get (fixture, url, NULL);
    g_assert_cmpuint (media->status, ==, 200);
    path = g_strconcat (UNIFIED "requestId=", run_id, NULL);
    unified = sim_get (fixture, path, KEY);
    sim_answer_assert (unified, cases[i].status_path, cases[i].status);
    if (!cases[i].shape)
      sim_answer_assert (unified, "$.model", MODEL);
    g_clear_pointer (&fixture->simulator, nanogpt_simulator_free);
  }
}

static void
assert_rows (SimAnswer *answer, guint n_rows)
{
  g_autoptr (JsonNode) root = sim_answer_parse (answer);

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (
                        json_node_get_object (root), "data")),
      ==, n_rows);
}

static void
test_recover (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
#define UUID "0b9fb4a6-5d4d-4f5c-8a53-77d09c1d5c11"
#define RECOVER "/api/generate-video/recover"
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autoptr (SimAnswer) all = NULL;
  g_autoptr (SimAnswer) model = NULL;
  g_autoptr (SimAnswer) conversation = NULL;
  g_autoptr (SimAnswer) limited = NULL;
  g_autoptr (SimAnswer) other = NULL;
  g_autofree char *created = NULL;

  fixture->options.recover_limit = 6;
  fixture->options.generation_time = 600;
  sim_start_with_digits (fixture);
  first = sim_submit_ok (fixture, BODY);
  second = sim_submit_ok (fixture,
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"conversationUUID\":\"" UUID
      "\"}");
  third = sim_submit_ok (fixture, "{\"model\":\"sora-2\",\"prompt\":\"x\"}");

  all = sim_get (fixture, RECOVER, KEY);
  sim_answer_assert (all, "$.data[0].runId", third);
  sim_answer_assert (all, "$.data[1].id", second);
  sim_answer_assert (all, "$.data[2].runId", first);
  assert_rows (all, 3);
  sim_answer_assert (all, "$.data[0].status", "queued");
  sim_answer_assert (all, "$.data[1].conversationUUID", UUID);
  created = sim_answer_look_up (all, "$.data[0].createdAt");
  g_assert_true (g_regex_match_simple (
      "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$", created, 0, 0));
  model = sim_get (fixture, RECOVER "?model=sora-2", KEY);
  sim_answer_assert (model, "$.data[0].runId", third);
  assert_rows (model, 1);
  conversation = sim_get (fixture, RECOVER "?conversationUUID=" UUID, KEY);
  sim_answer_assert (conversation, "$.data[0].runId", second);
  assert_rows (conversation, 1);
  limited = sim_get (fixture, RECOVER "?limit=1", KEY);
  sim_answer_assert (limited, "$.data[0].runId", third);
  assert_rows (limited, 1);
  other = sim_get (fixture, RECOVER, "other");
  assert_rows (other, 0);
  g_assert_cmpuint (
      sim_get_code (fixture, KEY, RECOVER "?limit=x", NULL), ==, 400);
  g_assert_cmpuint (sim_get_code (fixture, KEY, RECOVER, NULL), ==, 429);
}

/* A job costs what the listing says. */
static void
test_models (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (SimAnswer) plain = NULL;
  g_autoptr (SimAnswer) detailed = NULL;
  g_autoptr (JsonNode) root = NULL;
  JsonArray *models;
  gboolean found = FALSE;

  sim_start_with_digits (fixture);
  plain = sim_get (fixture, "/api/v1/video-models?detailed=false", NULL);
  g_assert_true (g_str_has_prefix (
      sim_answer_get_header (plain, "Server"), "nanovid-simulator/"));
  sim_answer_assert (plain, "$.data[0].object", "model");
  sim_answer_assert (plain, "$.data[0].pricing", NULL);
  detailed = sim_get (fixture, "/api/v1/video-models", NULL);
  g_assert_cmpuint (detailed->status, ==, 200);
  root = sim_answer_parse (detailed);
  models = json_object_get_array_member (json_node_get_object (root), "data");
  for (guint i = 0; i < json_array_get_length (models); i++) {
    JsonObject *model = json_array_get_object_element (models, i);
    JsonObject *pricing = json_object_get_object_member (model, "pricing");
    JsonObject *capabilities =
        json_object_get_object_member (model, "capabilities");
    const char *id = json_object_get_string_member (model, "id");

    g_assert_cmpstr (
        json_object_get_string_member (pricing, "currency"), ==, "USD");
    g_assert_true (
        json_object_get_boolean_member (capabilities, "video_generation"));
    if (g_str_equal (id, "kling-v21-standard")) {
      g_assert_false (
          json_object_get_boolean_member (capabilities, "text_to_video"));
      g_assert_true (
          json_object_get_boolean_member (capabilities, "image_to_video"));
    }
    if (g_str_equal (id, MODEL)) {
      JsonObject *prices =
          json_object_get_object_member (pricing, "per_second_by_resolution");
      double price = json_object_get_double_member (prices, "720p");
      g_autofree char *run_id = sim_submit_ok (fixture,
          "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"resolution\":\"720p\","
          "\"duration\":\"10\"}");
      g_assert_cmpfloat_with_epsilon (
          nanogpt_simulator_get_charged (fixture->simulator), 10 * price, 1e-9);
      found = TRUE;
    }
  }
  g_assert_true (found);
}

static void
test_waiting (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;

  sim_start_with_digits (fixture);
  g_assert_false (nanogpt_simulator_wait_requests (
      fixture->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 10));
  g_assert_false (nanogpt_simulator_wait_charges (fixture->simulator, 1, 10));
  run_id = sim_submit_ok (fixture, BODY);
  g_assert_true (nanogpt_simulator_wait_requests (
      fixture->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 0));
  g_assert_true (nanogpt_simulator_wait_charges (fixture->simulator, 1, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  sim_add_test ("/simulator/states", NULL, test_states);
  sim_add_test ("/simulator/failure", NULL, test_failure);
  sim_add_test ("/simulator/ledger", NULL, test_ledger);
  sim_add_test ("/simulator/shapes", NULL, test_shapes);
  sim_add_test ("/simulator/recover", NULL, test_recover);
  sim_add_test ("/simulator/models", NULL, test_models);
  sim_add_test ("/simulator/waiting", NULL, test_waiting);
  return g_test_run ();
}
