/* nanovid: tests of nanovidtransform with many inputs, mode=clips
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/bench.h"
#include "element/player.h"
#include "element/submits.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/journal.h"

#define TEXT "text/x-raw,format=utf8"

/* Input number n starts at n seconds and lasts one second; its text is "input n". */
static GstBuffer *
create_input (guint n)
{
  char *text = g_strdup_printf ("input %u", n);
  GstBuffer *buffer = gst_buffer_new_wrapped (text, strlen (text));

  GST_BUFFER_PTS (buffer) = n * GST_SECOND;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  return buffer;
}

static GstFlowReturn
push (Bench *bench, guint n)
{
  return gst_harness_push (bench->harness, create_input (n));
}

static void
push_all (Bench *bench, guint count)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("pushing", 10);

  for (guint i = 0; i < count; i++)
    g_assert_cmpint (push (bench, i), ==, GST_FLOW_OK);
}

/* Pushes inputs from a thread, because the element may block it. */
typedef struct
{
  Bench *bench;
  guint count;
  GThread *thread;
  GstFlowReturn flow; /* of the last input */
} Feed;

static gpointer
feed_run (gpointer data)
{
  Feed *feed = data;

  for (guint i = 0; i < feed->count && feed->flow == GST_FLOW_OK; i++)
    feed->flow = push (feed->bench, i);
  if (feed->flow == GST_FLOW_OK)
    gst_harness_push_event (feed->bench->harness, gst_event_new_eos ());
  return NULL;
}

/* Pushes @count inputs and EOS. */
static void
feed_start (Feed *feed, Bench *bench, guint count)
{
  feed->bench = bench;
  feed->count = count;
  feed->flow = GST_FLOW_OK;
  feed->thread = g_thread_new ("feed", feed_run, feed);
}

static GstFlowReturn
feed_finish (Feed *feed)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("feed", 10);

  g_thread_join (feed->thread);
  return feed->flow;
}

static void
assert_clip (Bench *bench, guint n)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autofree char *data = NULL;
  g_autoptr (GstBuffer) buffer = bench_pull (bench);
  GstMapInfo map;
  gsize size;

  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, n * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND);
  g_assert_cmpuint (gst_buffer_n_memory (buffer), ==, 1);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, data, size);
  gst_buffer_unmap (buffer, &map);
}

static void
assert_end (Bench *bench)
{
  g_autoptr (GstEvent) eos = bench_pull_event (bench, GST_EVENT_EOS);

  g_assert_cmpuint (gst_harness_buffers_in_queue (bench->harness), ==, 0);
}

/* Order */

static char *
get_title (GstEvent *event)
{
  GstTagList *tags;
  char *title = NULL;

  gst_event_parse_tag (event, &tags);
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  return title;
}

/* Later inputs finish sooner: the clips leave in order all the same, each with
 * the name and time of its own input. */
static void
test_order (void)
{
  g_auto (Bench) bench = { 0 };
  Feed feed;

  bench_init (&bench, NULL, "mode=clips max-jobs=4", TEXT);
  for (guint i = 1; i <= 4; i++) {
    g_autofree char *rule =
        g_strdup_printf ("submit#%u:generation-time=%.1f", i, (5 - i) * 0.2);

    bench_add_fault (&bench, rule);
  }
  feed_start (&feed, &bench, 8);
  for (guint i = 0; i < 8; i++) {
    g_autofree char *expected = g_strdup_printf ("input %u", i);
    g_autoptr (GstEvent) event = bench_pull_event (&bench, GST_EVENT_TAG);
    g_autofree char *title = get_title (event);

    g_assert_cmpstr (title, ==, expected);
    assert_clip (&bench, i);
  }
  assert_end (&bench);
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_OK);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 8);
}

/* With eight inputs, at most four jobs run at a time. */
static void
test_parallel (void)
{
  const double generation_time = 0.8;
  NanogptSimulatorOptions options = *bench_get_options ();
  g_auto (Bench) bench = { 0 };
  g_autoptr (GPtrArray) submits = NULL;
  Feed feed;

  options.generation_time = generation_time;
  bench_init (&bench, &options, "mode=clips", TEXT);
  feed_start (&feed, &bench, 8);
  for (guint i = 0; i < 8; i++)
    assert_clip (&bench, i);
  assert_end (&bench);
  feed_finish (&feed);

  submits = nanogpt_simulator_list_submits (bench.simulator);
  g_assert_cmpuint (submits->len, ==, 8);
  for (guint i = 0; i < 4; i++) {
    NanogptSimulatorSubmit *early = submits->pdata[i];
    NanogptSimulatorSubmit *late = submits->pdata[i + 4];

    g_assert_cmpfloat ((late->time - early->time) / 1e6, >, generation_time);
  }
}

