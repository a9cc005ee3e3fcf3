/* nanovid: tests of nanovidsrc's properties
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"

/* The values as gst-launch-1.0 would write them; NULL for none. */
static const struct
{
  const char *name;
  const char *initial;
} defaults[] = {
  { "prompt", NULL },
  { "negative-prompt", NULL },
  { "model", "seedance-lite-video" },
  { "duration", "0" },
  { "aspect-ratio", NULL },
  { "resolution", NULL },
  { "seed", "-1" },
  { "num-frames", "0" },
  { "frames-per-second", "0" },
  { "num-inference-steps", "0" },
  { "cfg-scale", "-1" },
  { "pro-mode", "false" },
  { "camera-fixed", "false" },
  { "show-explicit-content", "false" },
  { "image-url", NULL },
  { "image-location", NULL },
  { "last-image-url", NULL },
  { "last-image-location", NULL },
  { "reference-images", "<  >" },
  { "video-url", NULL },
  { "video-location", NULL },
  { "audio-url", NULL },
  { "audio-location", NULL },
  { "operation", NULL },
  { "generate-audio", "false" },
  { "parameters", NULL },
  { "base-url", "https://nano-gpt.com" },
  { "timeout", "600" },
  { "poll-interval", "0" },
  { "http-timeout", "30" },
  { "retries", "5" },
  { "proxy", NULL },
  { "tls-ca-file", NULL },
  { "user-agent", NULL },
  { "run-id", NULL },
  { "conversation", NULL },
  { "spool-dir", NULL },
  { "max-size", "2147483648" },
};

static void
assert_value (GstElement *element, const char *name, const char *expected)
{
  GValue value = G_VALUE_INIT;
  g_autofree char *text = NULL;

  g_object_get_property (G_OBJECT (element), name, &value);
  if (G_VALUE_HOLDS_STRING (&value))
    text = g_value_dup_string (&value);
  else
    text = gst_value_serialize (&value);
  g_assert_cmpstr (text, ==, expected);
  g_value_unset (&value);
}

static void
test_defaults (void)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("nanovidsrc", NULL));
  GObjectClass *klass = G_OBJECT_GET_CLASS (element);

  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++) {
    GParamSpec *spec = g_object_class_find_property (klass, defaults[i].name);

    g_assert_nonnull (spec);
    assert_value (element, defaults[i].name, defaults[i].initial);
    g_assert_true (spec->flags & GST_PARAM_MUTABLE_READY);
    g_assert_cmpuint (strlen (g_param_spec_get_blurb (spec)), >, 20);
  }
}

/* Sets every property by itself, and then back: an empty string means none. */
static void
test_round_trip (void)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("nanovidsrc", NULL));
  GObject *object = G_OBJECT (element);

  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++) {
    const char *name = defaults[i].name;
    GType type =
        g_object_class_find_property (G_OBJECT_GET_CLASS (element), name)
            ->value_type;
    const char *text = type == G_TYPE_BOOLEAN ? "true"
        : type == GST_TYPE_ARRAY ? "< (string)a.png, (string)https://x/b.png >"
                                 : "7";

    /* GStreamer writes to the text while it parses a list. */
    g_autofree char *written = g_strdup (text);

    gst_util_set_object_arg (object, name, written);
    assert_value (element, name, text);
    if (type != G_TYPE_STRING)
      continue;
    gst_util_set_object_arg (object, name, "");
    assert_value (element, name, defaults[i].initial);
  }
}

static gint late_warnings; /* atomic */

static void
count_late_warnings (GstDebugCategory *category G_GNUC_UNUSED,
    GstDebugLevel level, const char *file G_GNUC_UNUSED,
    const char *function G_GNUC_UNUSED, int line G_GNUC_UNUSED,
    GObject *object G_GNUC_UNUSED, GstDebugMessage *message,
    gpointer user_data G_GNUC_UNUSED)
{
  if (level == GST_LEVEL_WARNING
      && strstr (gst_debug_message_get (message), "before the next start"))
    g_atomic_int_inc (&late_warnings);
}

/* Returns: how many warnings setting each of three properties causes */
static gint
count_warnings_of_setting (GstElement *element)
{
  gint count;

  g_atomic_int_set (&late_warnings, 0);
  g_object_set (
      element, "prompt", "later", "max-cost", 1.0, "run-id", "vid_7", NULL);
  count = g_atomic_int_get (&late_warnings);
  g_object_set (element, "run-id", NULL, NULL);
  return count;
}

