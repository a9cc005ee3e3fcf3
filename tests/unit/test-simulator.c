/* nanovid: tests of the simulator, over real sockets
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memmem */
#include "simulator.h"

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#define KEY "sk-nano-test"
#define MODEL "seedance-lite-video"
/* A model that makes short clips and takes an image. */
#define SHORT "bytedance-seedance-v1-pro-fast"
#define SHORT_BODY                                                             \
  "\"model\":\"" SHORT                                                         \
  "\",\"prompt\":\"x\",\"duration\":\"2\",\"resolution\":\"480p\""
#define BODY "{\"model\":\"" MODEL "\",\"prompt\":\"a lighthouse\"}"

typedef struct
{
  NanogptSimulatorOptions options;
  NanogptSimulator *simulator;
  SoupSession *session;
  char *dir;
} Fixture;

/* The response, or the error. */
typedef struct
{
  guint status;
  GBytes *body;
  SoupMessageHeaders *headers;
  GError *error;
} Answer;

static void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_clear_pointer (&answer->headers, soup_message_headers_unref);
  g_clear_error (&answer->error);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

/* Scaled for slow machines and for valgrind. */
static int
scaled (int seconds)
{
  const char *scale = g_getenv ("FIXTURE_TIME_SCALE");

  return seconds * (scale ? atoi (scale) : 1);
}

static gint64
get_deadline (void)
{
  return g_get_monotonic_time () + scaled (20) * G_USEC_PER_SEC;
}

static void
fixture_set_up (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_options_init (&fixture->options);
  fixture->options.generation_time = 0.05;
  fixture->dir = g_dir_make_tmp ("test-simulator-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->session = soup_session_new_with_options ("timeout", 20, NULL);
}

static void
fixture_tear_down (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
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

static void
start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->simulator = nanogpt_simulator_new (&fixture->options, &error);
  g_assert_no_error (error);
}

static void
add_fault (Fixture *fixture, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (fixture->simulator, rule, &error);
  g_assert_no_error (error);
}

static SoupMessage *
new_message (
    Fixture *fixture, const char *method, const char *url, const char *key)
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

static Answer *
exchange (Fixture *fixture, SoupMessage *message)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->body = soup_session_send_and_read (
      fixture->session, message, NULL, &answer->error);
  answer->status = soup_message_get_status (message);
  answer->headers =
      soup_message_headers_ref (soup_message_get_response_headers (message));
  return answer;
}

static Answer *
get (Fixture *fixture, const char *url, const char *key)
{
  g_autoptr (SoupMessage) message = new_message (fixture, "GET", url, key);

  return exchange (fixture, message);
}

static Answer *
post (Fixture *fixture, const char *url, const char *key, const char *type,
    const char *text)
{
  g_autoptr (SoupMessage) message = new_message (fixture, "POST", url, key);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  soup_message_set_request_body_from_bytes (message, type, body);
  return exchange (fixture, message);
}

static Answer *
submit (Fixture *fixture, const char *body)
{
  return post (fixture, "/api/generate-video", KEY, "application/json", body);
}

static JsonNode *
parse (Answer *answer)
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

/* Returns: (nullable): the string at a JSONPath */
static char *
look_up (Answer *answer, const char *path)
{
  g_autoptr (JsonNode) root = parse (answer);
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

static void
assert_value (Answer *answer, const char *path, const char *wanted)
{
  g_autofree char *value = look_up (answer, path);

  g_assert_cmpstr (value, ==, wanted);
}

static void
assert_rows (Answer *answer, guint n_rows)
{
  g_autoptr (JsonNode) root = parse (answer);

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (
                        json_node_get_object (root), "data")),
      ==, n_rows);
}

static const char *
get_header (Answer *answer, const char *name)
{
  return soup_message_headers_get_one (answer->headers, name);
}

static char *
submit_ok (Fixture *fixture, const char *body)
{
  g_autoptr (Answer) answer = submit (fixture, body);
  g_autofree char *run_id = NULL;

  g_assert_no_error (answer->error);
  g_assert_cmpuint (answer->status, ==, 202);
  run_id = look_up (answer, "$.runId");
  g_assert_nonnull (run_id);
  assert_value (answer, "$.id", run_id);
  return g_steal_pointer (&run_id);
}

static Answer *
get_status (Fixture *fixture, const char *run_id, const char *model)
{
  g_autofree char *escaped = g_uri_escape_string (model, NULL, FALSE);
  g_autofree char *url = g_strdup_printf (
      "/api/generate-video/status?runId=%s&modelSlug=%s", run_id, escaped);

  return get (fixture, url, KEY);
}

/* Polls until the value at @path is @wanted. */
static Answer *
await_value (Fixture *fixture, const char *run_id, const char *model,
    const char *path, const char *wanted)
{
  gint64 deadline = get_deadline ();

  while (g_get_monotonic_time () < deadline) {
    g_autoptr (Answer) answer = get_status (fixture, run_id, model);
    g_autofree char *value = look_up (answer, path);

    g_assert_cmpuint (answer->status, ==, 200);
    if (g_strcmp0 (value, wanted) == 0)
      return g_steal_pointer (&answer);
    g_usleep (10000);
  }
  g_error ("%s did not become %s", path, wanted);
}

static char *
await_url (Fixture *fixture, const char *run_id, const char *model)
{
  g_autoptr (Answer) answer =
      await_value (fixture, run_id, model, "$.data.status", "COMPLETED");
  char *url = look_up (answer, "$.data.output.video.url");

  g_assert_nonnull (url);
  return url;
}

/* The properties of a decoded clip. */
typedef struct
{
  guint n_frames;
  int width, height;
  guint8 corner[3]; /* of the first frame, at a point without text or ball */
  gboolean moves;
  gboolean has_audio;
  char *caps;
} Seen;

