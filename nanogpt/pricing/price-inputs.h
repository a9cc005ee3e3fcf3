/* nanovid: media inputs that affect the price of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * NanogptPriceInputs:
 * @has_video: whether there is a source video
 * @has_audio: whether there is a sound
 * @video_seconds: length of the video, negative if unknown
 * @measured_video_seconds: likewise, but only as measured
 * @audio_seconds: length of the sound, negative if unknown
 * @n_images: number of pictures: the first, the last, references
 * @strange: (nullable): an input that is charged in a special way, so that its
 *   price is not known
 */
typedef struct
{
  gboolean has_video;
  gboolean has_audio;
  double video_seconds;
  double measured_video_seconds;
  double audio_seconds;
  guint n_images;
  const char *strange;
} NanogptPriceInputs;

/**
 * nanogpt_price_inputs_init:
 * @inputs: (out caller-allocates): what was found
 * @summary: a request's summary, which @inputs borrows from
 */
void nanogpt_price_inputs_init (
    NanogptPriceInputs *inputs, JsonObject *summary);

/**
 * nanogpt_price_inputs_get_seconds:
 * @seconds: (out): length of the longest one, rounded up, because whole seconds
 *   are charged
 *
 * Returns: whether the length of each input that plays is known
 */
gboolean nanogpt_price_inputs_get_seconds (
    const NanogptPriceInputs *inputs, double *seconds);

/**
 * nanogpt_price_inputs_are_settled:
 *
 * Returns: whether all requests of the kind of @request cost the same: not if
 *   the length of the clip, or of an input, is still to be determined
 */
gboolean nanogpt_price_inputs_are_settled (const NanogptRequest *request);

G_END_DECLS
