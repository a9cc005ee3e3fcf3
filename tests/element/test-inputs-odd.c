/* nanovid: tests of inputs in odd formats, and of the same inputs again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/gst.h>
#include <signal.h>
#include <string.h>

#include "element/inbox.h"
#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"

#define LISTING "/api/v1/video-models"
#define TRANSFORM "nanovidtransform name=source prompt=x model=minimax-h3 "
#define CLIPS TRANSFORM "mode=clips "
#define SOURCE "nanovidsrc name=source prompt=x model=minimax-h3 "
#define MUTE " ! fakesink "

/* @stages: elements that produce a file */
static void
make_file (const char *stages, const char *path)
{
  g_autofree char *line =
      g_strdup_printf ("%s ! filesink location=%s", stages, path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus,
      (GstClockTime)(fixture_scaled (30) * GST_SECOND),
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Frames */

static const char *const frame_formats[] = { "ARGB64", "BGR", "RGB16",
  "P010_10LE", "I420_10BE", "Y444_16LE", "NV21", "v210" };

static void
assert_color (const char *value, const char *corners)
{
  g_autoptr (GBytes) picture = inbox_decode (value, "image/jpeg");
  g_autofree char *seen = inbox_describe_picture (picture);

  g_assert_cmpstr (seen, ==, corners);
}

/* Sends frames in every format to every pad for pictures, in both modes. */
static void
test_frame (gconstpointer data)
{
  const char *const modes[] = { TRANSFORM, CLIPS };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (Inbox) inbox = inbox_new ();
    g_autoptr (GString) line = g_string_new (modes[i]);
    g_autoptr (JsonObject) body = NULL;
    static const char *const pads[][2] = { { "red", "sink" },
      { "blue", "last_image" }, { "green", "reference_0" } };

    g_string_append (line, MUTE);
    for (guint j = 0; j < G_N_ELEMENTS (pads); j++)
      g_string_append_printf (line,
          "videotestsrc num-buffers=1 pattern=%s ! videoconvert ! "
          "video/x-raw,format=%s,width=66,height=50,framerate=1/1 ! "
          "source.%s ",
          pads[j][0], (const char *)data, pads[j][1]);
    inbox_run (inbox, line->str);
    body = inbox_get (inbox, 0);
    assert_color (json_object_get_string_member (body, "imageDataUrl"), "RRRR");
    assert_color (json_object_get_string_member (body, "last_image"), "BBBB");
    assert_color (
        json_array_get_string_element (
            json_object_get_array_member (body, "reference_images"), 0),
        "GGGG");
  }
}

/* Sounds */

#define TONE "audiotestsrc freq=500 volume=0.3 samplesperbuffer=4800 "

static const struct
{
  const char *name;
  const char *caps; /* two tenths of a second in each buffer, at 24 kHz */
  guint rate;
} sounds[] = {
  { "s24be", "format=S24BE,channels=2", 48000 },
  { "s8", "format=S8,channels=1", 22050 },
  { "f64be", "format=F64BE,channels=1", 32000 },
  { "eight", "format=S16LE,channels=8,channel-mask=(bitmask)0xc3f", 48000 },
  { "unpositioned", "format=S16LE,channels=3,channel-mask=(bitmask)0x0",
      48000 },
  { "high-rate", "format=S32BE,channels=2", 192000 },
  { "low-rate", "format=S16LE,channels=1", 4000 },
};

static void
test_sound (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const char *const modes[] = { TRANSFORM, CLIPS };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (Inbox) inbox = inbox_new ();
    g_autofree char *line = g_strdup_printf (
        "%s" MUTE "videotestsrc num-buffers=1 ! "
        "video/x-raw,width=64,height=48,framerate=1/1 ! source.sink " TONE
        "num-buffers=%u ! audioconvert ! audio/x-raw,rate=%u,%s ! "
        "source.audio",
        modes[i], sounds[row].rate / 2400, sounds[row].rate, sounds[row].caps);
    g_autoptr (JsonObject) body = NULL;
    g_autoptr (GBytes) file = NULL;
    double seconds, frequency;
    double played = sounds[row].rate / 2400 * 4800.0 / sounds[row].rate;

    if (i == 1) /* With mode=clips, a clip takes one buffer. */
      played = 4800.0 / sounds[row].rate;
    inbox_run (inbox, line);
    body = inbox_get (inbox, 0);
    file = inbox_get_file (inbox, 0, "audioDataUrl", "audio/wav");
    frequency = inbox_measure_sound (file, &seconds);
    /* The last period may be incomplete. */
    g_assert_cmpfloat_with_epsilon (frequency, 500, 3 + 1.5 / seconds);
    g_assert_cmpfloat_with_epsilon (seconds, played, 0.001);
    g_assert_cmpfloat_with_epsilon (
        json_object_get_double_member (body, "audioDuration"), played, 0.001);
  }
}

