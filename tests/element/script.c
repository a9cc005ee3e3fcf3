/* nanovid: nanovidchannel as a film from prompts, with its own simulator
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/script.h"

#include "fixture/env.h"
#include "fixture/media.h"

Player *
script_new_channel (const char *properties)
{
  static NanogptSimulatorOptions options;

  if (!options.media_file) {
    player_options_init (&options);
    options.media_file = fixture_media_path (FIXTURE_MEDIA_MP4);
  }
  return player_new (&options, SCRIPT_CHANNEL "%s" SCRIPT_SINKS, properties);
}

Player *
script_new (const char *lines, const char *properties)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "script.txt", NULL);
  g_autofree char *all =
      g_strdup_printf ("prompts-location=%s %s", path, properties);

  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
  return script_new_channel (all);
}

void
script_add_fault (Player *player, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (player->simulator, rule, &error);
  g_assert_no_error (error);
}

guint
script_count_charges (Player *player)
{
  return nanogpt_simulator_count_charges (player->simulator);
}

static void
append_field (GString *text, const GstStructure *structure, const char *name)
{
  g_autofree char *value = NULL;
  guint64 number;

  if (gst_structure_get_uint64 (structure, name, &number))
    value = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  else
    value = g_strdup (gst_structure_get_string (structure, name));
  g_string_append_printf (
      text, "%s%s", text->len > 0 ? " " : "", value ? value : "none");
}

char *
script_list_clips (Player *player, const char *field)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_mutex_lock (&player->lock);
  for (guint i = 0; i < player->messages->len; i++) {
    const GstStructure *structure =
        gst_message_get_structure (player->messages->pdata[i]);

    if (structure && gst_structure_has_name (structure, "nanovid-clip"))
      append_field (text, structure, field);
  }
  g_mutex_unlock (&player->lock);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
script_assert_clips (Player *player, const char *field, const char *expected)
{
  g_autofree char *found = script_list_clips (player, field);

  g_assert_cmpstr (found, ==, expected);
}

void
script_wait_for_charges (Player *player, guint count)
{
  g_assert_true (nanogpt_simulator_wait_charges (
      player->simulator, count, fixture_scaled (10) * 1000));
}

guint64
script_push (Player *player, const char *prompt, GstStructure *options)
{
  guint64 number = 0;

  g_signal_emit_by_name (
      player->source, "push-prompt", prompt, options, &number);
  if (options)
    gst_structure_free (options);
  return number;
}

void
script_run_to_error (Player *player, const char *reason)
{
  const GstStructure *details;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
}
