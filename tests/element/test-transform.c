/* nanovid: tests of nanovidtransform with one input, mode=stream
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <time.h>

#include "element/bench.h"
#include "element/player.h"
#include "element/submits.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/request/media.h"

#define TRANSFORM "nanovidtransform name=source prompt=\"a lighthouse\" "
#define FRAME "videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48 ! "

static guint
count_charges (Player *player)
{
  return nanogpt_simulator_count_charges (player->simulator);
}

/* What is sent */

typedef struct
{
  const char *name;
  FixtureMedia media;
  const char *type;
  const char *between; /* between source and element */
} Image;

static const Image images[] = {
  { "jpeg", FIXTURE_MEDIA_JPEG, "image/jpeg", "" },
  { "png", FIXTURE_MEDIA_PNG, "image/png", "" },
  { "webp", FIXTURE_MEDIA_WEBP, "image/webp", "" },
  { "jpeg-blocks", FIXTURE_MEDIA_JPEG, "image/jpeg", "blocksize=100" },
  { "png-blocks", FIXTURE_MEDIA_PNG, "image/png", "blocksize=7" },
  { "webp-blocks", FIXTURE_MEDIA_WEBP, "image/webp", "blocksize=1" },
  { "jpeg-caps", FIXTURE_MEDIA_JPEG, "image/jpeg", "! image/jpeg" },
  { "wrong-caps", FIXTURE_MEDIA_PNG, "image/png", "! image/jpeg" },
  { "typefind", FIXTURE_MEDIA_WEBP, "image/webp", "typefind=true" },
};

/* An image that fits is sent byte for byte, with its own type. */
static void
test_image (gconstpointer data)
{
  const Image *image = data;
  g_autofree char *path = fixture_media_path (image->media);
  g_autoptr (GBytes) bytes = fixture_media_bytes (image->media);
  g_autoptr (Player) player = player_new (bench_get_options (),
      "filesrc location=%s %s ! " TRANSFORM "! fakesink", path, image->between);
  g_autoptr (GBytes) sent = NULL;
  g_autofree char *type = NULL;

  player_run (player);
  sent = submits_get_image (player->simulator, 0, &type);
  g_assert_true (g_bytes_equal (sent, bytes));
  g_assert_cmpstr (type, ==, image->type);
  g_assert_cmpuint (count_charges (player), ==, 1);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_INFO), ==, 0);
  g_assert_cmpstr (
      player->stream->str, ==, "stream-start caps segment tag buffer eos");
}

static void
test_frame (void)
{
  g_autoptr (Player) player = player_new (
      bench_get_options (), FRAME TRANSFORM "! decodebin ! fakesink");
  g_autoptr (GBytes) sent = NULL;
  g_autofree char *type = NULL;

  player_run (player);
  sent = submits_get_image (player->simulator, 0, &type);
  g_assert_cmpstr (type, ==, "image/jpeg");
  g_assert_cmpstr (
      nanogpt_media_get_type (NANOGPT_MEDIA_IMAGE, sent), ==, "image/jpeg");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_INFO), ==, 1);
}

/* An image is smaller where other fields take up much of the request. */
static void
test_large_request (void)
{
  g_autoptr (Player) player = player_new (bench_get_options (),
      "videotestsrc num-buffers=1 pattern=snow ! " TRANSFORM "! fakesink");
  g_autofree char *filler = g_strnfill (4360000, 'x');
  g_autofree char *parameters = g_strdup_printf ("{\"note\":\"%s\"}", filler);
  g_autoptr (GBytes) sent = NULL;

  g_object_set (player->source, "parameters", parameters, NULL);
  player_run (player);
  sent = submits_get_image (player->simulator, 0, NULL);
  g_assert_cmpuint (g_bytes_get_size (sent), <, 30000);
  g_assert_cmpuint (g_bytes_get_size (sent), >, 10000);
}

/* The tag rotates a raw frame, as from a phone's camera. */
static void
test_orientation (void)
{
  g_autoptr (Player) player = player_new (bench_get_options (),
      FRAME "taginject tags=\"image-orientation=rotate-90\" ! " TRANSFORM
            "! fakesink");
  g_autoptr (GBytes) sent = NULL;
  const guint8 *data;
  gsize size;

  player_run (player);
  sent = submits_get_image (player->simulator, 0, NULL);
  data = g_bytes_get_data (sent, &size);
  for (gsize i = 0; i + 9 < size; i++) {
    if (data[i] != 0xff || data[i + 1] != 0xc0)
      continue;
    g_assert_cmpuint (GST_READ_UINT16_BE (data + i + 5), ==, 64);
    g_assert_cmpuint (GST_READ_UINT16_BE (data + i + 7), ==, 48);
    return;
  }
  g_assert_not_reached ();
}