static void
look_at_frame (Seen *seen, GstSample *sample, GstBuffer **first)
{
  GstStructure *caps = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;
  gsize offset;

  gst_structure_get_int (caps, "width", &seen->width);
  gst_structure_get_int (caps, "height", &seen->height);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  if (!*first) {
    offset = ((gsize)seen->height / 4 * seen->width + seen->width / 20) * 4;
    memcpy (seen->corner, map.data + offset, 3);
    *first = gst_buffer_ref (buffer);
  } else {
    seen->moves |= gst_buffer_memcmp (*first, 0, map.data, map.size) != 0;
  }
  gst_buffer_unmap (buffer, &map);
  seen->n_frames++;
}

static void
on_pad_added (G_GNUC_UNUSED GstElement *decoder, GstPad *pad, gpointer data)
{
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);

  if (g_str_has_prefix (
          gst_structure_get_name (gst_caps_get_structure (caps, 0)), "audio/"))
    g_atomic_int_set ((gint *)data, TRUE);
}

/* Decodes all of @clip. */
static void
watch (Fixture *fixture, GBytes *clip, Seen *seen)
{
  g_autofree char *path = g_build_filename (fixture->dir, "clip", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "filesrc name=file ! decodebin name=decoder "
      "decoder. ! queue ! videoconvert ! video/x-raw,format=RGBx ! "
      "appsink name=video sync=false "
      "decoder. ! queue ! audioconvert ! fakesink sync=false",
      &error);
  g_autoptr (GstElement) file = NULL;
  g_autoptr (GstElement) decoder = NULL;
  g_autoptr (GstElement) video = NULL;
  GstBuffer *first = NULL;
  GstSample *sample;

  g_assert_no_error (error);
  g_file_set_contents (
      path, g_bytes_get_data (clip, NULL), g_bytes_get_size (clip), &error);
  g_assert_no_error (error);
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  decoder = gst_bin_get_by_name (GST_BIN (pipeline), "decoder");
  video = gst_bin_get_by_name (GST_BIN (pipeline), "video");
  g_object_set (file, "location", path, NULL);
  g_signal_connect (
      decoder, "pad-added", G_CALLBACK (on_pad_added), &seen->has_audio);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (
              GST_APP_SINK (video), 60 * GST_SECOND))) {
    look_at_frame (seen, sample, &first);
    gst_sample_unref (sample);
  }
  g_assert_true (gst_app_sink_is_eos (GST_APP_SINK (video)));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_clear_buffer (&first);
}

/* Submits, waits, downloads and decodes the clip. */
static GBytes *
generate (Fixture *fixture, const char *body, const char *model, Seen *seen)
{
  g_autofree char *run_id = submit_ok (fixture, body);
  g_autofree char *url = await_url (fixture, run_id, model);
  g_autoptr (Answer) media = get (fixture, url, NULL);

  g_assert_no_error (media->error);
  g_assert_cmpuint (media->status, ==, 200);
  watch (fixture, media->body, seen);
  return g_bytes_ref (media->body);
}

static gint64
find (GBytes *bytes, const char *text)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *found = memmem (data, size, text, strlen (text));

  return found ? found - data : -1;
}

static void
test_index_first (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  start (fixture);
  clip = generate (
      fixture, "{" SHORT_BODY ",\"aspect_ratio\":\"9:16\"}", SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_cmpint (seen.width, ==, 480);
  g_assert_cmpint (seen.height, ==, 854);
  g_assert_true (seen.moves);
  g_assert_true (seen.has_audio);
  g_assert_cmpint (find (clip, "moov"), >, 0);
  g_assert_cmpint (find (clip, "moov"), <, find (clip, "mdat"));
}

static void
test_index_last (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  fixture->options.index_last = TRUE;
  start (fixture);
  clip = generate (fixture, "{" SHORT_BODY "}", SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_cmpint (find (clip, "mdat"), >, 0);
  g_assert_cmpint (find (clip, "moov"), >, find (clip, "mdat"));
}

static void
test_webm (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  fixture->options.container = "webm";
  start (fixture);
  clip = generate (fixture, "{" SHORT_BODY "}", SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_cmpint (seen.width, ==, 854);
  g_assert_true (seen.has_audio);
  g_assert_cmpint (find (clip, "\x1a\x45\xdf\xa3"), ==, 0);
}

/* The number of frames depends on the request, and there is no sound. */
static void
test_frames (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GBytes) hunyuan = NULL;
  Seen seen = { 0 };

  start (fixture);
  hunyuan = generate (fixture,
      "{\"model\":\"hunyuan-video\",\"prompt\":\"x\",\"num_frames\":65,"
      "\"resolution\":\"480p\",\"aspect_ratio\":\"1:1\"}",
      "hunyuan-video", &seen);
  g_assert_cmpuint (seen.n_frames, ==, 65);
  g_assert_cmpint (seen.width, ==, 480);
  g_assert_cmpint (seen.height, ==, 480);
}

static char *
make_data_url (const char *type)
{
  g_autofree char *description = g_strdup_printf (
      "videotestsrc num-buffers=1 pattern=red ! "
      "video/x-raw,width=320,height=180 ! videoconvert ! %senc ! "
      "appsink name=sink sync=false",
      type);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstSample) sample = NULL;
  g_autofree char *base64 = NULL;
  GstMapInfo map;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 30 * GST_SECOND);
  g_assert_nonnull (sample);
  gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
  base64 = g_base64_encode (map.data, map.size);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return g_strdup_printf ("data:image/%s;base64,%s", type, base64);
}

static void
test_image (Fixture *fixture, gconstpointer data)
{
  const char *type = data;
  g_autofree char *url = make_data_url (type);
  g_autofree char *body =
      g_strdup_printf ("{" SHORT_BODY ",\"imageDataUrl\":\"%s\"}", url);
  g_autoptr (GBytes) clip = NULL;
  Seen seen = { 0 };

  start (fixture);
  clip = generate (fixture, body, SHORT, &seen);
  g_assert_cmpuint (seen.n_frames, ==, 32);
  g_assert_true (seen.moves);
  g_assert_cmpuint (seen.corner[0], >, 220);
  g_assert_cmpuint (seen.corner[1], <, 40);
  g_assert_cmpuint (seen.corner[2], <, 40);
}

