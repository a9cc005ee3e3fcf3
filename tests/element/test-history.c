/* nanovid: test of what an element learns from its earlier jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"

static char *
run_once_more (Player *player)
{
  player_reset (player);
  g_signal_emit_by_name (player->source, "forget");
  player_run (player);
  return player_get_progress_texts (player);
}

/* Three jobs of a kind show how long the fourth usually takes; nothing is known
 * about another kind. */
static void
test_usual_time (void)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source prompt=x ! fakesink");
  g_autofree char *state_dir = fixture_make_dir ();
  g_autofree char *known = NULL;
  g_autofree char *other = NULL;

  g_object_set (player->source, "state-dir", state_dir, NULL);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *texts = run_once_more (player);

    g_assert_null (strstr (texts, "usually"));
  }
  known = run_once_more (player);
  g_assert_nonnull (strstr (known, "usually"));

  g_object_set (player->source, "duration", 10, NULL);
  other = run_once_more (player);
  g_assert_null (strstr (other, "usually"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/history/usual-time", test_usual_time);
  return g_test_run ();
}