static const NanogptSimulatorOptions *
get_slow_options (void)
{
  static NanogptSimulatorOptions options;

  options = *bench_get_options ();
  options.generation_time = 100;
  return &options;
}

/* Upstream blocks while there is no room; a flush unblocks it at once. */
static void
check_room (const char *properties, guint jobs)
{
  g_auto (Bench) bench = { 0 };
  Feed feed;

  bench_init (&bench, get_slow_options (), properties, TEXT);
  feed_start (&feed, &bench, jobs + 3);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, jobs, fixture_scaled (5) * 1000));
  g_assert_false (
      nanogpt_simulator_wait_charges (bench.simulator, jobs + 1, 200));
  bench_flush (&bench, GST_FORMAT_TIME);
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_FLUSHING);
  g_assert_cmpuint (bench_count_charges (&bench), ==, jobs);
}

static void
test_back_pressure (void)
{
  check_room ("mode=clips max-jobs=2", 2);
  check_room ("mode=clips", 4);
}

/* Raising max-jobs makes room while upstream is blocked. */
static void
test_max_jobs_in_playing (void)
{
  g_auto (Bench) bench = { 0 };
  Feed feed;

  bench_init (&bench, get_slow_options (), "mode=clips max-jobs=1", TEXT);
  feed_start (&feed, &bench, 3);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 1, fixture_scaled (5) * 1000));
  g_assert_false (nanogpt_simulator_wait_charges (bench.simulator, 2, 200));
  g_object_set (bench.harness->element, "max-jobs", 3, NULL);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 3, fixture_scaled (5) * 1000));
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_OK);
}

/* What goes out with the clips */

/* The first events come in order, and the stream begins once. */
static void
test_events (void)
{
  static const GstEventType expected[] = { GST_EVENT_STREAM_START,
    GST_EVENT_CAPS, GST_EVENT_SEGMENT, GST_EVENT_TAG, GST_EVENT_TAG,
    GST_EVENT_EOS };
  g_auto (Bench) bench = { 0 };
  const GstSegment *segment;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  push_all (&bench, 2);
  /* A gap in the input causes no output. */
  g_assert_true (gst_harness_push_event (
      bench.harness, gst_event_new_gap (2 * GST_SECOND, GST_SECOND)));
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  assert_clip (&bench, 0);
  assert_clip (&bench, 1);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GstEvent) event = gst_harness_pull_event (bench.harness);

    g_assert_cmpstr (
        GST_EVENT_TYPE_NAME (event), ==, gst_event_type_get_name (expected[i]));
    if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
      continue;
    gst_event_parse_segment (event, &segment);
    g_assert_cmpint (segment->format, ==, GST_FORMAT_TIME);
  }
}

static void
assert_segment (Bench *bench, const GstSegment *expected)
{
  g_autoptr (GstEvent) event = bench_pull_event (bench, GST_EVENT_SEGMENT);
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  g_assert_cmpuint (segment->base, ==, expected->base);
  g_assert_cmpuint (segment->start, ==, expected->start);
  g_assert_cmpuint (segment->stop, ==, expected->stop);
}

/* The segments of the inputs arrive at their places. */
static void
test_segments (void)
{
  g_auto (Bench) bench = { 0 };
  GstSegment first, second;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  gst_segment_init (&first, GST_FORMAT_TIME);
  first.base = 7 * GST_SECOND;
  second = first;
  second.start = GST_SECOND;
  second.stop = 3 * GST_SECOND / 2;
  gst_harness_push_event (bench.harness, gst_event_new_segment (&first));
  g_assert_cmpint (push (&bench, 0), ==, GST_FLOW_OK);
  gst_harness_push_event (bench.harness, gst_event_new_segment (&second));
  g_assert_cmpint (push (&bench, 1), ==, GST_FLOW_OK);
  g_assert_cmpint (push (&bench, 2), ==, GST_FLOW_OK);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  assert_segment (&bench, &first);
  assert_segment (&bench, &second);
  /* An input beyond the segment's stop is not the end of the stream. */
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, i);
  assert_end (&bench);
}

/* Inputs without a timestamp give clips without one. */
static void
test_no_time (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstBuffer) input = create_input (0);
  GstSegment segment;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (bench.harness, gst_event_new_segment (&segment));
  GST_BUFFER_PTS (input) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (input) = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < 2; i++)
    gst_harness_push (bench.harness, gst_buffer_ref (input));
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstBuffer) buffer = bench_pull (&bench);

    g_assert_false (GST_BUFFER_PTS_IS_VALID (buffer));
    g_assert_false (GST_BUFFER_DURATION_IS_VALID (buffer));
  }
}

static void
assert_caps (Bench *bench, const char *name)
{
  g_autoptr (GstEvent) event = bench_pull_event (bench, GST_EVENT_CAPS);
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  g_assert_true (
      gst_structure_has_name (gst_caps_get_structure (caps, 0), name));
}