/* Whole files */

/* Pushes files to the pad, three bytes at a time. */
static void
test_crumbs (void)
{
  static const struct
  {
    FixtureMedia media;
    const char *type;
  } files[] = { { FIXTURE_MEDIA_MP4_INDEX_LAST, "video/mp4" },
    { FIXTURE_MEDIA_WEBM, "video/webm" } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (Inbox) inbox = inbox_new ();
    g_autofree char *path = fixture_media_path (files[i].media);
    g_autofree char *line = g_strdup_printf (
        TRANSFORM MUTE "filesrc blocksize=3 location=%s ! source.video", path);
    g_autoptr (GBytes) content = fixture_media_bytes (files[i].media);
    g_autoptr (GBytes) sent = NULL;

    inbox_run (inbox, line);
    sent = inbox_get_file (inbox, 0, "videoDataUrl", files[i].type);
    g_assert_true (g_bytes_equal (sent, content));
  }
}

/* Room */

/* A picture that would fit alone is made smaller to leave room for the other fields. */
static void
test_gives_way (gconstpointer data)
{
  const char *kind = data;
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "snow.jpg", NULL);
  g_autofree char *filler = g_strnfill (3200000, 'A');
  g_autofree char *parameters = g_str_equal (kind, "file")
      ? g_strdup_printf ("{\"swapImage\":\"file://%s\"}", path)
      : g_strdup_printf ("{\"note\":\"%s%s\"}",
          g_str_equal (kind, "data") ? "data:image/png;base64," : "", filler);
  g_autofree char *by_file = g_strdup_printf (
      SOURCE "image-location=%s last-image-location=%s" MUTE, path, path);
  g_autoptr (Player) player = inbox_create_player (inbox, by_file);
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) last = NULL;

  make_file ("videotestsrc num-buffers=1 pattern=snow ! "
             "video/x-raw,format=I420,width=2000,height=1200 ! "
             "jpegenc quality=90",
      path);
  g_object_set (player->source, "parameters", parameters, NULL);
  player_run (player);
  body = inbox_get (inbox, 0);
  first = inbox_get_file (inbox, 0, "imageDataUrl", "image/jpeg");
  last = inbox_get_file (inbox, 0, "last_image", "image/jpeg");
  g_assert_cmpuint (
      g_bytes_get_size (first) + g_bytes_get_size (last), <, 3000000);
  g_assert_cmpuint (g_bytes_get_size (first), >, 100000);
}

/* A file that has to be made smaller is sent upright. Its left half is red,
 * which is at the top after rotation. */
