/* nanovid: simulator: how long the clip of a request is, and what it costs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "charge.h"

#include "decoder.h"

#include <math.h>
#include <string.h>

/* Maximum seconds charged by models with a price for reference videos. */
#define MAX_REFERENCE 15
/* Seconds of a clip whose length the model chooses, and of a video or sound
 * that cannot be measured. */
#define AUTOMATIC 8
#define LONGEST_INPUT 120

static gint64
find_price (const SimPrice *prices, const char *key)
{
  for (guint i = 0; prices[i].key; i++) {
    if (g_strcmp0 (prices[i].key, key) == 0)
      return prices[i].amount;
  }
  return prices[0].amount;
}

static gboolean
is_off (SimRequest *request, const char *name)
{
  return g_strcmp0 (sim_request_get (request, name), "false") == 0;
}

gboolean
sim_request_has_sound (SimRequest *request)
{
  return !is_off (request, "generateAudio")
      && !is_off (request, "generate_audio") && !is_off (request, "sound");
}

static gboolean
is_sent (SimRequest *request, const char *name)
{
  return g_strv_contains ((const char *const *)request->used->pdata, name);
}

/* The length stated by the client is trusted. Otherwise the input is measured,
 * and counts as at least the default length. An input at a URL is not fetched,
 * and counts as the longest. */
static double
get_input_seconds (
    SimRequest *request, SimInput *input, const char *length, double longest)
{
  const char *value = sim_request_get (request, length);
  double seconds = value ? g_ascii_strtod (value, NULL) : 0;

  if (!input)
    return 0;
  if (is_sent (request, length) && value)
    return seconds;
  if (input->seconds == 0)
    input->seconds = input->data ? sim_decoder_measure (input->data) : -1;
  return MAX (seconds, input->seconds < 0 ? longest : input->seconds);
}

static double
get_video_seconds (SimRequest *request, double longest)
{
  return get_input_seconds (request, request->video, "videoDuration", longest);
}

/* For models without a length of their own: the length of the longest input. */
static double
get_longest_input (SimRequest *request)
{
  return MAX (get_video_seconds (request, LONGEST_INPUT),
      get_input_seconds (
          request, request->audio, "audioDuration", LONGEST_INPUT));
}

double
sim_request_get_seconds (SimRequest *request)
{
  static const char *const names[] = { "duration", "seconds" };
  const char *frames = sim_request_get (request, "num_frames");
  const char *rate = sim_request_get (request, "frames_per_second");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = sim_request_get (request, names[i]);

    if (value && g_str_equal (value, "-1"))
      return AUTOMATIC;
    if (value)
      return MAX (g_ascii_strtod (value, NULL), 1);
  }
  if (frames)
    return g_ascii_strtod (frames, NULL)
        / (rate ? g_ascii_strtod (rate, NULL) : 24);
  return request->video || request->audio ? MAX (get_longest_input (request), 1)
                                          : 5;
}

/* With a source video, some models have other prices, for both input and
 * output. */
static gint64
price_edit (SimRequest *request)
{
  const char *resolution = sim_request_get (request, "resolution");
  double seconds = ceil (get_video_seconds (request, LONGEST_INPUT))
      + sim_request_get_seconds (request);

  return llround (
      find_price (request->model->edit_prices, resolution) * seconds);
}

/* Charges per second of the clip, and for its inputs. */
static gint64
price_output (SimRequest *request)
{
  const SimPrice *prices = request->model->prices;
  gint64 included = find_price (prices, "included_reference_images") / SIM_USD;
  gint64 n_images = (gint64)request->references->len + (request->image ? 1 : 0)
      + (request->last_image ? 1 : 0);
  double video =
      MIN (ceil (get_video_seconds (request, MAX_REFERENCE)), MAX_REFERENCE);

  return llround (find_price (prices, "output_per_second")
             * sim_request_get_seconds (request))
      + llround (
          find_price (prices, "reference_video_input_per_second") * video)
      + find_price (prices, "extra_reference_image")
      * MAX (n_images - included, 0);
}

static gint64
price_by_kind (SimRequest *request)
{
  const SimModel *model = request->model;
  const char *resolution = sim_request_get (request, "resolution");
  double seconds = sim_request_get_seconds (request);
  g_autofree char *key = g_strdup_printf ("%.0f", seconds);

  switch (model->price_kind) {
    case SIM_PRICE_PER_SECOND:
      return llround (model->prices[0].amount * ceil (seconds));
    case SIM_PRICE_PER_SECOND_BY_RESOLUTION:
      return llround (find_price (model->prices, resolution) * seconds);
    case SIM_PRICE_PER_DURATION:
      return find_price (model->prices, key);
    case SIM_PRICE_PER_RESOLUTION:
      return find_price (model->prices, resolution);
    case SIM_PRICE_WITH_AUDIO:
      return find_price (model->prices,
          sim_request_has_sound (request) ? "with_audio" : "without_audio");
    case SIM_PRICE_OUTPUT:
      return price_output (request);
    case SIM_PRICE_BASE: /* the first 5 seconds, and each extra one */
      return find_price (model->prices, "base_price")
          + llround (find_price (model->prices, "per_extra_second")
              * MAX (seconds - 5, 0));
  }
  g_return_val_if_reached (0);
}

gint64
sim_request_price (SimRequest *request)
{
  const SimModel *model = request->model;
  gint64 cost = request->video && model->edit_prices[0].key
      ? price_edit (request)
      : price_by_kind (request);

  if (g_strcmp0 (sim_request_get (request, "pro_mode"), "true") == 0
      && g_str_has_prefix (model->slug, "hunyuan"))
    cost *= 2;
  if (g_str_has_prefix (model->slug, "wan-video-image")
      && !g_str_equal (sim_request_get (request, "num_frames"), "81"))
    cost += cost / 4;
  return cost;
}