/* The caps follow the content of the clips, whatever type the server reports. */
static void
test_caps (void)
{
  g_autofree char *webm = fixture_media_path (FIXTURE_MEDIA_WEBM);
  g_autofree char *rule =
      g_strdup_printf ("media#2:body-file=%s,type=video/mp4", webm);
  g_auto (Bench) bench = { 0 };
  Feed feed;

  bench_init (&bench, NULL, "mode=clips max-jobs=1", TEXT);
  bench_add_fault (&bench, rule);
  feed_start (&feed, &bench, 3);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstBuffer) buffer = bench_pull (&bench);
  }
  assert_caps (&bench, "video/quicktime");
  assert_caps (&bench, "video/webm");
  assert_caps (&bench, "video/quicktime");
  feed_finish (&feed);
}

static void
test_queries (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_TIME);
  g_autoptr (GstQuery) scheduling = gst_query_new_scheduling ();
  g_autoptr (GstQuery) latency = gst_query_new_latency ();
  GstSchedulingFlags flags;
  gboolean seekable, live;
  gint64 duration;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  if (gst_pad_peer_query (bench.harness->sinkpad, seeking)) {
    gst_query_parse_seeking (seeking, NULL, &seekable, NULL, NULL);
    g_assert_false (seekable);
  }
  g_assert_true (gst_pad_peer_query (bench.harness->sinkpad, scheduling));
  gst_query_parse_scheduling (scheduling, &flags, NULL, NULL, NULL);
  g_assert_false (flags & GST_SCHEDULING_FLAG_SEEKABLE);
  g_assert_true (gst_pad_peer_query (bench.harness->sinkpad, latency));
  gst_query_parse_latency (latency, &live, NULL, NULL);
  g_assert_false (live);
  g_assert_false (gst_pad_peer_query_duration (
      bench.harness->sinkpad, GST_FORMAT_TIME, &duration));
  g_assert_false (gst_harness_push_upstream_event (bench.harness,
      gst_event_new_seek (1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
          GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1)));
}

/* Messages */

static void
assert_place (const GstStructure *structure, guint n)
{
  guint64 index, pts;

  g_assert_true (gst_structure_get_uint64 (structure, "index", &index));
  g_assert_cmpuint (index, ==, n);
  g_assert_true (gst_structure_get_uint64 (structure, "pts", &pts));
  g_assert_cmpuint (pts, ==, n * GST_SECOND);
}

/* Each message about a job names its input and has the run id of that input. */
static void
test_messages (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GPtrArray) submits = NULL;
  g_autoptr (GstStructure) job = NULL;
  g_autoptr (GstStructure) none = NULL;
  g_autofree char *run_id = NULL;
  guint complete = 0, tags = 0;
  GstMessage *message;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  g_object_get (bench.harness->element, "job", &none, NULL);
  g_assert_null (none);
  push_all (&bench, 4);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  {
    g_autoptr (GstEvent) eos = bench_pull_event (&bench, GST_EVENT_EOS);
  }
  submits = nanogpt_simulator_list_submits (bench.simulator);

  while ((message = gst_bus_pop (bench.bus))) {
    g_autoptr (GstMessage) keep = message;
    const GstStructure *structure = gst_message_get_structure (message);
    guint64 index;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_TAG)
      tags++;
    if (!gst_message_has_name (message, "nanovid-job"))
      continue;
    g_assert_true (gst_structure_get_uint64 (structure, "index", &index));
    assert_place (structure, index);
    if (strcmp (gst_structure_get_string (structure, "state"), "complete") != 0)
      continue;
    complete++;
    for (guint i = 0; i < submits->len; i++) {
      NanogptSimulatorSubmit *submit = submits->pdata[i];
      g_autofree char *expected = NULL;
      g_autofree char *prompt = NULL;

      if (g_strcmp0 (
              submit->run_id, gst_structure_get_string (structure, "run-id"))
          != 0)
        continue;
      expected = g_strdup_printf ("input %" G_GUINT64_FORMAT, index);
      prompt = submits_get_string (bench.simulator, i, "prompt");
      g_assert_cmpstr (prompt, ==, expected);
    }
  }
  g_assert_cmpuint (complete, ==, 4);
  g_assert_cmpuint (tags, ==, 4);

  g_object_get (bench.harness->element, "job", &job, "run-id", &run_id, NULL);
  g_assert_true (gst_structure_has_field (job, "index"));
  g_assert_cmpstr (run_id, ==, gst_structure_get_string (job, "run-id"));
}

