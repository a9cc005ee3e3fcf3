/* nanovid: the service's responses other than refusals, valid and invalid
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "nanogpt/base/json.h"
#include "nanogpt/http/responses.h"

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static NanogptResponse *
parse (const char *text)
{
  g_autoptr (GBytes) body = bytes (text);
  g_autoptr (GError) error = NULL;
  NanogptResponse *answer = nanogpt_response_parse (body, &error);

  g_assert_no_error (error);
  return answer;
}

#define UNKNOWN NANOGPT_PHASE_UNKNOWN
#define QUEUED NANOGPT_PHASE_QUEUED
#define RUNNING NANOGPT_PHASE_RUNNING
#define COMPLETED NANOGPT_PHASE_COMPLETED
#define FAILED NANOGPT_PHASE_FAILED
#define CANCELLED NANOGPT_PHASE_CANCELLED

static void
test_words (void)
{
  static const struct
  {
    const char *word;
    NanogptPhase phase;
  } words[] = {
    { "IN_QUEUE", QUEUED },
    { "in queue", QUEUED },
    { "in-queue", QUEUED },
    { "queued", QUEUED },
    { "queue", QUEUED },
    { "pending", QUEUED },
    { "PENDING", QUEUED },
    { "submitted", QUEUED },
    { "NOT_START", QUEUED },
    { "IN_PROGRESS", RUNNING },
    { "In Progress", RUNNING },
    { "processing", RUNNING },
    { "generating", RUNNING },
    { "delivering", RUNNING },
    { "running", RUNNING },
    { "finishing", RUNNING },
    { "uploading", RUNNING },
    { "COMPLETED", COMPLETED },
    { "completed", COMPLETED },
    { "Complete", COMPLETED },
    { "succeeded", COMPLETED },
    { "success", COMPLETED },
    { "done", COMPLETED },
    { " done ", COMPLETED },
    { "FAILED", FAILED },
    { "failure", FAILED },
    { "error", FAILED },
    { "expired", FAILED },
    { "content_policy_violation", FAILED },
    { "CANCELLED", CANCELLED },
    { "CANCELED", CANCELLED },
    { "cancelled", CANCELLED },
    { "canceled", CANCELLED },
    { "unknown", UNKNOWN },
    { "COMPLETED?", UNKNOWN },
    { "", UNKNOWN },
    { NULL, UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_test_message ("%s", words[i].word ? words[i].word : "none");
    g_assert_cmpint (
        nanogpt_phase_from_status (words[i].word), ==, words[i].phase);
  }
}

/* Phase, id, model, URL and error of a response; all of them are compared. */
static const struct
{
  const char *name;
  const char *text;
  NanogptPhase phase;
  const char *run_id, *model, *url, *error;
} answers[] = {
  { "submit",
      "{\"runId\":\"fal-request-1\",\"status\":\"pending\",\"model\":\"kling-"
      "video-v2\",\"cost\":0.35,\"paymentSource\":\"USD\",\"remainingBalance\":"
      "9.65}",
      QUEUED, "fal-request-1", "kling-video-v2", NULL, NULL },
  { "submit-2026",
      "{\"runId\":\"vid_1\",\"id\":\"vid_1\",\"status\":\"processing\","
      "\"model\":\"m\",\"prechargeLabel\":\"x\"}",
      RUNNING, "vid_1", "m", NULL, NULL },
  { "submit-id", "{\"id\":\"a\"}", UNKNOWN, "a", NULL, NULL, NULL },
  { "submit-requestId", "{\"requestId\":\"a\"}", UNKNOWN, "a", NULL, NULL,
      NULL },
  { "submit-request_id", "{\"request_id\":\"a\"}", UNKNOWN, "a", NULL, NULL,
      NULL },
  { "submit-task_id", "{\"task_id\":\"a\"}", UNKNOWN, "a", NULL, NULL, NULL },
  { "submit-order",
      "{\"task_id\":\"e\",\"request_id\":\"d\",\"requestId\":\"c\",\"id\":"
      "\"b\",\"runId\":\"a\"}",
      UNKNOWN, "a", NULL, NULL, NULL },
  { "submit-data",
      "{\"data\":{\"runId\":\"a\",\"model\":\"m\",\"status\":\"PENDING\"}}",
      QUEUED, "a", "m", NULL, NULL },
  { "submit-number", "{\"id\":12345678901}", UNKNOWN, "12345678901", NULL, NULL,
      NULL },
  { "submit-long-number", "{\"runId\": 12345678901234567890 }", UNKNOWN,
      "12345678901234567890", NULL, NULL, NULL },
  { "submit-odd-number", "{\"runId\":9007199254740993}", UNKNOWN,
      "9007199254740993", NULL, NULL, NULL },
  { "submit-exponent", "{\"runId\":1e3}", UNKNOWN, "1e3", NULL, NULL, NULL },
  { "submit-fraction", "{\"id\":1.0,\"cost\":1.0}", UNKNOWN, "1.0", NULL, NULL,
      NULL },
  { "submit-out-of-range", "{\"id\":1e999}", UNKNOWN, "1e999", NULL, NULL,
      NULL },
  { "status-number",
      "{\"data\":{\"request_id\":-12345678901234567890,\"status\":\"IN_QUEUE\"}"
      "}",
      QUEUED, "-12345678901234567890", NULL, NULL, NULL },
  { "submit-error-null",
      "{\"runId\":\"a\",\"status\":\"pending\",\"error\":null}", QUEUED, "a",
      NULL, NULL, NULL },
  { "submit-complete",
      "{\"runId\":\"a\",\"status\":\"completed\",\"output\":{\"video\":{"
      "\"url\":\"u\"}}}",
      COMPLETED, "a", NULL, "u", NULL },
  { "submit-refused", "{\"error\":\"Insufficient balance\",\"status\":402}",
      UNKNOWN, NULL, NULL, NULL, "Insufficient balance" },
  { "submit-greeting",
      "{\"runId\":\"a\",\"status\":\"pending\",\"message\":\"Started\"}",
      QUEUED, "a", NULL, NULL, NULL },
  { "legacy-queue", "{\"data\":{\"status\":\"IN_QUEUE\",\"request_id\":\"a\"}}",
      QUEUED, "a", NULL, NULL, NULL },
  { "legacy-done",
      "{\"data\":{\"status\":\"COMPLETED\",\"request_id\":\"a\",\"details\":"
      "\"x\",\"output\":{\"video\":{\"url\":\"https://c/v.mp4\"}},\"error\":"
      "null,\"isNSFWError\":null,\"userFriendlyError\":null}}",
      COMPLETED, "a", NULL, "https://c/v.mp4", NULL },
  { "legacy-failed",
      "{\"data\":{\"status\":\"FAILED\",\"request_id\":\"a\",\"error\":\"E42\","
      "\"isNSFWError\":false,\"userFriendlyError\":\"Try another prompt\"}}",
      FAILED, "a", NULL, NULL, "Try another prompt" },
  { "unified",
      "{\"requestId\":\"a\",\"model\":\"m\",\"data\":{\"status\":\"IN_"
      "PROGRESS\",\"requestId\":\"a\"}}",
      RUNNING, "a", "m", NULL, NULL },
  { "unified-both",
      "{\"requestId\":\"a\",\"status\":\"completed\",\"videoUrl\":\"old\","
      "\"data\":{\"status\":\"IN_PROGRESS\"}}",
      RUNNING, "a", NULL, "old", NULL },
  { "flat",
      "{\"requestId\":\"a\",\"status\":\"processing\",\"videoUrl\":null,"
      "\"error\":null,\"createdAt\":null,\"completedAt\":null}",
      RUNNING, "a", NULL, NULL, NULL },
  { "flat-done", "{\"status\":\"completed\",\"videoUrl\":\"https://c/v\"}",
      COMPLETED, NULL, NULL, "https://c/v", NULL },
  { "flat-failed",
      "{\"status\":\"failed\",\"error\":{\"message\":\"No luck\"}}", FAILED,
      NULL, NULL, NULL, "No luck" },
  { "longstories",
      "{\"status\":\"COMPLETED\",\"data\":{\"isCompleted\":true,\"isSuccess\":"
      "true,\"output\":{\"url\":\"u\"}}}",
      COMPLETED, NULL, NULL, "u", NULL },
  { "longstories-failed",
      "{\"status\":\"COMPLETED\",\"data\":{\"isCompleted\":true,\"isSuccess\":"
      "false,\"message\":\"No luck\"}}",
      FAILED, NULL, NULL, NULL, "No luck" },
  { "longstories-wordless",
      "{\"data\":{\"isCompleted\":true,\"isSuccess\":true,\"output\":{\"url\":"
      "\"u\"}}}",
      COMPLETED, NULL, NULL, "u", NULL },
  { "failed-order",
      "{\"data\":{\"status\":\"FAILED\",\"message\":\"4\",\"error\":\"2\"}}",
      FAILED, NULL, NULL, NULL, "2" },
  { "failed-object",
      "{\"data\":{\"status\":\"FAILED\",\"message\":\"4\",\"error\":{"
      "\"message\":\"3\"}}}",
      FAILED, NULL, NULL, NULL, "3" },
  { "failed-message", "{\"data\":{\"status\":\"FAILED\",\"message\":\"4\"}}",
      FAILED, NULL, NULL, NULL, "4" },
  { "failed-mute", "{\"data\":{\"status\":\"FAILED\",\"error\":{}}}", FAILED,
      NULL, NULL, NULL, NULL },
  { "cancelled", "{\"data\":{\"status\":\"CANCELLED\"}}", CANCELLED, NULL, NULL,
      NULL, NULL },
  { "unknown-word", "{\"data\":{\"status\":\"REVIEWING\"}}", UNKNOWN, NULL,
      NULL, NULL, NULL },
  { "unknown-word-error",
      "{\"data\":{\"status\":\"REJECTED\",\"error\":\"No luck\"}}", FAILED,
      NULL, NULL, NULL, "No luck" },
  { "unknown-word-flat", "{\"status\":\"Fail\",\"error\":\"No luck\"}", FAILED,
      NULL, NULL, NULL, "No luck" },
  { "unknown-word-object",
      "{\"status\":\"aborted\",\"error\":{\"message\":\"No luck\"}}", FAILED,
      NULL, NULL, NULL, "No luck" },
  { "unknown-word-friendly",
      "{\"data\":{\"status\":\"dead\",\"userFriendlyError\":\"No luck\"}}",
      FAILED, NULL, NULL, NULL, "No luck" },
  { "unknown-word-nsfw",
      "{\"data\":{\"status\":\"blocked\",\"isNSFWError\":true}}", FAILED, NULL,
      NULL, NULL, NULL },
  { "unknown-word-null",
      "{\"data\":{\"status\":\"REVIEWING\",\"error\":null,\"isNSFWError\":"
      "false}}",
      UNKNOWN, NULL, NULL, NULL, NULL },
  { "unknown-word-empty",
      "{\"data\":{\"status\":\"REVIEWING\",\"error\":\" \",\"isNSFWError\":"
      "null}}",
      UNKNOWN, NULL, NULL, NULL, NULL },
  { "unknown-word-mute",
      "{\"data\":{\"status\":\"REVIEWING\",\"error\":{\"code\":\"x\"}}}",
      UNKNOWN, NULL, NULL, NULL, NULL },
  { "unknown-word-greeting",
      "{\"data\":{\"status\":\"REVIEWING\",\"message\":\"Soon\"}}", UNKNOWN,
      NULL, NULL, NULL, NULL },
  { "unknown-itself",
      "{\"data\":{\"status\":\"unknown\",\"error\":\"No idea\"}}", UNKNOWN,
      NULL, NULL, NULL, "No idea" },
  { "running-error",
      "{\"data\":{\"status\":\"IN_PROGRESS\",\"error\":\"retried\"}}", RUNNING,
      NULL, NULL, NULL, "retried" },
  { "error-alone", "{\"data\":{\"error\":\"No luck\"}}", UNKNOWN, NULL, NULL,
      NULL, "No luck" },
  { "nothing", "{}", UNKNOWN, NULL, NULL, NULL, NULL },
  { "wrong-types",
      "{\"data\":[1],\"status\":{},\"runId\":[],\"model\":7,\"output\":false,"
      "\"error\":3,\"message\":[],\"cost\":{},\"progress\":\"much\"}",
      UNKNOWN, NULL, NULL, NULL, NULL },
  { "wrong-types-in-data",
      "{\"data\":{\"status\":5,\"request_id\":{},\"output\":{\"video\":[7],"
      "\"url\":{},\"videos\":[]},\"videoUrl\":[],\"assets\":[1,{\"type\":7},{"
      "\"type\":\"video\"}],\"error\":[\"x\"],\"userFriendlyError\":{}},"
      "\"assets\":{}}",
      UNKNOWN, NULL, NULL, NULL, NULL },
  { "id-with-controls", "{\"runId\":\"a\\u001b[2Jb\"}", UNKNOWN, NULL, NULL,
      NULL, NULL },
  { "id-with-override", "{\"runId\":\"a\\u202eb\"}", UNKNOWN, NULL, NULL, NULL,
      NULL },
  { "id-with-blank", "{\"runId\":\"a b\"}", UNKNOWN, "a b", NULL, NULL, NULL },
  { "model-with-controls", "{\"runId\":\"a\",\"model\":\"m\\u009b31m\"}",
      UNKNOWN, "a", NULL, NULL, NULL },
  { "half-an-emoji",
      "{\"runId\":\"a\",\"status\":\"pending\",\"prompt\":\"fox \\ud83e\"}",
      QUEUED, "a", NULL, NULL, NULL },
};

