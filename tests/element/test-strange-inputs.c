/* nanovid: tests of unusable and unexpected inputs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "element/bench.h"
#include "element/player.h"
#include "element/submits.h"
#include "fixture/env.h"
#include "fixture/media.h"

#define TRANSFORM "nanovidtransform name=source prompt=x "

/* Each input is refused before it costs anything, and the message says what it
 * is, or what would help. */
typedef struct
{
  const char *name;
  const char *bytes;
  gsize size;
  const char *texts[2];
} Strange;

#define BYTES(text) text, sizeof (text) - 1

#define JPEG_HEADER(components)                                                \
  "\xff\xd8\xff\xc0\x00\x14\x08\x00\x40\x00\x40" components                    \
  "\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00"
#define JPEG_END "\xff\xda\x00\x02xxxx\xff\xd9"

#define PNG(side)                                                              \
  "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0" side "\0\0\0" side                   \
  "\x08\x02\0\0\0xxxx\0\0\0\0IDATxxxx\0\0\0\0IENDxxxx"

static const Strange strange[] = {
  { "gif", BYTES ("GIF89a\1\0\1\0\0\0\0;"), { "GIF", "decodebin" } },
  { "bmp",
      BYTES ("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\2\0\0\0\2\0\0\0\1\0\x18"
             "\0\0\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
             "xxxxxxxxxxxxxxxx"),
      { "BMP", "decodebin" } },
  { "tiff", BYTES ("II*\0\x08\0\0\0\0\0\0\0\0\0\0\0"),
      { "TIFF", "decodebin" } },
  { "svg",
      BYTES ("<?xml version=\"1.0\"?>\n"
             "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n"),
      { "SVG", "decodebin" } },
  { "heic",
      BYTES ("\0\0\0\x18"
             "ftypheic\0\0\0\0mif1heic"),
      { "HEIC", "decodebin" } },
  { "avif",
      BYTES ("\0\0\0\x18"
             "ftypavif\0\0\0\0mif1avif"),
      { "AVIF", "decodebin" } },
  { "text", BYTES ("A lighthouse at dusk, caf\xc3\xa9.\n"),
      { "text", "subparse" } },
  { "srt",
      BYTES ("1\n00:00:00,000 --> 00:00:02,000\nA lighthouse\n\n"
             "2\n00:00:02,000 --> 00:00:04,000\nA boat\n\n"),
      { "subtitles", "subparse" } },
  { "vtt", BYTES ("WEBVTT\n\n00:00.000 --> 00:02.000\nA lighthouse\n"),
      { "subtitles", "subparse" } },
  { "cmyk", BYTES (JPEG_HEADER ("\x04") JPEG_END), { "CMYK", "RGB" } },
  { "one-pixel", BYTES (PNG ("\1")), { "1x1", "pixels" } },
};

static void
test_strange (gconstpointer data)
{
  const Strange *input = data;
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "input", NULL);
  g_autofree char *piped =
      g_strdup_printf ("filesrc location=%s ! " TRANSFORM "! fakesink", path);
  g_autofree char *located = g_strdup_printf (
      "nanovidsrc name=source prompt=x image-location=%s ! fakesink", path);
  const char *const lines[] = { piped, located };

  g_assert_true (g_file_set_contents (path, input->bytes, input->size, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (Player) player =
        player_new (bench_get_options (), "%s", lines[i]);
    g_autoptr (GError) error = NULL;
    const GstStructure *details;

    player_set_state (player, GST_STATE_PLAYING);
    player_wait (player, GST_MESSAGE_ERROR);
    details = player_get_error (player, &error);
    g_test_message ("%s", error->message);
    g_assert_cmpstr (
        gst_structure_get_string (details, "reason"), ==, "invalid-request");
    for (guint j = 0; j < G_N_ELEMENTS (input->texts); j++)
      g_assert_nonnull (strstr (error->message, input->texts[j]));
    g_assert_cmpuint (
        nanogpt_simulator_count_charges (player->simulator), ==, 0);
  }
}

/* An RGB image of the minimum size is sent unchanged. */
static void
test_least (void)
{
  static const char image[] = PNG ("\x08");
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "input", NULL);
  g_autoptr (Player) player = NULL;
  g_autoptr (GBytes) sent = NULL;

  g_assert_true (g_file_set_contents (path, image, sizeof image - 1, NULL));
  player = player_new (bench_get_options (),
      "filesrc location=%s ! " TRANSFORM "! fakesink", path);
  player_run (player);
  sent = submits_get_image (player->simulator, 0, NULL);
  g_assert_cmpmem (g_bytes_get_data (sent, NULL), g_bytes_get_size (sent),
      image, sizeof image - 1);
}