/* Data that only begins like an image. */
static void
test_broken_image (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autoptr (Answer) status = NULL;

  start (fixture);
  run_id = submit_ok (fixture,
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"imageDataUrl\":"
      "\"data:image/png;base64,iVBORw0KGgoAAAAAAAAA\"}");
  status = await_value (fixture, run_id, MODEL, "$.data.status", "FAILED");
  assert_value (status, "$.data.error", "The input image could not be decoded");
  g_assert_cmpfloat (
      nanogpt_simulator_get_balance (fixture->simulator, KEY), ==, 100);
}

static void
test_media_file (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "film.mp4", NULL);
  g_autofree char *run_id = NULL;
  g_autofree char *url = NULL;
  g_autoptr (Answer) media = NULL;

  g_file_set_contents (path, "0123456789", -1, NULL);
  fixture->options.media_file = path;
  start (fixture);
  run_id = submit_ok (fixture, BODY);
  url = await_url (fixture, run_id, MODEL);
  media = get (fixture, url, NULL);
  g_assert_cmpmem (g_bytes_get_data (media->body, NULL),
      g_bytes_get_size (media->body), "0123456789", 10);
}

/* Makes the jobs of the tests below return these bytes, without rendering. */
static void
use_digits (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "digits", NULL);

  g_file_set_contents (path, "0123456789", -1, NULL);
  fixture->options.media_file = path;
  start (fixture);
  fixture->options.media_file = NULL;
}

static void
test_states (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autoptr (Answer) queued = NULL;
  g_autoptr (Answer) running = NULL;
  g_autoptr (Answer) completed = NULL;

  fixture->options.generation_time = scaled (1);
  use_digits (fixture);
  run_id = submit_ok (fixture, BODY);
  queued = await_value (fixture, run_id, MODEL, "$.data.status", "IN_QUEUE");
  assert_value (queued, "$.data.request_id", run_id);
  assert_value (queued, "$.data.output", NULL);
  assert_value (queued, "$.data.cost", NULL);
  running =
      await_value (fixture, run_id, MODEL, "$.data.status", "IN_PROGRESS");
  completed =
      await_value (fixture, run_id, MODEL, "$.data.status", "COMPLETED");
  assert_value (completed, "$.data.cost", "0.089999999999999997");
}

static void
test_failure (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *failed = NULL;
  g_autofree char *canceled = NULL;
  g_autofree char *fine = NULL;
  g_autoptr (Answer) first = NULL;
  g_autoptr (Answer) second = NULL;
  g_autoptr (Answer) third = NULL;

  fixture->options.states = "IN_QUEUE,FAILED";
  fixture->options.error = "too dark";
  fixture->options.price = 1.5;
  use_digits (fixture);
  add_fault (fixture, "submit#1:nsfw");
  add_fault (fixture, "submit#2:states=IN_QUEUE/CANCELLED,error=a\\,b");
  add_fault (fixture, "submit#3:states=COMPLETED,generation-time=0");

  failed = submit_ok (fixture, BODY);
  canceled = submit_ok (fixture, BODY);
  fine = submit_ok (fixture, BODY);
  first = await_value (fixture, failed, MODEL, "$.data.status", "FAILED");
  assert_value (first, "$.data.error", "too dark");
  assert_value (first, "$.data.userFriendlyError", "too dark");
  assert_value (first, "$.data.isNSFWError", "true");
  second = await_value (fixture, canceled, MODEL, "$.data.status", "CANCELLED");
  assert_value (second, "$.data.error", "a,b");
  third = await_value (fixture, fine, MODEL, "$.data.status", "COMPLETED");

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
test_ledger (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const keys[] = { "rich=10", "poor=0.5", "new", NULL };
  g_autofree char *path = g_build_filename (fixture->dir, "ledger", NULL);
  g_autoptr (GPtrArray) submits = NULL;
  g_autoptr (Answer) accepted = NULL;
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) unknown = NULL;
  g_autoptr (Answer) balance = NULL;
  g_autofree char *run_id = NULL;
  NanogptSimulatorSubmit *submit;

  fixture->options.keys = keys;
  fixture->options.price = 0.6;
  fixture->options.default_balance = 7;
  fixture->options.ledger_file = path;
  use_digits (fixture);

  accepted = post (fixture, "/api/generate-video", "rich",
      "application/json; charset=utf-8",
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"extra\":{\"a\":1}}");
  g_assert_cmpuint (accepted->status, ==, 202);
  run_id = look_up (accepted, "$.runId");
  assert_value (accepted, "$.status", "pending");
  assert_value (accepted, "$.model", MODEL);
  assert_value (accepted, "$.paymentSource", "USD");
  refused =
      post (fixture, "/api/generate-video", "poor", "application/json", BODY);
  g_assert_cmpuint (refused->status, ==, 402);
  assert_value (refused, "$.error", "Insufficient balance");
  assert_value (refused, "$.status", "402");
  g_assert_nonnull (strstr (
      g_bytes_get_data (refused->body, NULL), "\"requiredBalance\":0.6}"));
  unknown = post (
      fixture, "/api/generate-video", "stranger", "application/json", BODY);
  g_assert_cmpuint (unknown->status, ==, 401);
  assert_value (unknown, "$.error", "Invalid session");

  balance = post (fixture, "/api/check-balance", "rich", NULL, "");
  assert_value (balance, "$.usd_balance", "9.40000000");
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
test_rules (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  guint accepted = 0;

  fixture->options.price = 0.01;
  fixture->options.submit_limit = 0;
  use_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (submits); i++) {
    g_autoptr (Answer) answer = submit (fixture, submits[i].body);
    g_autofree char *error = NULL;
    g_autofree char *expected = g_strdup_printf ("%u", submits[i].status);

    g_test_message ("%s: %u", submits[i].what, answer->status);
    g_assert_cmpuint (answer->status, ==, submits[i].status);
    if (answer->status == 202) {
      accepted++;
      continue;
    }
    error = look_up (answer, "$.error");
    g_assert_nonnull (error);
    assert_value (answer, "$.status", expected);
  }
  g_assert_cmpuint (accepted, >, 10);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, accepted);
}

