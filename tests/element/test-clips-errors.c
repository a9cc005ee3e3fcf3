/* nanovid: tests of nanovidtransform with mode=clips: inputs that give no clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/bench.h"
#include "element/feed.h"
#include "fixture/env.h"
#include "fixture/media.h"

static void
assert_details (const GstStructure *details, const char *reason, guint n)
{
  g_assert_nonnull (details);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  feed_assert_place (details, n);
}

/* The second input is refused: the first clip leaves, then comes the error. */
static void
test_fail (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  bench_init (&bench, NULL, "mode=clips max-jobs=1", FEED_CAPS);
  bench_add_fault (&bench, "submit#2:status=400");
  feed_push_all (&bench, 2);
  feed_assert_clip (&bench, 0);
  message = bench_pull_message (&bench, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  g_assert_true (g_str_has_prefix (error->message, "Input 1: "));
  assert_details (details, "invalid-request", 1);
  {
    g_autoptr (GstEvent) eos = bench_pull_event (&bench, GST_EVENT_EOS);
  }
  g_assert_cmpint (feed_push (&bench, 2), ==, GST_FLOW_ERROR);
  g_assert_cmpuint (gst_harness_buffers_in_queue (bench.harness), ==, 0);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 1);
}

/* Nothing is submitted for what comes after a picture that ends the stream. */
static void
test_fail_broken (void)
{
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_auto (Bench) bench = { 0 };
  GstFlowReturn flow = GST_FLOW_OK;

  bench_init (&bench, NULL, "mode=clips max-jobs=50 prompt=x", "image/png");
  for (guint i = 0; flow == GST_FLOW_OK; i++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (
        image, 0, g_bytes_get_size (image) / (i == 1 ? 2 : 1));

    flow =
        gst_harness_push (bench.harness, gst_buffer_new_wrapped_bytes (part));
  }
  g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
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

  bench_init (&bench, NULL, "mode=clips max-jobs=1 on-error=skip", FEED_CAPS);
  bench_add_fault (&bench, skip->fault);
  feed_start (&feed, &bench, 3);
  feed_assert_clip (&bench, 0);
  feed_assert_clip (&bench, 2);
  assert_skipped (&bench, skip->reason, 1);
  assert_gap (&bench, 1);
  feed_assert_end (&bench);
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_OK);
  g_assert_null (gst_bus_pop_filtered (bench.bus, GST_MESSAGE_ERROR));
}

/* The first input gives no clip: its gap waits for the caps, as a stream's data do. */
static void
test_skip_first (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstEvent) caps = NULL;
  Feed feed;

  bench_init (&bench, NULL, "mode=clips max-jobs=1 on-error=skip", FEED_CAPS);
  bench_add_fault (&bench, "submit#1:status=400");
  feed_start (&feed, &bench, 2);
  feed_assert_clip (&bench, 1);
  assert_skipped (&bench, "invalid-request", 0);
  caps = bench_pull_event (&bench, GST_EVENT_CAPS);
  assert_gap (&bench, 0);
  feed_assert_end (&bench);
  feed_finish (&feed);
}

/* All inputs are skipped: the gaps have a segment, and EOS follows. */
static void
test_skip_all (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstEvent) segment = NULL;
  Feed feed;

  bench_init (&bench, NULL, "mode=clips on-error=skip", FEED_CAPS);
  bench_add_fault (&bench, "submit:status=400");
  feed_start (&feed, &bench, 3);
  segment = bench_pull_event (&bench, GST_EVENT_SEGMENT);
  for (guint i = 0; i < 3; i++) {
    assert_skipped (&bench, "invalid-request", i);
    assert_gap (&bench, i);
  }
  feed_assert_end (&bench);
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
  feed_assert_clip (&bench, 0);
  feed_assert_clip (&bench, 2);
  assert_skipped (&bench, "invalid-request", 1);
  assert_gap (&bench, 1);
  feed_assert_end (&bench);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 2);
}

/* Over budget, an input is refused, and so are all later ones, even cheap ones. */
static void
test_budget (void)
{
  g_auto (Bench) bench = { 0 };
  GstElement *element;

  bench_init (&bench, NULL, "mode=clips on-error=skip max-cost=0.1", FEED_CAPS);
  element = bench.harness->element;
  g_assert_cmpint (feed_push (&bench, 0), ==, GST_FLOW_OK);
  g_object_set (element, "duration", 10, NULL);
  g_assert_cmpint (feed_push (&bench, 1), ==, GST_FLOW_OK);
  g_object_set (element, "duration", 5, NULL);
  g_assert_cmpint (feed_push (&bench, 2), ==, GST_FLOW_OK);
  g_assert_cmpint (feed_push (&bench, 3), ==, GST_FLOW_OK);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  feed_assert_clip (&bench, 0);
  for (guint i = 1; i < 4; i++) {
    assert_skipped (&bench, "over-budget", i);
    assert_gap (&bench, i);
  }
  feed_assert_end (&bench);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 1);
}

static void
test_run_id (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *details;

  bench_init (&bench, NULL, "mode=clips run-id=x on-error=skip", FEED_CAPS);
  message = bench_pull_message (&bench, GST_MESSAGE_ERROR);
  gst_message_parse_error_details (message, &details);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
  g_assert_cmpuint (
      nanogpt_simulator_count_requests (bench.simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/clips/fail", test_fail);
  g_test_add_func ("/clips/fail/broken-image", test_fail_broken);
  for (guint i = 0; i < G_N_ELEMENTS (skips); i++) {
    g_autofree char *path = g_strconcat ("/clips/skip/", skips[i].name, NULL);

    g_test_add_data_func (path, &skips[i], test_skip);
  }
  g_test_add_func ("/clips/skip/first", test_skip_first);
  g_test_add_func ("/clips/skip/all", test_skip_all);
  g_test_add_func ("/clips/skip/broken-image", test_skip_broken);
  g_test_add_func ("/clips/budget", test_budget);
  g_test_add_func ("/clips/run-id", test_run_id);
  return g_test_run ();
}
