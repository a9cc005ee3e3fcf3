/* nanovid: tests of stopping, and of an application's EOS
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "nanogpt/store/files/journal.h"

#define SOURCE "nanovidsrc name=source prompt=\"a lighthouse\" "

/* Returns: how many seconds the state change took */
static double
stop (Player *player, GstState state)
{
  gint64 start = g_get_monotonic_time ();

  player_set_state (player, state);
  return (g_get_monotonic_time () - start) / (double)G_USEC_PER_SEC;
}

/* A point at which the job can wait. */
typedef struct
{
  const char *name;
  const char *fault;
  const char *states;
  const char *job_state;             /* to wait for */
  NanogptSimulatorEndpoint endpoint; /* to be requested */
  double seconds;                    /* maximum time for a stop */
  gboolean has_id;
} Phase;

static const Phase phases[] = {
  { "submitting", "submit:stall", NULL, "submitting", NANOGPT_SIMULATOR_SUBMIT,
      2.5, FALSE },
  { "first-poll", "status:stall", NULL, "queued", NANOGPT_SIMULATOR_STATUS, 0.1,
      TRUE },
  { "queued", NULL, "IN_QUEUE,COMPLETED", "queued", NANOGPT_SIMULATOR_STATUS,
      0.1, TRUE },
  { "generating", NULL, "IN_PROGRESS,COMPLETED", "generating",
      NANOGPT_SIMULATOR_STATUS, 0.1, TRUE },
  { "download-silent", "media:stall,generation-time=0", NULL, "downloading",
      NANOGPT_SIMULATOR_MEDIA, 0.1, TRUE },
};

static Player *
reach (const Phase *phase)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  NanogptSimulatorOptions options;
  g_autoptr (GError) error = NULL;
  Player *player;

  player_options_init (&options);
  options.media_file = path;
  if (phase->states) {
    options.states = phase->states;
    options.generation_time = 100;
  }
  player = player_new (&options, SOURCE "! fakesink async=false");
  if (phase->fault) {
    nanogpt_simulator_add_fault (player->simulator, phase->fault, &error);
    g_assert_no_error (error);
  }
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_job_state (player, phase->job_state);
  g_assert_true (nanogpt_simulator_wait_requests (
      player->simulator, phase->endpoint, 1, fixture_scaled (5) * 1000));
  return player;
}

static void
assert_canceled (Player *player, const Phase *phase)
{
  g_autofree char *progress = player_get_progress (player);
  g_autofree char *texts = player_get_progress_texts (player);
  g_autofree char *run_id = NULL;
  g_autofree char *way = NULL;
  g_auto (GStrv) lines = g_strsplit (texts, "\n", -1);
  guint n = g_strv_length (lines);

  g_assert_true (g_str_has_prefix (progress, "start"));
  g_assert_true (g_str_has_suffix (progress, " canceled"));
  g_object_get (player->source, "run-id", &run_id, NULL);
  g_assert_cmpint (run_id != NULL, ==, phase->has_id);
  if (!run_id)
    return;
  /* The last line is empty. */
  way = g_strdup_printf ("run-id=%s", run_id);
  g_assert_nonnull (strstr (lines[n - 2], way));
  g_assert_nonnull (strstr (lines[n - 2], "is charged"));
}

/* A busy machine may make some of the tries slow, but not most. */
#define MAX_TRIES 5
#define MOST_TRIES 3

static void
test_stop (gconstpointer data)
{
  const Phase *phase = data;
  double limit = fixture_scaled (phase->seconds);
  guint in_time = 0;

  for (guint i = 0; i < MAX_TRIES && in_time < MOST_TRIES; i++) {
    g_autoptr (Player) player = reach (phase);
    double seconds = stop (player, GST_STATE_NULL);

    in_time += seconds < limit;
    g_test_message ("%.3f s", seconds);
    assert_canceled (player, phase);
    g_assert_cmpuint (player_count (player, GST_MESSAGE_ERROR), ==, 0);
  }
  g_assert_cmpuint (in_time, ==, MOST_TRIES);
}

/* Returns: how many seconds EOS takes to arrive */
static double
send_eos (Player *player)
{
  gint64 start = g_get_monotonic_time ();

  g_assert_true (
      gst_element_send_event (player->pipeline, gst_event_new_eos ()));
  player_wait (player, GST_MESSAGE_EOS);
  return (g_get_monotonic_time () - start) / (double)G_USEC_PER_SEC;
}

/* Sends EOS as gst-launch-1.0 -e does. */
static void
test_eos (gconstpointer data)
{
  const Phase *phase = data;
  double limit = fixture_scaled (0.1);
  guint in_time = 0;

  for (guint i = 0; i < MAX_TRIES && in_time < MOST_TRIES; i++) {
    g_autoptr (Player) player = reach (phase);
    double seconds = send_eos (player);

    in_time += seconds < limit;
    g_test_message ("%.3f s", seconds);
    assert_canceled (player, phase);
    g_assert_cmpuint (player->bytes->len, ==, 0);
    g_assert_cmpuint (player_count (player, GST_MESSAGE_ERROR), ==, 0);
  }
  g_assert_cmpuint (in_time, ==, MOST_TRIES);
}

/* The message that the wait is over comes before EOS. */
static void
test_eos_order (void)
{
  g_autoptr (Player) player = reach (&phases[2]);
  GstMessageType last = 0;

  g_assert_true (
      gst_element_send_event (player->pipeline, gst_event_new_eos ()));
  player_wait (player, GST_MESSAGE_EOS);
  for (guint i = 0; last != GST_MESSAGE_EOS; i++) {
    GstMessageType type = GST_MESSAGE_TYPE (player->messages->pdata[i]);

    if (type == GST_MESSAGE_EOS)
      g_assert_cmpint (last, ==, GST_MESSAGE_PROGRESS);
    if (type == GST_MESSAGE_EOS || type == GST_MESSAGE_PROGRESS)
      last = type;
  }
}