/* One progress operation covers the time up to the first clip. */
static void
test_progress (void)
{
  static const char *const names[] = { "start", "continue", "complete",
    "canceled", "error" };
  g_auto (Bench) bench = { 0 };
  g_autoptr (GString) words = g_string_new (NULL);
  GstMessage *message;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  push_all (&bench, 3);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, i);
  assert_end (&bench);
  gst_element_set_state (bench.harness->element, GST_STATE_READY);
  while ((message = gst_bus_pop_filtered (bench.bus, GST_MESSAGE_PROGRESS))) {
    GstProgressType type;

    gst_message_parse_progress (message, &type, NULL, NULL);
    if (!g_str_has_suffix (words->str, names[type]))
      g_string_append_printf (words, " %s", names[type]);
    gst_message_unref (message);
  }
  g_assert_cmpstr (words->str, ==, " start continue complete");
}

/* Each clip that leaves is reported, with its cost and what is still to come. */
static void
test_left (void)
{
  NanogptSimulatorOptions options = *bench_get_options ();
  g_auto (Bench) bench = { 0 };
  GstMessage *message;
  guint n = 0;

  options.price = 0.25;
  bench_init (&bench, &options, "mode=clips", TEXT);
  push_all (&bench, 3);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, i);
  assert_end (&bench);
  while ((message = gst_bus_pop_filtered (bench.bus, GST_MESSAGE_INFO))) {
    const GstStructure *details;
    g_autoptr (GError) info = NULL;
    g_autofree char *debug = NULL;
    guint64 index, under_way;
    double cost, spent;

    gst_message_parse_info (message, &info, &debug);
    gst_message_parse_info_details (message, &details);
    g_assert_true (gst_structure_get (details, "index", G_TYPE_UINT64, &index,
        "cost", G_TYPE_DOUBLE, &cost, "spent", G_TYPE_DOUBLE, &spent,
        "jobs-under-way", G_TYPE_UINT64, &under_way, NULL));
    g_assert_cmpuint (index, ==, n++);
    g_assert_cmpfloat (cost, ==, 0.25);
    g_assert_cmpfloat (spent, ==, 0.25 * n);
    g_assert_cmpuint (under_way, <=, 3 - n);
    g_assert_nonnull (strstr (info->message, "0.25 USD"));
    /* gst-launch-1.0 shows this text of the message. */
    g_assert_nonnull (strstr (debug, info->message));
    gst_message_unref (message);
  }
  g_assert_cmpuint (n, ==, 3);
}

/* Errors */

static void
assert_details (const GstStructure *details, const char *reason, guint n)
{
  g_assert_nonnull (details);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  assert_place (details, n);
}

/* The second input is refused: the first clip leaves, then comes the error. */
static void
test_fail (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  bench_init (&bench, NULL, "mode=clips max-jobs=1", TEXT);
  bench_add_fault (&bench, "submit#2:status=400");
  push_all (&bench, 2);
  assert_clip (&bench, 0);
  message = bench_pull_message (&bench, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  g_assert_true (g_str_has_prefix (error->message, "Input 1: "));
  assert_details (details, "invalid-request", 1);
  {
    g_autoptr (GstEvent) eos = bench_pull_event (&bench, GST_EVENT_EOS);
  }
  g_assert_cmpint (push (&bench, 2), ==, GST_FLOW_ERROR);
  g_assert_cmpuint (gst_harness_buffers_in_queue (bench.harness), ==, 0);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 1);
}

static void
assert_skipped (Bench *bench, const char *reason, guint n)
{
  g_autoptr (GstMessage) message =
      bench_pull_message (bench, GST_MESSAGE_WARNING);
  const GstStructure *details;

  gst_message_parse_warning_details (message, &details);
  assert_details (details, reason, n);
}

static void
assert_gap (Bench *bench, guint n)
{
  g_autoptr (GstEvent) event = bench_pull_event (bench, GST_EVENT_GAP);
  GstClockTime pts, duration;

  gst_event_parse_gap (event, &pts, &duration);
  g_assert_cmpuint (pts, ==, n * GST_SECOND);
  g_assert_cmpuint (duration, ==, GST_SECOND);
}

typedef struct
{
  const char *name;
  const char *fault;
  const char *reason;
} Skip;

/* Only one job exists at the time. */
static const Skip skips[] = {
  { "refused", "submit#2:status=400", "invalid-request" },
  { "failed", "submit#2:states=IN_PROGRESS/FAILED", "generation-failed" },
  { "no-media", "media#2:body=<html></html>,type=video/mp4", "bad-response" },
  { "empty", "media#2:body=", "bad-response" },
};

/* The second input gives no clip: there is a warning, and a gap in its place. */
static void
test_skip (gconstpointer data)
{
  const Skip *skip = data;
  g_auto (Bench) bench = { 0 };
  Feed feed;

  bench_init (&bench, NULL, "mode=clips max-jobs=1 on-error=skip", TEXT);
  bench_add_fault (&bench, skip->fault);
  feed_start (&feed, &bench, 3);
  assert_clip (&bench, 0);
  assert_clip (&bench, 2);
  assert_skipped (&bench, skip->reason, 1);
  assert_gap (&bench, 1);
  assert_end (&bench);
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_OK);
  g_assert_null (gst_bus_pop_filtered (bench.bus, GST_MESSAGE_ERROR));
}