static void
test_text (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "prompt.txt", NULL);
  g_autoptr (Player) player = NULL;
  g_autofree char *prompt = NULL;

  g_assert_true (g_file_set_contents (path, "a red boat\n", -1, NULL));
  player = player_new (bench_get_options (),
      "filesrc location=%s ! text/x-raw,format=utf8 ! " TRANSFORM "! fakesink",
      path);
  player_run (player);
  prompt = submits_get_string (player->simulator, 0, "prompt");
  g_assert_cmpstr (prompt, ==, "a red boat");
  g_assert_null (submits_get_image (player->simulator, 0, NULL));
}

/* An image is too large for the request, in both elements. */
static void
test_large_file (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autofree char *input =
      g_strdup_printf ("filesrc location=%s ! " TRANSFORM, path);
  g_autofree char *location = g_strdup_printf (
      "nanovidsrc name=source prompt=x image-location=%s", path);
  const char *const lines[] = { input, location };
  g_autofree char *filler = g_strnfill (4390000, 'x');
  g_autofree char *parameters = g_strdup_printf ("{\"note\":\"%s\"}", filler);

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (Player) player =
        player_new (bench_get_options (), "%s ! fakesink", lines[i]);
    g_autoptr (GBytes) sent = NULL;
    g_autofree char *type = NULL;

    g_object_set (player->source, "parameters", parameters, NULL);
    player_run (player);
    sent = submits_get_image (player->simulator, 0, &type);
    g_assert_cmpstr (type, ==, "image/jpeg");
    g_assert_cmpuint (player_count (player, GST_MESSAGE_INFO), ==, 1);
  }
}

/* Ends of the input */

/* One frame is enough, and upstream gets EOS. */
static void
test_endless (void)
{
  g_autoptr (Player) player = player_new (bench_get_options (),
      "videotestsrc name=camera is-live=true ! "
      "video/x-raw,width=64,height=48,framerate=100/1 ! " TRANSFORM
      "! filesink location=/dev/null");
  g_autoptr (GstElement) camera =
      gst_bin_get_by_name (GST_BIN (player->pipeline), "camera");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (camera, "src");

  player_run (player);
  g_assert_true (GST_PAD_IS_EOS (pad));
  g_assert_cmpuint (count_charges (player), ==, 1);
}

/* The times when the frames of a clip are shown. */
typedef struct
{
  guint count;
  gint64 first;
  gint64 last;
} Show;

static GstPadProbeReturn
note_frame (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info G_GNUC_UNUSED,
    gpointer user_data)
{
  Show *show = user_data;

  show->last = g_get_monotonic_time ();
  if (show->count++ == 0)
    show->first = show->last;
  return GST_PAD_PROBE_OK;
}

/* After a live source, running time is well advanced when the clip arrives: it
 * is shown at normal speed all the same. */
static void
test_watch (void)
{
  NanogptSimulatorOptions options = *bench_get_options ();
  g_autoptr (Player) player = NULL;
  g_autoptr (GstElement) screen = NULL;
  g_autoptr (GstPad) pad = NULL;
  Show show = { 0 };

  options.generation_time = 1;
  player = player_new (&options,
      "videotestsrc num-buffers=1 is-live=true ! "
      "video/x-raw,width=64,height=48 ! " TRANSFORM
      "! decodebin ! clocksync sync-to-first=true ! "
      "fakevideosink name=screen sync=false");
  screen = gst_bin_get_by_name (GST_BIN (player->pipeline), "screen");
  pad = gst_element_get_static_pad (screen, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_frame, &show, NULL);
  player_run (player);
  /* Two seconds at 25 frames a second; the test does not wait for the last frames. */
  g_assert_cmpuint (show.count, >, 40);
  g_assert_cmpfloat ((show.last - show.first) / 1e6, >, 1.7);
}

static Player *
wait_in_generation (const char *line)
{
  NanogptSimulatorOptions options = *bench_get_options ();
  Player *player;

  options.generation_time = 100;
  options.states = "IN_PROGRESS,COMPLETED";
  player =
      player_new (&options, "%s " TRANSFORM "! fakesink async=false", line);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_job_state (player, "generating");
  return player;
}

static gboolean
is_sink_pad_at_end (Player *player)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "sink");

  return GST_PAD_IS_EOS (pad);
}