static void
test_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (NanogptResponse) answer = parse (answers[i].text);

  g_assert_cmpint (answer->phase, ==, answers[i].phase);
  g_assert_cmpstr (answer->run_id, ==, answers[i].run_id);
  g_assert_cmpstr (answer->model, ==, answers[i].model);
  g_assert_cmpstr (answer->urls[0], ==, answers[i].url);
  g_assert_cmpstr (answer->error, ==, answers[i].error);
}

/* Each place of the result's URL, in order of precedence. */
static void
test_urls (void)
{
  static const char *const places[] = {
    "\"data\":{\"output\":{\"video\":{\"url\":\"u\"},\"url\":\"x\"}}",
    "\"data\":{\"output\":{\"video\":\"u\",\"url\":\"x\"}}",
    "\"data\":{\"output\":{\"video\":[{\"url\":\"u\"}],\"url\":\"x\"}}",
    "\"data\":{\"output\":{\"url\":\"u\",\"video_url\":\"x\"}}",
    "\"data\":{\"output\":{\"video_url\":\"u\",\"videoUrl\":\"x\"}}",
    "\"data\":{\"output\":{\"videoUrl\":\"u\",\"videos\":[\"x\"]}}",
    "\"data\":{\"output\":{\"videos\":[{\"url\":\"u\"},{\"url\":\"x\"}]}}",
    "\"data\":{\"output\":{\"videos\":[\"u\",\"x\"]}}",
    "\"data\":{\"output\":[{\"url\":\"u\"}]}",
    "\"data\":{\"output\":\"u\"},\"output\":\"x\"",
    "\"data\":{\"output\":{},\"videoUrl\":\"x\"},\"output\":{\"video\":{"
    "\"url\":\"u\"}}",
    "\"output\":\"u\",\"data\":{\"videoUrl\":\"x\"}",
    "\"data\":{\"videoUrl\":\"u\",\"video_url\":\"x\"}",
    "\"data\":{\"video_url\":\"u\",\"url\":\"x\"}",
    "\"data\":{\"url\":\"u\"},\"videoUrl\":\"x\"",
    "\"videoUrl\":\"u\",\"video_url\":\"x\"",
    "\"video_url\":\"u\",\"url\":\"x\"",
    "\"url\":\"u\",\"assets\":[{\"type\":\"video\",\"url\":\"x\"}]",
    "\"data\":{\"assets\":[{\"type\":\"image/png\",\"url\":\"x\"},{\"type\":"
    "\"video/mp4\",\"url\":\"u\"}]}",
    "\"assets\":[{\"url\":\"x\"},{\"type\":\"video\",\"url\":\"u\"}]",
    "\"data\":{\"output\":null,\"videoUrl\":\"\"},\"url\":\"u\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *text =
        g_strdup_printf ("{\"status\":\"completed\",%s}", places[i]);
    g_autoptr (NanogptResponse) answer = parse (text);

    g_test_message ("%s", text);
    g_assert_cmpstr (answer->urls[0], ==, "u");
  }
}

