/* nanovid: tests of nanovid:// URIs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"

static void
allow (void)
{
  g_setenv ("NANOVID_ALLOW_URI", "1", TRUE);
}

static GstElement *
make_element (void)
{
  return gst_object_ref_sink (gst_element_factory_make ("nanovidsrc", NULL));
}

static void
set_uri (GstElement *element, const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;

  g_assert_true (
      gst_uri_handler_set_uri (GST_URI_HANDLER (element), uri, &error));
  g_assert_no_error (error);
  kept = gst_uri_handler_get_uri (GST_URI_HANDLER (element));
  g_assert_cmpstr (kept, ==, uri);
}

static void
assert_refused (GstElement *element, const char *uri, const char *why)
{
  g_autoptr (GError) error = NULL;

  if (gst_uri_handler_set_uri (GST_URI_HANDLER (element), uri, &error))
    g_error ("%s was taken", uri);
  g_assert_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI);
  if (!strstr (error->message, why))
    g_error ("%s: \"%s\", and nothing of %s", uri, error->message, why);
  /* A URI must not be able to write control characters to the terminal. */
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  for (const char *p = error->message; *p; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
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

/* A URI costs money: only an unambiguous value in the environment allows it. */
static void
test_not_allowed (void)
{
  static const char *const words[] = { NULL, "", "0", "11", "no", "false",
    "yes please" };
  g_autoptr (GstElement) element = make_element ();

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autoptr (GError) error = NULL;

    g_unsetenv ("NANOVID_ALLOW_URI");
    if (words[i])
      g_setenv ("NANOVID_ALLOW_URI", words[i], TRUE);
    assert_refused (
        element, "nanovid://?prompt=a%20lighthouse", "NANOVID_ALLOW_URI=1");
    g_assert_null (gst_element_make_from_uri (
        GST_URI_SRC, "nanovid://?prompt=a%20lighthouse", NULL, &error));
    g_assert_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI);
    g_assert_nonnull (strstr (error->message, "NANOVID_ALLOW_URI=1"));
  }
  assert_value (element, "prompt", NULL);
}

static void
test_allowed (void)
{
  static const char *const words[] = { "1", "true", "yes" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autoptr (GstElement) element = make_element ();
    g_autoptr (GError) error = NULL;

    g_setenv ("NANOVID_ALLOW_URI", words[i], TRUE);
    gst_uri_handler_set_uri (
        GST_URI_HANDLER (element), "nanovid://?prompt=a%20lighthouse", &error);
    g_assert_no_error (error);
    assert_value (element, "prompt", "a lighthouse");
  }
}

static void
test_make_from_uri (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) element = NULL;

  allow ();
  element = gst_element_make_from_uri (GST_URI_SRC,
      "nanovid://bytedance/seedance-2.5?prompt=a%20lighthouse&duration=5",
      "clip", &error);
  g_assert_no_error (error);
  gst_object_ref_sink (element);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (element), ==, "GstNanovidSrc");
  assert_value (element, "model", "bytedance/seedance-2.5");
  assert_value (element, "prompt", "a lighthouse");
  assert_value (element, "duration", "5");

  g_assert_true (gst_uri_protocol_is_supported (GST_URI_SRC, "nanovid"));
  g_assert_null (gst_element_make_from_uri (
      GST_URI_SINK, "nanovid://?prompt=a%20lighthouse", NULL, &error));
  g_assert_error (error, GST_URI_ERROR, GST_URI_ERROR_UNSUPPORTED_PROTOCOL);
}

static void
test_encoding (void)
{
  static const struct
  {
    const char *uri;
    const char *model;
    const char *prompt;
  } rows[] = {
    { "nanovid://?prompt=a+b%20c", "seedance-lite-video", "a+b c" },
    { "nanovid://sora-2?prompt=q%26a%3D50%25%3F%23", "sora-2", "q&a=50%?#" },
    { "nanovid:///?prompt=p", "seedance-lite-video", "p" },
    { "nanovid://sora-2/?prompt=p", "sora-2", "p" },
    { "nanovid://m?prompt=caf%C3%A9", "m", "caf\xc3\xa9" },
    { "nanovid://m?prompt=caf\xc3\xa9", "m", "caf\xc3\xa9" },
    { "nanovid://m?prompt=a?b=c", "m", "a?b=c" },
    { "nanovid://m?&prompt=x&&", "m", "x" },
    { "nanovid://a%2Fb?%70rompt=x", "a/b", "x" },
    { "nanovid://m?prompt=a%0Ab", "m", "a\nb" },
    { "nanovid://m", "m", NULL },
    { "nanovid://", "seedance-lite-video", NULL },
  };

  allow ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElement) element = make_element ();

    set_uri (element, rows[i].uri);
    assert_value (element, "model", rows[i].model);
    assert_value (element, "prompt", rows[i].prompt);
  }
}

