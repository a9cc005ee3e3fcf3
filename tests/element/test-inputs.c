/* nanovid: tests of further inputs: the service receives what was put in
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/gst.h>
#include <string.h>

#include "element/inbox.h"
#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"

/* This model takes inputs of each kind. */
#define MODEL "model=minimax-h3 "
#define SOURCE "nanovidsrc name=source prompt=x " MODEL
#define TRANSFORM "nanovidtransform name=source prompt=x " MODEL
#define FRAME(color)                                                           \
  "videotestsrc num-buffers=1 pattern=" color                                  \
  " ! video/x-raw,format=I420,width=64,height=48,framerate=1/1 ! "
#define MUTE " ! fakesink "

static void
assert_file (Inbox *inbox, const char *name, const char *type, GBytes *content)
{
  g_autoptr (GBytes) file = inbox_get_file (inbox, 0, name, type);

  g_assert_true (g_bytes_equal (file, content));
}

static GBytes *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

/* @stages: elements that produce a file
 * Returns: (transfer full): the path of a file whose name does not show its type */
static char *
make_file (const char *stages)
{
  g_autofree char *dir = fixture_make_dir ();
  char *path = g_build_filename (dir, "file.txt", NULL);
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
  return path;
}

/* The name of the field depends on the model. */
static JsonArray *
get_references (JsonObject *body)
{
  return json_object_get_array_member (body,
      json_object_has_member (body, "referenceImages") ? "referenceImages"
                                                       : "reference_images");
}

/* Properties */

static void
test_urls (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autoptr (JsonObject) body = NULL;
  JsonArray *references;

  inbox_run (inbox,
      SOURCE
      "image-url=https://a.test/1.png last-image-url=https://a.test/2.png "
      "video-url=https://a.test/3.mp4 audio-url=https://a.test/4.mp3 "
      "reference-images=\"<https://a.test/b.png,https://a.test/a.png>\" "
      "operation=video-edit generate-audio=false" MUTE);
  body = inbox_get (inbox, 0);
  g_assert_cmpstr (json_object_get_string_member (body, "imageUrl"), ==,
      "https://a.test/1.png");
  g_assert_cmpstr (json_object_get_string_member (body, "last_image"), ==,
      "https://a.test/2.png");
  g_assert_cmpstr (json_object_get_string_member (body, "videoUrl"), ==,
      "https://a.test/3.mp4");
  g_assert_cmpstr (json_object_get_string_member (body, "audioUrl"), ==,
      "https://a.test/4.mp3");
  references = get_references (body);
  g_assert_cmpuint (json_array_get_length (references), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (references, 0), ==,
      "https://a.test/b.png");
  g_assert_cmpstr (json_array_get_string_element (references, 1), ==,
      "https://a.test/a.png");
  g_assert_cmpstr (
      json_object_get_string_member (body, "mode"), ==, "video-edit");
  g_assert_true (json_object_has_member (body, "generateAudio"));
  g_assert_false (json_object_get_boolean_member (body, "generateAudio"));
}

static void
test_unset (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autoptr (JsonObject) body = NULL;

  inbox_run (inbox, SOURCE MUTE);
  body = inbox_get (inbox, 0);
  g_assert_cmpuint (json_object_get_size (body), ==, 2); /* model, prompt */
}

