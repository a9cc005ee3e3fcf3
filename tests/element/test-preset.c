/* nanovid: tests of presets
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"

static const char *const shipped[] = { "draft", "final", "portrait", NULL };

/* A malicious file that could be sent as a "preset". */
static const char hostile[] = "[_presets_]\n"
                              "version=0\n"
                              "element-name=GstNanovidSrc\n"
                              "[hostile]\n"
                              "run-id=vid_other\n"
                              "base-url=http://127.0.0.1:1\n"
                              "api-key=other\n"
                              "max-cost=100\n"
                              "image-location=/etc/passwd\n"
                              "parameters={}\n"
                              "conversation=other\n"
                              "duration=10\n";

static GstElement *
make_element (const char *factory)
{
  return gst_object_ref_sink (gst_element_factory_make (factory, NULL));
}

static void
assert_value (GstElement *element, const char *name, const char *expected)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *text = NULL;

  g_object_get_property (G_OBJECT (element), name, &value);
  if (G_VALUE_HOLDS_STRING (&value))
    text = g_value_dup_string (&value);
  else
    text = gst_value_serialize (&value);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_shipped (gconstpointer factory)
{
  g_autoptr (GstElement) element = make_element (factory);
  GstPreset *preset = GST_PRESET (element);
  g_auto (GStrv) names = gst_preset_get_preset_names (preset);

  for (guint i = 0; shipped[i]; i++) {
    g_autofree char *comment = NULL;

    g_assert_true (g_strv_contains ((const char *const *)names, shipped[i]));
    g_assert_true (
        gst_preset_get_meta (preset, shipped[i], "comment", &comment));
    g_assert_cmpuint (strlen (comment), >, 10);
  }

  g_object_set (element, "prompt", "kept", "duration", 10, NULL);
  g_assert_true (gst_preset_load_preset (preset, "portrait"));
  assert_value (element, "aspect-ratio", "9:16");
  assert_value (element, "prompt", "kept");
  assert_value (element, "duration", "10");
  g_assert_true (gst_preset_load_preset (preset, "draft"));
  assert_value (element, "resolution", "480p");
  assert_value (element, "aspect-ratio", "9:16");
  assert_value (element, "duration", "5");
}

/* The models support what the presets request, so there is no warning. The test
 * does not wait for clips of that size. */
static void
test_shipped_are_accepted (void)
{
  NanogptSimulatorOptions options;
  g_autofree char *media = fixture_media_path (FIXTURE_MEDIA_MP4);

  player_options_init (&options);
  options.media_file = media;
  for (guint i = 0; shipped[i]; i++) {
    g_autoptr (Player) player = player_new (
        &options, "nanovidsrc name=source prompt=\"a lighthouse\" ! fakesink");

    g_assert_true (
        gst_preset_load_preset (GST_PRESET (player->source), shipped[i]));
    player_run (player);
    g_assert_cmpuint (player_count (player, GST_MESSAGE_WARNING), ==, 0);
  }
}

static GstElement *
make_with_secrets (void)
{
  GstElement *element = make_element ("nanovidsrc");

  g_object_set (element, "api-key", "sk-secret", "run-id", "vid_1", "base-url",
      "http://127.0.0.1:9", "max-cost", 0.5, "image-location", "/tmp/a.png",
      "parameters", "{\"a\": 1}", "conversation", "a-conversation", "cache-dir",
      "/tmp/cache", NULL);
  return element;
}

static char *
get_user_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "gstreamer-1.0", "presets",
      "GstNanovidSrc.prs", NULL);
}

static void
assert_saved (const char *name, const char *const *expected)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = get_user_path ();
  g_autofree char *text = NULL;
  g_auto (GStrv) keys = NULL;
  g_autofree char *listed = NULL;
  g_autofree char *wanted = g_strjoinv (" ", (char **)expected);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, "sk-secret"));
  g_assert_true (g_key_file_load_from_file (file, path, 0, NULL));
  keys = g_key_file_get_keys (file, name, NULL, NULL);
  g_assert_nonnull (keys);
  listed = g_strjoinv (" ", keys);
  g_assert_cmpstr (listed, ==, wanted);
}

