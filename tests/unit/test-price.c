/* nanovid: the estimated cost of a request, or why it is unknown
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <json-glib/json-glib.h>
#include <string.h>

#include "fixture/env.h"
#include "nanogpt/pricing/price-inputs.h"
#include "nanogpt/pricing/price.h"
#include "parameters.h"

#define UNKNOWN (-1)
#define IMAGE "\nimage-url=https://example.com/a.png"

/* Fields in the form that the service uses. */
#define DURATION                                                               \
  "\"duration\":{\"type\":\"select\",\"default\":\"5\",\"options\":["          \
  "{\"value\":\"5\"},{\"value\":\"10\"}]}"
#define RESOLUTION                                                             \
  "\"resolution\":{\"type\":\"select\",\"default\":\"720p\",\"options\":["     \
  "{\"value\":\"480p\"},{\"value\":\"720p\"},{\"value\":\"1080p\"}]}"
#define AUDIO                                                                  \
  "\"generateAudio\":{\"type\":\"switch\",\"label\":\"x\",\"default\":true}"
#define PRO "\"pro_mode\":{\"type\":\"switch\",\"default\":false}"
#define FRAMES                                                                 \
  "\"num_frames\":{\"type\":\"number\",\"default\":81,\"options\":["           \
  "{\"value\":\"81\"},{\"value\":\"100\"}]}"
#define USUAL DURATION "," RESOLUTION

/* Prices in each form of listing; the amounts are not those of any real model. */
#define PER_SECOND "\"per_second\":0.04,\"supported_durations\":[5,10]"
#define BY_RESOLUTION                                                          \
  "\"per_second_by_resolution\":{\"480p\":0.1,\"720p\":0.25},"                 \
  "\"video_edit_per_second_by_resolution\":{\"480p\":9},"                      \
  "\"default_duration\":5,\"min_duration\":4,\"max_duration\":30,"             \
  "\"default_resolution\":\"720p\",\"variant\":\"standard\""
#define PER_DURATION "\"per_duration\":{\"5\":0.35,\"10\":0.7}"
#define WITH_MULTIPLIER                                                        \
  PER_DURATION ",\"unit\":\"per_video\",\"audio_multiplier\":2"
#define PER_RESOLUTION "\"per_resolution\":{\"480p\":0.2,\"720p\":0.4}"
#define WITH_FRAMES                                                            \
  PER_RESOLUTION ",\"frame_multiplier\":1.25,\"frame_threshold\":81"
#define WITH_AUDIO                                                             \
  "\"with_audio\":4.8,\"without_audio\":3.2,\"fixed_duration_seconds\":8"
#define BASE                                                                   \
  "\"base_price\":3.4,\"base_duration\":5,\"per_extra_second\":0.68,"          \
  "\"max_duration\":30"
#define EDIT                                                                   \
  "\"per_second_by_resolution\":{\"720p\":0.25},"                              \
  "\"video_edit_per_second_by_resolution\":{\"720p\":0.5},"                    \
  "\"video_edit_billing\":\"input_plus_output_seconds\","                      \
  "\"video_reference_per_second_by_resolution\":{\"720p\":1},"                 \
  "\"video_reference_billing\":\"input_plus_output_seconds\""
#define SIX                                                                    \
  "\nparameters={\"reference_images\":[\"https://a.b/1\",\"https://a.b/2\","   \
  "\"https://a.b/3\",\"https://a.b/4\",\"https://a.b/5\",\"https://a.b/6\"]}"
#define OUTPUT                                                                 \
  "\"output_per_second\":0.13,\"reference_video_input_per_second\":0.13,"      \
  "\"extra_reference_image\":0.04,\"included_reference_images\":5,"            \
  "\"lora\":{\"min_duration\":3},\"min_duration\":5,\"max_duration\":8"

/* The listed fields and prices of a model, a request, and its cost, or the
 * words of the explanation if the cost is unknown. */