static void
test_exif (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "turned.jpg", NULL);
  g_autofree char *line =
      g_strdup_printf (SOURCE "image-location=%s last-image-location=%s "
                              "reference-images=\"<%s>\"" MUTE,
          path, path, path);
  g_autofree char *filler = g_strnfill (4340000, 'x');
  g_autofree char *parameters = g_strdup_printf ("{\"note\":\"%s\"}", filler);
  g_autoptr (Player) player = inbox_create_player (inbox, line);
  g_autoptr (JsonObject) body = NULL;

  make_file ("videotestsrc num-buffers=1 pattern=red ! "
             "video/x-raw,width=600,height=900,framerate=1/1 ! c.sink_0 "
             "videotestsrc num-buffers=1 pattern=blue ! "
             "video/x-raw,width=600,height=900,framerate=1/1 ! c.sink_1 "
             "compositor name=c sink_1::xpos=600 ! "
             "video/x-raw,width=1200,height=900,framerate=1/1 ! "
             "taginject tags=image-orientation=rotate-90 ! videoconvert ! "
             "jpegenc quality=100 ! jifmux",
      path);
  g_object_set (player->source, "parameters", parameters, NULL);
  player_run (player);
  body = inbox_get (inbox, 0);
  assert_color (json_object_get_string_member (body, "imageDataUrl"), "RRBB");
  assert_color (json_object_get_string_member (body, "last_image"), "RRBB");
  assert_color (json_array_get_string_element (
                    json_object_get_array_member (body, "reference_images"), 0),
      "RRBB");
}

/* Once more */

/* A clip that is already on disk is played without any request, even for
 * options that only the listing knows about. */
static void
test_cached (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *line = g_strdup_printf (
      "nanovidsrc name=source prompt=x model=acme cache-dir=%s "
      "image-url=https://a.test/1 video-url=https://a.test/2 "
      "generate-audio=true" MUTE,
      dir);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (Player) player = inbox_create_player (inbox, line);

    player_run (player);
    g_assert_cmpuint (inbox_count (inbox), ==, 1);
    g_assert_cmpuint (fixture_server_count (inbox->server, LISTING), ==, 1);
  }
}

#define KILLED                                                                 \
  "nanovidtransform name=source prompt=x model=minimax-h3 api-key=" PLAYER_KEY \
  " %s ! fakesink %s source.sink %s source.last_image %s source.reference_0 "  \
  "%s source.audio filesrc location=%s ! source.video"
#define FRAME(color)                                                           \
  "videotestsrc num-buffers=1 pattern=" color                                  \
  " ! video/x-raw,format=I420,width=64,height=48,framerate=1/1 !"
#define SOUND(freq)                                                            \
  "audiotestsrc num-buffers=20 freq=" freq                                     \
  " ! audio/x-raw,format=F32LE,rate=44100 !"

/* @change: which input is changed, -1 for none */
static char *
make_killed_line (const char *properties, int change)
{
  g_autofree char *video = fixture_media_path (
      change == 4 ? FIXTURE_MEDIA_MP4_AUDIO : FIXTURE_MEDIA_MP4);
  g_autofree char *all = g_strconcat (properties,
      change == 5       ? " operation=video-edit"
          : change == 6 ? " generate-audio=false"
                        : "",
      NULL);

  return g_strdup_printf (KILLED, all,
      change == 0 ? FRAME ("white") : FRAME ("red"),
      change == 1 ? FRAME ("white") : FRAME ("blue"),
      change == 2 ? FRAME ("white") : FRAME ("green"),
      change == 3 ? SOUND ("440") : SOUND ("441"), video);
}

/* Runs the line in a process of its own, which is killed after @submits
 * submits, once their answers are on disk. */
static void
run_and_kill (Inbox *inbox, const char *state_dir, int change, guint submits)
{
  g_autofree char *properties = g_strdup_printf (
      "base-url=%s state-dir=%s", inbox_get_url (inbox), state_dir);
  g_autofree char *line = make_killed_line (properties, change);
  g_autofree char *shell = g_strdup_printf ("gst-launch-1.0 %s", line);
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  guint polls =
      fixture_server_count (inbox->server, "/api/generate-video/status");

  g_assert_true (g_shell_parse_argv (shell, NULL, &arguments, &error));
  process = g_subprocess_newv ((const char *const *)arguments,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
      &error);
  g_assert_no_error (error);
  /* The process requests the job's state after it has written the job's id. */
  fixture_server_wait (
      inbox->server, "/api/generate-video/status", polls + 1, 20);
  g_subprocess_send_signal (process, SIGKILL);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_cmpuint (inbox_count (inbox), ==, submits);
}