/* The end of the input does not end the wait; an application's EOS does. */
static void
test_eos (gconstpointer line)
{
  g_autoptr (Player) player = wait_in_generation (line);
  g_autofree char *progress = NULL;
  g_autofree char *run_id = NULL;
  gint64 start;

  while (!is_sink_pad_at_end (player))
    g_usleep (1000);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_EOS), ==, 0);

  start = g_get_monotonic_time ();
  gst_element_send_event (player->pipeline, gst_event_new_eos ());
  player_wait (player, GST_MESSAGE_EOS);
  g_assert_cmpfloat (
      (g_get_monotonic_time () - start) / 1e6, <, fixture_scaled (1));
  progress = player_get_progress (player);
  g_assert_cmpstr (progress, ==, "start continue canceled");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_ERROR), ==, 0);
  g_object_get (player->source, "run-id", &run_id, NULL);
  g_assert_nonnull (run_id);
}

/* EOS arrives before there is an image. */
static void
test_eos_before_input (void)
{
  g_autoptr (Player) player = player_new (bench_get_options (),
      "appsrc name=in caps=image/png ! " TRANSFORM "! fakesink");

  player_set_state (player, GST_STATE_PLAYING);
  gst_element_send_event (player->source, gst_event_new_eos ());
  player_wait (player, GST_MESSAGE_EOS);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_ERROR), ==, 0);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* What cannot be used */

typedef struct
{
  const char *name;
  const char *line;
  const char *reason;
  const char *text;
} Refusal;

static const Refusal refusals[] = {
  { "no-input", "fakesrc num-buffers=0 ! " TRANSFORM, "image-required",
      "ended without" },
  { "empty", "fakesrc num-buffers=2 sizetype=empty ! " TRANSFORM,
      "invalid-request", "empty" },
  { "zeros",
      "fakesrc num-buffers=2 sizetype=fixed sizemax=1000 filltype=zero ! "
      "image/png ! " TRANSFORM,
      "invalid-request", "not a JPEG, PNG or WebP" },
  { "both-images",
      FRAME "nanovidtransform name=source image-location=/dev/null prompt=x",
      "invalid-request", "two input images" },
  { "image-and-url",
      FRAME "nanovidtransform name=source image-url=https://a.test/b.png "
            "prompt=x",
      "invalid-request", "two input images" },
  { "text-only-model",
      FRAME "nanovidtransform name=source model=kling-video "
            "prompt=x",
      "invalid-request", "image" },
  { "empty-text",
      "fakesrc num-buffers=1 sizetype=fixed sizemax=3 filltype=zero ! "
      "text/x-raw,format=utf8 ! " TRANSFORM,
      "invalid-request", "prompt" },
};

static void
assert_refused (Player *player, const char *reason, const char *text)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details;
  gboolean charged;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, &error);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_false (gst_structure_has_field (details, "index"));
  g_assert_true (gst_structure_get (
      details, "may-have-been-charged", G_TYPE_BOOLEAN, &charged, NULL));
  g_assert_false (charged);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 0);
}

static void
test_refused (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (Player) player =
      player_new (bench_get_options (), "%s ! fakesink", refusal->line);

  assert_refused (player, refusal->reason, refusal->text);
}

/* A file that was truncated on its way */
static void
test_cut_off (void)
{
  static const FixtureMedia media[] = { FIXTURE_MEDIA_JPEG, FIXTURE_MEDIA_PNG,
    FIXTURE_MEDIA_WEBP };

  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    g_autofree char *dir = fixture_make_dir ();
    g_autofree char *path = g_build_filename (dir, "cut", NULL);
    g_autoptr (GBytes) image = fixture_media_bytes (media[i]);
    g_autoptr (Player) player = NULL;
    g_autoptr (Player) source = NULL;

    g_assert_true (g_file_set_contents (path, g_bytes_get_data (image, NULL),
        g_bytes_get_size (image) - 1, NULL));
    player = player_new (bench_get_options (),
        "filesrc location=%s ! " TRANSFORM "! fakesink", path);
    assert_refused (player, "invalid-request", "broken");
    source = player_new (bench_get_options (),
        "nanovidsrc name=source prompt=x image-location=%s ! fakesink", path);
    assert_refused (source, "invalid-request", "broken");
  }
}

static void
test_not_utf8 (void)
{
  static const char texts[][13] = { "a red \xff boat", "a red \0 boat" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "text", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (Player) player = NULL;

    g_assert_true (
        g_file_set_contents (path, texts[i], sizeof texts[i] - 1, NULL));
    player = player_new (bench_get_options (),
        "filesrc location=%s ! text/x-raw,format=utf8 ! " TRANSFORM
        "! fakesink",
        path);
    assert_refused (player, "invalid-request", "UTF-8");
  }
}