/* All inputs are skipped: the gaps have a segment, and EOS follows. */
static void
test_skip_all (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstEvent) segment = NULL;
  Feed feed;

  bench_init (&bench, NULL, "mode=clips on-error=skip", TEXT);
  bench_add_fault (&bench, "submit:status=400");
  feed_start (&feed, &bench, 3);
  segment = bench_pull_event (&bench, GST_EVENT_SEGMENT);
  for (guint i = 0; i < 3; i++) {
    assert_skipped (&bench, "invalid-request", i);
    assert_gap (&bench, i);
  }
  assert_end (&bench);
  feed_finish (&feed);
}

/* A broken picture among good ones costs nothing. */
static void
test_skip_broken (void)
{
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips on-error=skip prompt=x", "image/png");
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (
        image, 0, g_bytes_get_size (image) / (i == 1 ? 2 : 1));
    GstBuffer *buffer = gst_buffer_new_wrapped_bytes (part);

    GST_BUFFER_PTS (buffer) = i * GST_SECOND;
    GST_BUFFER_DURATION (buffer) = GST_SECOND;
    g_assert_cmpint (gst_harness_push (bench.harness, buffer), ==, GST_FLOW_OK);
  }
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  assert_clip (&bench, 0);
  assert_clip (&bench, 2);
  assert_skipped (&bench, "invalid-request", 1);
  assert_gap (&bench, 1);
  assert_end (&bench);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 2);
}

/* Over budget, an input is refused, and so are all later ones, even cheap ones. */
static void
test_budget (void)
{
  g_auto (Bench) bench = { 0 };
  GstElement *element;

  bench_init (&bench, NULL, "mode=clips on-error=skip max-cost=0.1", TEXT);
  element = bench.harness->element;
  g_assert_cmpint (push (&bench, 0), ==, GST_FLOW_OK);
  g_object_set (element, "duration", 10, NULL);
  g_assert_cmpint (push (&bench, 1), ==, GST_FLOW_OK);
  g_object_set (element, "duration", 5, NULL);
  g_assert_cmpint (push (&bench, 2), ==, GST_FLOW_OK);
  g_assert_cmpint (push (&bench, 3), ==, GST_FLOW_OK);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  assert_clip (&bench, 0);
  for (guint i = 1; i < 4; i++) {
    assert_skipped (&bench, "over-budget", i);
    assert_gap (&bench, i);
  }
  assert_end (&bench);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 1);
}

