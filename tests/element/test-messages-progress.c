/* nanovid: tests of the messages that nanovidsrc posts about a job's progress and cost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

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
  return g_test_run ();
}