/* Once more */

static void
test_replay (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (Player) player = player_new (bench_get_options (),
      "filesrc location=%s ! " TRANSFORM "! fakesink", path);
  guint requests;

  player_run (player);
  player_reset (player);
  /* The listing is fetched in parallel with the job. */
  g_assert_true (nanogpt_simulator_wait_requests (player->simulator,
      NANOGPT_SIMULATOR_MODELS, 1, fixture_scaled (10) * 1000));
  requests = nanogpt_simulator_count_requests (
      player->simulator, NANOGPT_SIMULATOR_ANY);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_ANY),
      ==, requests);

  player_reset (player);
  g_signal_emit_by_name (player->source, "forget");
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 2);
}

/* A known job needs no input. */
static void
test_run_id (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (Player) player = player_new (bench_get_options (),
      "filesrc location=%s ! " TRANSFORM "! fakesink", path);
  g_autoptr (Player) other = NULL;
  g_autofree char *run_id = NULL;

  player_run (player);
  g_object_get (player->source, "run-id", &run_id, NULL);
  other = player_new (bench_get_options (),
      "fakesrc num-buffers=0 ! nanovidtransform name=source run-id=%s ! "
      "fakesink",
      run_id);
  g_object_set (other->source, "base-url",
      nanogpt_simulator_get_base_url (player->simulator), NULL);
  player_run (other);
  g_assert_cmpmem (other->bytes->data, other->bytes->len, player->bytes->data,
      player->bytes->len);
  g_assert_cmpuint (count_charges (player), ==, 1);
}

/* Flushes and seeks */

static GstFlowReturn
push_part (Bench *bench, GBytes *bytes, gsize start, gsize end)
{
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, start, end - start);

  return gst_harness_push (bench->harness, gst_buffer_new_wrapped_bytes (part));
}

static void
pull_clip (Bench *bench)
{
  g_autoptr (GstEvent) eos = bench_pull_event (bench, GST_EVENT_EOS);

  g_assert_cmpuint (gst_harness_buffers_in_queue (bench->harness), >, 0);
}

/* Before the image is whole, a flush drops its data; after that, a flush has no
 * effect. */
static void
test_flush (void)
{
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  gsize size = g_bytes_get_size (image);
  g_auto (Bench) bench = { 0 };
  g_autoptr (GBytes) sent = NULL;

  bench_init (&bench, NULL, "prompt=x", "image/png");
  g_assert_cmpint (push_part (&bench, image, 0, size / 2), ==, GST_FLOW_OK);
  bench_flush (&bench, GST_FORMAT_BYTES);
  g_assert_cmpint (push_part (&bench, image, 0, size / 3), ==, GST_FLOW_OK);
  g_assert_cmpint (
      push_part (&bench, image, size / 3, size - 1), ==, GST_FLOW_OK);
  g_assert_cmpint (push_part (&bench, image, size - 1, size), ==, GST_FLOW_EOS);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 1, fixture_scaled (5) * 1000));
  bench_flush (&bench, GST_FORMAT_BYTES);
  g_assert_cmpint (push_part (&bench, image, 0, size), ==, GST_FLOW_EOS);
  pull_clip (&bench);
  g_assert_cmpuint (nanogpt_simulator_count_charges (bench.simulator), ==, 1);
  sent = submits_get_image (bench.simulator, 0, NULL);
  g_assert_true (g_bytes_equal (sent, image));
}

/* Neither a seek nor any other query is passed through. */
static void
test_sides (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_BYTES);
  g_autoptr (GstQuery) allocation = gst_query_new_allocation (NULL, FALSE);
  g_autoptr (GstQuery) latency = gst_query_new_latency ();
  gboolean live;

  bench_init (&bench, NULL, "prompt=x", "image/png");
  g_assert_false (gst_pad_peer_query (bench.harness->srcpad, seeking));
  g_assert_false (gst_pad_peer_query (bench.harness->srcpad, allocation));
  g_assert_true (gst_pad_peer_query (bench.harness->sinkpad, seeking));
  g_assert_true (gst_pad_peer_query (bench.harness->sinkpad, latency));
  gst_query_parse_latency (latency, &live, NULL, NULL);
  g_assert_false (live);

  g_assert_true (gst_harness_push_upstream_event (bench.harness,
      gst_event_new_seek (1, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
          GST_SEEK_TYPE_SET, 10, GST_SEEK_TYPE_NONE, -1)));
  while (gst_harness_upstream_events_in_queue (bench.harness) > 0) {
    g_autoptr (GstEvent) event =
        gst_harness_pull_upstream_event (bench.harness);

    g_assert_cmpint (GST_EVENT_TYPE (event), ==, GST_EVENT_RECONFIGURE);
  }
}

