/* nanovid: tests of nanovidtransform with mode=clips: its clips, events and messages
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/bench.h"
#include "element/feed.h"
#include "element/submits.h"
#include "fixture/env.h"
#include "fixture/media.h"

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

  bench_init (&bench, NULL, "mode=clips max-jobs=4", FEED_CAPS);
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
    feed_assert_clip (&bench, i);
  }
  feed_assert_end (&bench);
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_OK);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 8);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  feed_push_all (&bench, 2);
  /* A gap in the input causes no output. */
  g_assert_true (gst_harness_push_event (
      bench.harness, gst_event_new_gap (2 * GST_SECOND, GST_SECOND)));
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  feed_assert_clip (&bench, 0);
  feed_assert_clip (&bench, 1);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  gst_segment_init (&first, GST_FORMAT_TIME);
  first.base = 7 * GST_SECOND;
  second = first;
  second.start = GST_SECOND;
  second.stop = 3 * GST_SECOND / 2;
  gst_harness_push_event (bench.harness, gst_event_new_segment (&first));
  g_assert_cmpint (feed_push (&bench, 0), ==, GST_FLOW_OK);
  gst_harness_push_event (bench.harness, gst_event_new_segment (&second));
  g_assert_cmpint (feed_push (&bench, 1), ==, GST_FLOW_OK);
  g_assert_cmpint (feed_push (&bench, 2), ==, GST_FLOW_OK);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  assert_segment (&bench, &first);
  assert_segment (&bench, &second);
  /* An input beyond the segment's stop is not the end of the stream. */
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, i);
  feed_assert_end (&bench);
}

/* Inputs without a timestamp give clips without one. */
static void
test_no_time (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstBuffer) input = feed_create_input (0);
  GstSegment segment;

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
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

  bench_init (&bench, NULL, "mode=clips max-jobs=1", FEED_CAPS);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
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

/* Messages */

/* Each message about a job names its input and has the run id of that input. */
static void
test_messages (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GPtrArray) submits = NULL;
  g_autoptr (GstStructure) job = NULL;
  g_autoptr (GstStructure) none = NULL;
  g_autofree char *run_id = NULL;
  guint complete = 0, checked = 0, tags = 0;
  GstMessage *message;

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  g_object_get (bench.harness->element, "job", &none, NULL);
  g_assert_null (none);
  feed_push_all (&bench, 4);
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
    feed_assert_place (structure, index);
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
      checked++;
    }
  }
  g_assert_cmpuint (complete, ==, 4);
  g_assert_cmpuint (checked, ==, 4);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  feed_push_all (&bench, 3);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, i);
  feed_assert_end (&bench);
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
  bench_init (&bench, &options, "mode=clips", FEED_CAPS);
  feed_push_all (&bench, 3);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, i);
  feed_assert_end (&bench);
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

/* Ends */

static void
test_no_input (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  feed_assert_end (&bench);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  feed_push_all (&bench, 3);
  g_assert_true (
      gst_element_send_event (bench.harness->element, gst_event_new_eos ()));
  g_assert_cmpint (feed_push (&bench, 3), ==, GST_FLOW_EOS);
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, i);
  feed_assert_end (&bench);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/clips/order", test_order);
  g_test_add_func ("/clips/events", test_events);
  g_test_add_func ("/clips/segments", test_segments);
  g_test_add_func ("/clips/no-time", test_no_time);
  g_test_add_func ("/clips/caps", test_caps);
  g_test_add_func ("/clips/queries", test_queries);
  g_test_add_func ("/clips/messages", test_messages);
  g_test_add_func ("/clips/progress", test_progress);
  g_test_add_func ("/clips/left", test_left);
  g_test_add_func ("/clips/eos/no-input", test_no_input);
  g_test_add_func ("/clips/eos/application", test_application_eos);
  g_test_add_func ("/clips/frames", test_frames);
  return g_test_run ();
}
