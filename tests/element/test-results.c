/* nanovid: tests of jobs that have several results, in the elements
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/bench.h"
#include "element/player.h"
#include "fixture/env.h"
#include "fixture/watchdog.h"

#define N_RESULTS 4
/* A model whose jobs have four results, which are rendered so that they can be
 * told apart. */
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

/* Another index plays another result, and pays nothing. */
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

  /* A new clip is a new job, whichever result of it. */
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

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/results/output-index", test_output_index);
  g_test_add_func ("/results/beyond", test_beyond);
  return g_test_run ();
}