/* Several results are found in order, without anything else. */
static void
test_results (void)
{
  static const char *const places[] = {
    "\"data\":{\"output\":{\"videos\":[{\"url\":\"/1\"},{\"url\":\"/2\"},"
    "{\"url\":\"/3\"}]}}",
    "\"data\":{\"output\":{\"video\":{\"url\":\"/1\"},\"videos\":[\"/1\","
    "\"/2\",\"/3\"]}}",
    "\"data\":{\"output\":{\"video\":{\"url\":\"/3\"},\"videos\":[\"/1\","
    "\"/2\",\"/3\"]}}",
    "\"data\":{\"output\":{\"video\":[{\"url\":\"/1\"},{\"url\":\"/2\"},"
    "\"/3\"]}}",
    "\"data\":{\"output\":[\"/1\",\"/2\",\"/2\",\"/3\",\"\",7,null]}",
    "\"data\":{\"output\":[[\"/1\",\"/2\"],[\"/3\"]]}",
    "\"data\":{\"output\":[{\"video\":{\"url\":\"/1\",\"content_type\":"
    "\"video/mp4\"},\"thumbnail\":{\"url\":\"/t\"}},{\"video\":{\"url\":"
    "\"/2\"}},{\"video\":{\"url\":\"/3\"}}]}",
    "\"data\":{\"output\":{\"video_urls\":[\"/1\",\"/2\",\"/3\"],"
    "\"video_url\":\"/1\",\"thumbnails\":[\"/a\",\"/b\",\"/c\",\"/d\"]}}",
    "\"data\":{\"videoUrls\":[\"/1\",\"/2\",\"/3\"],\"videoUrl\":\"/1\"}",
    "\"data\":{\"videos\":[\"/1\",\"/2\",\"/3\"],\"output\":{\"video\":{"
    "\"url\":\"/1\"}}}",
    "\"videos\":[{\"video_url\":\"/1\"},{\"videoUrl\":\"/2\"},\"/3\"]",
    "\"data\":[{\"url\":\"/1\"},{\"url\":\"/2\"},{\"url\":\"/3\"}]",
    "\"data\":{\"output\":{\"0\":{\"url\":\"/1\"},\"1\":{\"url\":\"/2\"},"
    "\"2\":{\"url\":\"/3\"}}}",
    "\"data\":{\"output\":{\"video\":\"/1\",\"video_2\":\"/2\",\"video3\":"
    "{\"url\":\"/3\"}}}",
    "\"data\":{\"output\":{\"video_1_url\":\"/1\",\"video_2_url\":\"/2\","
    "\"video_3_url\":\"/3\"}}",
    "\"data\":{\"output\":{\"results\":[{\"outputs\":[{\"url\":\"/1\"},"
    "{\"url\":\"/2\"}]},{\"outputs\":[{\"url\":\"/3\"}]}]}}",
    "\"data\":{\"output\":{\"video\":{\"url\":\"/1\"}}},\"assets\":[{"
    "\"type\":\"image\",\"url\":\"/i\"},{\"type\":\"video\",\"url\":\"/1\"},"
    "{\"type\":\"video/mp4\",\"url\":\"/2\"},{\"type\":\"video\",\"url\":"
    "\"/3\"},{\"type\":\"audio\",\"url\":\"/s\"},{\"url\":\"/x\"}]",
    "\"data\":{\"output\":{\"task\":\"/a\",\"takes\":[\"https://c/1.mp4?a=.jpg"
    "\",\"https://c/2.webm\",\"/3.mov\",\"https://c/3.jpg\"]}}",
    "\"data\":{\"output\":{\"files\":[\"/1.mp4\",\"/1.jpg\",\"/2.mp4\","
    "\"/2.PNG\",\"/3.mp4\",\"/sound.wav\",\"/x?variant=thumbnail\",\"/x?"
    "variant=spritesheet\"]}}",
    "\"data\":{\"output\":{\"files\":[{\"url\":\"/1\"},{\"url\":\"/2\"},{"
    "\"url\":\"/3\"},{\"kind\":\"poster\",\"url\":\"/p\"},{\"mimeType\":"
    "\"image/png\",\"url\":\"/q\"}]}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *text =
        g_strdup_printf ("{\"status\":\"completed\",%s}", places[i]);
    g_autoptr (NanogptResponse) answer = parse (text);

    g_test_message ("%s", text);
    for (guint k = 0; answer->urls[k]; k++) {
      char *dot = strchr (answer->urls[k], '.');
      char *slash = strrchr (answer->urls[k], '/');

      if (dot && slash < dot)
        *dot = '\0';
      g_assert_cmpint (slash[1], ==, '1' + k);
    }
    g_assert_cmpuint (g_strv_length (answer->urls), ==, 3);
  }
}