static void
test_sizes (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
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
  g_autoptr (Answer) wrong_type = NULL;
  g_autoptr (Answer) too_deep = NULL;
  g_autoptr (Answer) too_long = NULL;
  g_autoptr (Answer) too_large = NULL;
  g_autoptr (Answer) edge = NULL;

  use_digits (fixture);
  wrong_type = post (fixture, "/api/generate-video", KEY, "text/plain", BODY);
  g_assert_cmpuint (wrong_type->status, ==, 415);
  too_deep = submit (fixture, deep);
  g_assert_cmpuint (too_deep->status, ==, 400);
  too_long = submit (fixture, prompt_body);
  g_assert_cmpuint (too_long->status, ==, 400);
  assert_value (too_long, "$.code", "prompt_too_long");
  too_large = submit (fixture, image_body);
  g_assert_cmpuint (too_large->status, ==, 413);
  assert_value (too_large, "$.code", "IMAGE_INPUT_TOO_LARGE");
  edge = submit (fixture, huge_body);
  g_assert_cmpuint (edge->status, ==, 413);
  g_assert_cmpstr (get_header (edge, "Content-Type"), ==, "text/html");
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 0);
}

static guint
authorize_with (Fixture *fixture, const char *key, const char *authorization)
{
  g_autoptr (SoupMessage) message =
      new_message (fixture, "POST", "/api/check-balance", key);
  g_autoptr (Answer) answer = NULL;

  if (authorization)
    soup_message_headers_append (soup_message_get_request_headers (message),
        "Authorization", authorization);
  answer = exchange (fixture, message);
  g_assert_no_error (answer->error);
  return answer->status;
}

static void
test_keys (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (Answer) missing = NULL;

  use_digits (fixture);
  g_assert_cmpuint (authorize_with (fixture, "k", NULL), ==, 200);
  g_assert_cmpuint (authorize_with (fixture, NULL, "Bearer k"), ==, 200);
  g_assert_cmpuint (authorize_with (fixture, "k", "Bearer k"), ==, 200);
  g_assert_cmpuint (authorize_with (fixture, "k", "Bearer other"), ==, 401);
  g_assert_cmpuint (authorize_with (fixture, NULL, "Basic k"), ==, 401);
  g_assert_cmpuint (authorize_with (fixture, "", NULL), ==, 401);
  g_assert_cmpuint (authorize_with (fixture, "a\302\240b", NULL), ==, 401);
  missing = post (fixture, "/api/check-balance", NULL, NULL, "");
  g_assert_cmpuint (missing->status, ==, 401);
  assert_value (missing, "$.error.code", "missing_api_key");
}

static void
test_paths (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (Answer) unknown = NULL;
  g_autoptr (Answer) wrong = NULL;
  g_autoptr (Answer) legacy = NULL;
  g_autoptr (Answer) unified = NULL;
  g_autoptr (Answer) recover = NULL;

  fixture->options.no_legacy = fixture->options.no_unified =
      fixture->options.no_recover = TRUE;
  use_digits (fixture);
  unknown = get (fixture, "/api/nothing", KEY);
  g_assert_cmpuint (unknown->status, ==, 404);
  assert_value (unknown, "$.error", "Not found");
  wrong = get (fixture, "/api/generate-video", KEY);
  g_assert_cmpuint (wrong->status, ==, 405);
  g_assert_cmpstr (get_header (wrong, "Allow"), ==, "POST");
  g_assert_nonnull (get_header (wrong, "Date"));
  legacy = get (fixture, "/api/generate-video/status?runId=a&model=b", KEY);
  g_assert_cmpuint (legacy->status, ==, 404);
  unified = get (fixture, "/api/video/status?requestId=a", KEY);
  g_assert_cmpuint (unified->status, ==, 404);
  recover = get (fixture, "/api/generate-video/recover", KEY);
  g_assert_cmpuint (recover->status, ==, 404);

  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        fixture->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 5);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        fixture->simulator, NANOGPT_SIMULATOR_STATUS),
      ==, 1);
}

static guint
get_code (
    Fixture *fixture, const char *key, const char *format, const char *run_id)
{
  g_auto (GStrv) parts = g_strsplit (format, "ID", 2);
  g_autofree char *url = parts[1]
      ? g_strconcat (parts[0], run_id, parts[1], NULL)
      : g_strdup (format);
  g_autoptr (Answer) answer = get (fixture, url, key);

  g_assert_no_error (answer->error);
  return answer->status;
}

static void
test_status_rules (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
#define LEGACY "/api/generate-video/status?"
#define UNIFIED "/api/video/status?"
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

  use_digits (fixture);
  run_id = submit_ok (fixture, BODY);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].url);
    g_assert_cmpuint (get_code (fixture, cases[i].key, cases[i].url, run_id),
        ==, cases[i].status);
  }
}

static void
test_shapes (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
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
    g_autoptr (Answer) answer = NULL;
    g_autoptr (Answer) unified = NULL;
    g_autoptr (Answer) media = NULL;

    g_test_message ("%s", cases[i].shape);
    fixture->options.status_shape = cases[i].shape;
    use_digits (fixture);
    run_id = submit_ok (fixture, BODY);
    answer = await_value (
        fixture, run_id, MODEL, cases[i].status_path, cases[i].status);
    url = look_up (answer, cases[i].url_path);
    media = get (fixture, url, NULL);
    g_assert_cmpuint (media->status, ==, 200);
    path = g_strconcat (UNIFIED "requestId=", run_id, NULL);
    unified = get (fixture, path, KEY);
    assert_value (unified, cases[i].status_path, cases[i].status);
    if (!cases[i].shape)
      assert_value (unified, "$.model", MODEL);
    g_clear_pointer (&fixture->simulator, nanogpt_simulator_free);
  }
}