static void
test_eos_then_collected (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;

  player_options_init (&options);
  options.media_file = path;
  options.generation_time = fixture_scaled (1);
  player = player_new (&options, SOURCE "! fakesink async=false");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_job_state (player, "queued");
  gst_element_send_event (player->pipeline, gst_event_new_eos ());
  player_wait (player, GST_MESSAGE_EOS);
  player_reset (player);
  player_run (player);
  player_assert_bytes (player, path);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* After an EOS that came too early, a flushing seek continues the clip, whose own
 * end then counts. */
static void
test_eos_then_seek (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  g_autofree char *dir = fixture_make_dir ();
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GPtrArray) records = NULL;

  player_options_init (&options);
  options.media_file = path;
  player =
      player_new (&options, SOURCE "state-dir=%s ! fakesink async=false", dir);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_bytes (player, 1);
  gst_element_send_event (player->source, gst_event_new_eos ());
  player_wait (player, GST_MESSAGE_EOS);
  g_mutex_lock (&player->lock);
  g_ptr_array_set_size (player->messages, 0);
  g_mutex_unlock (&player->lock);
  g_assert_true (gst_element_seek_simple (
      player->source, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH, 0));
  player_wait (player, GST_MESSAGE_EOS);
  player_set_state (player, GST_STATE_NULL);
  records = nanogpt_journal_list (dir);
  g_assert_cmpint (((const NanogptJournalRecord *)records->pdata[0])->state, ==,
      NANOGPT_JOURNAL_DELIVERED);
}

/* EOS in the middle of the clip ends it there. */
static void
test_eos_in_data (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autofree char *progress = NULL;
  g_autofree char *data = NULL;
  gsize size;

  player_options_init (&options);
  options.media_file = path;
  options.bandwidth = 50000;
  player = player_new (&options, SOURCE "! fakesink async=false");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_bytes (player, 1);
  g_assert_true (
      gst_element_send_event (player->pipeline, gst_event_new_eos ()));
  player_wait (player, GST_MESSAGE_EOS);
  progress = player_get_progress (player);
  g_assert_cmpstr (progress, ==, "start continue complete");
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (player->bytes->len, <, size);
}

/* EOS before any data is requested costs nothing. */
static void
test_eos_before_start (void)
{
  g_autoptr (Player) player =
      player_new (NULL, SOURCE "! fakesink async=false");

  player_set_state (player, GST_STATE_READY);
  gst_element_send_event (player->source, gst_event_new_eos ());
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_EOS);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 0);
}

/* Starting and stopping at any moment never gives a second job, and never hangs. */
static void
test_restless (void)
{
  g_autoptr (Player) player =
      player_new (NULL, SOURCE "! fakesink async=false");

  for (guint i = 0; i < 100; i++) {
    player_set_state (player, GST_STATE_PLAYING);
    g_usleep (g_test_rand_int_range (0, 5000));
    player_set_state (player, i % 3 ? GST_STATE_READY : GST_STATE_NULL);
  }
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

static void
test_pause_in_wait (void)
{
  g_autoptr (Player) player = player_new (NULL, SOURCE "! fakesink");

  for (guint i = 0; i < 10; i++) {
    player_set_state (player, GST_STATE_PLAYING);
    player_set_state (player, GST_STATE_PAUSED);
  }
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

/* Unreffing an element at any point leaves nothing behind. */
static void
test_last_unref (void)
{
  g_autoptr (Player) player = reach (&phases[3]);
  GstElement *source = player->source;
  gpointer watched = source;

  g_object_add_weak_pointer (G_OBJECT (source), &watched);
  player_set_state (player, GST_STATE_READY);
  player->source = gst_object_ref (player->pipeline);
  gst_bin_remove (GST_BIN (player->pipeline), source);
  gst_element_set_state (source, GST_STATE_NULL);
  g_ptr_array_set_size (player->messages, 0);
  gst_object_unref (source);
  g_assert_null (watched);
}

static void
test_never_started (void)
{
  GstElement *source = gst_element_factory_make ("nanovidsrc", NULL);
  gpointer watched = source;

  gst_object_ref_sink (source);
  g_object_add_weak_pointer (G_OBJECT (source), &watched);
  g_signal_emit_by_name (source, "forget");
  gst_object_unref (source);
  g_assert_null (watched);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (phases); i++) {
    g_autofree char *stop_name = g_strdup_printf ("/stop/%s", phases[i].name);
    g_autofree char *eos_name = g_strdup_printf ("/eos/%s", phases[i].name);

    g_test_add_data_func (stop_name, &phases[i], test_stop);
    g_test_add_data_func (eos_name, &phases[i], test_eos);
  }
  g_test_add_func ("/eos/order", test_eos_order);
  g_test_add_func ("/eos/then-collected", test_eos_then_collected);
  g_test_add_func ("/eos/then-seek", test_eos_then_seek);
  g_test_add_func ("/eos/in-data", test_eos_in_data);
  g_test_add_func ("/eos/before-start", test_eos_before_start);
  g_test_add_func ("/stop/restless", test_restless);
  g_test_add_func ("/stop/pause-in-wait", test_pause_in_wait);
  g_test_add_func ("/stop/last-unref", test_last_unref);
  g_test_add_func ("/stop/never-started", test_never_started);
  return g_test_run ();
}
