/* nanovid: tests of the messages that nanovidsrc posts
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/stat.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/server.h"

#define SOURCE "nanovidsrc name=source prompt=\"a lighthouse\" "

/* The wait */

static void
test_progress (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autofree char *progress = NULL;
  g_autofree char *texts = NULL;
  g_autofree char *run_id = NULL;
  g_autofree char *expected = NULL;
  g_auto (GStrv) lines = NULL;

  player_options_init (&options);
  options.media_file = path;
  options.price = 0.25;
  /* This is long enough for each state to be seen. */
  options.generation_time = fixture_scaled (0.6);
  player = player_new (&options, SOURCE "! fakesink");
  player_run (player);
  player_set_state (player, GST_STATE_NULL);

  progress = player_get_progress (player);
  g_assert_cmpstr (progress, ==, "start continue complete");
  texts = player_get_progress_texts (player);
  lines = g_strsplit (texts, "\n", -1);
  g_object_get (player->source, "run-id", &run_id, NULL);
  g_assert_nonnull (strstr (texts, "(simulator)"));
  /* The line after the start names the job and says how to get its clip. */
  g_assert_nonnull (strstr (lines[1], run_id));
  g_assert_nonnull (strstr (lines[1], "0.25 USD"));
  expected = g_strdup_printf ("run-id=%s", run_id);
  g_assert_nonnull (strstr (lines[1], expected));
  g_assert_true (g_regex_match_simple (
      "^Queued, \\d+ s so far", texts, G_REGEX_MULTILINE, 0));
  g_assert_true (g_regex_match_simple (
      "^Generating, \\d+ s so far", texts, G_REGEX_MULTILINE, 0));
}

static void
count_notify (
    GObject *object G_GNUC_UNUSED, GParamSpec *pspec G_GNUC_UNUSED, gpointer n)
{
  g_atomic_int_inc ((gint *)n);
}

/* Applications that watch the properties are notified of each change. */
static void
test_notify (void)
{
  g_autoptr (Player) player = player_new (NULL, SOURCE "! fakesink");
  gint n_names = 0, n_jobs = 0;

  g_signal_connect (
      player->source, "notify::run-id", G_CALLBACK (count_notify), &n_names);
  g_signal_connect (
      player->source, "notify::job", G_CALLBACK (count_notify), &n_jobs);
  player_run (player);
  player_set_state (player, GST_STATE_NULL);
  g_assert_cmpint (g_atomic_int_get (&n_names), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&n_jobs), >, 2);
}

/* Each retry is reported with its number, whether the element is submitting,
 * waiting or downloading. */
static void
test_retries (gconstpointer fault)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autofree char *texts = NULL;

  player_options_init (&options);
  player = player_new (&options, SOURCE "! fakesink");
  g_assert_true (nanogpt_simulator_add_fault (player->simulator, fault, NULL));
  player_run (player);
  texts = player_get_progress_texts (player);
  g_test_message ("%s", texts);
  g_assert_nonnull (strstr (texts, "(try 2)"));
  g_assert_nonnull (strstr (texts, "(try 3)"));
  g_assert_null (strstr (texts, "(try 4)"));
}

/* The base URL says https, but the server answers in plain HTTP. */
static void
test_retries_of_tls (void)
{
  g_autoptr (Player) player =
      player_new (NULL, SOURCE "retries=1 http-timeout=1 ! fakesink");
  g_autofree char *former = NULL;
  g_autofree char *url = NULL;
  g_autofree char *texts = NULL;

  g_object_get (player->source, "base-url", &former, NULL);
  url = g_strconcat ("https", former + strlen ("http"), NULL);
  g_object_set (player->source, "base-url", url, NULL);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  texts = player_get_progress_texts (player);
  g_test_message ("%s", texts);
  g_assert_nonnull (strstr (texts, "(try 2)"));
}

static guint
count_words (const char *text, const char *words)
{
  guint count = 0;

  while ((text = strstr (text, words))) {
    count++;
    text += strlen (words);
  }
  return count;
}

