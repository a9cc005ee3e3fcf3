/* nanovid: tests that a clip is paid for once: lost answers, changes of state and seeks
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "once-desk.h"

/* Returns: (transfer full): the details of the error, which must have @reason */
static GstStructure *
play_to_error (GstElement *pipeline, const char *reason)
{
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *details = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message =
      pipeline_wait_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error_details (message, &details);
  g_assert_nonnull (details);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  pipeline_stop (pipeline);
  return gst_structure_copy (details);
}

/* Returns: (transfer full) (nullable): the run id that the element reports */
static char *
get_run_id (GstElement *pipeline)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "source");
  g_autoptr (GstStructure) job = NULL;

  g_object_get (source, "job", &job, NULL);
  return job ? g_strdup (gst_structure_get_string (job, "run-id")) : NULL;
}

/* The answer to the submit */

static const char *const lost_answers[] = {
  "reply-drop",
  "reply-half",
  "reply-stall",
  "delay=3000",
  "drip=20",
  "reply-status=408",
  "reply-status=500",
  "reply-status=502",
  "reply-status=503",
  "reply-status=503,retry-after=1",
  "reply-status=504",
  "reply-status=502,shape=html",
  "reply-status=200,shape=html",
  "reply-status=200,body=,type=application/json",
  "reply-status=200,body=[]",
  "reply-status=200,body={\"ok\":true}",
};

static void
test_lost_answer (gconstpointer fault)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autofree char *rule = g_strconcat ("submit#1:", fault, NULL);

  desk_add_fault (desk, rule);
  desk_run (desk, "http-timeout=1");
  desk_assert_charges (desk, 1);
  desk_assert_submits (desk, 1);
}

static void
set_property (GstElement *pipeline, const char *name, const char *value)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "source");

  g_object_set (source, name, value, NULL);
}

/* Two answers are lost, and one of the submits has arrived: while both are
 * being looked for, neither element may take that job for its own. */
static void
test_two_lost (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autoptr (GstElement) first =
      desk_make_pipeline (desk, "http-timeout=1 timeout=5");
  g_autoptr (GstElement) second =
      desk_make_pipeline (desk, "http-timeout=1 timeout=5");
  g_autoptr (GstStructure) details = NULL;
  g_autoptr (GstStructure) other = NULL;

  set_property (second, "prompt", "another lighthouse");
  desk_add_fault (desk, "submit#1:stall");
  desk_add_fault (desk, "submit#2:reply-stall");
  gst_element_set_state (first, GST_STATE_PLAYING);
  g_assert_true (nanogpt_simulator_wait_requests (desk->simulator,
      NANOGPT_SIMULATOR_SUBMIT, 1, fixture_scaled (10) * 1000));
  gst_element_set_state (second, GST_STATE_PLAYING);
  details = play_to_error (first, "submit-unknown");
  other = play_to_error (second, "submit-unknown");
  desk_assert_charges (desk, 1);
  desk_assert_submits (desk, 2);
}

/* Without recover, the outcome stays unknown, even later and for other
 * processes, until the user sets resume=false. */
static void
test_no_recover (gconstpointer rule)
{
  NanogptSimulatorOptions options;
  g_autoptr (Desk) desk = NULL;
  g_autoptr (GstElement) pipeline = NULL;

  desk_options_init (&options);
  options.no_recover = TRUE;
  desk = desk_new (&options);
  desk_add_fault (desk, rule);
  pipeline = desk_make_pipeline (desk, "http-timeout=1");
  for (guint i = 0; i < 4; i++) {
    g_autoptr (GstStructure) details =
        play_to_error (pipeline, "submit-unknown");
    gboolean charged = FALSE;

    g_assert_true (
        gst_structure_get_boolean (details, "may-have-been-charged", &charged));
    g_assert_true (charged);
    desk_assert_submits (desk, 1);
    if (i == 1) {
      gst_object_unref (pipeline);
      pipeline = desk_make_pipeline (desk, "http-timeout=1");
    }
  }
  desk_run (desk, "resume=false");
  desk_assert_submits (desk, 2);
}

/* States and seeks */

static void
test_states (void)
{
  g_autoptr (Desk) desk = desk_new (NULL);
  g_autoptr (GstElement) pipeline = desk_make_pipeline (desk, "");
  g_autoptr (GRand) random = g_rand_new_with_seed (20);

  for (guint i = 0; i < 20; i++) {
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_usleep (g_rand_int_range (random, 0, 40) * 1000);
    pipeline_stop (pipeline);
  }
  pipeline_play_to_end (pipeline);
  desk_assert_file (desk, desk->out);
  desk_assert_charges (desk, 1);

  /* The same holds when the clip is played. */
  for (guint i = 0; i < 20; i++)
    pipeline_play_to_end (pipeline);
  desk_assert_file (desk, desk->out);
  desk_assert_charges (desk, 1);
  desk_assert_submits (desk, 1);
}

static void
seek (GstElement *pipeline, guint64 position)
{
  gst_element_seek (pipeline, 1.0, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
      GST_SEEK_TYPE_SET, position, GST_SEEK_TYPE_NONE, -1);
}

/* Seeks before there is a job, while it runs, and during the download. */
static void
test_seeks (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Desk) desk = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (21);
  gint64 end;

  desk_options_init (&options);
  options.bandwidth = 100000;
  desk = desk_new (&options);
  pipeline = desk_make_pipeline (desk, "");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  end = g_get_monotonic_time () + (gint64)(0.8 * G_USEC_PER_SEC);
  while (g_get_monotonic_time () < end) {
    seek (pipeline, g_rand_int_range (random, 0, 20000));
    g_usleep (g_rand_int_range (random, 0, 5) * 1000);
  }
  seek (pipeline, 0);
  message =
      pipeline_wait_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  message_assert_eos (message);
  pipeline_stop (pipeline);
  desk_assert_file (desk, desk->out);
  desk_assert_charges (desk, 1);
  desk_assert_submits (desk, 1);
}

/* A job by its id */

static void
test_run_id (void)
{
  g_autoptr (Desk) desk = desk_new_slow ();
  g_autoptr (GstElement) pipeline = desk_make_pipeline (desk, "");
  g_autofree char *run_id = NULL;
  g_autofree char *property = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (nanogpt_simulator_wait_charges (
      desk->simulator, 1, fixture_scaled (10) * 1000));
  pipeline_stop (pipeline);
  run_id = get_run_id (pipeline);
  g_assert_nonnull (run_id);

  property = g_strdup_printf ("run-id=%s", run_id);
  desk_run (desk, property);
  desk_assert_charges (desk, 1);
  /* Attaching to the job has ended the first pipeline's claim to it. */
  g_clear_pointer (&pipeline, gst_object_unref);
  desk_run (desk, property);
  desk_assert_charges (desk, 1);
  desk_assert_submits (desk, 1);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (lost_answers); i++) {
    g_autofree char *path =
        g_strdup_printf ("/once/lost-answer/%s", lost_answers[i]);

    g_test_add_data_func (path, lost_answers[i], test_lost_answer);
  }
  g_test_add_data_func (
      "/once/no-recover/charged", "submit#1:reply-drop", test_no_recover);
  g_test_add_data_func (
      "/once/no-recover/not-charged", "submit#1:refuse", test_no_recover);
  g_test_add_data_func (
      "/once/no-recover/time-out", "submit#1:reply-stall", test_no_recover);
  g_test_add_func ("/once/two-lost", test_two_lost);
  g_test_add_func ("/once/states", test_states);
  g_test_add_func ("/once/seeks", test_seeks);
  g_test_add_func ("/once/run-id", test_run_id);
  return g_test_run ();
}
