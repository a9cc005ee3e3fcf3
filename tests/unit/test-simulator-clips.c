/* nanovid: tests of the clips that the simulator renders
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture/env.h"
#include "sim-client.h"

#include <math.h>
#include <string.h>

#define MODEL "bytedance-seedance-v1-pro-fast"
#define BODY                                                                   \
  "{\"model\":\"" MODEL                                                        \
  "\",\"prompt\":\"x\",\"duration\":\"2\",\"resolution\":\"480p\"}"

typedef struct
{
  const char *format;
  int width, height;
  guint n_frames;
  double seconds; /* of the sound, 0 for none */
  int sample_rate, channels;
  gboolean uneven;
  gboolean webm;
} Case;

static const Case cases[] = {
  { NULL, 854, 480, 32, 2, 48000, 2, FALSE, FALSE },
  { "size=320x240,rate=30000/1001,seconds=1", 320, 240, 30, 1.001, 48000, 2,
      FALSE, FALSE },
  { "size=160x284,rate=60,seconds=0.5,b-frames", 160, 284, 30, 0.5, 48000, 2,
      FALSE, FALSE },
  { "size=160x120,rate=24,rate=variable,seconds=1", 160, 120, 24, 1, 48000, 2,
      TRUE, FALSE },
  { "size=160x120,rate=25,seconds=1,container=webm", 160, 120, 25, 1, 48000, 2,
      FALSE, TRUE },
  { "size=160x120,rate=25,rate=variable,seconds=1,container=webm", 160, 120, 25,
      1, 48000, 2, TRUE, TRUE },
  { "size=160x120,seconds=1,sound=mono", 160, 120, 16, 1, 44100, 1, FALSE,
      FALSE },
  { "size=160x120,seconds=1,sound=none", 160, 120, 16, 0, 0, 0, FALSE, FALSE },
  { "size=160x120,seconds=1,sound-excess=0.7", 160, 120, 16, 1.7, 48000, 2,
      FALSE, FALSE },
  { "size=160x120,seconds=1,sound-excess=-0.4", 160, 120, 16, 0.6, 48000, 2,
      FALSE, FALSE },
};

static SimDecoded *
generate (SimClient *client, const char *body, gboolean webm)
{
  g_autoptr (JsonObject) data = sim_client_generate (client, body);
  const char *url = sim_client_look_up (data, "output.video.url");
  guint status;
  g_autoptr (GBytes) clip = NULL;
  const char *bytes;

  g_assert_nonnull (url);
  clip = sim_client_get (client, url, &status);
  g_assert_cmpuint (status, ==, 200);
  bytes = g_bytes_get_data (clip, NULL);
  g_assert_cmpint (memcmp (bytes + 4, "ftyp", 4) != 0, ==, webm);
  return sim_decoded_new (clip);
}

/* The duration of the longest frame divided by that of the shortest. */
static double
get_unevenness (SimDecoded *decoded)
{
  GstClockTime longest = 0, shortest = GST_CLOCK_TIME_NONE;

  for (guint i = 1; i < decoded->frames->len; i++) {
    GstClockTime length = sim_decoded_get_time (decoded, i)
        - sim_decoded_get_time (decoded, i - 1);
    longest = MAX (longest, length);
    shortest = MIN (shortest, length);
  }
  return (double)longest / shortest;
}

static gboolean
is_white (SimDecoded *decoded, guint frame)
{
  guint32 color = sim_decoded_get_color (decoded, frame, 0.5, 0.5);

  return (color & 0xff) > 235 && (color >> 8 & 0xff) > 235 && color >> 16 > 235;
}

/* In seconds, from the beginning of the clip. */
static double
find_beep (SimDecoded *decoded)
{
  for (guint i = 0; i < decoded->samples->len; i++) {
    if (fabsf (g_array_index (decoded->samples, float, i)) > 0.2)
      return (double)decoded->sound_start / GST_SECOND
          + (double)i / decoded->sample_rate;
  }
  return -1;
}