static void
test_files (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *first = fixture_media_path (FIXTURE_MEDIA_JPEG);
  g_autofree char *last = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autofree char *reference = fixture_media_path (FIXTURE_MEDIA_WEBP);
  g_autofree char *video = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autofree char *audio =
      make_file ("audiotestsrc num-buffers=100 samplesperbuffer=441 ! "
                 "audio/x-raw,rate=44100 ! wavenc");
  g_autofree char *line = g_strdup_printf (SOURCE
      "image-location=%s last-image-location=%s "
      "reference-images=\"<%s,https://a.test/b.png,%s>\" "
      "video-location=%s audio-location=%s" MUTE,
      first, last, reference, first, video, audio);
  g_autoptr (GBytes) first_bytes = read_file (first);
  g_autoptr (GBytes) last_bytes = read_file (last);
  g_autoptr (GBytes) reference_bytes = read_file (reference);
  g_autoptr (GBytes) video_bytes = read_file (video);
  g_autoptr (GBytes) audio_bytes = read_file (audio);
  g_autoptr (GBytes) sent = NULL;
  g_autoptr (JsonObject) body = NULL;
  JsonArray *references;

  inbox_run (inbox, line);
  assert_file (inbox, "imageDataUrl", "image/jpeg", first_bytes);
  assert_file (inbox, "last_image", "image/png", last_bytes);
  assert_file (inbox, "videoDataUrl", "video/mp4", video_bytes);
  assert_file (inbox, "audioDataUrl", "audio/wav", audio_bytes);
  body = inbox_get (inbox, 0);
  g_assert_cmpfloat (
      json_object_get_double_member (body, "audioDuration"), ==, 1.0);
  references = get_references (body);
  g_assert_cmpuint (json_array_get_length (references), ==, 3);
  sent = inbox_decode (
      json_array_get_string_element (references, 0), "image/webp");
  g_assert_true (g_bytes_equal (sent, reference_bytes));
  g_assert_cmpstr (json_array_get_string_element (references, 1), ==,
      "https://a.test/b.png");
}

/* Refusals */

typedef struct
{
  const char *name;
  const char *line;
  const char *reason;
  const char *text;
} Refusal;

static const Refusal refusals[] = {
  { "two-last-images",
      SOURCE
      "last-image-url=https://a.test/a.png last-image-location=a.png" MUTE,
      "invalid-request", "last-image-location" },
  { "two-videos",
      SOURCE "video-url=https://a.test/a.mp4 video-location=a.mp4" MUTE,
      "invalid-request", "video-location" },
  { "two-sounds",
      SOURCE "audio-url=https://a.test/a.mp3 audio-location=a.mp3" MUTE,
      "invalid-request", "audio-location" },
  { "last-image-and-pad",
      TRANSFORM "last-image-url=https://a.test/a" MUTE FRAME (
          "red") "source.sink " FRAME ("blue") "source.last_image",
      "invalid-request", "the pad last_image and last-image-url" },
  { "references-and-pad",
      TRANSFORM "reference-images=\"<https://a.test/a>\"" MUTE FRAME (
          "red") "source.sink " FRAME ("blue") "source.reference_0",
      "invalid-request", "reference-images" },
  { "video-and-pad",
      TRANSFORM "video-url=https://a.test/a" MUTE
                "fakesrc num-buffers=1 sizetype=fixed sizemax=9 ! video/webm ! "
                "source.video",
      "invalid-request", "the pad video and video-url" },
  { "no-last-image",
      TRANSFORM MUTE FRAME (
          "red") "source.sink "
                 "fakesrc num-buffers=0 ! image/png ! source.last_image",
      "image-required", "last_image" },
  { "no-reference-image",
      TRANSFORM MUTE FRAME ("red") "source.sink " FRAME (
          "red") "source.reference_0 fakesrc num-buffers=0 ! source.reference_1",
      "image-required", "reference_1" },
  { "no-video-data",
      TRANSFORM MUTE FRAME ("red") "source.sink "
                                   "fakesrc num-buffers=0 ! source.video",
      "invalid-request", "video" },
  { "no-sound-data", TRANSFORM MUTE "audiotestsrc num-buffers=0 ! source.audio",
      "invalid-request", "audio" },
  { "no-sink-data",
      TRANSFORM MUTE
      "fakesrc num-buffers=0 ! source.sink " FRAME ("blue") "source.last_image",
      "image-required", "sink" },
  { "broken-sound",
      TRANSFORM MUTE FRAME (
          "red") "source.sink fakesrc num-buffers=3 "
                 "sizetype=fixed sizemax=100 ! audio/mpeg ! source.audio",
      "invalid-request", "sound" },
  { "plain-url", SOURCE "video-url=http://a.test/a.mp4" MUTE, "invalid-request",
      "https" },
  { "plain-reference", SOURCE "reference-images=\"<http://a.test/a.png>\"" MUTE,
      "invalid-request", "https" },
  { "no-file", SOURCE "audio-location=/nowhere/a.mp3" MUTE, "invalid-request",
      "/nowhere/a.mp3" },
  { "no-reference", SOURCE "reference-images=\"</nowhere/a.png>\"" MUTE,
      "invalid-request", "/nowhere/a.png" },
  { "no-video", SOURCE "video-location=/etc/passwd" MUTE, "invalid-request",
      "video" },
  { "no-sound", SOURCE "audio-location=/etc/passwd" MUTE, "invalid-request",
      "sound" },
  { "no-picture", SOURCE "last-image-location=/etc/passwd" MUTE,
      "invalid-request", "JPEG" },
};