static void
test_recover (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
#define UUID "0b9fb4a6-5d4d-4f5c-8a53-77d09c1d5c11"
#define RECOVER "/api/generate-video/recover"
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autoptr (Answer) all = NULL;
  g_autoptr (Answer) model = NULL;
  g_autoptr (Answer) conversation = NULL;
  g_autoptr (Answer) limited = NULL;
  g_autoptr (Answer) other = NULL;
  g_autofree char *created = NULL;

  fixture->options.recover_limit = 6;
  fixture->options.generation_time = 600;
  use_digits (fixture);
  first = submit_ok (fixture, BODY);
  second = submit_ok (fixture,
      "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"conversationUUID\":\"" UUID
      "\"}");
  third = submit_ok (fixture, "{\"model\":\"sora-2\",\"prompt\":\"x\"}");

  all = get (fixture, RECOVER, KEY);
  assert_value (all, "$.data[0].runId", third);
  assert_value (all, "$.data[1].id", second);
  assert_value (all, "$.data[2].runId", first);
  assert_rows (all, 3);
  assert_value (all, "$.data[0].status", "queued");
  assert_value (all, "$.data[1].conversationUUID", UUID);
  created = look_up (all, "$.data[0].createdAt");
  g_assert_true (g_regex_match_simple (
      "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$", created, 0, 0));
  model = get (fixture, RECOVER "?model=sora-2", KEY);
  assert_value (model, "$.data[0].runId", third);
  assert_rows (model, 1);
  conversation = get (fixture, RECOVER "?conversationUUID=" UUID, KEY);
  assert_value (conversation, "$.data[0].runId", second);
  assert_rows (conversation, 1);
  limited = get (fixture, RECOVER "?limit=1", KEY);
  assert_value (limited, "$.data[0].runId", third);
  assert_rows (limited, 1);
  other = get (fixture, RECOVER, "other");
  assert_rows (other, 0);
  g_assert_cmpuint (get_code (fixture, KEY, RECOVER "?limit=x", NULL), ==, 400);
  g_assert_cmpuint (get_code (fixture, KEY, RECOVER, NULL), ==, 429);
}

static void
test_submit_limit (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (Answer) third = NULL;
  g_autoptr (Answer) other = NULL;

  fixture->options.submit_limit = 2;
  use_digits (fixture);
  first = submit_ok (fixture, BODY);
  second = submit_ok (fixture, BODY);
  third = submit (fixture, BODY);
  g_assert_cmpuint (third->status, ==, 429);
  assert_value (third, "$.error.type", "RATE_LIMITED");
  other =
      post (fixture, "/api/generate-video", "other", "application/json", BODY);
  g_assert_cmpuint (other->status, ==, 202);
}

/* A job costs what the listing says. */
static void
test_models (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (Answer) plain = NULL;
  g_autoptr (Answer) detailed = NULL;
  g_autoptr (JsonNode) root = NULL;
  JsonArray *models;
  gboolean found = FALSE;

  use_digits (fixture);
  plain = get (fixture, "/api/v1/video-models?detailed=false", NULL);
  g_assert_true (
      g_str_has_prefix (get_header (plain, "Server"), "nanovid-simulator/"));
  assert_value (plain, "$.data[0].object", "model");
  assert_value (plain, "$.data[0].pricing", NULL);
  detailed = get (fixture, "/api/v1/video-models", NULL);
  g_assert_cmpuint (detailed->status, ==, 200);
  root = parse (detailed);
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
      g_autofree char *run_id = submit_ok (fixture,
          "{\"model\":\"" MODEL "\",\"prompt\":\"x\",\"resolution\":\"720p\","
          "\"duration\":\"10\"}");
      g_assert_cmpfloat_with_epsilon (
          nanogpt_simulator_get_charged (fixture->simulator), 10 * price, 1e-9);
      found = TRUE;
    }
  }
  g_assert_true (found);
}

static Answer *
get_range (
    Fixture *fixture, const char *url, const char *range, const char *if_range)
{
  g_autoptr (SoupMessage) message = new_message (fixture, "GET", url, NULL);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_append (headers, "Range", range);
  if (if_range)
    soup_message_headers_append (headers, "If-Range", if_range);
  return exchange (fixture, message);
}

static void
assert_range (Fixture *fixture, const char *url, const char *range,
    const char *if_range, guint status, const char *content_range,
    const char *body)
{
  g_autoptr (Answer) answer = get_range (fixture, url, range, if_range);

  g_test_message ("%s", range);
  g_assert_no_error (answer->error);
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (get_header (answer, "Content-Range"), ==, content_range);
  if (body)
    g_assert_cmpmem (g_bytes_get_data (answer->body, NULL),
        g_bytes_get_size (answer->body), body, strlen (body));
}

static char *
make_url (Fixture *fixture)
{
  g_autofree char *run_id = submit_ok (fixture, BODY);

  return await_url (fixture, run_id, MODEL);
}

static void
test_ranges (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *modified = NULL;
  g_autoptr (Answer) whole = NULL;

  use_digits (fixture);
  url = make_url (fixture);
  whole = get (fixture, url, NULL);
  g_assert_cmpuint (whole->status, ==, 200);
  g_assert_cmpstr (get_header (whole, "Accept-Ranges"), ==, "bytes");
  g_assert_cmpstr (get_header (whole, "Content-Length"), ==, "10");
  etag = g_strdup (get_header (whole, "ETag"));
  modified = g_strdup (get_header (whole, "Last-Modified"));

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

  add_fault (fixture, "media#1:etag=\"new\"");
  add_fault (fixture, "media#2:no-ranges");
  assert_range (fixture, url, "bytes=5-", etag, 200, NULL, "0123456789");
  assert_range (fixture, url, "bytes=5-", etag, 200, NULL, "0123456789");
}