/* The same inputs give the same job; a change to one of them gives another. */
static void
test_killed (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *state_dir = fixture_make_dir ();

  inbox->pending = TRUE;
  run_and_kill (inbox, state_dir, -1, 1);
  run_and_kill (inbox, state_dir, -1, 1);
  for (int change = 0; change < 7; change++)
    run_and_kill (inbox, state_dir, change, change + 2);
  run_and_kill (inbox, state_dir, 3, 8);
}

/* Guards */

static const struct
{
  const char *name;
  const char *request;
} unknown[] = {
  { "video", "model=minimax-h3 video-url=https://a.test/v" },
  { "edit", "model=bytedance/seedance-2.5 video-url=https://a.test/v" },
  { "edit-automatic",
      "model=bytedance/seedance-2.5 parameters={\\\"duration\\\":\\\"-1\\\"}" },
  { "upscaler", "model=video-upscaler video-url=https://a.test/v" },
  { "extend", "model=wan-wavespeed-25-extend video-url=https://a.test/v" },
  { "lip-sync",
      "model=latentsync video-url=https://a.test/v audio-url=https://a.test/a" },
  { "avatar",
      "model=kling-v2-avatar-standard image-url=https://a.test/i "
      "audio-url=https://a.test/a" },
  { "strange",
      "model=seedance-lite-video "
      "parameters={\\\"referenceVideos\\\":[\\\"https://a.test/v\\\"]}" },
};

static void
test_guarded (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const char *const guards[] = { "max-cost=1000", "max-total-cost=1000" };

  for (guint i = 0; i < G_N_ELEMENTS (guards); i++) {
    g_autoptr (Player) player =
        player_new (NULL, "nanovidsrc name=source prompt=x %s %s" MUTE,
            guards[i], unknown[row].request);
    g_autoptr (GError) error = NULL;
    const GstStructure *details;

    player_set_state (player, GST_STATE_PLAYING);
    player_wait (player, GST_MESSAGE_ERROR);
    details = player_get_error (player, &error);
    g_assert_cmpstr (
        gst_structure_get_string (details, "reason"), ==, "over-budget");
    g_assert_cmpuint (
        nanogpt_simulator_count_charges (player->simulator), ==, 0);
  }
}

/* A file in `parameters` that is of none of the types that its field accepts */
static void
test_wrong_kind (void)
{
  static const struct
  {
    const char *field;
    const char *text;
  } fields[] = { { "videoDataUrl", "MP4" }, { "audioDataUrl", "WAV" },
    { "swapImage", "JPEG" } };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (Inbox) inbox = inbox_new ();
    g_autoptr (Player) player = inbox_create_player (inbox, SOURCE MUTE);
    g_autofree char *parameters =
        g_strdup_printf ("{\"%s\":\"file:///etc/passwd\"}", fields[i].field);
    g_autoptr (GError) error = NULL;

    g_object_set (player->source, "parameters", parameters, NULL);
    player_set_state (player, GST_STATE_PLAYING);
    player_wait (player, GST_MESSAGE_ERROR);
    player_get_error (player, &error);
    if (!strstr (error->message, fields[i].text)
        || !strstr (error->message, "/etc/passwd"))
      g_error ("%s", error->message);
    g_assert_cmpuint (inbox_count (inbox), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  static const char *const fillers[] = { "text", "data", "file" };

  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (frame_formats); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs-odd/frame/", frame_formats[i], NULL);

    g_test_add_data_func (path, frame_formats[i], test_frame);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sounds); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs-odd/sound/", sounds[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_sound);
  }
  g_test_add_func ("/inputs-odd/crumbs", test_crumbs);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs-odd/gives-way/", fillers[i], NULL);

    g_test_add_data_func (path, fillers[i], test_gives_way);
  }
  g_test_add_func ("/inputs-odd/exif", test_exif);
  g_test_add_func ("/inputs-odd/wrong-kind", test_wrong_kind);
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs-odd/guarded/", unknown[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_guarded);
  }
  g_test_add_func ("/inputs-odd/cached", test_cached);
  g_test_add_func ("/inputs-odd/killed", test_killed);
  return g_test_run ();
}
