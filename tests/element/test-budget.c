/* nanovid: tests of the guards that prevent a submit, and of reported costs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "nanogpt/pricing/catalog.h"

/* The price of a clip of the default kind in the simulator's listing. */
#define PRICE 0.09

static Player *
player_new_with_price (double price, const char *line)
{
  NanogptSimulatorOptions options;
  g_autofree char *state_dir = fixture_make_dir ();
  Player *player;

  player_options_init (&options);
  options.price = price;
  player = player_new (&options, "%s", line);
  g_object_set (player->source, "state-dir", state_dir, NULL);
  return player;
}

static void
run_to_error (Player *player, const char *reason)
{
  const GstStructure *details;
  gboolean charged = TRUE;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  g_assert_true (
      gst_structure_get_boolean (details, "may-have-been-charged", &charged));
  g_assert_false (charged);
}

static guint
count_submits (Player *player)
{
  return nanogpt_simulator_count_requests (
      player->simulator, NANOGPT_SIMULATOR_SUBMIT);
}

static double
get_job_double (Player *player, const char *field)
{
  g_autoptr (GstStructure) job = NULL;
  double value = -1;

  g_object_get (player->source, "job", &job, NULL);
  g_assert_true (gst_structure_get_double (job, field, &value));
  return value;
}

/* The listing is fetched when a guard needs it, and the estimate is reported. */
static void
test_max_cost (void)
{
  g_autoptr (Player) player =
      player_new_with_price (-1, "nanovidsrc name=source prompt=x ! fakesink");

  g_object_set (player->source, "max-cost", PRICE - 0.01, NULL);
  run_to_error (player, "over-budget");
  g_assert_cmpuint (count_submits (player), ==, 0);

  player_reset (player);
  g_object_set (player->source, "max-cost", PRICE, NULL);
  player_run (player);
  g_assert_cmpuint (count_submits (player), ==, 1);
  g_assert_cmpfloat_with_epsilon (
      get_job_double (player, "estimated-cost"), PRICE, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_job_double (player, "cost"), PRICE, 1e-9);
}

/* A request without a price that is understood is refused, until one such clip
 * has shown what it costs. */
static void
test_unknown_price (void)
{
  g_autoptr (Player) player = player_new_with_price (-1,
      "nanovidsrc name=source model=hunyuan-video pro-mode=true prompt=x ! "
      "fakesink");

  g_object_set (player->source, "max-cost", 100.0, NULL);
  run_to_error (player, "over-budget");
  g_assert_cmpuint (count_submits (player), ==, 0);

  player_reset (player);
  g_object_set (player->source, "max-cost", 0.0, NULL);
  player_run (player);

  player_reset (player);
  g_signal_emit_by_name (player->source, "forget");
  g_object_set (player->source, "max-cost", 100.0, NULL);
  player_run (player);
  g_assert_cmpuint (count_submits (player), ==, 2);
}

static void
save_listing (Player *player, const char *text)
{
  g_autoptr (GBytes) listing = g_bytes_new_static (text, strlen (text));
  g_autofree char *state_dir = NULL;

  g_object_get (player->source, "state-dir", &state_dir, NULL);
  g_assert_true (nanogpt_catalog_save (state_dir,
      nanogpt_simulator_get_base_url (player->simulator), listing, NULL));
}

/* The service can charge more than the listing says only once. */
static void
test_wrong_listing (void)
{
  g_autoptr (Player) player = player_new_with_price (
      5, "nanovidsrc name=source prompt=x max-cost=1 ! fakesink");

  save_listing (player,
      "{\"data\": [{\"id\": \"seedance-lite-video\", \"pricing\": "
      "{\"currency\": \"USD\", \"base_price\": 0.5}}]}");
  player_run (player);
  g_assert_cmpfloat_with_epsilon (get_job_double (player, "cost"), 5, 1e-9);

  player_reset (player);
  g_signal_emit_by_name (player->source, "forget");
  run_to_error (player, "over-budget");
  g_assert_cmpuint (count_submits (player), ==, 1);
}

static void
test_max_total_cost (void)
{
  g_autoptr (Player) player = player_new_with_price (
      -1, "nanovidsrc name=source prompt=x max-total-cost=0.2 ! fakesink");

  for (guint i = 0; i < 2; i++) {
    player_run (player);
    player_reset (player);
    g_signal_emit_by_name (player->source, "forget");
  }
  run_to_error (player, "over-budget");
  g_assert_cmpuint (count_submits (player), ==, 2);
}

static void
test_min_balance (void)
{
  g_autoptr (Player) player = player_new_with_price (
      -1, "nanovidsrc name=source prompt=x min-balance=100.5 ! fakesink");
  g_autoptr (GError) error = NULL;

  run_to_error (player, "insufficient-balance");
  player_get_error (player, &error);
  g_assert_nonnull (strstr (error->message, "$100.00"));
  g_assert_nonnull (strstr (error->message, "$100.50"));
  g_assert_cmpuint (count_submits (player), ==, 0);

  player_reset (player);
  g_object_set (player->source, "min-balance", 99.5, NULL);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_BALANCE),
      ==, 2);
}

static void
test_no_money (void)
{
  static const char *const keys[] = { PLAYER_KEY "=0.05", NULL };
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GError) error = NULL;

  player_options_init (&options);
  options.keys = keys;
  player = player_new (&options, "nanovidsrc name=source prompt=x ! fakesink");
  run_to_error (player, "insufficient-balance");
  player_get_error (player, &error);
  g_assert_nonnull (strstr (error->message, "0.09"));
}

/* Over budget, an input is refused, and so are all later ones. */
static void
test_clips (void)
{
  g_autoptr (Player) player = player_new_with_price (-1,
      "videotestsrc num-buffers=4 ! video/x-raw,width=64,height=64 ! "
      "nanovidtransform name=source mode=clips on-error=skip prompt=x "
      "max-total-cost=0.2 ! fakesink");

  player_run (player);
  g_assert_cmpuint (count_submits (player), ==, 2);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 2);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/budget/max-cost", test_max_cost);
  g_test_add_func ("/budget/unknown-price", test_unknown_price);
  g_test_add_func ("/budget/wrong-listing", test_wrong_listing);
  g_test_add_func ("/budget/max-total-cost", test_max_total_cost);
  g_test_add_func ("/budget/min-balance", test_min_balance);
  g_test_add_func ("/budget/no-money", test_no_money);
  g_test_add_func ("/budget/clips", test_clips);
  return g_test_run ();
}