static void
test_signed (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autofree char *url = NULL;
  g_autofree char *renewed = NULL;
  g_autofree char *longer = NULL;
  g_autofree char *bare = NULL;
  g_autoptr (SoupMessage) head = NULL;
  g_autoptr (Answer) head_answer = NULL;

  use_digits (fixture);
  run_id = submit_ok (fixture, BODY);
  url = await_url (fixture, run_id, MODEL);
  longer = g_strconcat (url, "&x=1", NULL);
  bare = g_strndup (url, strchr (url, '?') - url);
  g_assert_true (g_str_has_prefix (
      url, nanogpt_simulator_get_media_url (fixture->simulator)));
  g_assert_cmpuint (get_code (fixture, NULL, longer, NULL), ==, 403);
  g_assert_cmpuint (get_code (fixture, NULL, bare, NULL), ==, 403);
  g_assert_cmpuint (
      nanogpt_simulator_count_key_leaks (fixture->simulator), ==, 0);
  g_assert_cmpuint (get_code (fixture, KEY, url, NULL), ==, 400);
  g_assert_cmpuint (
      nanogpt_simulator_count_key_leaks (fixture->simulator), ==, 1);
  head = new_message (fixture, "HEAD", url, NULL);
  head_answer = exchange (fixture, head);
  g_assert_cmpuint (head_answer->status, ==, 403);

  add_fault (fixture, "media#2:expire");
  g_assert_cmpuint (get_code (fixture, NULL, url, NULL), ==, 200);
  g_assert_cmpuint (get_code (fixture, NULL, url, NULL), ==, 403);
  g_assert_cmpuint (get_code (fixture, NULL, url, NULL), ==, 403);
  renewed = await_url (fixture, run_id, MODEL);
  g_assert_cmpstr (renewed, !=, url);
  g_assert_cmpuint (get_code (fixture, NULL, renewed, NULL), ==, 200);
  g_assert_cmpuint (get_code (fixture, NULL, url, NULL), ==, 403);
}

static void
test_redirects (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (Answer) redirect = NULL;
  g_autoptr (Answer) media = NULL;

  fixture->options.media_redirect = TRUE;
  use_digits (fixture);
  url = make_url (fixture);
  redirect = get (fixture, url, NULL);
  g_assert_cmpuint (redirect->status, ==, 302);
  media = get (fixture, get_header (redirect, "Location"), NULL);
  g_assert_cmpuint (media->status, ==, 200);
}

static void
test_relative_url (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;
  g_autofree char *url = NULL;
  g_autoptr (Answer) redirect = NULL;
  g_autoptr (Answer) media = NULL;

  use_digits (fixture);
  run_id = submit_ok (
      fixture, "{\"model\":\"grok-imagine-video\",\"prompt\":\"x\"}");
  url = await_url (fixture, run_id, "grok-imagine-video");
  g_assert_true (g_str_has_prefix (url, "/api/generate-video/content?model="));
  g_assert_cmpuint (get_code (fixture, NULL, url, NULL), ==, 401);
  g_assert_cmpuint (get_code (fixture, "other", url, NULL), ==, 404);
  redirect = get (fixture, url, KEY);
  g_assert_cmpuint (redirect->status, ==, 302);
  media = get (fixture, get_header (redirect, "Location"), NULL);
  g_assert_cmpuint (media->status, ==, 200);
}

/* libsoup resends a GET if a connection that it kept open breaks. */
static void
forget_connections (Fixture *fixture)
{
  soup_session_abort (fixture->session);
}

static void
test_fault_answers (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
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
  g_autoptr (Answer) html = NULL;
  g_autoptr (Answer) limited = NULL;
  g_autoptr (Answer) page = NULL;
  g_autoptr (Answer) redirect = NULL;
  g_autofree char *run_id = NULL;

  use_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Answer) answer = NULL;

    g_test_message ("%s", cases[i].rule);
    nanogpt_simulator_clear_faults (fixture->simulator);
    add_fault (fixture, cases[i].rule);
    answer = submit (fixture, BODY);
    g_assert_cmpuint (answer->status, ==, cases[i].status);
    assert_value (answer, cases[i].path, cases[i].value);
  }
  nanogpt_simulator_clear_faults (fixture->simulator);
  add_fault (fixture, "submit#1:status=502,shape=html");
  add_fault (fixture, "submit#2:status=429,retry-after=2,header=X-A: b");
  add_fault (fixture, "submit#3:html");
  add_fault (fixture, "submit#4:redirect=https://example.com/");
  html = submit (fixture, BODY);
  g_assert_cmpuint (html->status, ==, 502);
  g_assert_cmpstr (get_header (html, "Content-Type"), ==, "text/html");
  limited = submit (fixture, BODY);
  g_assert_cmpstr (get_header (limited, "Retry-After"), ==, "2");
  g_assert_cmpstr (get_header (limited, "X-A"), ==, "b");
  page = submit (fixture, BODY);
  g_assert_cmpuint (page->status, ==, 200);
  redirect = submit (fixture, BODY);
  g_assert_cmpuint (redirect->status, ==, 302);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 0);
  run_id = submit_ok (fixture, BODY);
}

/* Connections that break, and whether the job was created. */
static void
test_fault_connections (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
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

  use_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Answer) broken = NULL;
    g_autofree char *run_id = NULL;

    g_test_message ("%s", cases[i].rule);
    nanogpt_simulator_clear_faults (fixture->simulator);
    forget_connections (fixture);
    add_fault (fixture, cases[i].rule);
    broken = submit (fixture, BODY);
    /* libsoup treats a truncated chunked body as complete. */
    if (!broken->error)
      g_assert_cmpuint (g_bytes_get_size (broken->body), ==, 10);
    g_assert_true (broken->error || cases[i].chunked);
    charges += cases[i].charges;
    g_assert_cmpuint (
        nanogpt_simulator_count_charges (fixture->simulator), ==, charges);
    run_id = submit_ok (fixture, BODY);
    charges++;
  }
}