/* There is one result, whatever other members there are. */
static void
test_one_result (void)
{
  static const char *const places[] = {
    "\"data\":{\"output\":{\"video\":{\"url\":\"u\",\"thumbnail_url\":\"x\"},"
    "\"audio\":{\"url\":\"x\"},\"thumbnail\":\"x\",\"urls\":[]}}",
    "\"data\":{\"output\":{\"video\":\"u\",\"thumbnails\":[\"/1.jpg\","
    "\"/2.jpg\"],\"last_frame_url\":\"https://c/f.png\",\"spritesheet\":{\"url"
    "\":\"/s.mp4\"}}}",
    "\"data\":{\"output\":{\"video\":\"u\"},\"files\":[\"/1.jpg\",\"/2.jpg"
    "\"]}",
    "\"data\":{\"output\":{\"video\":\"u\",\"url_720p\":\"x\"}}",
    "\"data\":{\"output\":{\"video\":\"u\"},\"input\":{\"videos\":[\"/1.mp4"
    "\",\"/2.mp4\"]}},\"links\":[\"https://c/1\",\"https://c/2\"]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *text =
        g_strdup_printf ("{\"status\":\"completed\",%s}", places[i]);
    g_autoptr (NanogptResponse) answer = parse (text);

    g_test_message ("%s", text);
    g_assert_cmpuint (g_strv_length (answer->urls), ==, 1);
    g_assert_cmpstr (answer->urls[0], ==, "u");
  }
}

