/* nanovid: tests of jobs that have several results, in the elements
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/bench.h"
#include "element/player.h"
#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/journal.h"

#define N_RESULTS 4
/* A model whose jobs have four results, rendered so that they can be told
 * apart. */
#define FOUR                                                                   \
  "model=midjourney-video image-url=https://example.com/cat.png prompt=cat"

static void
options_init (NanogptSimulatorOptions *options)
{
  static const char *const clips[] = {
    "size=64x48,rate=8,seconds=0.25,sound=none", NULL
  };

  player_options_init (options);
  options->generation_time = 0;
  options->clips = clips;
}

static GBytes *
play (Player *player, guint index)
{
  GBytes *bytes;

  g_object_set (player->source, "output-index", index, NULL);
  player_run (player);
  g_mutex_lock (&player->lock);
  bytes = g_bytes_new (player->bytes->data, player->bytes->len);
  g_mutex_unlock (&player->lock);
  return bytes;
}

static guint
get_outputs (Player *player)
{
  g_autoptr (GstStructure) job = NULL;
  guint outputs = 0;

  g_object_get (player->source, "job", &job, NULL);
  gst_structure_get_uint (job, "outputs", &outputs);
  return outputs;
}

/* Another index plays another result at no charge. */
static void
test_output_index (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GPtrArray) clips =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  options_init (&options);
  player = player_new (
      &options, "nanovidsrc name=source " FOUR " ! fakesink sync=false");
  for (guint i = 0; i < N_RESULTS; i++) {
    g_ptr_array_add (clips, play (player, i));
    g_assert_cmpuint (get_outputs (player), ==, N_RESULTS);
    for (guint k = 0; k < i; k++)
      g_assert_false (g_bytes_equal (clips->pdata[k], clips->pdata[i]));
    player_reset (player);
  }
  g_ptr_array_add (clips, play (player, 1));
  g_assert_true (g_bytes_equal (clips->pdata[1], clips->pdata[N_RESULTS]));
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);

  /* A new clip is a new job, whichever of its results is played. */
  player_reset (player);
  g_signal_emit_by_name (player->source, "forget");
  g_ptr_array_add (clips, play (player, 3));
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 2);
}

static void
test_beyond (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) last = NULL;
  const GstStructure *details;

  options_init (&options);
  player = player_new (&options,
      "nanovidsrc name=source output-index=4 " FOUR " ! fakesink sync=false");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, &error);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
  g_assert_nonnull (gst_structure_get_string (details, "run-id"));
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);

  player_reset (player);
  last = play (player, 3);
  g_assert_cmpuint (g_bytes_get_size (last), >, 0);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* Clips mode */

#define TEXT "text/x-raw,format=utf8"

static void
push_as (Bench *bench, guint n, guint text_number)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("a push", 10);
  g_autofree char *text = g_strdup_printf ("input %u", text_number);
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  GST_BUFFER_PTS (buffer) = n * GST_SECOND;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  g_assert_cmpint (gst_harness_push (bench->harness, buffer), ==, GST_FLOW_OK);
}

static void
push (Bench *bench, guint n)
{
  push_as (bench, n, n);
}

/* Returns: the bytes of the next buffer, which must be this result */
static GBytes *
pull (Bench *bench, guint input, guint output)
{
  g_autoptr (GstBuffer) buffer = bench_pull (bench);
  GstMapInfo map;
  GBytes *bytes;

  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, input * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, input);
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (buffer), ==, output);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  bytes = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return bytes;
}

static guint
count_delivered (Bench *bench)
{
  g_autofree char *dir = NULL;
  g_autoptr (GPtrArray) records = NULL;
  guint count = 0;

  g_object_get (bench->harness->element, "state-dir", &dir, NULL);
  records = nanogpt_journal_list (dir);
  for (guint i = 0; i < records->len; i++)
    count += ((NanogptJournalRecord *)records->pdata[i])->state
        == NANOGPT_JOURNAL_DELIVERED;
  return count;
}

static void
init (Bench *bench, const char *properties)
{
  NanogptSimulatorOptions options;
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *line =
      g_strdup_printf ("mode=clips state-dir=%s " FOUR " %s", dir, properties);

  options_init (&options);
  bench_init (bench, &options, line, TEXT);
}

/* All results of all jobs leave in order; a job is delivered only after its last one. */
static void
test_all (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GPtrArray) clips =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GstEvent) eos = NULL;

  init (&bench, "outputs=all max-jobs=2");
  push (&bench, 0);
  push (&bench, 1);
  for (guint i = 0; i < 2 * N_RESULTS; i++) {
    g_ptr_array_add (clips, pull (&bench, i / N_RESULTS, i % N_RESULTS));
    g_assert_cmpuint (count_delivered (&bench), <=, i / N_RESULTS + 1);
    for (guint k = 0; k < i; k++)
      g_assert_false (g_bytes_equal (clips->pdata[k], clips->pdata[i]));
  }
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  eos = bench_pull_event (&bench, GST_EVENT_EOS);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 2);
  g_assert_cmpuint (count_delivered (&bench), ==, 2);
}

/* A job is not delivered until all its results are taken. */
static void
test_not_all_taken (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) again = NULL;
  GstBuffer *before;

  init (&bench, "outputs=all");
  bench_add_fault (&bench, "media#4:stall");
  push (&bench, 0);
  first = pull (&bench, 0, 0);
  g_assert_true (nanogpt_simulator_wait_requests (
      bench.simulator, NANOGPT_SIMULATOR_MEDIA, 4, 10000));
  bench_flush (&bench, GST_FORMAT_TIME);
  while ((before = gst_harness_try_pull (bench.harness)))
    gst_buffer_unref (before);
  g_assert_cmpuint (count_delivered (&bench), ==, 0);
  push_as (&bench, 1, 0);
  for (guint i = 0; i < N_RESULTS; i++) {
    g_clear_pointer (&again, g_bytes_unref);
    again = pull (&bench, 1, i);
    g_assert_cmpint (g_bytes_equal (first, again), ==, i == 0);
  }
  g_assert_cmpuint (bench_count_charges (&bench), ==, 1);
}

/* A result that is unavailable is a failure of its input, after the results
 * before it. */
static void
test_one_fails (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GstEvent) gap = NULL;
  g_autoptr (GstMessage) warning = NULL;

  init (&bench, "outputs=all on-error=skip retries=0 max-jobs=1");
  bench_add_fault (&bench, "media#3:body=<html>");
  push (&bench, 0);
  gst_buffer_unref (bench_pull (&bench));
  warning = bench_pull_message (&bench, GST_MESSAGE_WARNING);
  gap = bench_pull_event (&bench, GST_EVENT_GAP);
}

static void
test_first (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GBytes) third = NULL;
  g_autoptr (GBytes) first = NULL;

  init (&bench, "output-index=2");
  push (&bench, 0);
  third = pull (&bench, 0, 2);
  g_object_set (bench.harness->element, "output-index", 0, NULL);
  push (&bench, 1);
  first = pull (&bench, 1, 0);
  g_object_set (bench.harness->element, "outputs", 1, NULL);
  push (&bench, 2);
  for (guint i = 0; i < N_RESULTS; i++)
    g_bytes_unref (pull (&bench, 2, i));
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/results/output-index", test_output_index);
  g_test_add_func ("/results/beyond", test_beyond);
  g_test_add_func ("/results/clips/all", test_all);
  g_test_add_func ("/results/clips/not-all-taken", test_not_all_taken);
  g_test_add_func ("/results/clips/one-fails", test_one_fails);
  g_test_add_func ("/results/clips/first", test_first);
  return g_test_run ();
}