static void
test_fault_responses (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (Answer) gateway = NULL;
  g_autoptr (Answer) chunked = NULL;
  g_autoptr (Answer) late = NULL;
  g_autoptr (Answer) slow = NULL;
  g_autoptr (Answer) huge = NULL;
  g_autofree char *balance = NULL;
  gint64 before;

  use_digits (fixture);
  add_fault (fixture, "submit#1:reply-status=504,shape=html");
  gateway = submit (fixture, BODY);
  g_assert_cmpuint (gateway->status, ==, 504);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (fixture->simulator), ==, 1);

  add_fault (fixture, "balance#1:no-length");
  chunked = post (fixture, "/api/check-balance", KEY, NULL, "");
  g_assert_null (get_header (chunked, "Content-Length"));
  balance = look_up (chunked, "$.usd_balance");
  g_assert_cmpstr (balance, ==, "99.91000000");

  add_fault (fixture, "balance#1:delay=200");
  before = g_get_monotonic_time ();
  late = post (fixture, "/api/check-balance", KEY, NULL, "");
  assert_value (late, "$.usd_balance", balance);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 200000);

  add_fault (fixture, "balance#1:drip=200,no-length");
  before = g_get_monotonic_time ();
  slow = post (fixture, "/api/check-balance", KEY, NULL, "");
  assert_value (slow, "$.usd_balance", balance);
  g_assert_cmpint (g_get_monotonic_time () - before, >=,
      (gint64)(g_bytes_get_size (slow->body) - 8) * 5000);

  add_fault (fixture, "balance#1:huge=3000000");
  huge = post (fixture, "/api/check-balance", KEY, NULL, "");
  g_assert_cmpuint (g_bytes_get_size (huge->body), ==, 3000000);
  assert_value (huge, "$.usd_balance", balance);
}

static void
test_fault_media (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (Answer) cut = NULL;
  g_autoptr (Answer) chunked = NULL;
  g_autoptr (Answer) huge = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[32];
  gsize length;

  use_digits (fixture);
  url = make_url (fixture);
  add_fault (fixture, "media#1:truncate=4");
  add_fault (fixture, "media#2:no-length");
  add_fault (fixture, "media#3-4:huge=200000");

  /* The data before the cut arrives. */
  message = new_message (fixture, "GET", url, NULL);
  stream = soup_session_send (fixture->session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_input_stream_read_all (
      stream, buffer, sizeof buffer, &length, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpmem (buffer, length, "0123", 4);
  g_input_stream_close (stream, NULL, NULL);

  chunked = get (fixture, url, NULL);
  g_assert_null (get_header (chunked, "Content-Length"));
  g_assert_cmpuint (g_bytes_get_size (chunked->body), ==, 10);
  huge = get (fixture, url, NULL);
  g_assert_cmpuint (g_bytes_get_size (huge->body), ==, 200000);
  assert_range (
      fixture, url, "bytes=8-11", NULL, 206, "bytes 8-11/200000", NULL);
}

static void
test_bandwidth (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "zeros", NULL);
  g_autofree char *zeros = g_strnfill (300000, '0');
  g_autofree char *url = NULL;
  g_autoptr (Answer) media = NULL;
  gint64 before, elapsed;

  g_file_set_contents (path, zeros, -1, NULL);
  fixture->options.media_file = path;
  fixture->options.bandwidth = 500000;
  start (fixture);
  url = make_url (fixture);
  before = g_get_monotonic_time ();
  media = get (fixture, url, NULL);
  elapsed = g_get_monotonic_time () - before;
  g_assert_cmpuint (g_bytes_get_size (media->body), ==, 300000);
  g_assert_cmpint (elapsed, >=, 550000);
}

static void
test_bad_faults (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const rules[] = { "", "submit", "submit:", "nothing:drop",
    "submit#0:drop", "submit#:drop", "submit#3-2:drop", "submit#x:drop",
    "submit:explode", "submit:status", "submit:status=99", "submit:status=x",
    "submit:drop=1", "submit:delay=-1", "submit:shape=round", "submit:header=x",
    "submit:body-file=/nonexistent", "submit:states=IN_QUEUE",
    "submit:states=COMPLETED/FAILED",
    "submit:states=", "submit:generation-time=x", "submit:drop,explode" };

  use_digits (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", rules[i]);
    g_assert_false (
        nanogpt_simulator_add_fault (fixture->simulator, rules[i], &error));
    g_assert_nonnull (error);
  }
}

static void
test_bad_options (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
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

static void
test_waiting (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *run_id = NULL;

  use_digits (fixture);
  g_assert_false (nanogpt_simulator_wait_requests (
      fixture->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 10));
  g_assert_false (nanogpt_simulator_wait_charges (fixture->simulator, 1, 10));
  run_id = submit_ok (fixture, BODY);
  g_assert_true (nanogpt_simulator_wait_requests (
      fixture->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 0));
  g_assert_true (nanogpt_simulator_wait_charges (fixture->simulator, 1, 0));
}

static void
on_sent (GObject *session, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->body = soup_session_send_and_read_finish (
      SOUP_SESSION (session), result, &answer->error);
}

/* The simulator can be freed quickly despite unanswered requests and clips that
 * are being rendered, and waiting for a request is reliable. */
static void
test_end (Fixture *fixture, gconstpointer data)
{
  const char *rule = data;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static (BODY, strlen (BODY));
  g_autoptr (Answer) stalled = g_new0 (Answer, 1);
  g_autofree char *run_id = NULL;
  gint64 before;

  fixture->options.cache_dir = fixture->dir;
  start (fixture);
  /* Thirty seconds of 1080p. */
  run_id = submit_ok (fixture,
      "{\"model\":\"bytedance/seedance-2.5\",\"prompt\":\"x\","
      "\"duration\":\"30\",\"resolution\":\"1080p\"}");
  add_fault (fixture, rule);

  message = new_message (fixture, "POST", "/api/generate-video", KEY);
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
      (get_deadline () - g_get_monotonic_time ()) / 10);
  while (!stalled->body && !stalled->error)
    g_main_context_iteration (NULL, TRUE);
  /* The connection was closed, before the timeout of the session. */
  g_assert_nonnull (stalled->error);
  g_assert_false (
      g_error_matches (stalled->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

/* Returns: (transfer full) (nullable): the name of a file in a cache */
static char *
find_clip (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".mp4"))
      return g_build_filename (directory, name, NULL);
  return NULL;
}

/* If two simulators render the same clip at once into one cache, the first file
 * is kept, and a simulator that has begun to serve it continues with it. */
static void
test_shared_cache (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  NanogptSimulator *simulators[2];
  char *run_ids[2];
  g_autofree char *path = NULL;
  gint64 deadline = get_deadline ();
  GStatBuf first, last;

  fixture->options.cache_dir = fixture->dir;
  for (guint i = 0; i < 2; i++) {
    start (fixture);
    simulators[i] = fixture->simulator;
  }
  for (guint i = 0; i < 2; i++) {
    fixture->simulator = simulators[i];
    run_ids[i] = submit_ok (fixture, "{" SHORT_BODY "}");
  }
  while (!(path = find_clip (fixture->dir))) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  g_assert_cmpint (g_stat (path, &first), ==, 0);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *url = NULL;

    fixture->simulator = simulators[i];
    url = await_url (fixture, run_ids[i], SHORT);
    g_free (run_ids[i]);
  }
  g_assert_cmpint (g_stat (path, &last), ==, 0);
  g_assert_cmpint (first.st_ino, ==, last.st_ino);
  nanogpt_simulator_free (simulators[0]);
}

static void
test_tls (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Answer) stranger = NULL;
  g_autofree char *url = NULL;
  g_autofree char *ca_file = NULL;
  g_autoptr (Answer) media = NULL;
  g_autoptr (Answer) cut = NULL;

  fixture->options.tls = TRUE;
  use_digits (fixture);
  g_assert_true (
      g_str_has_prefix (nanogpt_simulator_get_base_url (fixture->simulator),
          "https://localhost:"));
  stranger = submit (fixture, BODY);
  g_assert_error (stranger->error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);

  ca_file = g_strdup (nanogpt_simulator_get_ca_file (fixture->simulator));
  database = g_tls_file_database_new (ca_file, &error);
  g_assert_no_error (error);
  soup_session_set_tls_database (fixture->session, database);
  url = make_url (fixture);
  media = get (fixture, url, NULL);
  g_assert_no_error (media->error);
  g_assert_cmpuint (g_bytes_get_size (media->body), ==, 10);
  forget_connections (fixture);
  add_fault (fixture, "submit:reply-half");
  cut = submit (fixture, BODY);
  g_assert_nonnull (cut->error);

  g_clear_pointer (&fixture->simulator, nanogpt_simulator_free);
  g_assert_false (g_file_test (ca_file, G_FILE_TEST_EXISTS));
}

