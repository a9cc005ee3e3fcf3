/* nanovid: media inputs that affect the price of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "price-inputs.h"

#include <math.h>
#include <string.h>

#include "nanogpt/base/json.h"
#include "model-info.h"

/* Lengths that the client declares for an input, which are the ones charged. */
static const char *const video_lengths[] = { "billedDuration", "videoDuration",
  NULL };
static const char *const audio_lengths[] = { "audioDuration", NULL };

static gboolean
is_any_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

/* Returns: the longer of the measured and the declared length */
static double
get_length (JsonObject *summary, const char *medium, const char *const *names)
{
  double measured = -1;
  double said = -1;

  nanogpt_json_get_number (summary, medium, &measured);
  for (; *names; names++) {
    g_autofree char *text = nanogpt_model_info_dup_scalar (
        json_object_get_member (summary, *names));
    double number = -1;

    if (text && nanogpt_model_info_parse_number (text, &number))
      said = MAX (said, number);
  }
  return MAX (measured, said);
}

/* Clips, sounds and further pictures in other fields are charged in special
 * ways. */
static gboolean
is_strange (JsonObject *summary, const char *name)
{
  static const char *const known[] = { "image", "last-image",
    "reference-images", "source-video", "source-audio", NULL };
  static const char *const words[] = { "image", "video", "audio", "lora",
    "reference" };
  g_autofree char *lower = g_ascii_strdown (name, -1);
  gboolean is_on;

  if (is_any_of (name, known) || is_any_of (name, video_lengths)
      || is_any_of (name, audio_lengths)
      || nanogpt_json_get_boolean (summary, name, &is_on))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strstr (lower, words[i]))
      return TRUE;
  }
  return FALSE;
}

void
nanogpt_price_inputs_init (NanogptPriceInputs *inputs, JsonObject *summary)
{
  JsonObjectIter iter;
  const char *name;
  double references = 0;

  memset (inputs, 0, sizeof *inputs);
  json_object_iter_init (&iter, summary);
  while (json_object_iter_next (&iter, &name, NULL)) {
    if (!inputs->strange && is_strange (summary, name))
      inputs->strange = name;
    if (strcmp (name, "source-video") == 0 || is_any_of (name, video_lengths))
      inputs->has_video = TRUE;
    if (strcmp (name, "source-audio") == 0 || is_any_of (name, audio_lengths))
      inputs->has_audio = TRUE;
  }
  nanogpt_json_get_number (summary, "reference-images", &references);
  inputs->n_images = (guint)references
      + json_object_has_member (summary, "image")
      + json_object_has_member (summary, "last-image");
  inputs->measured_video_seconds = -1;
  nanogpt_json_get_number (
      summary, "source-video", &inputs->measured_video_seconds);
  inputs->video_seconds = get_length (summary, "source-video", video_lengths);
  inputs->audio_seconds = get_length (summary, "source-audio", audio_lengths);
}

gboolean
nanogpt_price_inputs_get_seconds (
    const NanogptPriceInputs *inputs, double *seconds)
{
  if ((inputs->has_video && inputs->video_seconds < 0)
      || (inputs->has_audio && inputs->audio_seconds < 0))
    return FALSE;
  *seconds = ceil (MAX (inputs->video_seconds, inputs->audio_seconds));
  return TRUE;
}

gboolean
nanogpt_price_inputs_are_settled (const NanogptRequest *request)
{
  static const char *const lengths[] = { "duration", "seconds", NULL };
  JsonObject *summary = nanogpt_request_get_summary (request);
  NanogptPriceInputs inputs;
  double seconds;

  for (guint i = 0; lengths[i]; i++) {
    g_autofree char *text = nanogpt_model_info_dup_scalar (
        json_object_get_member (summary, lengths[i]));

    if (text
        && (!nanogpt_model_info_parse_number (text, &seconds) || seconds <= 0))
      return FALSE;
  }
  nanogpt_price_inputs_init (&inputs, summary);
  return !inputs.strange
      && nanogpt_price_inputs_get_seconds (&inputs, &seconds);
}