/* Setting a property that no longer has any effect causes a warning, and only
 * then. */
static void
test_set_while_running (void)
{
  static const struct
  {
    const char *factory;
    const char *mode;
    gint expected;
  } cases[] = { { "nanovidsrc", NULL, 3 }, { "nanovidtransform", "stream", 3 },
    { "nanovidtransform", "clips", 1 } };

  gst_debug_set_threshold_for_name ("nanovidbase", GST_LEVEL_WARNING);
  gst_debug_add_log_function (count_late_warnings, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstElement) element =
        gst_object_ref_sink (gst_element_factory_make (cases[i].factory, NULL));
    GParamSpec *spec =
        g_object_class_find_property (G_OBJECT_GET_CLASS (element), "prompt");

    g_assert_cmpint (
        !cases[i].mode, ==, !(spec->flags & GST_PARAM_MUTABLE_PLAYING));
    if (cases[i].mode)
      gst_util_set_object_arg (G_OBJECT (element), "mode", cases[i].mode);
    g_assert_cmpint (count_warnings_of_setting (element), ==, 0);
    gst_element_set_state (element, GST_STATE_PAUSED);
    g_assert_cmpint (
        count_warnings_of_setting (element), ==, cases[i].expected);
    gst_element_set_state (element, GST_STATE_NULL);
  }
}

static void
test_base_url_from_environment (void)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make ("nanovidsrc", NULL));

  g_setenv ("NANOGPT_BASE_URL", "http://127.0.0.1:9", TRUE);
  assert_value (element, "base-url", "http://127.0.0.1:9");
  g_object_set (element, "base-url", "https://nano-gpt.com", NULL);
  assert_value (element, "base-url", "https://nano-gpt.com");
  g_unsetenv ("NANOGPT_BASE_URL");
}

/* What is sent */

static JsonObject *
get_body (Player *player, JsonParser *parser)
{
  g_autoptr (GPtrArray) submits =
      nanogpt_simulator_list_submits (player->simulator);
  NanogptSimulatorSubmit *submit;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (submits->len, ==, 1);
  submit = submits->pdata[0];
  json_parser_load_from_data (parser, submit->body, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_only_what_is_set (void)
{
  g_autoptr (Player) player = player_new (
      NULL, "nanovidsrc name=source prompt=\"a lighthouse\" ! fakesink");
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *body;

  player_run (player);
  body = get_body (player, parser);
  g_assert_cmpuint (json_object_get_size (body), ==, 2);
  g_assert_cmpstr (
      json_object_get_string_member (body, "model"), ==, "seedance-lite-video");
  g_assert_cmpstr (
      json_object_get_string_member (body, "prompt"), ==, "a lighthouse");
}

static void
test_switch_off_is_sent (void)
{
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" model=hunyuan-video "
      "pro-mode=false show-explicit-content=true seed=0 num-frames=97 "
      "num-inference-steps=20 resolution=480p aspect-ratio=9:16 ! fakesink");
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *body;

  player_run (player);
  body = get_body (player, parser);
  g_assert_cmpuint (json_object_get_size (body), ==, 9);
  g_assert_false (json_object_get_boolean_member (body, "pro_mode"));
  g_assert_true (json_object_get_boolean_member (body, "showExplicitContent"));
  g_assert_cmpint (json_object_get_int_member (body, "seed"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (body, "num_frames"), ==, 97);
}

static void
test_kling (void)
{
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" model=kling-video-v2 "
      "negative-prompt=blur duration=10 cfg-scale=0.25 "
      "conversation=12345678-1234-4234-8234-123456789abc ! fakesink");
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *body;

  player_run (player);
  body = get_body (player, parser);
  g_assert_cmpstr (json_object_get_string_member (body, "duration"), ==, "10");
  g_assert_cmpstr (
      json_object_get_string_member (body, "negative_prompt"), ==, "blur");
  g_assert_cmpfloat (
      json_object_get_double_member (body, "cfg_scale"), ==, 0.25);
  g_assert_cmpstr (json_object_get_string_member (body, "conversationUUID"), ==,
      "12345678-1234-4234-8234-123456789abc");
}

static void
test_parameters (void)
{
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" "
      "parameters=\"{\\\"seed\\\": 5}\" ! fakesink");
  g_autoptr (JsonParser) parser = json_parser_new ();

  player_run (player);
  g_assert_cmpint (
      json_object_get_int_member (get_body (player, parser), "seed"), ==, 5);
}