/* Progress is posted every ten seconds, even when nothing happens. */
static void
test_progress_in_silence (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autofree char *texts = NULL;
  gint64 begin = g_get_monotonic_time ();
  gint64 limit = (gint64)(fixture_scaled (30) * G_USEC_PER_SEC);
  gint64 waited;

  player_options_init (&options);
  options.generation_time = 600;
  options.states = "IN_PROGRESS,COMPLETED";
  player = player_new (&options, SOURCE "! fakesink");
  player_set_state (player, GST_STATE_PAUSED);
  do {
    g_usleep (100000);
    g_clear_pointer (&texts, g_free);
    texts = player_get_progress_texts (player);
    waited = g_get_monotonic_time () - begin;
    g_assert_cmpint (waited, <, limit);
  } while (count_words (texts, "Generating, ") < 2);
  g_assert_cmpint (waited, >=, 10 * G_USEC_PER_SEC);
}

static const GstStructure *
find_job (Player *player, const char *state)
{
  for (guint i = 0; i < player->messages->len; i++) {
    const GstStructure *structure =
        gst_message_get_structure (player->messages->pdata[i]);

    if (structure && gst_structure_has_name (structure, "nanovid-job")
        && g_strcmp0 (gst_structure_get_string (structure, "state"), state)
            == 0)
      return structure;
  }
  return NULL;
}

static void
assert_job (const GstStructure *job, const char *run_id)
{
  g_autofree char *state = NULL;
  g_autofree char *id = NULL;
  g_autofree char *model = NULL;
  g_autofree char *currency = NULL;
  guint64 elapsed, bytes;
  double cost, balance;
  gboolean resumed;

  g_assert_true (gst_structure_get (job, "state", G_TYPE_STRING, &state,
      "run-id", G_TYPE_STRING, &id, "model", G_TYPE_STRING, &model, "elapsed",
      G_TYPE_UINT64, &elapsed, "resumed", G_TYPE_BOOLEAN, &resumed, "bytes",
      G_TYPE_UINT64, &bytes, "cost", G_TYPE_DOUBLE, &cost, "payment-source",
      G_TYPE_STRING, &currency, "remaining-balance", G_TYPE_DOUBLE, &balance,
      NULL));
  g_assert_cmpstr (id, ==, run_id);
  g_assert_cmpstr (model, ==, "seedance-lite-video");
  g_assert_cmpfloat (cost, ==, 0.25);
  g_assert_cmpfloat (balance, ==, 9.75);
  g_assert_cmpstr (currency, ==, "USD");
  g_assert_false (resumed);
  g_assert_cmpuint (elapsed, >, 0);
  g_assert_cmpuint (elapsed, <, 60 * GST_SECOND);
}

static void
test_job_messages (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  static const char *const keys[] = { PLAYER_KEY, NULL };
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GstStructure) now = NULL;
  g_autofree char *states = NULL;
  g_autofree char *run_id = NULL;
  const GstStructure *complete;
  guint64 size, bytes;

  player_options_init (&options);
  options.media_file = path;
  options.price = 0.25;
  options.generation_time = fixture_scaled (0.6);
  options.bandwidth = (guint64)(1000000 / fixture_scaled (1));
  options.keys = keys;
  options.default_balance = 10;
  player = player_new (&options, SOURCE "! fakesink");
  g_object_get (player->source, "job", &now, NULL);
  g_assert_null (now);

  player_run (player);
  states = player_get_job_states (player);
  g_assert_cmpstr (
      states, ==, "submitting queued generating downloading complete");
  g_object_get (player->source, "run-id", &run_id, NULL);
  complete = find_job (player, "complete");
  assert_job (complete, run_id);
  assert_job (find_job (player, "generating"), run_id);
  g_assert_true (gst_structure_get_uint64 (complete, "size", &size));
  g_assert_true (gst_structure_get_uint64 (complete, "bytes", &bytes));
  g_assert_cmpuint (size, ==, player->bytes->len);
  g_assert_cmpuint (bytes, ==, size);

  g_object_get (player->source, "job", &now, NULL);
  assert_job (now, run_id);
  g_assert_cmpstr (gst_structure_get_string (now, "state"), ==, "complete");
}

/* A service whose last answer about a job differs from its first. */