/* Ten flushing seeks come while the input is awaited, and after that. */
static void
test_seek_in_wait (void)
{
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "prompt=x", "image/png");
  for (guint i = 0; i < 10; i++) {
    if (i == 5) {
      g_assert_cmpint (push_part (&bench, image, 0, g_bytes_get_size (image)),
          ==, GST_FLOW_EOS);
    }
    g_assert_true (gst_harness_push_upstream_event (bench.harness,
        gst_event_new_seek (1, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
            GST_SEEK_TYPE_SET, i, GST_SEEK_TYPE_NONE, -1)));
  }
  pull_clip (&bench);
  g_assert_cmpuint (nanogpt_simulator_count_charges (bench.simulator), ==, 1);
}

/* Stopping */

/* The element is stopped while it encodes a large frame. */
static void
test_stop_in_encoding (void)
{
  g_autoptr (Player) player = player_new (bench_get_options (),
      "videotestsrc num-buffers=1 pattern=snow ! "
      "video/x-raw,format=RGB,width=7680,height=4320 ! " TRANSFORM
      "! fakesink");
  clock_t start;

  player_set_state (player, GST_STATE_PLAYING);
  while (!is_sink_pad_at_end (player))
    g_usleep (1000);
  /* CPU time does not depend on how busy the machine is: the whole frame takes
   * ten seconds or more. */
  start = clock ();
  player_set_state (player, GST_STATE_NULL);
  g_assert_cmpfloat (
      (double)(clock () - start) / CLOCKS_PER_SEC, <, fixture_scaled (2));
  g_assert_cmpuint (count_charges (player), ==, 0);
}

/* Any states in any order for any time: one clip is paid for. */
static void
test_states (void)
{
  static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY,
    GST_STATE_PAUSED, GST_STATE_PLAYING };
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (Player) player = player_new (bench_get_options (),
      "filesrc location=%s ! " TRANSFORM "! fakesink", path);

  for (guint i = 0; i < 50; i++) {
    player_set_state (player, states[g_test_rand_int_range (0, 4)]);
    g_usleep (g_test_rand_int_range (0, 10000));
  }
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 1);
}

static void
test_mode_is_a_source (void)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("nanovidtransform", NULL));

  g_assert_true (GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SOURCE));
  gst_util_set_object_arg (G_OBJECT (element), "mode", "clips");
  g_assert_false (GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SOURCE));
  gst_util_set_object_arg (G_OBJECT (element), "mode", "stream");
  g_assert_true (GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SOURCE));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autofree char *path =
        g_strconcat ("/transform/image/", images[i].name, NULL);

    g_test_add_data_func (path, &images[i], test_image);
  }
  g_test_add_func ("/transform/frame", test_frame);
  g_test_add_func ("/transform/large-request", test_large_request);
  g_test_add_func ("/transform/orientation", test_orientation);
  g_test_add_func ("/transform/text", test_text);
  g_test_add_func ("/transform/large-file", test_large_file);
  g_test_add_func ("/transform/endless", test_endless);
  g_test_add_func ("/transform/watch", test_watch);
  g_test_add_data_func ("/transform/eos/file", FRAME, test_eos);
  g_test_add_data_func ("/transform/eos/live",
      "videotestsrc is-live=true ! video/x-raw,width=64,height=48 !", test_eos);
  g_test_add_func ("/transform/eos/before-input", test_eos_before_input);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path =
        g_strconcat ("/transform/refused/", refusals[i].name, NULL);

    g_test_add_data_func (path, &refusals[i], test_refused);
  }
  g_test_add_func ("/transform/refused/cut-off", test_cut_off);
  g_test_add_func ("/transform/refused/not-utf8", test_not_utf8);
  g_test_add_func ("/transform/replay", test_replay);
  g_test_add_func ("/transform/run-id", test_run_id);
  g_test_add_func ("/transform/flush", test_flush);
  g_test_add_func ("/transform/sides", test_sides);
  g_test_add_func ("/transform/seek-in-wait", test_seek_in_wait);
  g_test_add_func ("/transform/stop-in-encoding", test_stop_in_encoding);
  g_test_add_func ("/transform/states", test_states);
  g_test_add_func ("/transform/source-flag", test_mode_is_a_source);
  return g_test_run ();
}
