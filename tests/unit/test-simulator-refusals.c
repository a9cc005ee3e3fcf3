/* nanovid: tests of the requests and options that the simulator refuses
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sim-fixture.h"

static const struct
{
  const char *what;
  const char *body;
  guint status;
} submits[] = {
  { "not JSON", "{", 400 },
  { "nothing", "", 400 },
  { "not an object", "[]", 400 },
  { "not UTF-8", "{\"model\":\"\xff\"}", 400 },
  { "no model", "{\"prompt\":\"x\"}", 400 },
  { "model not a string", "{\"model\":1,\"prompt\":\"x\"}", 400 },
  { "unknown model", "{\"model\":\"no-such\",\"prompt\":\"x\"}", 404 },
  { "no prompt", "{\"model\":\"" MODEL "\"}", 400 },
  { "blank prompt", "{\"model\":\"" MODEL "\",\"prompt\":\" \"}", 400 },
  { "prompt not a string", "{\"model\":\"" MODEL "\",\"prompt\":[]}", 400 },
  { "prompt null", "{\"model\":\"" MODEL "\",\"prompt\":null}", 400 },
  { "duration as an integer",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"duration\":10}", 202 },
  { "duration with an s",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"duration\":\"5s\"}", 400 },
  { "duration that is not offered",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"duration\":\"7\"}", 400 },
  { "Veo duration",
      "{\"model\":\"veo2-video\",\"prompt\":\"x\",\"duration\":\"30s\"}", 202 },
  { "Veo duration without an s",
      "{\"model\":\"veo2-video\",\"prompt\":\"x\",\"duration\":\"6\"}", 400 },
  { "Veo duration too long",
      "{\"model\":\"veo2-video\",\"prompt\":\"x\",\"duration\":\"31s\"}", 400 },
  { "Veo 3 is fixed",
      "{\"model\":\"veo3-video\",\"prompt\":\"x\",\"duration\":\"5s\"}", 400 },
  { "resolution that is not offered",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"resolution\":\"1080p\"}",
      400 },
  { "resolution not a string",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"resolution\":480}", 400 },
  { "seed", "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"seed\":42}", 202 },
  { "seed with a fraction",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"seed\":4.2}", 400 },
  { "boolean as a string",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"camera_fixed\":\"true\"}",
      400 },
  { "cfg_scale",
      "{\"model\":\"kling-video-v2\",\"prompt\":\"x\",\"cfg_scale\":0.7}",
      202 },
  { "cfg_scale too big",
      "{\"model\":\"kling-video-v2\",\"prompt\":\"x\",\"cfg_scale\":7}", 400 },
  { "Hunyuan frames",
      "{\"model\":\"hunyuan-video\",\"prompt\":\"x\",\"num_frames\":97}", 202 },
  { "Hunyuan frames not offered",
      "{\"model\":\"hunyuan-video\",\"prompt\":\"x\",\"num_frames\":80}", 400 },
  { "steps out of range",
      "{\"model\":\"hunyuan-video\",\"prompt\":\"x\","
      "\"num_inference_steps\":51}",
      400 },
  { "a field of another model is ignored",
      "{\"model\":\"hunyuan-video\",\"prompt\":\"x\",\"duration\":7}", 202 },
  { "image required", "{\"model\":\"kling-v21-standard\",\"prompt\":\"x\"}",
      400 },
  { "image by URL",
      "{\"model\":\"kling-v21-standard\",\"prompt\":\"x\","
      "\"imageUrl\":\"https://example.com/a.png\"}",
      202 },
  { "image by http URL",
      "{\"model\":\"kling-v21-standard\",\"prompt\":\"x\","
      "\"imageUrl\":\"http://example.com/a.png\"}",
      400 },
  { "image for a model without one",
      "{\"model\":\"hunyuan-video\",\"prompt\":\"x\","
      "\"imageUrl\":\"https://example.com/a.png\"}",
      400 },
  { "image inline",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/jpeg;base64,/9j/4AAQ\"}",
      202 },
  { "image without a prompt",
      "{\"model\":\"" MODEL "\",\"imageDataUrl\":"
      "\"data:image/jpeg;base64,/9j/4AAQ\"}",
      202 },
  { "image that needs a prompt",
      "{\"model\":\"kling-v21-master\",\"imageDataUrl\":"
      "\"data:image/jpeg;base64,/9j/4AAQ\"}",
      400 },
  { "both images",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/jpeg;base64,/9j/4AAQ\","
      "\"imageUrl\":\"https://example.com/a.png\"}",
      400 },
  { "image of another type than declared",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/png;base64,/9j/4AAQ\"}",
      400 },
  { "image of an unknown type",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/jpg;base64,/9j/4AAQ\"}",
      400 },
  { "broken base64",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/jpeg;base64,/9j/4AA\"}",
      400 },
  { "base64 with a line break",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/jpeg;base64,/9j/\\n4AA\"}",
      400 },
  { "bare base64",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\","
      "\"imageDataUrl\":\"/9j/4AAQ\"}",
      400 },
  { "last frame",
      "{\"model\":\"bytedance/seedance-2.5\",\"prompt\":\"x\","
      "\"last_image\":\"data:image/jpeg;base64,/9j/4AAQ\"}",
      202 },
  { "conversation",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"conversationUUID\":"
      "\"0b9fb4a6-5d4d-4f5c-8a53-77d09c1d5c11\"}",
      202 },
  { "conversation that is no UUID",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"conversationUUID\":\"x\"}",
      400 },
  { "sora needs pro_mode",
      "{\"model\":\"sora-2\",\"prompt\":\"x\",\"resolution\":\"1792x1024\"}",
      400 },
  { "sora with pro_mode",
      "{\"model\":\"sora-2\",\"prompt\":\"x\",\"resolution\":\"1792x1024\","
      "\"seconds\":\"4\",\"pro_mode\":true}",
      202 },
  { "no source clip", "{\"model\":\"video-upscaler\",\"prompt\":\"x\"}", 400 },
  { "source clip",
      "{\"model\":\"video-upscaler\","
      "\"videoUrl\":\"https://example.com/a.mp4\"}",
      202 },
};

static void
test_rules (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  guint accepted = 0;

  fixture->options.price = 0.01;
  fixture->options.submit_limit = 0;
  sim_start_with_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (submits); i++) {
    g_autoptr (SimAnswer) answer = sim_submit (fixture, submits[i].body);
    g_autofree char *error = NULL;
    g_autofree char *expected = g_strdup_printf ("%u", submits[i].status);

    g_test_message ("%s: %u", submits[i].what, answer->status);
    g_assert_cmpuint (answer->status, ==, submits[i].status);
    if (answer->status == 202) {
      accepted++;
      continue;
    }
    error = sim_answer_look_up (answer, "$.error");
    g_assert_nonnull (error);
    sim_answer_assert (answer, "$.status", expected);
  }
  g_assert_cmpuint (accepted, >, 10);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, accepted);
}

static void
test_sizes (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *long_prompt = g_strnfill (2001, 'x');
  g_autofree char *image = g_strnfill (4 * 1024 * 1024, 'A');
  g_autofree char *blanks = g_strnfill (4600000, ' ');
  g_autofree char *prompt_body = g_strdup_printf (
      "{\"model\":\"minimax-hailuo-02\",\"prompt\":\"%s\"}", long_prompt);
  g_autofree char *image_body =
      g_strdup_printf ("{\"model\":\"" MODEL "\",\"prompt\":\"x\","
                       "\"imageDataUrl\":\"data:image/png;base64,%s\"}",
          image);
  g_autofree char *huge_body = g_strconcat (BODY, blanks, NULL);
  g_autoptr (SimAnswer) wrong_type = NULL;
  g_autoptr (SimAnswer) too_deep = NULL;
  g_autoptr (SimAnswer) too_long = NULL;
  g_autoptr (SimAnswer) too_large = NULL;
  g_autoptr (SimAnswer) edge = NULL;

  sim_start_with_digits (fixture);
  wrong_type =
      sim_post (fixture, "/api/generate-video", KEY, "text/plain", BODY);
  g_assert_cmpuint (wrong_type->status, ==, 415);
  too_deep = sim_submit (fixture, deep);
  g_assert_cmpuint (too_deep->status, ==, 400);
  too_long = sim_submit (fixture, prompt_body);
  g_assert_cmpuint (too_long->status, ==, 400);
  sim_answer_assert (too_long, "$.code", "prompt_too_long");
  too_large = sim_submit (fixture, image_body);
  g_assert_cmpuint (too_large->status, ==, 413);
  sim_answer_assert (too_large, "$.code", "IMAGE_INPUT_TOO_LARGE");
  edge = sim_submit (fixture, huge_body);
  g_assert_cmpuint (edge->status, ==, 413);
  g_assert_cmpstr (
      sim_answer_get_header (edge, "Content-Type"), ==, "text/html");
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 0);
}

static guint
authorize_with (SimFixture *fixture, const char *key, const char *authorization)
{
  g_autoptr (SoupMessage) message =
      sim_new_message (fixture, "POST", "/api/check-balance", key);
  g_autoptr (SimAnswer) answer = NULL;

  if (authorization)
    soup_message_headers_append (soup_message_get_request_headers (message),
        "Authorization", authorization);
  answer = sim_exchange (fixture, message);
  g_assert_no_error (answer->error);
  return answer->status;
}

static void
test_keys (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (SimAnswer) missing = NULL;

  sim_start_with_digits (fixture);
  g_assert_cmpuint (authorize_with (fixture, "k", NULL), ==, 200);
  g_assert_cmpuint (authorize_with (fixture, NULL, "Bearer k"), ==, 200);
  g_assert_cmpuint (authorize_with (fixture, "k", "Bearer k"), ==, 200);
  g_assert_cmpuint (authorize_with (fixture, "k", "Bearer other"), ==, 401);
  g_assert_cmpuint (authorize_with (fixture, NULL, "Basic k"), ==, 401);
  g_assert_cmpuint (authorize_with (fixture, "", NULL), ==, 401);
  g_assert_cmpuint (authorize_with (fixture, "a\302\240b", NULL), ==, 401);
  missing = sim_post (fixture, "/api/check-balance", NULL, NULL, "");
  g_assert_cmpuint (missing->status, ==, 401);
  sim_answer_assert (missing, "$.error.code", "missing_api_key");
}

static void
test_paths (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (SimAnswer) unknown = NULL;
  g_autoptr (SimAnswer) wrong = NULL;
  g_autoptr (SimAnswer) legacy = NULL;
  g_autoptr (SimAnswer) unified = NULL;
  g_autoptr (SimAnswer) recover = NULL;

  fixture->options.no_legacy = fixture->options.no_unified =
      fixture->options.no_recover = TRUE;
  sim_start_with_digits (fixture);
  unknown = sim_get (fixture, "/api/nothing", KEY);
  g_assert_cmpuint (unknown->status, ==, 404);
  sim_answer_assert (unknown, "$.error", "Not found");
  wrong = sim_get (fixture, "/api/generate-video", KEY);
  g_assert_cmpuint (wrong->status, ==, 405);
  g_assert_cmpstr (sim_answer_get_header (wrong, "Allow"), ==, "POST");
  g_assert_nonnull (sim_answer_get_header (wrong, "Date"));
  legacy = sim_get (fixture, "/api/generate-video/status?runId=a&model=b", KEY);
  g_assert_cmpuint (legacy->status, ==, 404);
  unified = sim_get (fixture, "/api/video/status?requestId=a", KEY);
  g_assert_cmpuint (unified->status, ==, 404);
  recover = sim_get (fixture, "/api/generate-video/recover", KEY);
  g_assert_cmpuint (recover->status, ==, 404);

  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        fixture->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 5);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        fixture->simulator, NANOGPT_SIMULATOR_STATUS),
      ==, 1);
}

static void
test_status_rules (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
#define LEGACY "/api/generate-video/status?"
  static const struct
  {
    const char *url;
    const char *key;
    guint status;
  } cases[] = {
    { LEGACY "runId=ID&modelSlug=" MODEL, KEY, 200 },
    { LEGACY "runId=ID&model=" MODEL, KEY, 200 },
    { LEGACY "runId=ID&model=" MODEL "&modelSlug=" MODEL, KEY, 200 },
    { LEGACY "runId=ID", KEY, 400 },
    { LEGACY "modelSlug=" MODEL, KEY, 400 },
    { LEGACY "runId=ID&modelSlug=sora-2", KEY, 404 },
    { LEGACY "runId=none&modelSlug=" MODEL, KEY, 404 },
    { LEGACY "runId=ID&modelSlug=" MODEL, "other", 404 },
    { LEGACY "runId=ID&modelSlug=" MODEL, NULL, 401 },
    { UNIFIED "requestId=ID", KEY, 200 },
    { UNIFIED "runId=ID", KEY, 200 },
    { UNIFIED "id=ID", KEY, 400 },
    { UNIFIED "requestId=none", KEY, 404 },
    { UNIFIED "requestId=ID", "other", 403 },
    { UNIFIED "requestId=ID", NULL, 401 },
  };
  g_autofree char *run_id = NULL;

  sim_start_with_digits (fixture);
  run_id = sim_submit_ok (fixture, BODY);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].url);
    g_assert_cmpuint (
        sim_get_code (fixture, cases[i].key, cases[i].url, run_id), ==,
        cases[i].status);
  }
}

static void
test_submit_limit (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (SimAnswer) third = NULL;
  g_autoptr (SimAnswer) other = NULL;

  fixture->options.submit_limit = 2;
  sim_start_with_digits (fixture);
  first = sim_submit_ok (fixture, BODY);
  second = sim_submit_ok (fixture, BODY);
  third = sim_submit (fixture, BODY);
  g_assert_cmpuint (third->status, ==, 429);
  sim_answer_assert (third, "$.error.type", "RATE_LIMITED");
  other = sim_post (
      fixture, "/api/generate-video", "other", "application/json", BODY);
  g_assert_cmpuint (other->status, ==, 202);
}

static void
test_bad_options (SimFixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const keys[] = { "k=lots", NULL };
  NanogptSimulatorOptions bad[7];

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = fixture->options;
  bad[0].states = "IN_QUEUE";
  bad[1].container = "avi";
  bad[2].status_shape = "round";
  bad[3].keys = keys;
  bad[4].media_file = "/nonexistent";
  bad[5].spread = 2;
  bad[6].ledger_file = "/nonexistent/ledger";
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (nanogpt_simulator_new (&bad[i], &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  sim_add_test ("/simulator/rules", NULL, test_rules);
  sim_add_test ("/simulator/sizes", NULL, test_sizes);
  sim_add_test ("/simulator/keys", NULL, test_keys);
  sim_add_test ("/simulator/paths", NULL, test_paths);
  sim_add_test ("/simulator/status-rules", NULL, test_status_rules);
  sim_add_test ("/simulator/submit-limit", NULL, test_submit_limit);
  sim_add_test ("/simulator/options", NULL, test_bad_options);
  return g_test_run ();
}