/* With mode=clips, pieces of an image are not put together. */
static void
test_piece (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_JPEG);
  g_autoptr (Player) player = player_new (bench_get_options (),
      "filesrc blocksize=200 location=%s ! " TRANSFORM "mode=clips ! fakesink",
      path);
  g_autoptr (GError) error = NULL;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  player_get_error (player, &error);
  g_assert_nonnull (strstr (error->message, "jpegparse"));
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 0);
}

/* Subtitles */

typedef struct
{
  const char *name;
  const char *text;   /* of the file */
  const char *prompt; /* the resulting prompt */
} Subtitle;

#define VTT(text) "WEBVTT\n\n00:00.000 --> 00:02.000\n" text "\n"
#define SRT(text) "1\n00:00:00,000 --> 00:00:02,000\n" text "\n\n"

static const Subtitle subtitles[] = {
  { "vtt/voice", VTT ("<v Narrator>A lighthouse &amp; a boat at dusk</v>"),
      "A lighthouse & a boat at dusk" },
  { "vtt/italics", VTT ("The <i>tide</i> comes in"), "The tide comes in" },
  { "vtt/classes", VTT ("<c.blue.big>A</c> <b.loud>boat</b> &lt;3&nbsp;&#39;"),
      "A boat <3 '" },
  { "vtt/time-stamps", VTT ("A <00:00:01.000>boat <00:01.500>sails"),
      "A boat sails" },
  { "srt/italics", SRT ("The <i>tide</i> comes in"), "The tide comes in" },
  { "srt/literal", SRT ("x < y and y > z & so on; R&B"),
      "x < y and y > z & so on; R&B" },
};

static char *
get_prompt (const char *text, const char *parser)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "subtitles", NULL);
  g_autoptr (Player) player = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  player = player_new (bench_get_options (),
      "filesrc location=%s ! %s ! nanovidtransform name=source mode=clips ! "
      "fakesink",
      path, parser);
  player_run (player);
  return submits_get_string (player->simulator, 0, "prompt");
}

static void
test_subtitle (gconstpointer data)
{
  const Subtitle *subtitle = data;
  g_autofree char *prompt = get_prompt (subtitle->text, "subparse");

  g_assert_cmpstr (prompt, ==, subtitle->prompt);
}

/* Plain text is used unchanged. */
static void
test_plain (void)
{
  const char text[] = "a <red> boat &amp; <i>more</i>";
  g_autofree char *prompt = get_prompt (text, "text/x-raw,format=utf8");

  g_assert_cmpstr (prompt, ==, text);
}

/* This is how gst-launch-1.0 parses -1. */
static void
test_negative (void)
{
  g_autoptr (Player) player = player_new (bench_get_options (),
      "nanovidsrc name=source prompt=x duration=-1 ! fakesink");
  g_autoptr (GError) error = NULL;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  player_get_error (player, &error);
  g_assert_nonnull (strstr (error->message, "duration is -1"));
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 0);
}

/* The service refuses the model, and nanovid names similar ones. */
static void
test_unknown_model (void)
{
  g_autoptr (Player) player = player_new (bench_get_options (),
      "nanovidsrc name=source prompt=x model=veo3 ! fakesink");
  g_autoptr (GError) error = NULL;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  player_get_error (player, &error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "veo3-video"));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (strange); i++) {
    g_autofree char *path =
        g_strconcat ("/strange/refused/", strange[i].name, NULL);

    g_test_add_data_func (path, &strange[i], test_strange);
  }
  g_test_add_func ("/strange/least", test_least);
  g_test_add_func ("/strange/piece", test_piece);
  for (guint i = 0; i < G_N_ELEMENTS (subtitles); i++) {
    g_autofree char *path = g_strconcat ("/strange/", subtitles[i].name, NULL);

    g_test_add_data_func (path, &subtitles[i], test_subtitle);
  }
  g_test_add_func ("/strange/plain", test_plain);
  g_test_add_func ("/strange/negative", test_negative);
  g_test_add_func ("/strange/unknown-model", test_unknown_model);
  return g_test_run ();
}