typedef struct
{
  const char *last; /* status of the job */
  GBytes *clip;
  gboolean held; /* status and clip are held until they are released */
} Service;

static void
answer (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request, guint number G_GNUC_UNUSED, gpointer data)
{
  const Service *service = data;

  if (g_str_equal (request->path, "/api/generate-video")) {
    fixture_respond_json (message, 202,
        "{\"runId\":\"vid_1\",\"status\":\"pending\","
        "\"model\":\"seedance-lite-video\",\"cost\":0.25,"
        "\"paymentSource\":\"USD\",\"remainingBalance\":9.75}");
    return;
  }
  if (g_str_equal (request->path, "/api/generate-video/status"))
    fixture_respond_json (message, 200, service->last);
  else if (g_str_equal (request->path, "/clip"))
    fixture_respond_bytes (message, "video/webm", service->clip);
  else
    return;
  if (service->held)
    fixture_server_hold (server, message);
}

static Player *
create_served (FixtureServer *server, Service *service, const char *last)
{
  Player *player = player_new (NULL, SOURCE "! fakesink");

  service->last = last;
  fixture_server_set_handler (server, answer, service, NULL);
  g_object_set (
      player->source, "base-url", fixture_server_get_url (server), NULL);
  return player;
}

static char *
get_comment (Player *player)
{
  for (guint i = 0; i < player->messages->len; i++) {
    GstMessage *message = player->messages->pdata[i];
    g_autoptr (GstTagList) tags = NULL;
    char *comment;

    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_TAG)
      continue;
    gst_message_parse_tag (message, &tags);
    if (gst_tag_list_get_string (tags, GST_TAG_COMMENT, &comment))
      return comment;
  }
  return NULL;
}

/* The final cost of a job replaces the earlier one wherever a cost is reported. */
static void
test_final_cost (void)
{
  g_autoptr (GBytes) clip = fixture_media_bytes (FIXTURE_MEDIA_WEBM);
  Service service = { .clip = clip, .held = TRUE };
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (Player) player = create_served (server, &service,
      "{\"data\":{\"status\":\"COMPLETED\",\"cost\":0.5,"
      "\"output\":{\"video\":{\"url\":\"/clip\"}}}}");
  g_autofree char *texts = NULL;
  g_autofree char *comment = NULL;
  double cost;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait_job_state (player, "queued");
  fixture_server_wait (server, "/api/generate-video/status", 1, 10);
  fixture_server_release (server);
  player_wait_job_state (player, "downloading");
  fixture_server_wait (server, "/clip", 1, 10);
  fixture_server_release (server);
  player_wait (player, GST_MESSAGE_EOS);
  texts = player_get_progress_texts (player);
  g_assert_true (g_regex_match_simple (
      "^Job vid_1 was accepted, cost 0.25 USD", texts, G_REGEX_MULTILINE, 0));
  g_assert_true (g_regex_match_simple (
      "^Downloading, .*, cost 0.5 USD$", texts, G_REGEX_MULTILINE, 0));
  g_assert_true (
      gst_structure_get_double (find_job (player, "complete"), "cost", &cost));
  g_assert_cmpfloat (cost, ==, 0.5);
  comment = get_comment (player);
  g_assert_true (g_str_has_suffix (comment, "run ID vid_1, cost 0.5 USD"));
}

static void
test_refund_is_told (void)
{
  Service service = { 0 };
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (Player) player = create_served (server, &service,
      "{\"data\":{\"status\":\"FAILED\",\"error\":\"No luck.\"},"
      "\"refundMessage\":\"You got your money back.\"}");
  g_autoptr (GError) error = NULL;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ERROR);
  g_assert_cmpstr (
      gst_structure_get_string (player_get_error (player, &error), "reason"),
      ==, "generation-failed");
  g_assert_true (
      g_str_has_prefix (error->message, "No luck. You got your money back. "));
  /* The message says which job it is, what it cost, and what to do. */
  g_assert_nonnull (strstr (error->message, "vid_1"));
  g_assert_nonnull (strstr (error->message, "0.25 USD"));
  g_assert_nonnull (strstr (error->message, "new job"));
}