static void
add (const char *path, gconstpointer data,
    void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  add ("/simulator/clip/index-first", NULL, test_index_first);
  add ("/simulator/clip/index-last", NULL, test_index_last);
  add ("/simulator/clip/webm", NULL, test_webm);
  add ("/simulator/clip/frames", NULL, test_frames);
  add ("/simulator/clip/png", "png", test_image);
  add ("/simulator/clip/jpeg", "jpeg", test_image);
  add ("/simulator/clip/webp", "webp", test_image);
  add ("/simulator/clip/broken-image", NULL, test_broken_image);
  add ("/simulator/clip/file", NULL, test_media_file);
  add ("/simulator/states", NULL, test_states);
  add ("/simulator/failure", NULL, test_failure);
  add ("/simulator/ledger", NULL, test_ledger);
  add ("/simulator/rules", NULL, test_rules);
  add ("/simulator/sizes", NULL, test_sizes);
  add ("/simulator/keys", NULL, test_keys);
  add ("/simulator/paths", NULL, test_paths);
  add ("/simulator/status-rules", NULL, test_status_rules);
  add ("/simulator/shapes", NULL, test_shapes);
  add ("/simulator/recover", NULL, test_recover);
  add ("/simulator/submit-limit", NULL, test_submit_limit);
  add ("/simulator/models", NULL, test_models);
  add ("/simulator/ranges", NULL, test_ranges);
  add ("/simulator/signed", NULL, test_signed);
  add ("/simulator/redirects", NULL, test_redirects);
  add ("/simulator/relative-url", NULL, test_relative_url);
  add ("/simulator/faults/answers", NULL, test_fault_answers);
  add ("/simulator/faults/connections", NULL, test_fault_connections);
  add ("/simulator/faults/responses", NULL, test_fault_responses);
  add ("/simulator/faults/media", NULL, test_fault_media);
  add ("/simulator/faults/bad", NULL, test_bad_faults);
  add ("/simulator/bandwidth", NULL, test_bandwidth);
  add ("/simulator/options", NULL, test_bad_options);
  add ("/simulator/waiting", NULL, test_waiting);
  add ("/simulator/shared-cache", NULL, test_shared_cache);
  add ("/simulator/end/stalled", "submit#1:stall", test_end);
  add ("/simulator/end/reply-stalled", "submit#1:reply-stall", test_end);
  add ("/simulator/end/delayed", "submit#1:delay=100000", test_end);
  add ("/simulator/tls", NULL, test_tls);
  return g_test_run ();
}