static const struct
{
  const char *name;
  const char *parameters;
  const char *pricing;
  const char *given;
  double usd;
  const char *words;
} cases[] = {
  { "second", USUAL, PER_SECOND, "prompt=x", 0.2, "$0.04 a second|5 s" },
  { "second-10", USUAL, PER_SECOND, "prompt=x\nduration=10", 0.4, "10 s" },
  { "second-number", USUAL, PER_SECOND,
      "prompt=x\nparameters={\"duration\":10}", 0.4, "10 s" },
  { "second-any-resolution", USUAL, PER_SECOND, "prompt=x\nresolution=1080p",
      0.2, "$0.04" },
  { "second-unlisted", USUAL, PER_SECOND, "prompt=x\nduration=7", UNKNOWN,
      "duration with 7" },
  { "second-unpriced", USUAL, "\"per_second\":1,\"supported_durations\":[5]",
      "prompt=x\nduration=10", UNKNOWN, "10 seconds" },
  { "second-no-length", RESOLUTION, "\"per_second\":1", "prompt=x", UNKNOWN,
      "no duration" },
  { "second-only-length", RESOLUTION,
      "\"per_second\":0.098,\"supported_durations\":[5]", "prompt=x", 0.49,
      "5 s" },
  { "second-only-length-asked", RESOLUTION,
      "\"per_second\":0.098,\"supported_durations\":[5]",
      "prompt=x\nduration=5", UNKNOWN, "not list duration" },
  { "second-two-defaults", USUAL, "\"per_second\":1,\"default_duration\":8",
      "prompt=x", UNKNOWN, "two defaults for duration" },
  { "second-two-defaults-asked", USUAL,
      "\"per_second\":1,\"default_duration\":8", "prompt=x\nduration=5", 5,
      "5 s" },
  { "second-fraction", "\"duration\":{\"type\":\"number\",\"default\":2.5}",
      "\"per_second\":1", "prompt=x", UNKNOWN, "whole number" },
  { "second-auto", "\"duration\":{\"type\":\"text\",\"default\":\"auto\"}",
      "\"per_second\":1", "prompt=x", UNKNOWN, "whole number" },
  { "second-other-name", "\"seconds\":{\"default\":\"4\"}", "\"per_second\":1",
      "prompt=x\nparameters={\"seconds\":\"12\"}", 12, "12 s" },
  { "second-wrong-name", "\"seconds\":{\"default\":\"4\"}", "\"per_second\":1",
      "prompt=x\nduration=5", UNKNOWN, "not list duration" },
  { "second-two-names", "\"seconds\":{\"default\":\"4\"}", "\"per_second\":1",
      "prompt=x\nduration=5\nparameters={\"seconds\":5}", UNKNOWN,
      "both duration and seconds" },
  { "second-high-resolution", USUAL,
      "\"per_second\":1,\"high_resolution_per_second\":2", "prompt=x", UNKNOWN,
      "high_resolution_per_second" },
  { "second-more-frames", USUAL "," FRAMES, PER_SECOND,
      "prompt=x\nnum-frames=100", UNKNOWN, "num_frames" },
  { "second-usual-frames", USUAL "," FRAMES, PER_SECOND,
      "prompt=x\nnum-frames=81", 0.2, "$0.04" },

  { "resolution", USUAL, BY_RESOLUTION, "prompt=x", 1.25,
      "$0.25 a second|720p|5 s" },
  { "resolution-480p", USUAL, BY_RESOLUTION,
      "prompt=x\nresolution=480p\nduration=10", 1, "$0.1 a second|480p|10 s" },
  { "resolution-case", USUAL, BY_RESOLUTION, "prompt=x\nresolution=480P", 0.5,
      "$0.1" },
  { "resolution-unpriced", USUAL, BY_RESOLUTION, "prompt=x\nresolution=1080p",
      UNKNOWN, "no 1080p" },
  { "resolution-unlisted", USUAL, BY_RESOLUTION, "prompt=x\nresolution=4k",
      UNKNOWN, "resolution with 4k" },
  { "resolution-fields-unlisted", "", BY_RESOLUTION, "prompt=x", 1.25,
      "$0.25" },
  { "resolution-fields-unlisted-asked", "", BY_RESOLUTION,
      "prompt=x\nresolution=480p\nduration=4", 0.4, "$0.1 a second" },
  { "resolution-fields-unlisted-out", "", BY_RESOLUTION,
      "prompt=x\nduration=31", UNKNOWN, "31 seconds" },
  { "resolution-image", USUAL, BY_RESOLUTION, "prompt=x" IMAGE, 1.25, "$0.25" },
  { "resolution-video", USUAL, BY_RESOLUTION,
      "prompt=x\nparameters={\"videoUrl\":\"https://example.com/v.mp4\"}",
      UNKNOWN, "video_edit" },
  { "resolution-references", USUAL, BY_RESOLUTION,
      "prompt=x\nparameters={\"reference_images\":[\"https://example.com/\"]}",
      1.25, "$0.25" },
  { "resolution-last-image", USUAL, BY_RESOLUTION,
      "prompt=x\nparameters={\"last_image\":\"https://example.com/b.png\"}",
      1.25, "$0.25" },
  { "resolution-reference-video", USUAL, BY_RESOLUTION,
      "prompt=x\nparameters={\"reference_videos\":[\"https://example.com/\"]}",
      UNKNOWN, "reference_videos" },
  { "resolution-audio-length", USUAL, BY_RESOLUTION,
      "prompt=x\nparameters={\"audioDuration\":30}", UNKNOWN, "sound" },
  { "resolution-mode", USUAL, BY_RESOLUTION,
      "prompt=x\nparameters={\"mode\":\"video-extend\"}", UNKNOWN, "mode" },
  { "resolution-mode-default",
      USUAL ",\"mode\":{\"type\":\"select\",\"default\":\"auto\"}",
      BY_RESOLUTION, "prompt=x\nparameters={\"mode\":\"auto\"}", 1.25,
      "$0.25" },
  { "resolution-pro", USUAL "," PRO, BY_RESOLUTION,
      "prompt=x\nparameters={\"pro_mode\":true}", UNKNOWN, "pro_mode" },
  { "resolution-not-pro", USUAL "," PRO, BY_RESOLUTION,
      "prompt=x\nparameters={\"pro_mode\":false}", 1.25, "$0.25" },
  { "resolution-sound", USUAL "," AUDIO, BY_RESOLUTION,
      "prompt=x\nparameters={\"generateAudio\":\"true\"}", 1.25, "$0.25" },

  { "length", USUAL, PER_DURATION, "prompt=x\nduration=10", 0.7, "$0.7|10 s" },
  { "length-unlisted", "\"duration\":{\"default\":\"8\"}", PER_DURATION,
      "prompt=x", UNKNOWN, "no 8" },
  { "length-audio", USUAL "," AUDIO, WITH_MULTIPLIER, "prompt=x", 0.7,
      "$0.35 a clip|with audio|times 2" },
  { "length-no-audio", USUAL "," AUDIO, WITH_MULTIPLIER,
      "prompt=x\nparameters={\"generateAudio\":false}", 0.35, "without audio" },
  { "length-audio-unlisted", USUAL, WITH_MULTIPLIER, "prompt=x", UNKNOWN,
      "sound" },
  { "length-audio-wrong-name", USUAL "," AUDIO, WITH_MULTIPLIER,
      "prompt=x\nparameters={\"sound\":false}", UNKNOWN, "not list sound" },
  { "length-other-unit", USUAL, PER_DURATION ",\"unit\":\"per_credit\"",
      "prompt=x", UNKNOWN, "the unit of its price" },
  { "length-no-table", USUAL, "\"per_duration\":5", "prompt=x", UNKNOWN,
      "per_duration" },

  { "clip-resolution", USUAL, PER_RESOLUTION, "prompt=x\nresolution=480p", 0.2,
      "$0.2 a clip|480p" },
  { "clip-resolution-longer", USUAL, PER_RESOLUTION, "prompt=x\nduration=10",
      UNKNOWN, "duration" },
  { "clip-resolution-automatic", RESOLUTION ",\"duration\":{\"default\":\"5\"}",
      PER_RESOLUTION, "prompt=x\nparameters={\"duration\":\"-1\"}", UNKNOWN,
      "duration" },
  { "clip-resolution-usual", USUAL, PER_RESOLUTION, "prompt=x\nduration=5", 0.4,
      "$0.4" },
  { "frames", RESOLUTION "," FRAMES, WITH_FRAMES, "prompt=x" IMAGE, 0.4,
      "$0.4|81 frames" },
  { "frames-more", RESOLUTION "," FRAMES, WITH_FRAMES,
      "prompt=x\nnum-frames=90" IMAGE, 0.5, "90 frames|times 1.25" },
  { "frames-too-many", RESOLUTION "," FRAMES, WITH_FRAMES,
      "prompt=x\nnum-frames=101" IMAGE, UNKNOWN, "num_frames with 101" },
  { "frames-unpriced", RESOLUTION "," FRAMES, PER_RESOLUTION,
      "prompt=x\nnum-frames=90" IMAGE, UNKNOWN, "num_frames" },

  { "audio", RESOLUTION "," AUDIO, WITH_AUDIO, "prompt=x\nresolution=480p", 4.8,
      "$4.8 a clip|with audio" },
  { "audio-off", RESOLUTION "," AUDIO, WITH_AUDIO,
      "prompt=x\nparameters={\"generateAudio\":false}", 3.2, "without audio" },
  { "audio-fixed-length", RESOLUTION "," AUDIO, WITH_AUDIO,
      "prompt=x\nduration=8", 4.8, "$4.8" },
  { "audio-longer", RESOLUTION "," AUDIO, WITH_AUDIO, "prompt=x\nduration=10",
      UNKNOWN, "duration" },
  { "audio-default", RESOLUTION, WITH_AUDIO, "prompt=x", UNKNOWN, "sound" },
  { "audio-property", RESOLUTION ",\"enable_audio\":{\"type\":\"switch\"}",
      WITH_AUDIO, "prompt=x\ngenerate-audio=false", 3.2, "without audio" },
  { "audio-one-price", AUDIO, "\"without_audio\":1", "prompt=x", UNKNOWN,
      "with_audio" },

  { "base", "\"duration\":{\"default\":\"5s\",\"min\":5,\"max\":30}", BASE,
      "prompt=x", 3.4, "$3.4" },
  { "base-more", "\"duration\":{\"default\":\"5s\",\"min\":5,\"max\":30}", BASE,
      "prompt=x\nparameters={\"duration\":\"8s\"}", 5.44,
      "$3.4 a clip|$0.68 a second after 5 s" },
  { "base-no-length", USUAL, "\"base_price\":1,\"per_extra_second\":0.1",
      "prompt=x", UNKNOWN, "base_duration" },
  { "base-nothing-more", USUAL, "\"base_price\":1,\"per_extra_second\":0",
      "prompt=x\nduration=10", 1, "$1" },
  { "base-no-surcharge", USUAL, "\"base_price\":1,\"base_duration\":5",
      "prompt=x", UNKNOWN, "per_extra_second" },
  { "base-alone", RESOLUTION, "\"base_price\":0.4", "prompt=x", 0.4, "$0.4" },

  { "free", RESOLUTION, "\"base_price\":0", "prompt=x", 0, "$0 a clip" },

  { "output", USUAL, OUTPUT, "prompt=x", 0.65, "$0.13 a second" },
  { "output-longer", USUAL, OUTPUT, "prompt=x\nduration=10", UNKNOWN,
      "10 seconds" },
  { "output-lora", USUAL, OUTPUT,
      "prompt=x\nparameters={\"loras\":[{\"url\":\"https://example.com/l\"}]}",
      UNKNOWN, "loras" },

  { "fee", USUAL, PER_SECOND ",\"image_input_fee\":0.017", "prompt=x" IMAGE,
      UNKNOWN, "image_input_fee" },
#define VIDEO(seconds)                                                         \
  "video-url=https://a.b/v.mp4\nparameters={\"videoDuration\":" seconds "}"
#define SOUND(seconds)                                                         \
  "audio-url=https://a.b/s.mp3\nparameters={\"audioDuration\":" seconds "}"
  { "input-video", RESOLUTION, "\"per_second\":0.1", VIDEO ("12.2"), 1.3,
      "13 s of input" },
  { "input-video-billed", RESOLUTION, "\"per_second\":0.1",
      "video-url=https://a.b/v.mp4\nparameters={\"billedDuration\":\"20\"}", 2,
      "20 s of input" },
  { "input-video-usual",
      "\"videoDuration\":{\"type\":\"number\",\"default\":\"5\"}",
      "\"per_second\":0.1",
      "video-url=https://a.b/v.mp4\nparameters={\"videoDuration\":2}", 0.5,
      "5 s of input" },
  { "input-video-target",
      "\"target_resolution\":{\"type\":\"select\",\"default\":\"1080p\"}",
      "\"per_second_by_resolution\":{\"1080p\":0.1,\"4k\":0.2}", VIDEO ("3"),
      0.3, "1080p|3 s of input" },
  { "input-video-unknown", RESOLUTION, "\"per_second\":0.1",
      "video-url=https://a.b/v.mp4", UNKNOWN, "length of the source video" },
  { "input-sound", RESOLUTION, "\"per_second\":0.1", SOUND ("3"), 0.3,
      "3 s of input" },
  { "input-sound-unknown", RESOLUTION, "\"per_second\":0.1",
      "audio-url=https://a.b/s.mp3", UNKNOWN, "length of the sound" },
  { "input-sound-beside-length", USUAL, PER_SECOND, "prompt=x\n" SOUND ("3"),
      UNKNOWN, "sound" },
  { "input-video-beside-length", USUAL, PER_SECOND, VIDEO ("3"), UNKNOWN,
      "video" },
  { "input-edit-said", USUAL, EDIT, "operation=video-edit\n" VIDEO ("7.5"),
      UNKNOWN, "length of the source video" },
  { "input-edit-automatic", USUAL, EDIT,
      "video-url=https://a.b/v.mp4\nparameters={\"duration\":\"-1\","
      "\"videoDuration\":5}",
      UNKNOWN, "duration" },
  { "input-edit-unknown", USUAL, EDIT,
      "operation=video-edit\nvideo-url=https://a.b/v.mp4", UNKNOWN,
      "length of the source video" },
  { "input-edit-and-sound", USUAL, EDIT,
      "video-url=https://a.b/v.mp4\nparameters={\"videoDuration\":5,"
      "\"audioUrl\":\"https://a.b/s\",\"audioDuration\":5}",
      UNKNOWN, "source video" },
  { "input-reference-video-said", DURATION, OUTPUT,
      "duration=5\n" VIDEO ("7.2"), UNKNOWN, "length of the source video" },
  { "input-images", DURATION, OUTPUT, "prompt=x" IMAGE "\nduration=5" SIX, 0.73,
      "2 more images" },
  { "input-reference-price", USUAL, PER_SECOND ",\"reference_image\":0.1",
      "prompt=x" SIX, UNKNOWN, "reference_image" },
  { "input-no-reference", USUAL, PER_SECOND ",\"reference_image\":0.1",
      "prompt=x", 0.2, "$0.04" },
  { "input-images-included", DURATION, OUTPUT, "prompt=x\nduration=5", 0.65,
      "" },
  { "clip", RESOLUTION, "\"per_video\":2.8", "prompt=x", UNKNOWN, "per_video" },
  { "mode", USUAL,
      "\"per_second_by_mode\":{\"text_to_video\":0.1,\"image_to_video\":0.2}",
      "prompt=x", UNKNOWN, "per_second_by_mode" },
  { "pro", USUAL "," PRO, "\"base_price\":0.4,\"pro_multiplier\":2", "prompt=x",
      UNKNOWN, "pro_multiplier" },
  { "raw", USUAL,
      "\"raw\":{\"type\":\"dynamic\",\"pricesPerSecond\":{\"720p\":0.05},"
      "\"defaultDuration\":5,\"defaultResolution\":\"720p\"}",
      "prompt=x", UNKNOWN, "raw" },
  { "minimum", USUAL, "\"minimum\":0.25", "prompt=x", UNKNOWN, "minimum" },
  { "second-and-minimum", USUAL, PER_SECOND ",\"minimum\":1", "prompt=x",
      UNKNOWN, "minimum" },
  { "two-ways", USUAL, PER_SECOND "," PER_DURATION, "prompt=x", UNKNOWN,
      "not understood" },
  { "note", USUAL, PER_SECOND ",\"note\":\"More may be charged\"", "prompt=x",
      UNKNOWN, "note" },
  { "nothing", USUAL, "\"default_duration\":5", "prompt=x", UNKNOWN,
      "no price" },
  { "negative", USUAL, "\"base_price\":-1", "prompt=x", UNKNOWN,
      "no valid amount in base_price" },
  { "huge", USUAL, "\"base_price\":1e300", "prompt=x", UNKNOWN,
      "no valid amount in base_price" },
  { "words", USUAL, "\"base_price\":\"cheap\"", "prompt=x", UNKNOWN,
      "no valid amount in base_price" },
  { "types", USUAL, "\"per_second_by_resolution\":[1]", "prompt=x", UNKNOWN,
      "per_second_by_resolution" },
  { "euro", USUAL, PER_SECOND ",\"currency\":\"EUR\"", "prompt=x", UNKNOWN,
      "USD" },
};