/* Errors */

typedef struct
{
  const char *name;
  const char *element; /* properties beyond the prompt */
  const char *fault;   /* of the simulator */
  const char *states;  /* of the job */
  gboolean nsfw;
  const char *key; /* the only key that the simulator accepts */
  const char *reason;
  GstResourceError code;
  guint http_status;
  gboolean charged;
} Failure;

static const Failure failures[] = {
  { .name = "no-key",
      .element = "api-key=\"\"",
      .reason = "not-authorized",
      .code = GST_RESOURCE_ERROR_NOT_AUTHORIZED },
  { .name = "wrong-key",
      .key = "another",
      .reason = "not-authorized",
      .code = GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      .http_status = 401 },
  { .name = "poor",
      .key = PLAYER_KEY "=0",
      .reason = "insufficient-balance",
      .code = GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      .http_status = 402 },
  { .name = "rate-limited",
      .element = "timeout=1 retries=0",
      .fault = "submit:status=429",
      .reason = "rate-limited",
      .code = GST_RESOURCE_ERROR_BUSY,
      .http_status = 429 },
  { .name = "nsfw",
      .states = "IN_QUEUE,FAILED",
      .nsfw = TRUE,
      .reason = "content-policy",
      .code = GST_RESOURCE_ERROR_SETTINGS,
      .charged = TRUE },
  { .name = "no-prompt",
      .element = "prompt=\"\"",
      .reason = "invalid-request",
      .code = GST_RESOURCE_ERROR_SETTINGS },
  { .name = "plain-http",
      .element = "base-url=http://example.com",
      .reason = "invalid-request",
      .code = GST_RESOURCE_ERROR_SETTINGS },
  { .name = "no-such-image",
      .element = "image-location=/nonexistent/cat.png",
      .reason = "invalid-request",
      .code = GST_RESOURCE_ERROR_SETTINGS },
  { .name = "bad-parameters",
      .element = "parameters=\"[1]\"",
      .reason = "invalid-request",
      .code = GST_RESOURCE_ERROR_SETTINGS },
  { .name = "image-required",
      .element = "model=kling-v21-standard",
      .reason = "image-required",
      .code = GST_RESOURCE_ERROR_SETTINGS },
  { .name = "image-required-by-service",
      .fault = "submit:status=400,body={\"error\":\"wan-9 requires an input "
               "image. Provide one.\"}",
      .reason = "image-required",
      .code = GST_RESOURCE_ERROR_SETTINGS,
      .http_status = 400 },
  { .name = "upload-too-large",
      .fault = "submit:status=413",
      .reason = "too-large",
      .code = GST_RESOURCE_ERROR_SETTINGS,
      .http_status = 413 },
  { .name = "result-too-large",
      .element = "max-size=1000",
      .reason = "too-large",
      .code = GST_RESOURCE_ERROR_NO_SPACE_LEFT,
      .charged = TRUE },
  { .name = "failed",
      .states = "IN_QUEUE,FAILED",
      .reason = "generation-failed",
      .code = GST_RESOURCE_ERROR_FAILED,
      .charged = TRUE },
  { .name = "cancelled",
      .states = "IN_QUEUE,CANCELLED",
      .reason = "cancelled",
      .code = GST_RESOURCE_ERROR_FAILED,
      .charged = TRUE },
  { .name = "timed-out",
      .element = "timeout=1",
      .fault = "submit:generation-time=100",
      .reason = "timed-out",
      .code = GST_RESOURCE_ERROR_BUSY,
      .charged = TRUE },
  { .name = "unreachable",
      .element = "base-url=http://127.0.0.1:1 retries=0",
      .reason = "network",
      .code = GST_RESOURCE_ERROR_OPEN_READ },
  { .name = "broken-store",
      .element = "retries=0",
      .fault = "media:status=500",
      .reason = "server",
      .code = GST_RESOURCE_ERROR_READ,
      .http_status = 500,
      .charged = TRUE },
  { .name = "html",
      .fault = "media:html",
      .reason = "bad-response",
      .code = GST_RESOURCE_ERROR_READ,
      .charged = TRUE },
  { .name = "json",
      .fault = "media:body={\"error\":\"gone\"}",
      .reason = "bad-response",
      .code = GST_RESOURCE_ERROR_READ,
      .charged = TRUE },
  { .name = "nothing",
      .fault = "media:body=",
      .reason = "bad-response",
      .code = GST_RESOURCE_ERROR_READ,
      .charged = TRUE },
  { .name = "no-spool",
      .element = "spool-dir=/nonexistent",
      .reason = "invalid-request",
      .code = GST_RESOURCE_ERROR_SETTINGS },
};