static void
assert_refused (Player *player, const char *reason, const char *text)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, &error);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, reason);
  if (!strstr (error->message, text))
    g_error ("no \"%s\" in: %s", text, error->message);
}

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autoptr (Player) player = inbox_create_player (inbox, refusal->line);

  assert_refused (player, refusal->reason, refusal->text);
  g_assert_cmpuint (inbox_count (inbox), ==, 0);
}

/* Pads, mode=stream */

static void
assert_picture (GBytes *picture, const char *corners)
{
  g_autofree char *seen = inbox_describe_picture (picture);

  g_assert_cmpstr (seen, ==, corners);
}

static void
test_pictures (void)
{
  static const char *const expected[] = { "YYYY", "GGGG", "WWWW" };
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) last = NULL;
  JsonArray *references;

  inbox_run (inbox,
      TRANSFORM MUTE
          FRAME ("red") "source.sink " FRAME ("blue") "source.last_image " FRAME ("white") "source.reference_10 " FRAME (
              "green") "jpegenc ! source.reference_2 "
                       "videotestsrc num-buffers=1 pattern=solid-color foreground-color=0xffffff00 ! "
                       "video/x-raw,width=64,height=48 ! pngenc ! source.reference_1");
  first = inbox_get_file (inbox, 0, "imageDataUrl", "image/jpeg");
  last = inbox_get_file (inbox, 0, "last_image", "image/jpeg");
  assert_picture (first, "RRRR");
  assert_picture (last, "BBBB");
  body = inbox_get (inbox, 0);
  references = get_references (body);
  g_assert_cmpuint (json_array_get_length (references), ==, 3);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) picture =
        inbox_decode (json_array_get_string_element (references, i),
            i == 0 ? "image/png" : "image/jpeg");

    assert_picture (picture, expected[i]);
  }
}

/* Red is at the left, and in the rotated picture at the right of the top. */
static void
test_orientation (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autoptr (GBytes) last = NULL;

  inbox_run (inbox,
      TRANSFORM MUTE "compositor name=c sink_1::xpos=32 ! "
                     "video/x-raw,width=64,height=48,framerate=1/1 ! "
                     "taginject tags=image-orientation=rotate-90 ! "
                     "source.last_image "
                     "videotestsrc num-buffers=1 pattern=red ! "
                     "video/x-raw,width=32,height=48,framerate=1/1 ! c.sink_0 "
                     "videotestsrc num-buffers=1 pattern=blue ! "
                     "video/x-raw,width=32,height=48,framerate=1/1 ! c.sink_1");
  last = inbox_get_file (inbox, 0, "last_image", "image/jpeg");
  assert_picture (last, "RRBB");
}

typedef struct
{
  const char *name;
  FixtureMedia media;
  const char *type;
} Video;

static const Video videos[] = {
  { "mp4", FIXTURE_MEDIA_MP4, "video/mp4" },
  { "index-last", FIXTURE_MEDIA_MP4_INDEX_LAST, "video/mp4" },
  { "fragmented", FIXTURE_MEDIA_MP4_FRAGMENTED, "video/mp4" },
  { "webm", FIXTURE_MEDIA_WEBM_AUDIO, "video/webm" },
};

/* The video is the only input, and comes in many buffers. */
static void
test_video (gconstpointer data)
{
  const Video *video = data;
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *path = fixture_media_path (video->media);
  g_autoptr (GBytes) content = fixture_media_bytes (video->media);
  g_autofree char *line = g_strdup_printf (
      TRANSFORM MUTE "filesrc blocksize=1000 location=%s ! source.video", path);

  inbox_run (inbox, line);
  assert_file (inbox, "videoDataUrl", video->type, content);
}