/* A URI sets every property of the request, and the last URI counts. */
static void
test_request_properties (void)
{
  static const char *const values[] = { "prompt", "p", "negative-prompt", "n",
    "duration", "10", "aspect-ratio", "9:16", "resolution", "480p", "seed",
    "9223372036854775807", "num-frames", "81", "frames-per-second", "24",
    "num-inference-steps", "30", "cfg-scale", "0.5", "pro-mode", "true",
    "camera-fixed", "true", "show-explicit-content", "true", "image-url",
    "https://example.com/a.png?b", "last-image-url",
    "https://example.com/b.png", "video-url", "https://example.com/c.mp4",
    "audio-url", "https://example.com/d.mp3", "operation", "video-edit",
    "generate-audio", "true", NULL };
  g_autoptr (GString) uri = g_string_new ("nanovid://some-model?");
  g_autoptr (GstElement) element = make_element ();

  allow ();
  for (guint i = 0; values[i]; i += 2) {
    g_autofree char *value = g_uri_escape_string (values[i + 1], NULL, FALSE);

    g_string_append_printf (uri, "&%s=%s", values[i], value);
  }
  set_uri (element, uri->str);
  for (guint i = 0; values[i]; i += 2)
    assert_value (element, values[i], values[i + 1]);

  set_uri (element, "nanovid://?prompt=q");
  assert_value (element, "prompt", "q");
  assert_value (element, "model", "seedance-lite-video");
  assert_value (element, "duration", "0");
  assert_value (element, "pro-mode", "false");
  assert_value (element, "image-url", NULL);
  assert_value (element, "last-image-url", NULL);
  assert_value (element, "operation", NULL);
}

static void
assert_references (GstElement *element, const char *expected)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GString) text = g_string_new (NULL);

  g_object_get_property (G_OBJECT (element), "reference-images", &value);
  for (guint i = 0; i < gst_value_array_get_size (&value); i++)
    g_string_append_printf (text, "%s ",
        g_value_get_string (gst_value_array_get_value (&value, i)));
  g_assert_cmpstr (text->str, ==, expected);
}

/* References are parsed as gst-launch-1.0 does, with or without quotes. */
static void
test_references (void)
{
  static const struct
  {
    const char *value;
    const char *expected;
  } rows[] = {
    { "<https://a.test/1.png,https://a.test/2.png>",
        "https://a.test/1.png https://a.test/2.png " },
    { "<\"https://a.test/1.png?a=b,c\">", "https://a.test/1.png?a=b,c " },
    { "https://a.test/1.png?a=b, HTTPS://a.test/%20.png",
        "https://a.test/1.png?a=b HTTPS://a.test/%20.png " },
    { "<https://a.test/1.png?a=b>", "https://a.test/1.png?a=b " },
    { "<>", "" },
    { "", "" },
  };
  static const char *const refused[] = { "<a.png>", "a.png", "/etc/passwd",
    "<https://a.test/1.png,a.png>", "<file:///etc/passwd>",
    "http://a.test/1.png", "<https://a.test/1.png" };
  g_autoptr (GstElement) element = make_element ();

  allow ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *value = g_uri_escape_string (rows[i].value, NULL, FALSE);
    g_autofree char *uri =
        g_strdup_printf ("nanovid://m?reference-images=%s", value);

    set_uri (element, uri);
    assert_references (element, rows[i].expected);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *value = g_uri_escape_string (refused[i], NULL, FALSE);
    g_autofree char *uri =
        g_strdup_printf ("nanovid://m?reference-images=%s", value);

    assert_refused (element, uri, "reference-images");
  }
  set_uri (element, "nanovid://m?prompt=q");
  assert_references (element, "");
}

/* Refuses properties about the destination, the account, or this machine. */
static void
test_refused (void)
{
  static const char *const names[] = { "api-key", "base-url", "proxy",
    "tls-ca-file", "user-agent", "run-id", "resume", "conversation",
    "state-dir", "cache-dir", "spool-dir", "max-size", "max-cost",
    "max-total-cost", "min-balance", "timeout", "http-timeout", "retries",
    "poll-interval", "image-location", "last-image-location", "video-location",
    "audio-location", "parameters", "job", "name", "parent", "blocksize",
    "num-buffers", "typefind", "do-timestamp", "automatic-eos",
    "no-such-thing" };
  g_autoptr (GstElement) element = make_element ();

  allow ();
  set_uri (element, "nanovid://m?prompt=kept");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *uri =
        g_strdup_printf ("nanovid://other?prompt=x&%s=1", names[i]);

    assert_refused (element, uri, names[i]);
  }
  assert_value (element, "model", "m");
  assert_value (element, "prompt", "kept");
}