static void
test_save (void)
{
  static const char *const keys[] = { "duration", "seed", "cfg-scale",
    "pro-mode", "operation", "generate-audio", NULL };
  g_autoptr (GstElement) element = make_with_secrets ();
  g_autoptr (GstElement) other = make_element ("nanovidsrc");

  g_object_set (element, "prompt", "a lighthouse", "duration", 10, "seed",
      G_GINT64_CONSTANT (7), "cfg-scale", 0.5, "pro-mode", TRUE, "operation",
      "video-extend", "generate-audio", TRUE, NULL);
  g_assert_true (gst_preset_save_preset (GST_PRESET (element), "mine"));
  assert_saved ("mine", keys);

  g_object_set (other, "max-cost", 0.25, "prompt", "a \"sign\"", "image-url",
      "https://example.com/a.png?x=1", "resolution", "480p", NULL);
  g_assert_true (gst_preset_load_preset (GST_PRESET (other), "mine"));
  assert_value (other, "duration", "10");
  assert_value (other, "seed", "7");
  assert_value (other, "cfg-scale", "0.5");
  assert_value (other, "pro-mode", "true");
  assert_value (other, "operation", "video-extend");
  assert_value (other, "generate-audio", "true");
  assert_value (other, "max-cost", "0.25");
  assert_value (other, "prompt", "a \"sign\"");
  assert_value (other, "image-url", "https://example.com/a.png?x=1");
  assert_value (other, "resolution", "480p");
  assert_value (other, "run-id", NULL);
  assert_value (other, "image-location", NULL);
}

/* Saving under an existing name adds to the preset, until it is deleted. */
static void
test_save_again (void)
{
  static const char *const both[] = { "duration", "seed", NULL };
  static const char *const later[] = { "seed", NULL };
  g_autoptr (GstElement) element = make_with_secrets ();
  GstPreset *preset = GST_PRESET (element);

  g_object_set (element, "duration", 10, NULL);
  g_assert_true (gst_preset_save_preset (preset, "again"));
  g_object_set (element, "duration", 0, "seed", G_GINT64_CONSTANT (7), NULL);
  g_assert_true (gst_preset_save_preset (preset, "again"));
  assert_saved ("again", both);

  g_assert_true (gst_preset_delete_preset (preset, "again"));
  g_assert_true (gst_preset_save_preset (preset, "again"));
  assert_saved ("again", later);
}

/* An unset property is not "NULL", and every slug is restored unchanged. */
static void
test_slugs (void)
{
  static const char *const texts[] = { "a-model", "vendor/model.2:x_1",
    "NULL" };
  g_autoptr (GstElement) element = make_element ("nanovidsrc");
  g_autoptr (GstElement) other = make_element ("nanovidsrc");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_object_set (element, "model", texts[i], NULL);
    g_assert_true (gst_preset_save_preset (GST_PRESET (element), "slug"));
    g_assert_true (gst_preset_load_preset (GST_PRESET (other), "slug"));
    assert_value (other, "model", texts[i]);
    assert_value (other, "resolution", NULL);
  }
}

static void
test_hostile (void)
{
  g_autoptr (GstElement) element = make_with_secrets ();

  g_assert_true (gst_preset_load_preset (GST_PRESET (element), "hostile"));
  assert_value (element, "duration", "10");
  assert_value (element, "run-id", "vid_1");
  assert_value (element, "base-url", "http://127.0.0.1:9");
  assert_value (element, "max-cost", "0.5");
  assert_value (element, "image-location", "/tmp/a.png");
  assert_value (element, "parameters", "{\"a\": 1}");
  assert_value (element, "conversation", "a-conversation");
}

/* GStreamer reads the files when a preset is first requested. */
static void
add_hostile (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *file = g_build_filename (dir, "GstNanovidSrc.prs", NULL);
  g_autofree char *path =
      g_strconcat (g_getenv ("GST_PRESET_PATH"), ":", dir, NULL);

  g_assert_true (g_file_set_contents (file, hostile, -1, NULL));
  g_setenv ("GST_PRESET_PATH", path, TRUE);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  add_hostile ();

  g_test_add_data_func (
      "/preset/shipped/nanovidsrc", "nanovidsrc", test_shipped);
  g_test_add_data_func (
      "/preset/shipped/nanovidtransform", "nanovidtransform", test_shipped);
  g_test_add_data_func (
      "/preset/shipped/nanovidchannel", "nanovidchannel", test_shipped);
  g_test_add_func ("/preset/shipped/accepted", test_shipped_are_accepted);
  g_test_add_func ("/preset/save", test_save);
  g_test_add_func ("/preset/save-again", test_save_again);
  g_test_add_func ("/preset/slugs", test_slugs);
  g_test_add_func ("/preset/hostile", test_hostile);
  return g_test_run ();
}