static void
test_numbers (void)
{
  g_autoptr (NanogptResponse) none = parse ("{}");
  g_autoptr (NanogptResponse) numbers =
      parse ("{\"cost\":0.35,\"remainingBalance\":9.65,\"paymentSource\":"
             "\"USD\",\"progress\":41.9,\"estimatedTimeRemaining\":30}");
  g_autoptr (NanogptResponse) strings =
      parse ("{\"cost\":\"0.35\",\"remainingBalance\":\"9.65\",\"progress\":"
             "\"41\",\"estimatedTimeRemaining\":\"30.5\"}");
  g_autoptr (NanogptResponse) nested =
      parse ("{\"cost\":1,\"progress\":5,\"data\":{\"cost\":0.25,\"progress\":"
             "400,\"remainingBalance\":null}}");
  g_autoptr (NanogptResponse) odd =
      parse ("{\"cost\":\"inf\",\"progress\":-20,\"remainingBalance\":true}");

  g_assert_cmpint (none->cost, <, 0);
  g_assert_cmpint (none->remaining_balance, <, 0);
  g_assert_cmpfloat (none->eta, <, 0);
  g_assert_cmpint (none->progress, ==, -1);
  g_assert_null (none->payment_source);

  g_assert_cmpint (numbers->cost, ==, 350000);
  g_assert_cmpint (numbers->remaining_balance, ==, 9650000);
  g_assert_cmpfloat (numbers->eta, ==, 30);
  g_assert_cmpint (numbers->progress, ==, 41);
  g_assert_cmpstr (numbers->payment_source, ==, "USD");

  g_assert_cmpint (strings->cost, ==, 350000);
  g_assert_cmpint (strings->remaining_balance, ==, 9650000);
  g_assert_cmpfloat (strings->eta, ==, 30.5);
  g_assert_cmpint (strings->progress, ==, 41);

  g_assert_cmpint (nested->cost, ==, 250000);
  g_assert_cmpint (nested->progress, ==, 100);

  g_assert_cmpint (odd->cost, <, 0);
  g_assert_cmpint (odd->remaining_balance, <, 0);
  g_assert_cmpint (odd->progress, ==, 0);
}