static Player *
create_failing (const Failure *failure)
{
  const char *keys[] = { failure->key ? failure->key : PLAYER_KEY, NULL };
  NanogptSimulatorOptions options;
  Player *player;
  g_autoptr (GError) error = NULL;

  player_options_init (&options);
  options.keys = keys;
  if (failure->states)
    options.states = failure->states;
  options.nsfw = failure->nsfw;
  player = player_new (&options, SOURCE "! fakesink");
  if (failure->fault) {
    nanogpt_simulator_add_fault (player->simulator, failure->fault, &error);
    g_assert_no_error (error);
  }
  return player;
}

/* Sets properties as a command line does, after those that the player has set. */
static void
set_properties (GstElement *element, const char *text)
{
  g_auto (GStrv) pairs = g_strsplit (text ? text : "", " ", -1);

  for (char **pair = pairs; *pair; pair++) {
    g_auto (GStrv) parts = g_strsplit (*pair, "=", 2);
    char *value = parts[1];

    if (g_str_has_prefix (value, "\"")) {
      value[strlen (value) - 1] = '\0';
      value++;
    }
    gst_util_set_object_arg (G_OBJECT (element), parts[0], value);
  }
}

static void
assert_order (Player *player)
{
  g_autofree char *progress = player_get_progress (player);
  gboolean had_error = FALSE;

  for (guint i = 0; i < player->messages->len; i++) {
    GstMessage *message = player->messages->pdata[i];
    GstProgressType type;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      had_error = TRUE;
    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_PROGRESS)
      continue;
    gst_message_parse_progress (message, &type, NULL, NULL);
    if (type == GST_PROGRESS_TYPE_ERROR)
      g_assert_true (had_error);
  }
  /* An error before anything is sent does not begin a progress operation. */
  if (*progress)
    g_assert_true (g_str_has_suffix (progress, " error")
        || g_str_has_suffix (progress, " complete"));
}

static void
test_error (gconstpointer data)
{
  const Failure *failure = data;
  g_autoptr (Player) player = create_failing (failure);
  g_autoptr (GError) error = NULL;
  g_autofree char *run_id = NULL;
  const GstStructure *details;
  gboolean charged;
  guint status = 0;

  set_properties (player->source, failure->element);
  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ERROR);
  player_set_state (player, GST_STATE_NULL);

  details = player_get_error (player, &error);
  g_test_message ("%s", error->message);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, failure->reason);
  g_assert_error (error, GST_RESOURCE_ERROR, (int)failure->code);
  g_assert_true (
      gst_structure_get_boolean (details, "may-have-been-charged", &charged));
  g_assert_cmpint (charged, ==, failure->charged);
  gst_structure_get_uint (details, "http-status-code", &status);
  g_assert_cmpuint (status, ==, failure->http_status);
  if (nanogpt_simulator_count_charges (player->simulator) > 0) {
    g_object_get (player->source, "run-id", &run_id, NULL);
    g_assert_nonnull (run_id);
    g_assert_cmpstr (gst_structure_get_string (details, "run-id"), ==, run_id);
  }
  g_assert_null (strstr (error->message, "{"));
  g_assert_null (strstr (error->message, PLAYER_KEY));
  g_assert_cmpuint (player->bytes->len, ==, 0);
  assert_order (player);
}