static void
test_run_id (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *details;

  bench_init (&bench, NULL, "mode=clips run-id=x on-error=skip", TEXT);
  message = bench_pull_message (&bench, GST_MESSAGE_ERROR);
  gst_message_parse_error_details (message, &details);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
  g_assert_cmpuint (
      nanogpt_simulator_count_requests (bench.simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* Ends */

static void
test_no_input (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", TEXT);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  assert_end (&bench);
  g_assert_null (gst_bus_pop_filtered (
      bench.bus, GST_MESSAGE_ERROR | GST_MESSAGE_PROGRESS));
  g_assert_cmpuint (
      nanogpt_simulator_count_requests (bench.simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* After an application's EOS no more inputs are accepted, and pending clips leave. */
static void
test_application_eos (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", TEXT);
  push_all (&bench, 3);
  g_assert_true (
      gst_element_send_event (bench.harness->element, gst_event_new_eos ()));
  g_assert_cmpint (push (&bench, 3), ==, GST_FLOW_EOS);
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, i);
  assert_end (&bench);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);
}

/* Nothing more is submitted once downstream returns EOS. */
static void
test_downstream_eos (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (Player) player = player_new (bench_get_options (),
      "multifilesrc location=%s loop=true caps=image/png ! "
      "nanovidtransform name=source mode=clips max-jobs=2 prompt=x ! "
      "identity eos-after=2 ! fakesink",
      path);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (player->source, "sink");
  g_autoptr (GstPad) peer = gst_pad_get_peer (sink);

  player_run (player);
  while (!GST_PAD_IS_EOS (peer))
    g_usleep (1000);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), <=, 5);
}

/* Nothing is paid for twice */

static void
restart (Bench *bench)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("restart", 10);
  g_autoptr (GstCaps) caps = gst_caps_from_string (TEXT);
  GstSegment segment;

  gst_element_set_state (bench->harness->element, GST_STATE_READY);
  gst_element_set_state (bench->harness->element, GST_STATE_PLAYING);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (bench->harness, gst_event_new_stream_start ("again"));
  gst_harness_push_event (bench->harness, gst_event_new_caps (caps));
  gst_harness_push_event (bench->harness, gst_event_new_segment (&segment));
}

static void
flush_time (Bench *bench)
{
  bench_flush (bench, GST_FORMAT_TIME);
}

typedef struct
{
  const char *name;
  void (*interrupt) (Bench *bench);
  const char *fault;
  NanogptSimulatorEndpoint endpoint; /* requested at that time */
} Interruption;

static const Interruption interruptions[] = {
  { "flush-submitting", flush_time, "submit#1:delay=300",
      NANOGPT_SIMULATOR_SUBMIT },
  { "flush-generating", flush_time, "submit:generation-time=0.5",
      NANOGPT_SIMULATOR_STATUS },
  { "flush-downloading", flush_time, "media:drip=5000",
      NANOGPT_SIMULATOR_MEDIA },
  { "restart-submitting", restart, "submit#1:delay=300",
      NANOGPT_SIMULATOR_SUBMIT },
  { "restart-generating", restart, "submit:generation-time=0.5",
      NANOGPT_SIMULATOR_STATUS },
  { "restart-downloading", restart, "media:drip=5000",
      NANOGPT_SIMULATOR_MEDIA },
};

/* After a flush or a restart at any point, the same inputs continue their jobs. */
static void
test_interrupted (gconstpointer data)
{
  const Interruption *interruption = data;
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", TEXT);
  bench_add_fault (&bench, interruption->fault);
  push_all (&bench, 3);
  g_assert_true (nanogpt_simulator_wait_requests (
      bench.simulator, interruption->endpoint, 3, fixture_scaled (5) * 1000));
  interruption->interrupt (&bench);
  nanogpt_simulator_clear_faults (bench.simulator);
  while (gst_harness_buffers_in_queue (bench.harness) > 0)
    gst_buffer_unref (gst_harness_pull (bench.harness));
  {
    g_autoptr (GstEvent) event = NULL;

    while ((event = gst_harness_try_pull_event (bench.harness)))
      g_clear_pointer (&event, gst_event_unref);
  }

  push_all (&bench, 3);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, i);
  assert_end (&bench);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);
}

static guint
count_open_files (const char *dir)
{
  g_autoptr (GDir) files = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint count = 0;

  while ((name = g_dir_read_name (files))) {
    g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
    g_autofree char *target = g_file_read_link (path, NULL);

    if (target && g_str_has_prefix (target, dir))
      count++;
  }
  return count;
}

static void
wait_for_no_files (const char *dir)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("files to be closed", 10);

  while (count_open_files (dir) > 0)
    g_usleep (1000);
}

/* No file stays open, neither for flushed inputs nor for delivered clips. */
static void
test_files (void)
{
  g_auto (Bench) bench = { 0 };
  g_autofree char *dir = fixture_make_dir ();

  bench_init (&bench, NULL, "mode=clips", TEXT);
  gst_element_set_state (bench.harness->element, GST_STATE_READY);
  g_object_set (bench.harness->element, "spool-dir", dir, NULL);
  restart (&bench);
  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < 4; i++)
      g_assert_cmpint (push (&bench, round * 4 + i), ==, GST_FLOW_OK);
    assert_clip (&bench, round * 4);
    flush_time (&bench);
    while (gst_harness_buffers_in_queue (bench.harness) > 0)
      gst_buffer_unref (gst_harness_pull (bench.harness));
    wait_for_no_files (dir);
  }
  push_all (&bench, 4);
  for (guint i = 0; i < 4; i++)
    assert_clip (&bench, i);
  gst_element_set_state (bench.harness->element, GST_STATE_NULL);
  wait_for_no_files (dir);
  g_assert_cmpuint (bench_count_charges (&bench), <=, 8);
}

/* Clips that were already delivered are pushed again, without another charge. */
static void
test_replay (void)
{
  void (*const interrupt[]) (Bench *) = { restart, flush_time };
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", TEXT);
  push_all (&bench, 3);
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, i);
  for (guint n = 0; n < G_N_ELEMENTS (interrupt); n++) {
    interrupt[n](&bench);
    push_all (&bench, 3);
    for (guint i = 0; i < 3; i++)
      assert_clip (&bench, i);
  }
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);

  g_signal_emit_by_name (bench.harness->element, "forget");
  restart (&bench);
  push_all (&bench, 3);
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, i);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 6);
}

/* Equal inputs have a job each. */
static void
test_equal (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", TEXT);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (push (&bench, 0), ==, GST_FLOW_OK);
  for (guint i = 0; i < 3; i++)
    assert_clip (&bench, 0);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);
}

static void
test_forget (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", TEXT);
  push_all (&bench, 2);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 2, fixture_scaled (5) * 1000));
  g_signal_emit_by_name (bench.harness->element, "forget");
  restart (&bench);
  push_all (&bench, 2);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 4, fixture_scaled (5) * 1000));
}