static void
test_malformed (void)
{
  static const struct
  {
    const char *uri;
    const char *why;
  } rows[] = {
    { "nanovid://m?prompt", "PROPERTY=VALUE" },
    { "nanovid://m?prompt=a&prompt=b", "prompt twice" },
    { "nanovid://m?model=other", "model twice" },
    { "nanovid://m?prompt=a&prom%70t=b", "prompt twice" },
    { "nanovid://m?prompt=%", "percent-encoded" },
    { "nanovid://m?prompt=%zz", "percent-encoded" },
    { "nanovid://m?prompt=%00", "percent-encoded" },
    { "nanovid://m?prompt=%FF", "percent-encoded" },
    { "nanovid://%C3?prompt=a", "model" },
    { "nanovid://m?duration=five", "duration" },
    { "nanovid://m?duration=-1", "duration" },
    { "nanovid://m?duration=5s", "duration" },
    { "nanovid://m?duration=4294967296", "duration" },
    { "nanovid://m?duration=", "duration" },
    { "nanovid://m?%FF=%FF", "percent-encoded" },
    { "nanovid://m?seed=-2", "seed" },
    { "nanovid://m?seed=%1b[2J", "seed" },
    { "nanovid://m?%1b[2J=x", "cannot set" },
    { "nanovid://m?\x1b[2J", "PROPERTY=VALUE" },
    { "nanovid://m?\xff", "PROPERTY=VALUE" },
    { "nanovid://m?seed=9223372036854775808", "seed" },
    { "nanovid://m?cfg-scale=inf", "cfg-scale" },
    { "nanovid://m?cfg-scale=1e999", "cfg-scale" },
    { "nanovid://m?cfg-scale=-3", "cfg-scale" },
    { "nanovid://m?cfg-scale=nan", "cfg-scale" },
    { "nanovid://m?pro-mode=perhaps", "pro-mode" },
    { "nanovid://m?prompt=a#b", "nanovid://MODEL?prompt=TEXT" },
    { "nanovid:m?prompt=a", "nanovid://MODEL?prompt=TEXT" },
  };
  g_autoptr (GstElement) element = make_element ();

  allow ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_refused (element, rows[i].uri, rows[i].why);
}

static void
test_running (void)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source ! fakesink");
  g_autoptr (GError) error = NULL;

  allow ();
  set_uri (player->source, "nanovid://?prompt=running");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_progress (player, GST_PROGRESS_TYPE_CONTINUE);
  g_assert_false (gst_uri_handler_set_uri (
      GST_URI_HANDLER (player->source), "nanovid://?prompt=another", &error));
  g_assert_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE);
  assert_value (player->source, "prompt", "running");
}

/* One URI, many elements */

static GstElement *
make_like (Player *player, const char *uri)
{
  GstElement *element = make_element ();

  g_object_set (element, "base-url",
      nanogpt_simulator_get_base_url (player->simulator), "api-key", PLAYER_KEY,
      "poll-interval", 20, NULL);
  set_uri (element, uri);
  return element;
}

/* A pipeline besides the player's, which must not be used before it plays. */
static GstElement *
make_pipeline (Player *player, const char *uri)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = make_like (player, uri);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  gst_bin_add_many (GST_BIN (pipeline), source, sink, NULL);
  g_assert_true (gst_element_link (source, sink));
  gst_object_unref (source);
  return gst_object_ref_sink (pipeline);
}

static void
wait_end (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus,
      fixture_scaled (10) * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  g_assert_cmpstr (GST_MESSAGE_TYPE_NAME (message), ==, "eos");
}

static void
free_pipeline (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static guint
count_charges (Player *player)
{
  return nanogpt_simulator_count_charges (player->simulator);
}

static void
test_elements_share (void)
{
  static const char uri[] = "nanovid://?prompt=shared";
  g_autofree char *clip = fixture_media_path (FIXTURE_MEDIA_MP4);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  GstElement *others[2];

  allow ();
  player_options_init (&options);
  options.media_file = clip;
  player = player_new (&options, "nanovidsrc name=source ! fakesink");
  set_uri (player->source, uri);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    others[i] = make_pipeline (player, uri);
    gst_element_set_state (others[i], GST_STATE_PLAYING);
  }
  player_run (player);
  player_assert_bytes (player, clip);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    wait_end (others[i]);
    free_pipeline (others[i]);
  }
  g_assert_cmpuint (count_charges (player), ==, 1);
}