static void
test_policy (void)
{
  static const struct
  {
    const char *data;
    gboolean refused;
  } cases[] = {
    { "\"isNSFWError\":true", TRUE },
    { "\"isNSFWError\":\"true\"", TRUE },
    { "\"isNSFWError\":false,\"error\":\"x\"", FALSE },
    { "\"isNSFWError\":null", FALSE },
    { "\"error\":\"Violates our Content Policy\"", TRUE },
    { "\"error\":\"NSFW input\"", TRUE },
    { "\"error\":\"Blocked by safety checker\"", TRUE },
    { "\"error\":\"Moderation said no\"", TRUE },
    { "\"error\":\"Flagged\"", TRUE },
    { "\"error\":{\"message\":\"x\",\"type\":\"CONTENT_POLICY_VIOLATION\"}",
        TRUE },
    { "\"error\":\"Out of memory\"", FALSE },
  };
  g_autoptr (NanogptResponse) word =
      parse ("{\"status\":\"content_policy_violation\"}");

  g_assert_true (word->content_policy);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf (
        "{\"data\":{\"status\":\"FAILED\",%s}}", cases[i].data);
    g_autoptr (NanogptResponse) answer = parse (text);

    g_test_message ("%s", text);
    g_assert_cmpint (answer->content_policy, ==, cases[i].refused);
  }
}