/* At the end, a muxer seeks back to the beginning of its file. */
static void
test_muxers (void)
{
  static const struct
  {
    const char *muxer;
    const char *type;
  } muxers[] = { { "mp4mux", "video/mp4" },
    { "matroskamux", "video/x-matroska" }, { "webmmux", "video/webm" },
    { "qtmux", "video/quicktime" } };

  for (guint i = 0; i < G_N_ELEMENTS (muxers); i++) {
    g_autoptr (Inbox) inbox = inbox_new ();
    gboolean is_webm = strstr (muxers[i].type, "webm") != NULL;
    g_autofree char *stages = g_strdup_printf (
        "videotestsrc num-buffers=25 ! video/x-raw,width=64,height=48,"
        "framerate=25/1 ! %s ! %s",
        is_webm ? "vp8enc" : "x264enc ! h264parse", muxers[i].muxer);
    g_autofree char *line =
        g_strdup_printf (TRANSFORM MUTE "%s ! source.video", stages);
    g_autofree char *copy = make_file (stages);
    g_autoptr (GBytes) expected = read_file (copy);
    g_autoptr (GBytes) file = NULL;

    inbox_run (inbox, line);
    file = inbox_get_file (inbox, 0, "videoDataUrl", muxers[i].type);
    g_assert_cmpuint (g_bytes_get_size (file), ==, g_bytes_get_size (expected));
  }
}

/* A file that shows where it ends needs no EOS. */
static void
test_file_end (void)
{
  static const FixtureMedia media[] = { FIXTURE_MEDIA_MP4,
    FIXTURE_MEDIA_MP4_INDEX_LAST };

  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    g_autoptr (Inbox) inbox = inbox_new ();
    g_autofree char *path = fixture_media_path (media[i]);
    g_autoptr (GBytes) content = fixture_media_bytes (media[i]);
    g_autoptr (Player) player = inbox_create_player (inbox,
        TRANSFORM MUTE "appsrc name=app caps=video/quicktime ! source.video");
    g_autoptr (GstElement) app =
        gst_bin_get_by_name (GST_BIN (player->pipeline), "app");
    g_autoptr (GBytes) head = g_bytes_new_from_bytes (content, 0, 5000);
    g_autoptr (GBytes) tail = g_bytes_new_from_bytes (
        content, 5000, g_bytes_get_size (content) - 5000);
    GBytes *pieces[] = { head, tail };

    player_set_state (player, GST_STATE_PLAYING);
    for (guint k = 0; k < 2; k++) {
      g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (pieces[k]);
      GstFlowReturn flow;

      g_signal_emit_by_name (app, "push-buffer", buffer, &flow);
    }
    inbox_wait (inbox, 1);
    assert_file (inbox, "videoDataUrl", "video/mp4", content);
  }
}

/* Sound */

typedef struct
{
  const char *name;
  const char *stages;
  const char *type;
  double seconds;
} Sound;

#define TONE "audiotestsrc freq=500 samplesperbuffer=4410 "
#define RATE " ! audio/x-raw,rate=44100,"

static const Sound raw_sounds[] = {
  { "s16", TONE "num-buffers=20" RATE "format=S16LE,channels=1", "audio/wav",
      2 },
  { "float", TONE "num-buffers=15" RATE "format=F32LE,channels=2", "audio/wav",
      1.5 },
  { "surround",
      TONE "num-buffers=10" RATE "format=S24LE,channels=6,"
           "channel-mask=(bitmask)0x3f",
      "audio/wav", 1 },
  { "low-rate",
      "audiotestsrc freq=500 samplesperbuffer=800 num-buffers=30 ! "
      "audio/x-raw,rate=8000,format=U8,channels=1",
      "audio/wav", 3 },
  { "long", TONE "num-buffers=400" RATE "format=S16LE,channels=2", "audio/mpeg",
      40 },
};