static void
check_case (const Case *c, SimDecoded *decoded)
{
  GstStructure *caps;
  GstClockTime flash_end = 0;

  g_assert_cmpuint (decoded->frames->len, ==, c->n_frames);
  caps = gst_caps_get_structure (
      gst_sample_get_caps (decoded->frames->pdata[0]), 0);
  g_assert_true (gst_structure_has_field_typed (caps, "width", G_TYPE_INT));
  g_assert_cmpint (
      g_value_get_int (gst_structure_get_value (caps, "width")), ==, c->width);
  g_assert_cmpint (g_value_get_int (gst_structure_get_value (caps, "height")),
      ==, c->height);
  g_assert_cmpint (get_unevenness (decoded) > 1.5, ==, c->uneven);

  g_assert_true (is_white (decoded, 0));
  for (guint i = 0; i < decoded->frames->len && is_white (decoded, i); i++)
    flash_end = sim_decoded_get_time (decoded, i);
  g_assert_cmpuint (flash_end, <, GST_SECOND / 10);
  g_assert_false (is_white (decoded, decoded->frames->len - 1));

  g_assert_cmpint (decoded->sample_rate, ==, c->sample_rate);
  g_assert_cmpint (decoded->channels, ==, c->channels);
  if (c->channels == 0)
    return;
  /* AAC comes in blocks of 1024, and begins with one of them. */
  g_assert_cmpfloat_with_epsilon (
      (double)decoded->samples->len / decoded->sample_rate, c->seconds, 0.06);
  g_assert_cmpfloat_with_epsilon (find_beep (decoded), 0, 0.06);
}

/* The requests choose the format of the clip. */
static void
test_requested (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (SimClient) client = NULL;

  nanogpt_simulator_options_init (&options);
  options.generation_time = 0;
  client = sim_client_new (&options);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autofree char *body = c->format
        ? g_strdup_printf ("%.*s,\"simulatorClip\":\"%s\"}",
            (int)strlen (BODY) - 1, BODY, c->format)
        : g_strdup (BODY);
    g_autoptr (SimDecoded) decoded = generate (client, body, c->webm);

    g_test_message ("%s", c->format ? c->format : "default");
    check_case (c, decoded);
  }
}

/* The options choose the formats, in turn. */
static void
test_in_turn (void)
{
  const char *clips[] = { cases[2].format, cases[4].format, NULL };
  NanogptSimulatorOptions options;
  g_autoptr (SimClient) client = NULL;

  nanogpt_simulator_options_init (&options);
  options.generation_time = 0;
  options.clips = clips;
  client = sim_client_new (&options);
  for (guint i = 0; i < 4; i++) {
    const Case *c = &cases[i % 2 == 0 ? 2 : 4];
    g_autoptr (SimDecoded) decoded = generate (client, BODY, c->webm);
    check_case (c, decoded);
  }
}

static void
test_bad_formats (void)
{
  static const char *const bad[] = { "size=100", "size=101x100",
    "size=100x100x", "rate=0", "rate=1/0", "rate=x", "seconds=0", "seconds=nan",
    "container=avi", "sound=loud", "sound-excess=", "b-frames=1", "size",
    "color=red", "size=160x120,,rate=25" };
  NanogptSimulatorOptions options;
  g_autoptr (SimClient) client = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *clips[] = { bad[i], NULL };
    g_autoptr (GError) error = NULL;

    nanogpt_simulator_options_init (&options);
    options.clips = clips;
    g_assert_null (nanogpt_simulator_new (&options, &error));
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  }
  nanogpt_simulator_options_init (&options);
  client = sim_client_new (&options);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *body = g_strdup_printf (
        "%.*s,\"simulatorClip\":\"%s\"}", (int)strlen (BODY) - 1, BODY, bad[i]);
    guint status;
    g_autoptr (JsonObject) answer = sim_client_submit (client, body, &status);

    g_assert_cmpuint (status, ==, 400);
  }
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (sim_client_get_simulator (client)), ==,
      0);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  g_test_add_func ("/simulator-clips/requested", test_requested);
  g_test_add_func ("/simulator-clips/in-turn", test_in_turn);
  g_test_add_func ("/simulator-clips/bad-formats", test_bad_formats);
  return g_test_run ();
}
