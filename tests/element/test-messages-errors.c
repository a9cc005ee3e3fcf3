/* nanovid: tests of the errors and warnings that nanovidsrc posts
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/stat.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"

#define SOURCE "nanovidsrc name=source prompt=\"a lighthouse\" "

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

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

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
  return g_test_run ();
}