static void
test_details (void)
{
  g_autoptr (NanogptResponse) answer = parse (
      "{\"terminal\":true,\"data\":{\"status\":\"FAILED\",\"details\":\" "
      "two\\nlines\\u0007 \\u202eand more \",\"error\":{\"type\":\"T\","
      "\"code\":\"C\",\"message\":\"m\"}}}");

  g_assert_true (answer->terminal);
  g_assert_cmpstr (answer->details, ==, "two lines and more");
  g_assert_cmpstr (answer->error_type, ==, "T/C");
  g_assert_cmpstr (answer->status, ==, "FAILED");
}

/* Text of the service that is shown is limited in length, and is never a page. */
static void
test_shown_text (void)
{
  g_autofree char *flood = g_strnfill (50 * 1000, 'x');
  g_autofree char *text =
      g_strdup_printf ("{\"status\":\"FAILED\",\"error\":\"%s\"}", flood);
  g_autoptr (NanogptResponse) flooded = parse (text);
  g_autoptr (NanogptResponse) json = parse (
      "{\"status\":\"FAILED\",\"error\":\"{\\\"detail\\\":[1]}\",\"message\":"
      "\"Upstream said: {\\\"detail\\\":\\\"x\\\"}\"}");
  g_autoptr (NanogptResponse) html =
      parse ("{\"status\":\"FAILED\",\"error\":\"<!DOCTYPE html><p>Oh</p>\"}");
  g_autoptr (NanogptResponse) comparison =
      parse ("{\"status\":\"FAILED\",\"error\":\"a < b, [ok] {x} <3\"}");

  g_assert_cmpint (g_utf8_strlen (flooded->error, -1), ==, 1000);
  g_assert_true (g_str_has_suffix (flooded->error, "…"));
  g_assert_cmpstr (json->error, ==, "Upstream said");
  g_assert_null (html->error);
  g_assert_cmpstr (comparison->error, ==, "a < b, [ok] {x} <3");
}