static NanogptCatalog *
parse (const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  NanogptCatalog *catalog = nanogpt_catalog_parse (body, &error);

  g_assert_no_error (error);
  return catalog;
}

static NanogptRequest *
make_request (const char *model, const char *text)
{
  g_autofree char *given = g_strdup_printf ("model=%s\n%s", model, text);
  g_autoptr (GError) error = NULL;
  NanogptRequest *request = request_from_text (given, NULL, &error);

  g_assert_no_error (error);
  return request;
}

static void
check_words (const char *text, const char *list)
{
  g_auto (GStrv) words = g_strsplit (list, "|", -1);

  g_test_message ("%s", text);
  for (guint i = 0; words[i]; i++)
    g_assert_nonnull (strstr (text, words[i]));
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const char *currency = strstr (cases[i].pricing, "\"currency\"");
  g_autofree char *text = g_strdup_printf (
      "{\"data\":[{\"id\":\"m\",\"pricing\":{%s%s},\"supported_parameters\":"
      "{\"parameters\":{%s}}}]}",
      currency ? "" : "\"currency\":\"USD\",", cases[i].pricing,
      cases[i].parameters);
  g_autoptr (NanogptCatalog) catalog = parse (text);
  g_autoptr (NanogptRequest) request = make_request ("m", cases[i].given);
  g_autofree char *how = NULL;
  NanogptMicros usd = -5;

  if (nanogpt_price_estimate (catalog, request, &usd, &how)) {
    g_assert_cmpint (usd, ==, nanogpt_money_round_up (cases[i].usd));
  } else {
    g_assert_cmpfloat (cases[i].usd, ==, UNKNOWN);
    g_assert_cmpint (usd, ==, -5);
  }
  check_words (how, cases[i].words);
}

