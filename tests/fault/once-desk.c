/* nanovid: a simulated service, and pipelines whose clips it may charge once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "once-desk.h"

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

void
desk_options_init (NanogptSimulatorOptions *options)
{
  nanogpt_simulator_options_init (options);
  options->generation_time = 0.2;
}

Desk *
desk_new (const NanogptSimulatorOptions *options)
{
  Desk *self = g_new0 (Desk, 1);
  NanogptSimulatorOptions chosen;
  g_autoptr (GError) error = NULL;

  desk_options_init (&chosen);
  if (options)
    chosen = *options;
  self->media = fixture_media_path (FIXTURE_MEDIA_MP4);
  chosen.media_file = self->media;
  self->dir = fixture_make_dir ();
  self->state_dir = g_build_filename (self->dir, "state", NULL);
  self->out = g_build_filename (self->dir, "clip.mp4", NULL);
  self->simulator = nanogpt_simulator_new (&chosen, &error);
  g_assert_no_error (error);
  return self;
}

Desk *
desk_new_slow (void)
{
  NanogptSimulatorOptions options;

  desk_options_init (&options);
  options.generation_time = 1.5;
  return desk_new (&options);
}

void
desk_free (Desk *self)
{
  nanogpt_simulator_free (self->simulator);
  g_free (self->media);
  g_free (self->dir);
  g_free (self->state_dir);
  g_free (self->out);
  g_free (self);
}

void
desk_add_fault (Desk *self, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (self->simulator, rule, &error);
  g_assert_no_error (error);
}

void
desk_assert_charges (Desk *self, guint charges)
{
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (self->simulator), ==, charges);
}

void
desk_assert_submits (Desk *self, guint submits)
{
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        self->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, submits);
}

void
desk_assert_file (Desk *self, const char *path)
{
  g_autofree char *expected = NULL;
  g_autofree char *written = NULL;
  gsize size, expected_size;

  g_assert_true (
      g_file_get_contents (self->media, &expected, &expected_size, NULL));
  g_assert_true (g_file_get_contents (path, &written, &size, NULL));
  g_assert_cmpmem (written, size, expected, expected_size);
}

/* Pipelines in this process */

GstElement *
desk_make_pipeline (Desk *self, const char *properties)
{
  g_autofree char *line =
      g_strdup_printf ("nanovidsrc name=source base-url=%s api-key=" KEY
                       " poll-interval=20 state-dir=%s prompt=lighthouse %s ! "
                       "filesink location=%s",
          nanogpt_simulator_get_base_url (self->simulator), self->state_dir,
          properties, self->out);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  return pipeline;
}

void
pipeline_stop (GstElement *pipeline)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("stopping", 10);

  gst_element_set_state (pipeline, GST_STATE_NULL);
}

GstMessage *
pipeline_wait_message (GstElement *pipeline, GstMessageType types)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (
      bus, (GstClockTime)(fixture_scaled (PATIENCE) * GST_SECOND), types);

  g_assert_nonnull (message);
  return message;
}

void
message_assert_eos (GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

void
pipeline_play_to_end (GstElement *pipeline)
{
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message =
      pipeline_wait_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  message_assert_eos (message);
  pipeline_stop (pipeline);
}

void
desk_run (Desk *self, const char *properties)
{
  g_autoptr (GstElement) pipeline = desk_make_pipeline (self, properties);

  pipeline_play_to_end (pipeline);
  desk_assert_file (self, self->out);
}