static void
check_bad (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) runs_error = NULL;
  g_autoptr (GError) balance_error = NULL;
  NanogptMicros usd;

  g_assert_null (nanogpt_response_parse (body, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  g_assert_null (nanogpt_runs_parse (body, &runs_error));
  g_assert_error (runs_error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  g_assert_false (nanogpt_balance_parse (body, &usd, &balance_error));
  g_assert_error (balance_error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
}

static void
check_bad_text (const char *text)
{
  g_autoptr (GBytes) body = bytes (text);

  check_bad (body);
}

static void
test_bad (void)
{
  g_autofree char *deep = g_strnfill (100 * 1000, '[');
  g_autofree char *large = g_malloc0 (20 * 1000 * 1000);
  g_autofree char *deep_object = g_strconcat ("{\"data\":", deep, NULL);
  g_autoptr (GBytes) zeros = g_bytes_new (large, 20 * 1000 * 1000);
  g_autoptr (GBytes) flood = NULL;

  check_bad_text ("");
  check_bad_text ("null");
  check_bad_text ("[]");
  check_bad_text ("\"text\"");
  check_bad_text ("<html></html>");
  check_bad_text ("{\"status\":\"pend");
  check_bad_text ("{\"status\":\"\xff\"}");
  check_bad_text (deep);
  check_bad_text (deep_object);
  check_bad (zeros);
  memset (large, ' ', 20 * 1000 * 1000);
  large[0] = '{';
  large[20 * 1000 * 1000 - 1] = '}';
  flood = g_bytes_new (large, 20 * 1000 * 1000);
  check_bad (flood);
}

static void
test_largest (void)
{
  g_autofree char *text = g_strnfill (NANOGPT_JSON_MAX_SIZE, ' ');
  g_autoptr (NanogptResponse) answer = NULL;

  memcpy (text, "{\"id\":\"a\"}", 10);
  answer = parse (text);
  g_assert_cmpstr (answer->run_id, ==, "a");
}

static void
test_runs (void)
{
  g_autoptr (GBytes) body = bytes (
      "{\"data\":[{\"runId\":\"a\",\"id\":\"x\",\"model\":\"m\",\"status\":"
      "\"completed\",\"createdAt\":\"2026-01-02T03:04:05.678Z\","
      "\"conversationUUID\":\"c\"},{\"id\":\"b\",\"createdAt\":\"2026-01-02T04:"
      "04:05+01:00\",\"conversationUUID\":null},{\"id\":12345678901234567890,\"createdAt\":"
      "\"soon\"},{\"model\":\"m\"},7,null,[]]}");
  g_autoptr (GBytes) empty = bytes ("{\"data\":[]}");
  g_autoptr (GBytes) none = bytes ("{\"data\":{}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = nanogpt_runs_parse (body, &error);
  g_autoptr (GPtrArray) no_runs = nanogpt_runs_parse (empty, &error);
  NanogptRun *run;

  g_assert_no_error (error);
  g_assert_cmpuint (no_runs->len, ==, 0);
  g_assert_cmpuint (runs->len, ==, 3);
  run = g_ptr_array_index (runs, 0);
  g_assert_cmpstr (run->run_id, ==, "a");
  g_assert_cmpstr (run->model, ==, "m");
  g_assert_cmpstr (run->conversation, ==, "c");
  g_assert_cmpint (g_date_time_to_unix (run->created_at), ==, 1767323045);
  run = g_ptr_array_index (runs, 1);
  g_assert_cmpstr (run->run_id, ==, "b");
  g_assert_null (run->conversation);
  g_assert_cmpint (g_date_time_to_unix (run->created_at), ==, 1767323045);
  run = g_ptr_array_index (runs, 2);
  g_assert_cmpstr (run->run_id, ==, "12345678901234567890");
  g_assert_null (run->created_at);

  g_assert_null (nanogpt_runs_parse (none, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
}

static void
check_balance (const char *text, NanogptMicros expected)
{
  g_autoptr (GBytes) body = bytes (text);
  NanogptMicros usd = -7;

  g_assert_cmpint (
      nanogpt_balance_parse (body, &usd, NULL), ==, expected != -7);
  g_assert_cmpint (usd, ==, expected);
}

static void
test_balance (void)
{
  check_balance ("{\"usd_balance\":\"129.46956147\",\"nano_balance\":\"26.7\"}",
      129469561);
  check_balance ("{\"usd_balance\":5}", 5000000);
  check_balance ("{\"usd_balance\":0}", 0);
  check_balance ("{\"usd_balance\":\"-0.5\"}", -500000);
  check_balance ("{\"usd_balance\":\"lots\"}", -7);
  check_balance ("{\"usd_balance\":null}", -7);
  check_balance ("{\"error\":\"x\"}", -7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *path = g_strconcat ("/responses/", answers[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_answer);
  }
  g_test_add_func ("/responses/words", test_words);
  g_test_add_func ("/responses/urls", test_urls);
  g_test_add_func ("/responses/results", test_results);
  g_test_add_func ("/responses/one-result", test_one_result);
  g_test_add_func ("/responses/numbers", test_numbers);
  g_test_add_func ("/responses/policy", test_policy);
  g_test_add_func ("/responses/details", test_details);
  g_test_add_func ("/responses/shown-text", test_shown_text);
  g_test_add_func ("/responses/bad", test_bad);
  g_test_add_func ("/responses/largest", test_largest);
  g_test_add_func ("/runs", test_runs);
  g_test_add_func ("/balance", test_balance);
  return g_test_run ();
}