/* Listings without the data that a price requires. */
static void
test_unlisted (void)
{
  static const struct
  {
    const char *listing;
    const char *words;
  } listings[] = {
    { "{\"data\":[{\"id\":\"other\"}]}", "not list the model" },
    { "{\"data\":[{\"id\":\"m\"}]}", "not list one" },
    { "{\"data\":[{\"id\":\"m\",\"pricing\":[0.5]}]}", "not list one" },
    { "{\"data\":[{\"id\":\"m\",\"pricing\":{\"base_price\":1}}]}", "USD" },
    { "{\"data\":[{\"id\":\"m\",\"pricing\":{\"currency\":\"USD\"}}]}",
        "no price" },
  };
  g_autoptr (NanogptRequest) request = make_request ("m", "prompt=x");

  for (guint i = 0; i < G_N_ELEMENTS (listings); i++) {
    g_autoptr (NanogptCatalog) catalog = parse (listings[i].listing);
    g_autofree char *how = NULL;
    NanogptMicros usd;

    g_assert_false (nanogpt_price_estimate (catalog, request, &usd, &how));
    check_words (how, listings[i].words);
  }
}

/* Whether the next clip of the same kind costs the same as the last one. */
static void
test_settled (void)
{
  static const struct
  {
    const char *given;
    gboolean is_settled;
  } rows[] = {
    { "prompt=x\nduration=5" IMAGE, TRUE },
    { "prompt=x\nparameters={\"duration\":\"-1\"}", FALSE },
    { "prompt=x\nparameters={\"seconds\":\"auto\"}", FALSE },
    { VIDEO ("12"), TRUE },
    { "video-url=https://a.b/c", FALSE },
    { "audio-url=https://a.b/c", FALSE },
    { "prompt=x\nparameters={\"reference_videos\":[\"https://a.b/c\"]}",
        FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (NanogptRequest) request = make_request ("m", rows[i].given);

    g_test_message ("%s", rows[i].given);
    g_assert_cmpint (
        nanogpt_price_inputs_are_settled (request), ==, rows[i].is_settled);
  }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/price/case/%s", cases[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
  }
  g_test_add_func ("/price/settled", test_settled);
  g_test_add_func ("/price/unlisted", test_unlisted);
  return g_test_run ();
}