static void
test_raw_sound (gconstpointer data)
{
  const Sound *sound = data;
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *line = g_strdup_printf (
      TRANSFORM MUTE FRAME ("red") "source.sink %s ! source.audio",
      sound->stages);
  g_autoptr (GBytes) file = NULL;
  g_autoptr (JsonObject) body = NULL;
  double seconds, frequency;

  inbox_run (inbox, line);
  body = inbox_get (inbox, 0);
  g_assert_cmpfloat (json_object_get_double_member (body, "audioDuration"), ==,
      sound->seconds);
  file = inbox_get_file (inbox, 0, "audioDataUrl", sound->type);
  frequency = inbox_measure_sound (file, &seconds);
  g_assert_cmpfloat_with_epsilon (frequency, 500, 3);
  g_assert_cmpfloat_with_epsilon (seconds, sound->seconds,
      g_str_equal (sound->type, "audio/wav") ? 0.0001 : 0.1);
}

static const Sound sound_files[] = {
  { "wav", TONE "num-buffers=10" RATE "channels=1 ! wavenc", "audio/wav", 1 },
  { "mp3", TONE "num-buffers=20" RATE "channels=1 ! lamemp3enc", "audio/mpeg",
      2 },
  { "ogg",
      TONE "num-buffers=20" RATE "channels=1 ! audioconvert ! "
           "vorbisenc ! oggmux",
      "audio/ogg", 2 },
  { "m4a",
      TONE "num-buffers=20" RATE "channels=1 ! audioconvert ! "
           "avenc_aac ! aacparse ! mp4mux ! audio/x-m4a",
      "audio/mp4", 2 },
};

/* Gives the sound by the property and by the pad. */
static void
test_sound_file (gconstpointer data)
{
  const Sound *sound = data;
  g_autofree char *stages = g_str_has_suffix (sound->stages, "audio/x-m4a")
      ? g_strndup (
          sound->stages, strlen (sound->stages) - strlen (" ! audio/x-m4a"))
      : g_strdup (sound->stages);
  g_autofree char *path = make_file (stages);
  g_autofree char *by_property =
      g_strdup_printf (SOURCE "audio-location=%s" MUTE, path);
  g_autofree char *by_pad = g_strdup_printf (TRANSFORM MUTE
      "filesrc blocksize=777 location=%s ! %s ! source.audio",
      path,
      g_str_equal (sound->type, "audio/mp4") ? "audio/x-m4a" : "identity");
  const char *lines[] = { by_property, by_pad };
  g_autoptr (GBytes) content = read_file (path);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (Inbox) inbox = inbox_new ();
    g_autoptr (JsonObject) body = NULL;

    inbox_run (inbox, lines[i]);
    assert_file (inbox, "audioDataUrl", sound->type, content);
    body = inbox_get (inbox, 0);
    g_assert_cmpfloat_with_epsilon (
        json_object_get_double_member (body, "audioDuration"), sound->seconds,
        0.1);
  }
}

/* At its end, the encoder goes back and writes the size. */
static void
test_wavenc (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autoptr (GBytes) file = NULL;
  double seconds;

  inbox_run (inbox,
      TRANSFORM MUTE TONE "num-buffers=10" RATE
                          "channels=1 ! wavenc ! source.audio");
  file = inbox_get_file (inbox, 0, "audioDataUrl", "audio/wav");
  g_assert_cmpfloat_with_epsilon (inbox_measure_sound (file, &seconds), 500, 3);
  g_assert_cmpfloat_with_epsilon (seconds, 1, 0.0001);
}

/* Sizes */

#define NOISE(width, height)                                                       \
  "videotestsrc num-buffers=1 pattern=snow ! video/x-raw,format=I420,width=" width \
  ",height=" height " ! "