/* An element that stops does not affect the others. */
static void
test_one_leaves (void)
{
  static const char uri[] = "nanovid://?prompt=leaves";
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source ! fakesink");
  GstElement *other;

  allow ();
  other = make_pipeline (player, uri);
  set_uri (player->source, uri);
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_progress (player, GST_PROGRESS_TYPE_CONTINUE);
  gst_element_set_state (other, GST_STATE_PLAYING);
  player_set_state (player, GST_STATE_NULL);
  wait_end (other);
  free_pipeline (other);
  g_assert_cmpuint (count_charges (player), ==, 1);
}

static void
test_other_requests_do_not_share (void)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source ! fakesink");
  GstElement *other;

  allow ();
  other = make_pipeline (player, "nanovid://?prompt=differs&seed=1");
  set_uri (player->source, "nanovid://?prompt=differs");
  gst_element_set_state (other, GST_STATE_PLAYING);
  player_run (player);
  wait_end (other);
  free_pipeline (other);
  g_assert_cmpuint (count_charges (player), ==, 2);
}

/* An element that was not made from a URI does not share either: it requests a
 * clip of its own each time. */
static void
test_others_do_not_share (void)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source prompt=\"apart\" ! fakesink");
  GstElement *other;

  allow ();
  other = make_pipeline (player, "nanovid://?prompt=apart");
  gst_element_set_state (other, GST_STATE_PLAYING);
  wait_end (other);
  player_run (player);
  free_pipeline (other);
  g_assert_cmpuint (count_charges (player), ==, 2);
}

static void
play_with_cache (const char *uri, const char *cache_dir)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source ! fakesink");

  if (cache_dir)
    g_object_set (player->source, "cache-dir", cache_dir, NULL);
  set_uri (player->source, uri);
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 1);
}

static gboolean
has_clips (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);

  return dir && g_dir_read_name (dir);
}

/* The cache keeps the clip for later processes. An application's own setting
 * has precedence. */
static void
test_cached (void)
{
  g_autofree char *cache =
      g_build_filename (g_get_user_cache_dir (), "nanovid", NULL);
  g_autofree char *own = fixture_make_dir ();

  allow ();
  fixture_remove_tree (cache);
  play_with_cache ("nanovid://?prompt=cached-elsewhere", own);
  g_assert_true (has_clips (own));
  g_assert_false (has_clips (cache));
  play_with_cache ("nanovid://?prompt=cached", NULL);
  g_assert_true (has_clips (cache));
}

static void
test_forget (void)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source ! fakesink");

  allow ();
  set_uri (player->source, "nanovid://?prompt=forgotten");
  player_run (player);
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 1);
  player_reset (player);
  g_signal_emit_by_name (player->source, "forget");
  player_run (player);
  g_assert_cmpuint (count_charges (player), ==, 2);
}

/* A limit that the application sets on an element that its player made is kept. */
static void
test_budget (void)
{
  g_autoptr (Player) player =
      player_new (NULL, "nanovidsrc name=source max-cost=0.01 ! fakesink");
  const GstStructure *details;

  allow ();
  set_uri (player->source, "nanovid://?prompt=dear");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "over-budget");
  g_assert_cmpuint (count_charges (player), ==, 0);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/uri/not-allowed", test_not_allowed);
  g_test_add_func ("/uri/allowed", test_allowed);
  g_test_add_func ("/uri/make-from-uri", test_make_from_uri);
  g_test_add_func ("/uri/encoding", test_encoding);
  g_test_add_func ("/uri/request-properties", test_request_properties);
  g_test_add_func ("/uri/references", test_references);
  g_test_add_func ("/uri/refused", test_refused);
  g_test_add_func ("/uri/malformed", test_malformed);
  g_test_add_func ("/uri/running", test_running);
  g_test_add_func ("/uri/elements-share", test_elements_share);
  g_test_add_func ("/uri/one-leaves", test_one_leaves);
  g_test_add_func (
      "/uri/other-requests-do-not-share", test_other_requests_do_not_share);
  g_test_add_func ("/uri/others-do-not-share", test_others_do_not_share);
  g_test_add_func ("/uri/cached", test_cached);
  g_test_add_func ("/uri/forget", test_forget);
  g_test_add_func ("/uri/budget", test_budget);
  return g_test_run ();
}