static guint
count_records (NanogptJournalState state, const char *origin)
{
  g_autofree char *dir =
      g_build_filename (g_get_user_state_dir (), "nanovid", NULL);
  g_autoptr (GPtrArray) records = nanogpt_journal_list (dir);
  guint count = 0;

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (record->state == state && strcmp (record->origin, origin) == 0)
      count++;
  }
  return count;
}

/* Clips that downstream has taken are delivered; others are not. */
static void
test_delivered (void)
{
  g_auto (Bench) bench = { 0 };
  const char *origin;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  origin = nanogpt_simulator_get_base_url (bench.simulator);
  bench_add_fault (&bench, "submit#3:generation-time=100");
  push_all (&bench, 2);
  assert_clip (&bench, 0);
  assert_clip (&bench, 1);
  g_assert_cmpint (push (&bench, 2), ==, GST_FLOW_OK);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 3, fixture_scaled (5) * 1000));
  gst_element_set_state (bench.harness->element, GST_STATE_NULL);
  g_assert_cmpuint (count_records (NANOGPT_JOURNAL_DELIVERED, origin), ==, 2);
  g_assert_cmpuint (count_records (NANOGPT_JOURNAL_ACCEPTED, origin), ==, 1);
}

/* A new property value applies to the next input. */
static void
test_properties_in_playing (void)
{
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_JPEG);
  static const char *const prompts[] = { "one", "two", "three" };
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (image);

  bench_init (&bench, NULL, "mode=clips max-jobs=10", "image/jpeg");
  for (guint i = 0; i < 3; i++) {
    g_object_set (bench.harness->element, "prompt", prompts[i], NULL);
    gst_harness_push (bench.harness, gst_buffer_ref (buffer));
    g_assert_true (nanogpt_simulator_wait_charges (
        bench.simulator, i + 1, fixture_scaled (5) * 1000));
  }
  for (guint i = 0; i < 3; i++) {
    g_autofree char *prompt = submits_get_string (bench.simulator, i, "prompt");
    g_autoptr (GBytes) sent = submits_get_image (bench.simulator, i, NULL);

    g_assert_cmpstr (prompt, ==, prompts[i]);
    g_assert_true (g_bytes_equal (sent, image));
  }
}

/* Raw frames change their size in between. */
static void
test_frames (void)
{
  static const int widths[] = { 64, 32 };
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips prompt=x", NULL);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *caps = g_strdup_printf (
        "video/x-raw,format=GRAY8,width=%d,height=16,framerate=1/1", widths[i]);
    gsize size = widths[i] * 16;

    gst_harness_set_src_caps_str (bench.harness, caps);
    g_assert_cmpint (gst_harness_push (bench.harness,
                         gst_buffer_new_wrapped (g_malloc0 (size), size)),
        ==, GST_FLOW_OK);
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstBuffer) buffer = bench_pull (&bench);
  }
  g_assert_cmpuint (bench_count_charges (&bench), ==, 2);
}

/* Stopping */

/* Stopping jobs whose submits are not answered takes two seconds in all. */
static void
test_stop_in_submits (void)
{
  g_auto (Bench) bench = { 0 };
  gint64 start;

  bench_init (&bench, NULL, "mode=clips", TEXT);
  bench_add_fault (&bench, "submit:stall");
  push_all (&bench, 4);
  g_assert_true (nanogpt_simulator_wait_requests (
      bench.simulator, NANOGPT_SIMULATOR_SUBMIT, 4, fixture_scaled (5) * 1000));
  start = g_get_monotonic_time ();
  gst_element_set_state (bench.harness->element, GST_STATE_NULL);
  g_assert_cmpfloat (
      (g_get_monotonic_time () - start) / 1e6, <, fixture_scaled (3));
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir))
    count++;
  return count;
}

/* Counts the threads while the stop waits for the answers. */
static gpointer
count_threads (gpointer data)
{
  const gint *stopped = data;
  guint most = 0;

  while (!g_atomic_int_get (stopped)) {
    most = MAX (most, count_entries ("/proc/self/task"));
    g_usleep (1000);
  }
  return GUINT_TO_POINTER (most);
}

/* However many jobs there are, stopping them takes as long as stopping one, and
 * takes only one thread. */
static void
test_stop_of_many (void)
{
  const guint count = 50;
  g_auto (Bench) bench = { 0 };
  gint stopped = FALSE;
  GThread *counter;
  guint before;

  bench_init (&bench, NULL, "mode=clips max-jobs=4294967295", TEXT);
  bench_add_fault (&bench, "submit:stall");
  push_all (&bench, count);
  g_assert_true (nanogpt_simulator_wait_requests (bench.simulator,
      NANOGPT_SIMULATOR_SUBMIT, count, fixture_scaled (20) * 1000));
  before = count_entries ("/proc/self/task");
  counter = g_thread_new ("counter", count_threads, &stopped);
  gst_element_set_state (bench.harness->element, GST_STATE_NULL);
  g_atomic_int_set (&stopped, TRUE);
  g_assert_cmpuint (
      GPOINTER_TO_UINT (g_thread_join (counter)), <, before + count / 2);
}