/* Pictures shrink to leave room for what cannot; one that fits stays as it is. */
static void
test_shares (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *video = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autofree char *small = fixture_media_path (FIXTURE_MEDIA_PNG);
  g_autofree char *large =
      make_file (NOISE ("2500", "1600") "jpegenc quality=95");
  g_autofree char *line = g_strdup_printf (SOURCE
      "video-location=%s image-location=%s last-image-location=%s "
      "reference-images=\"<%s>\"" MUTE,
      video, large, small, large);
  g_autoptr (GBytes) video_bytes = read_file (video);
  g_autoptr (GBytes) small_bytes = read_file (small);
  g_autoptr (GBytes) large_bytes = read_file (large);
  g_autoptr (GBytes) first = NULL;

  g_assert_cmpuint (g_bytes_get_size (large_bytes), >, 2000000);
  inbox_run (inbox, line);
  assert_file (inbox, "videoDataUrl", "video/mp4", video_bytes);
  assert_file (inbox, "last_image", "image/png", small_bytes);
  first = inbox_get_file (inbox, 0, "imageDataUrl", "image/jpeg");
  g_assert_cmpuint (g_bytes_get_size (first), >, 500000);
  g_assert_cmpuint (g_bytes_get_size (first), <, 1500000);
}

static void
test_too_large (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *video = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  g_autofree char *line =
      g_strdup_printf (SOURCE "video-location=%s" MUTE, video);
  g_autoptr (Player) player = inbox_create_player (inbox, line);

  assert_refused (player, "too-large", "video-url");
  g_assert_cmpuint (inbox_count (inbox), ==, 0);
}

/* Once more */

#define AGAIN                                                                  \
  TRANSFORM "%s" MUTE FRAME ("red") "source.sink " FRAME (                     \
      "blue") "source.last_image " TONE "num-buffers=400" RATE                 \
              "format=F32LE,channels=2 ! source.audio"

static void
run_to_submit (Inbox *inbox, const char *state_dir, const char *property)
{
  g_autofree char *properties =
      g_strdup_printf ("state-dir=%s %s", state_dir, property);
  g_autofree char *line = g_strdup_printf (AGAIN, properties);
  g_autoptr (Player) player = inbox_create_player (inbox, line);

  player_set_state (player, GST_STATE_PLAYING);
  player_wait_job_state (player, "generating");
}

/* An unfinished job is found by its inputs, all of them. */
static void
test_again (void)
{
  g_autoptr (Inbox) inbox = inbox_new ();
  g_autofree char *state_dir = fixture_make_dir ();

  inbox->pending = TRUE;
  run_to_submit (inbox, state_dir, "");
  run_to_submit (inbox, state_dir, "");
  g_assert_cmpuint (inbox_count (inbox), ==, 1);
  run_to_submit (
      inbox, state_dir, "reference-images=\"<https://a.test/a.png>\"");
  g_assert_cmpuint (inbox_count (inbox), ==, 2);
  run_to_submit (inbox, state_dir, "operation=auto");
  g_assert_cmpuint (inbox_count (inbox), ==, 3);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/inputs/urls", test_urls);
  g_test_add_func ("/inputs/unset", test_unset);
  g_test_add_func ("/inputs/files", test_files);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs/refused/", refusals[i].name, NULL);

    g_test_add_data_func (path, &refusals[i], test_refusal);
  }
  g_test_add_func ("/inputs/pictures", test_pictures);
  g_test_add_func ("/inputs/orientation", test_orientation);
  for (guint i = 0; i < G_N_ELEMENTS (videos); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs/video/", videos[i].name, NULL);

    g_test_add_data_func (path, &videos[i], test_video);
  }
  g_test_add_func ("/inputs/muxers", test_muxers);
  g_test_add_func ("/inputs/file-end", test_file_end);
  for (guint i = 0; i < G_N_ELEMENTS (raw_sounds); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs/raw-sound/", raw_sounds[i].name, NULL);

    g_test_add_data_func (path, &raw_sounds[i], test_raw_sound);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sound_files); i++) {
    g_autofree char *path =
        g_strconcat ("/inputs/sound-file/", sound_files[i].name, NULL);

    g_test_add_data_func (path, &sound_files[i], test_sound_file);
  }
  g_test_add_func ("/inputs/wavenc", test_wavenc);
  g_test_add_func ("/inputs/shares", test_shares);
  g_test_add_func ("/inputs/too-large", test_too_large);
  g_test_add_func ("/inputs/again", test_again);
  return g_test_run ();
}
