/* nanovid: tests of nanovidtransform with mode=clips: its jobs, and how they stop
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/bench.h"
#include "element/feed.h"
#include "element/player.h"
#include "element/submits.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "nanogpt/store/files/journal.h"

/* Jobs at a time */

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
  bench_init (&bench, &options, "mode=clips", FEED_CAPS);
  feed_start (&feed, &bench, 8);
  for (guint i = 0; i < 8; i++)
    feed_assert_clip (&bench, i);
  feed_assert_end (&bench);
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

  bench_init (&bench, get_slow_options (), properties, FEED_CAPS);
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

  bench_init (&bench, get_slow_options (), "mode=clips max-jobs=1", FEED_CAPS);
  feed_start (&feed, &bench, 3);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 1, fixture_scaled (5) * 1000));
  g_assert_false (nanogpt_simulator_wait_charges (bench.simulator, 2, 200));
  g_object_set (bench.harness->element, "max-jobs", 3, NULL);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 3, fixture_scaled (5) * 1000));
  g_assert_cmpint (feed_finish (&feed), ==, GST_FLOW_OK);
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
  g_autoptr (GstCaps) caps = gst_caps_from_string (FEED_CAPS);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  bench_add_fault (&bench, interruption->fault);
  feed_push_all (&bench, 3);
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

  feed_push_all (&bench, 3);
  gst_harness_push_event (bench.harness, gst_event_new_eos ());
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, i);
  feed_assert_end (&bench);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  gst_element_set_state (bench.harness->element, GST_STATE_READY);
  g_object_set (bench.harness->element, "spool-dir", dir, NULL);
  restart (&bench);
  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < 4; i++)
      g_assert_cmpint (feed_push (&bench, round * 4 + i), ==, GST_FLOW_OK);
    feed_assert_clip (&bench, round * 4);
    flush_time (&bench);
    while (gst_harness_buffers_in_queue (bench.harness) > 0)
      gst_buffer_unref (gst_harness_pull (bench.harness));
    wait_for_no_files (dir);
  }
  feed_push_all (&bench, 4);
  for (guint i = 0; i < 4; i++)
    feed_assert_clip (&bench, i);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  feed_push_all (&bench, 3);
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, i);
  for (guint n = 0; n < G_N_ELEMENTS (interrupt); n++) {
    interrupt[n](&bench);
    feed_push_all (&bench, 3);
    for (guint i = 0; i < 3; i++)
      feed_assert_clip (&bench, i);
  }
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);

  g_signal_emit_by_name (bench.harness->element, "forget");
  restart (&bench);
  feed_push_all (&bench, 3);
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, i);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 6);
}

/* Equal inputs have a job each. */
static void
test_equal (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (feed_push (&bench, 0), ==, GST_FLOW_OK);
  for (guint i = 0; i < 3; i++)
    feed_assert_clip (&bench, 0);
  g_assert_cmpuint (bench_count_charges (&bench), ==, 3);
}

static void
test_forget (void)
{
  g_auto (Bench) bench = { 0 };

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  feed_push_all (&bench, 2);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 2, fixture_scaled (5) * 1000));
  g_signal_emit_by_name (bench.harness->element, "forget");
  restart (&bench);
  feed_push_all (&bench, 2);
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

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  origin = nanogpt_simulator_get_base_url (bench.simulator);
  bench_add_fault (&bench, "submit#3:generation-time=100");
  feed_push_all (&bench, 2);
  feed_assert_clip (&bench, 0);
  feed_assert_clip (&bench, 1);
  g_assert_cmpint (feed_push (&bench, 2), ==, GST_FLOW_OK);
  g_assert_true (nanogpt_simulator_wait_charges (
      bench.simulator, 3, fixture_scaled (5) * 1000));
  gst_element_set_state (bench.harness->element, GST_STATE_NULL);
  g_assert_cmpuint (count_records (NANOGPT_JOURNAL_DELIVERED, origin), ==, 2);
  g_assert_cmpuint (count_records (NANOGPT_JOURNAL_ACCEPTED, origin), ==, 1);
}

/* Stopping */

/* Stopping jobs whose submits are not answered takes two seconds in all. */
static void
test_stop_in_submits (void)
{
  g_auto (Bench) bench = { 0 };
  gint64 start;

  bench_init (&bench, NULL, "mode=clips", FEED_CAPS);
  bench_add_fault (&bench, "submit:stall");
  feed_push_all (&bench, 4);
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

/* However many jobs there are, stopping them takes only one thread. */
static void
test_stop_of_many (void)
{
  const guint count = 50;
  g_auto (Bench) bench = { 0 };
  gint stopped = FALSE;
  GThread *counter;
  guint before;

  bench_init (&bench, NULL, "mode=clips max-jobs=4294967295", FEED_CAPS);
  bench_add_fault (&bench, "submit:stall");
  feed_push_all (&bench, count);
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

  bench_init (&bench, get_slow_options (), "mode=clips max-jobs=2", FEED_CAPS);
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

  g_test_add_func ("/clips/parallel", test_parallel);
  g_test_add_func ("/clips/back-pressure", test_back_pressure);
  g_test_add_func ("/clips/max-jobs-in-playing", test_max_jobs_in_playing);
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
  g_test_add_func ("/clips/stop/in-submits", test_stop_in_submits);
  g_test_add_func ("/clips/stop/of-many", test_stop_of_many);
  g_test_add_func ("/clips/stop/when-full", test_stop_when_full);
  g_test_add_func ("/clips/states", test_states);
  return g_test_run ();
}