/* The element stops while upstream waits for room. */
static void
test_stop_when_full (void)
{
  g_auto (Bench) bench = { 0 };
  gint64 start;
  Feed feed;

  bench_init (&bench, get_slow_options (), "mode=clips max-jobs=2", TEXT);
  feed_start (&feed, &bench, 5);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 2, fixture_scaled (5) * 1000));
  g_assert_true (nanogpt_simulator_wait_requests (
      bench.simulator, NANOGPT_SIMULATOR_STATUS, 2, fixture_scaled (5) * 1000));
  start = g_get_monotonic_time ();
  gst_element_set_state (bench.harness->element, GST_STATE_READY);
  g_assert_cmpfloat (
      (g_get_monotonic_time () - start) / 1e6, <, fixture_scaled (0.5));
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_FLUSHING);
}

/* Any states in any order for any time: each clip is paid for once. */
static void
test_states (void)
{
  static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY,
    GST_STATE_PAUSED, GST_STATE_PLAYING };
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_autoptr (Player) player = NULL;

  for (guint i = 0; i < 3; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u.png", dir, i);
    g_autofree guint8 *data = g_malloc0 (g_bytes_get_size (image) + i);

    /* The files differ in what follows the picture. */
    memcpy (data, g_bytes_get_data (image, NULL), g_bytes_get_size (image));
    g_assert_true (g_file_set_contents (
        path, (char *)data, g_bytes_get_size (image) + i, NULL));
  }
  player = player_new (bench_get_options (),
      "multifilesrc location=%s/%%u.png caps=image/png ! "
      "nanovidtransform name=source mode=clips max-jobs=2 prompt=x ! fakesink",
      dir);
  for (guint i = 0; i < 50; i++) {
    player_set_state (player, states[g_test_rand_int_range (0, 4)]);
    g_usleep (g_test_rand_int_range (0, 10000));
  }
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 3);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/clips/order", test_order);
  g_test_add_func ("/clips/parallel", test_parallel);
  g_test_add_func ("/clips/back-pressure", test_back_pressure);
  g_test_add_func ("/clips/max-jobs-in-playing", test_max_jobs_in_playing);
  g_test_add_func ("/clips/events", test_events);
  g_test_add_func ("/clips/segments", test_segments);
  g_test_add_func ("/clips/no-time", test_no_time);
  g_test_add_func ("/clips/caps", test_caps);
  g_test_add_func ("/clips/queries", test_queries);
  g_test_add_func ("/clips/messages", test_messages);
  g_test_add_func ("/clips/progress", test_progress);
  g_test_add_func ("/clips/left", test_left);
  g_test_add_func ("/clips/fail", test_fail);
  for (guint i = 0; i < G_N_ELEMENTS (skips); i++) {
    g_autofree char *path = g_strconcat ("/clips/skip/", skips[i].name, NULL);

    g_test_add_data_func (path, &skips[i], test_skip);
  }
  g_test_add_func ("/clips/skip/all", test_skip_all);
  g_test_add_func ("/clips/skip/broken-image", test_skip_broken);
  g_test_add_func ("/clips/budget", test_budget);
  g_test_add_func ("/clips/run-id", test_run_id);
  g_test_add_func ("/clips/eos/no-input", test_no_input);
  g_test_add_func ("/clips/eos/application", test_application_eos);
  g_test_add_func ("/clips/eos/downstream", test_downstream_eos);
  for (guint i = 0; i < G_N_ELEMENTS (interruptions); i++) {
    g_autofree char *path =
        g_strconcat ("/clips/interrupted/", interruptions[i].name, NULL);

    g_test_add_data_func (path, &interruptions[i], test_interrupted);
  }
  g_test_add_func ("/clips/files", test_files);
  g_test_add_func ("/clips/replay", test_replay);
  g_test_add_func ("/clips/equal", test_equal);
  g_test_add_func ("/clips/forget", test_forget);
  g_test_add_func ("/clips/delivered", test_delivered);
  g_test_add_func ("/clips/properties-in-playing", test_properties_in_playing);
  g_test_add_func ("/clips/frames", test_frames);
  g_test_add_func ("/clips/stop/in-submits", test_stop_in_submits);
  g_test_add_func ("/clips/stop/of-many", test_stop_of_many);
  g_test_add_func ("/clips/stop/when-full", test_stop_when_full);
  g_test_add_func ("/clips/states", test_states);
  return g_test_run ();
}