static void
test_image_location (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_autoptr (Player) player = player_new (
      NULL, "nanovidsrc name=source image-location=%s ! fakesink", path);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree guchar *sent = NULL;
  const char *url;
  gsize size;

  player_run (player);
  url =
      json_object_get_string_member (get_body (player, parser), "imageDataUrl");
  g_assert_true (g_str_has_prefix (url, "data:image/png;base64,"));
  sent = g_base64_decode (strchr (url, ',') + 1, &size);
  g_assert_cmpmem (
      sent, size, g_bytes_get_data (image, NULL), g_bytes_get_size (image));
}

static void
test_both_images (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source image-location=%s "
      "image-url=https://example.com/a.png ! fakesink",
      path);
  const GstStructure *details;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* The property parameters has precedence: no other image is read. */
static void
test_image_replaced (void)
{
  static const char *const lines[] = {
    "nanovidsrc name=source image-location=/no/such/file image-url=/no/url "
    "prompt=x ! fakesink",
    "videotestsrc num-buffers=1 ! nanovidtransform name=source prompt=x "
    "image-location=/no/such/file ! fakesink",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (Player) player = player_new (NULL, "%s", lines[i]);
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonObject *body;

    g_object_set (player->source, "parameters",
        "{\"imageUrl\": \"https://example.com/a.png\"}", NULL);
    player_run (player);
    body = get_body (player, parser);
    g_assert_cmpstr (json_object_get_string_member (body, "imageUrl"), ==,
        "https://example.com/a.png");
    g_assert_false (json_object_has_member (body, "imageDataUrl"));
  }
}

static void
test_key_from_environment (void)
{
  g_autoptr (Player) player = player_new (
      NULL, "nanovidsrc name=source prompt=\"a lighthouse\" ! fakesink");

  g_object_set (player->source, "api-key", NULL, NULL);
  g_setenv ("NANOGPT_API_KEY", PLAYER_KEY, TRUE);
  player_run (player);
  g_unsetenv ("NANOGPT_API_KEY");
}

/* An image in `parameters` that is too large is made to fit, as any other
 * image, and only once. */
static void
test_large_image_in_parameters (void)
{
  g_autofree char *small = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "noise.png", NULL);
  g_autofree char *line =
      g_strdup_printf ("videotestsrc num-buffers=1 pattern=snow ! "
                       "video/x-raw,format=RGB,width=1600,height=1200 ! "
                       "pngenc compression-level=0 ! filesink location=%s",
          path);
  g_autofree char *parameters =
      g_strdup_printf ("{\"last_image\": \"file://%s\"}", path);
  g_autoptr (GstElement) maker = gst_parse_launch (line, NULL);
  g_autoptr (GstMessage) made = NULL;
  g_autoptr (Player) player = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  const char *image;

  gst_element_set_state (maker, GST_STATE_PLAYING);
  made = gst_bus_timed_pop_filtered (GST_ELEMENT_BUS (maker),
      fixture_scaled (20) * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (maker, GST_STATE_NULL);
  g_assert_cmpint (GST_MESSAGE_TYPE (made), ==, GST_MESSAGE_EOS);

  player = player_new (NULL,
      "nanovidsrc name=source prompt=x image-location=%s ! fakesink", small);
  g_object_set (player->source, "parameters", parameters, NULL);
  player_run (player);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_INFO), ==, 1);
  image =
      json_object_get_string_member (get_body (player, parser), "last_image");
  g_assert_true (g_str_has_prefix (image, "data:image/jpeg;base64,"));
  g_assert_cmpuint (strlen (image), <=, 4000000);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/properties/defaults", test_defaults);
  g_test_add_func ("/properties/round-trip", test_round_trip);
  g_test_add_func ("/properties/set-while-running", test_set_while_running);
  g_test_add_func (
      "/properties/base-url-from-environment", test_base_url_from_environment);
  g_test_add_func ("/properties/only-what-is-set", test_only_what_is_set);
  g_test_add_func ("/properties/switch-off-is-sent", test_switch_off_is_sent);
  g_test_add_func ("/properties/kling", test_kling);
  g_test_add_func ("/properties/parameters", test_parameters);
  g_test_add_func ("/properties/image-location", test_image_location);
  g_test_add_func ("/properties/both-images", test_both_images);
  g_test_add_func ("/properties/image-replaced", test_image_replaced);
  g_test_add_func (
      "/properties/key-from-environment", test_key_from_environment);
  g_test_add_func (
      "/properties/large-image-in-parameters", test_large_image_in_parameters);
  return g_test_run ();
}