static void
test_image_is_named (void)
{
  g_autoptr (Player) player = player_new (
      NULL, SOURCE "image-location=/nonexistent/cat.png ! fakesink");
  g_autoptr (GError) error = NULL;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ERROR);
  player_get_error (player, &error);
  g_assert_nonnull (strstr (error->message, "/nonexistent/cat.png"));
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* Reading a FIFO would never end and would block all jobs. */
static void
test_authorities_are_a_file (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "ca.pem", NULL);
  g_autoptr (Player) player =
      player_new (NULL, SOURCE "tls-ca-file=%s ! fakesink", path);
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (mkfifo (path, 0600));
  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ERROR);
  g_assert_cmpstr (
      gst_structure_get_string (player_get_error (player, &error), "reason"),
      ==, "invalid-request");
  g_assert_nonnull (strstr (error->message, path));
}

static guint
count_entries (const char *state_dir)
{
  g_autofree char *path = g_build_filename (state_dir, "jobs", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint count = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)))
    count += g_str_has_suffix (name, ".job");
  return count;
}

/* The application may exit as soon as it sees the error, so no entry is left. */
static void
test_error_leaves_no_entry (void)
{
  NanogptSimulatorOptions options;
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (Player) player = NULL;

  player_options_init (&options);
  options.states = "IN_QUEUE,FAILED";
  options.generation_time = fixture_scaled (0.6);
  player = player_new (&options, SOURCE "state-dir=%s ! fakesink", state_dir);
  player_set_state (player, GST_STATE_PAUSED);
  player_wait_job_state (player, "queued");
  g_assert_cmpuint (count_entries (state_dir), ==, 1);
  player_wait (player, GST_MESSAGE_ERROR);
  g_assert_cmpuint (count_entries (state_dir), ==, 0);
}

/* A clip that was paid for is not lost with the error: the next start gets it. */
static void
test_error_then_collected (void)
{
  g_autoptr (Player) player = player_new (NULL, SOURCE "! fakesink");

  g_assert_true (
      nanogpt_simulator_add_fault (player->simulator, "media#1:html", NULL));
  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ERROR);
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* A download fails for good after part of it was pushed. */
static void
test_error_in_the_middle (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autofree char *progress = NULL;
  g_autoptr (GError) error = NULL;

  player_options_init (&options);
  options.media_file = path;
  player = player_new (&options, SOURCE "retries=0 ! fakesink sync=false");
  g_assert_true (nanogpt_simulator_add_fault (
      player->simulator, "media#1:truncate=100000", NULL));
  g_assert_true (nanogpt_simulator_add_fault (
      player->simulator, "media:status=500", NULL));
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  player_set_state (player, GST_STATE_NULL);
  player_get_error (player, &error);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  progress = player_get_progress (player);
  g_assert_cmpstr (progress, ==, "start continue complete");
}

static void
test_warning (void)
{
  g_autoptr (Player) player =
      player_new (NULL, SOURCE "resolution=9999p ! fakesink");
  g_autoptr (GError) warning = NULL;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_WARNING);
  player_wait_progress (player, GST_PROGRESS_TYPE_START);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 1);
}

/* Secrets */

/* Returns: whether no posted message contains the key */
static gboolean
is_unspoken (Player *player)
{
  for (guint i = 0; i < player->messages->len; i++) {
    GstMessage *message = player->messages->pdata[i];
    const GstStructure *structure = gst_message_get_structure (message);
    g_autofree char *text =
        structure ? gst_structure_to_string (structure) : g_strdup ("");
    g_autofree char *debug = NULL;
    g_autoptr (GError) error = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      gst_message_parse_error (message, &error, &debug);
    if (strstr (text, PLAYER_KEY)
        || (error && strstr (error->message, PLAYER_KEY))
        || (debug && strstr (debug, PLAYER_KEY)))
      return FALSE;
  }
  return TRUE;
}

/* Returns: how many files there are below @path; none of them contains the key */
static guint
count_unwritten (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint count = 0;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    g_autofree char *text = NULL;
    gsize size;

    g_assert_null (strstr (name, PLAYER_KEY));
    if (g_file_test (child, G_FILE_TEST_IS_DIR)) {
      count += count_unwritten (child);
      continue;
    }
    g_assert_true (g_file_get_contents (child, &text, &size, NULL));
    g_assert_null (g_strstr_len (text, size, PLAYER_KEY));
    count++;
  }
  return count;
}

