/* nanovid: tests that nanovidsrc tells the API key to no one
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"

#define SOURCE "nanovidsrc name=source prompt=\"a lighthouse\" "

/* Returns: whether no posted message contains the key */
static gboolean
is_unspoken (Player *player)
{
  for (guint i = 0; i < player->messages->len; i++) {
    GstMessage *message = player->messages->pdata[i];
    const GstStructure *structure = gst_message_get_structure (message);
    g_autofree char *text =
        structure ? gst_structure_to_string (structure) : g_strdup ("");
    g_autofree char *debug = NULL;
    g_autoptr (GError) error = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      gst_message_parse_error (message, &error, &debug);
    if (strstr (text, PLAYER_KEY)
        || (error && strstr (error->message, PLAYER_KEY))
        || (debug && strstr (debug, PLAYER_KEY)))
      return FALSE;
  }
  return TRUE;
}

/* Returns: how many files there are below @path; none of them contains the key */
static guint
count_unwritten (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint count = 0;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    g_autofree char *text = NULL;
    gsize size;

    g_assert_null (strstr (name, PLAYER_KEY));
    if (g_file_test (child, G_FILE_TEST_IS_DIR)) {
      count += count_unwritten (child);
      continue;
    }
    g_assert_true (g_file_get_contents (child, &text, &size, NULL));
    g_assert_null (g_strstr_len (text, size, PLAYER_KEY));
    count++;
  }
  return count;
}

static void
test_key_is_secret (void)
{
  g_autofree char *state_dir = fixture_make_dir ();
  g_autofree char *cache_dir = fixture_make_dir ();
  g_autoptr (Player) player = player_new (NULL,
      SOURCE "state-dir=%s cache-dir=%s ! fakesink", state_dir, cache_dir);
  g_autofree char *dot = NULL;
  GParamSpec *spec;

  spec = g_object_class_find_property (
      G_OBJECT_GET_CLASS (player->source), "api-key");
  g_assert_false (spec->flags & G_PARAM_READABLE);

  player_run (player);
  dot = gst_debug_bin_to_dot_data (
      GST_BIN (player->pipeline), GST_DEBUG_GRAPH_SHOW_ALL);
  g_assert_nonnull (strstr (dot, "lighthouse"));
  g_assert_null (strstr (dot, PLAYER_KEY));
  g_assert_true (is_unspoken (player));
  player_set_state (player, GST_STATE_NULL);
  /* There are at least the journal, its lock, the ledger, the history, and the clip. */
  g_assert_cmpuint (count_unwritten (state_dir), >=, 3);
  g_assert_cmpuint (count_unwritten (cache_dir), >=, 1);
}

/* A service that repeats the key in its messages: the fault rules for its
 * answers; an empty one means that the job fails with the key in its error. */
static const char *const echoes[] = {
  "submit:status=400,body={\"error\":\"No key " PLAYER_KEY "\"}",
  "status:status=403,body={\"error\":{\"message\":\"No key " PLAYER_KEY "\"}}",
  "",
};

static void
check_echo (const char *fault)
{
  g_autofree char *state_dir = fixture_make_dir ();
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autoptr (GError) fault_error = NULL;
  g_autoptr (GError) error = NULL;

  player_options_init (&options);
  options.states = "FAILED";
  options.error = "No key " PLAYER_KEY;
  player = player_new (&options, SOURCE "state-dir=%s ! fakesink", state_dir);
  if (*fault)
    nanogpt_simulator_add_fault (player->simulator, fault, &fault_error);
  g_assert_no_error (fault_error);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  player_set_state (player, GST_STATE_NULL);
  player_get_error (player, &error);
  g_assert_nonnull (strstr (error->message, "No key (key)"));
  g_assert_true (is_unspoken (player));
  g_assert_cmpuint (count_unwritten (state_dir), >=, 1);
}

static void
test_echoed_key (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (echoes); i++)
    check_echo (echoes[i]);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/messages/key-is-secret", test_key_is_secret);
  g_test_add_func ("/messages/echoed-key", test_echoed_key);
  return g_test_run ();
}