static void
test_key_is_secret (void)
{
  g_autofree char *state_dir = fixture_make_dir ();
  g_autofree char *cache_dir = fixture_make_dir ();
  g_autoptr (Player) player = player_new (NULL,
      SOURCE "state-dir=%s cache-dir=%s ! fakesink", state_dir, cache_dir);
  g_autofree char *dot = NULL;
  GParamSpec *spec;

  spec = g_object_class_find_property (
      G_OBJECT_GET_CLASS (player->source), "api-key");
  g_assert_false (spec->flags & G_PARAM_READABLE);

  player_run (player);
  dot = gst_debug_bin_to_dot_data (
      GST_BIN (player->pipeline), GST_DEBUG_GRAPH_SHOW_ALL);
  g_assert_nonnull (strstr (dot, "lighthouse"));
  g_assert_null (strstr (dot, PLAYER_KEY));
  g_assert_true (is_unspoken (player));
  player_set_state (player, GST_STATE_NULL);
  /* There are at least the journal, its lock, the ledger, the history, and the clip. */
  g_assert_cmpuint (count_unwritten (state_dir), >=, 3);
  g_assert_cmpuint (count_unwritten (cache_dir), >=, 1);
}

/* A service that repeats the key in its messages: the fault rules for its
 * answers; an empty one means that the job fails with the key in its error. */
static const char *const echoes[] = {
  "submit:status=400,body={\"error\":\"No key " PLAYER_KEY "\"}",
  "status:status=403,body={\"error\":{\"message\":\"No key " PLAYER_KEY "\"}}",
  "",
};

static void
check_echo (const char *fault)
{
  g_autofree char *state_dir = fixture_make_dir ();
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GError) fault_error = NULL;
  g_autoptr (GError) error = NULL;

  player_options_init (&options);
  options.states = "FAILED";
  options.error = "No key " PLAYER_KEY;
  player = player_new (&options, SOURCE "state-dir=%s ! fakesink", state_dir);
  if (*fault)
    nanogpt_simulator_add_fault (player->simulator, fault, &fault_error);
  g_assert_no_error (fault_error);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  player_set_state (player, GST_STATE_NULL);
  player_get_error (player, &error);
  g_assert_nonnull (strstr (error->message, "No key (key)"));
  g_assert_true (is_unspoken (player));
  count_unwritten (state_dir);
}

static void
test_echoed_key (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (echoes); i++)
    check_echo (echoes[i]);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/messages/progress", test_progress);
  g_test_add_func ("/messages/progress/in-silence", test_progress_in_silence);
  g_test_add_func ("/messages/notify", test_notify);
  g_test_add_data_func ("/messages/progress/retries/submit",
      "submit#1-2:status=429,retry-after=1", test_retries);
  g_test_add_data_func (
      "/messages/progress/retries/poll", "status#1-2:status=503", test_retries);
  g_test_add_data_func ("/messages/progress/retries/download",
      "media#1-2:status=503", test_retries);
  g_test_add_func ("/messages/progress/retries/tls", test_retries_of_tls);
  g_test_add_func ("/messages/job", test_job_messages);
  g_test_add_func ("/messages/final-cost", test_final_cost);
  g_test_add_func ("/messages/refund", test_refund_is_told);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree char *name =
        g_strdup_printf ("/messages/error/%s", failures[i].name);

    g_test_add_data_func (name, &failures[i], test_error);
  }
  g_test_add_func ("/messages/image-is-named", test_image_is_named);
  g_test_add_func (
      "/messages/authorities-are-a-file", test_authorities_are_a_file);
  g_test_add_func (
      "/messages/error-leaves-no-entry", test_error_leaves_no_entry);
  g_test_add_func ("/messages/error-then-collected", test_error_then_collected);
  g_test_add_func ("/messages/error-in-the-middle", test_error_in_the_middle);
  g_test_add_func ("/messages/warning", test_warning);
  g_test_add_func ("/messages/key-is-secret", test_key_is_secret);
  g_test_add_func ("/messages/echoed-key", test_echoed_key);
  return g_test_run ();
}
