/* nanovid: estimates the price of a request from the service's list
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "price.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "nanogpt/base/json.h"
#include "nanogpt/base/log.h"
#include "model-info.h"
#include "nanogpt/request/listed-names.h"
#include "nanogpt/request/models.h"
#include "price-inputs.h"
#include "nanogpt/base/text.h"

#define SHOWN_MAX 60 /* characters of a listed word */
#define USD_MAX 1e6
#define SECONDS_MAX 3600
#define INPUT_SECONDS_MAX 15 /* charged by reference_video_input_per_second */

/* A price under construction. */
typedef struct
{
  const char *model;
  JsonObject *info;
  JsonObject *pricing;
  JsonObject *summary;
  NanogptPriceInputs inputs;
  gboolean has_audio;   /* the price includes the sound */
  gboolean has_inputs;  /* the price includes the input seconds */
  gboolean has_seconds; /* the price depends on the output seconds */
  gboolean has_frames;  /* the price depends on the frames */
  GString *how;
  char *problem;
} Quote;

static const char *const second_names[] = { "duration", "seconds", NULL };
static const char *const input_second_names[] = { "billedDuration",
  "videoDuration", NULL };
static const char *const frame_names[] = { "num_frames", NULL };
static const char *const resolution_names[] = { "resolution",
  "target_resolution", "size", NULL };
static const char *const audio_names[] = { "generateAudio", "generate_audio",
  "sound", "enable_audio", "save_audio", "audio", NULL };

static gboolean give_up (Quote *quote, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
give_up (Quote *quote, const char *format, ...)
{
  g_autofree char *reason = NULL;
  g_autofree char *model = nanogpt_text_clean (quote->model, SHOWN_MAX);
  g_autofree char *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = nanogpt_text_clean (reason, NANOGPT_TEXT_MAX);
  quote->problem = g_strdup_printf (
      _ ("The price of model %s is not known: %s"), model, shown);
  return FALSE;
}

static void note (Quote *quote, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (Quote *quote, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append (quote->how, ", ");
  g_string_append_vprintf (quote->how, format, arguments);
  va_end (arguments);
}

static void
note_number (Quote *quote, const char *before, double number, const char *after)
{
  g_autofree char *text = nanogpt_model_info_dup_number (number);

  note (quote, "%s%s%s", before, text, after);
}

/* Prepends the base amount, which everything else modifies. */
static void
note_amount (Quote *quote, double usd, const char *unit)
{
  g_autofree char *number = nanogpt_model_info_dup_number (usd);
  g_autofree char *text = g_strdup_printf (_ ("$%s a %s"), number, unit);

  g_string_prepend (quote->how, text);
}

/* What the request and the listing say */

/* A requested value counts only if the model is known to use it. */
static gboolean
take_asked (Quote *quote, const char *name, const NanogptModelInfoField *field,
    char **value)
{
  g_autofree char *asked = nanogpt_model_info_dup_scalar (
      json_object_get_member (quote->summary, name));

  if (!asked)
    return give_up (quote, _ ("the request's %s is not a plain value"), name);
  if (nanogpt_model_info_get_parameters (quote->info) && !field->is_listed)
    return give_up (quote, _ ("the service does not list %s for it"), name);
  if (!nanogpt_model_info_field_takes (field, asked))
    return give_up (
        quote, _ ("the service does not list %s with %s"), name, asked);
  *value = g_steal_pointer (&asked);
  return TRUE;
}

/* @fallback: (nullable): the default according to the price list */
static gboolean
take_default (Quote *quote, const char *name,
    const NanogptModelInfoField *field, const char *fallback, char **value)
{
  const char *initial = field->initial ? field->initial : fallback;

  if (field->has_two_initials
      || (initial && fallback
          && !nanogpt_model_info_is_same (initial, fallback)))
    return give_up (quote, _ ("the service lists two defaults for %s"), name);
  if (!initial && field->options->len == 1)
    initial = field->options->pdata[0];
  if (!initial)
    return give_up (quote,
        _ ("the request has no %s, and the service lists no default for it"),
        name);
  *value = g_strdup (initial);
  return TRUE;
}

/* Gets the value for the one of @names that the request has, else for the one
 * that the model lists, else for the first. */
static gboolean
choose (
    Quote *quote, const char *const *names, const char *fallback, char **value)
{
  JsonObject *parameters = nanogpt_model_info_get_parameters (quote->info);
  const char *asked = NULL;
  const char *listed = NULL;
  const char *name;
  g_autoptr (NanogptModelInfoField) field = NULL;

  for (guint i = 0; names[i]; i++) {
    gboolean is_asked = json_object_has_member (quote->summary, names[i]);

    if (asked && is_asked)
      return give_up (
          quote, _ ("the request has both %s and %s"), asked, names[i]);
    if (is_asked)
      asked = names[i];
    if (!listed && parameters && json_object_has_member (parameters, names[i]))
      listed = names[i];
  }
  name = asked ? asked : listed ? listed : names[0];
  field = nanogpt_model_info_field_new (quote->info, name);
  return asked ? take_asked (quote, name, field, value)
               : take_default (quote, name, field, fallback, value);
}

static gboolean
is_mentioned (Quote *quote, const char *const *names)
{
  JsonObject *parameters = nanogpt_model_info_get_parameters (quote->info);

  for (; *names; names++) {
    if (json_object_has_member (quote->summary, *names)
        || (parameters && json_object_has_member (parameters, *names)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
choose_audio (Quote *quote, gboolean *is_on)
{
  const char *initial =
      nanogpt_model_get_default (quote->model, NANOGPT_FIELD_GENERATE_AUDIO);
  g_autofree char *value = NULL;

  if (!is_mentioned (quote, audio_names) && !initial)
    return give_up (
        quote, _ ("the service does not list whether it makes sound"));
  if (!choose (quote, audio_names, initial, &value))
    return FALSE;
  *is_on = strcmp (value, "true") == 0;
  if (!*is_on && strcmp (value, "false") != 0)
    return give_up (quote, _ ("%s is neither on nor off"), audio_names[0]);
  note (quote, "%s", *is_on ? _ ("with audio") : _ ("without audio"));
  return TRUE;
}

static gboolean
choose_seconds (Quote *quote, double *seconds)
{
  g_autoptr (NanogptModelInfoField) priced =
      nanogpt_model_info_length_new (quote->pricing);
  g_autofree char *value = NULL;

  quote->has_seconds = TRUE;
  if (!choose (quote, second_names, priced->initial, &value))
    return FALSE;
  if (!nanogpt_model_info_parse_number (value, seconds) || *seconds <= 0
      || *seconds > SECONDS_MAX || *seconds != floor (*seconds))
    return give_up (quote, _ ("%s is not a whole number of seconds"), value);
  if (!nanogpt_model_info_field_takes (priced, value))
    return give_up (
        quote, _ ("%g seconds are not in its price list"), *seconds);
  note_number (quote, "", *seconds, " s");
  return TRUE;
}

/* Prices */

static gboolean
get_price (Quote *quote, JsonObject *table, const char *key, double *usd)
{
  if (nanogpt_json_get_number (table, key, usd) && isfinite (*usd) && *usd >= 0
      && *usd <= USD_MAX)
    return TRUE;
  return give_up (quote, _ ("its price list has no valid amount in %s"), key);
}

static gboolean
look_up (Quote *quote, JsonObject *table, const char *value, double *usd)
{
  JsonObjectIter iter;
  const char *key;

  if (json_object_has_member (table, value))
    return get_price (quote, table, value, usd);
  json_object_iter_init (&iter, table);
  while (json_object_iter_next (&iter, &key, NULL)) {
    if (nanogpt_model_info_is_same (key, value))
      return get_price (quote, table, key, usd);
  }
  return give_up (quote, _ ("its price list has no %s"), value);
}

/* An amount is a number, or is in a table by resolution. */
static gboolean
look_up_rate (Quote *quote, const char *key, double *usd)
{
  JsonObject *table = nanogpt_json_get_object (quote->pricing, key);
  const char *fallback =
      nanogpt_json_get_string (quote->pricing, "default_resolution");
  g_autofree char *value = NULL;

  if (!table)
    return get_price (quote, quote->pricing, key, usd);
  if (!choose (quote, resolution_names, fallback, &value)
      || !look_up (quote, table, value, usd))
    return FALSE;
  note (quote, "%s", value);
  return TRUE;
}

/* Ways to list a price.  @key is the first of the way's keys. */

/* If the model accepts no other length, only that of the inputs can be meant. */
static gboolean
goes_by_inputs (Quote *quote)
{
  g_autoptr (NanogptModelInfoField) priced =
      nanogpt_model_info_length_new (quote->pricing);

  return (quote->inputs.has_video || quote->inputs.has_audio)
      && !priced->initial && !is_mentioned (quote, second_names);
}

static gboolean
choose_input_seconds (Quote *quote, double *seconds)
{
  /* If the service measures a video, declared lengths do not count. */
  gboolean is_known =
      goes_by_inputs (quote) || quote->inputs.measured_video_seconds >= 0;

  if (!is_known || !nanogpt_price_inputs_get_seconds (&quote->inputs, seconds))
    return give_up (quote, _ ("the length of the %s is not known"),
        quote->inputs.has_video
                && (!is_known || quote->inputs.video_seconds < 0)
            ? _ ("source video")
            : _ ("sound"));
  for (guint i = 0; quote->inputs.has_video && input_second_names[i]; i++) {
    g_autoptr (NanogptModelInfoField) field =
        nanogpt_model_info_field_new (quote->info, input_second_names[i]);
    double usual;

    /* The default may be charged when the field is not sent. */
    if (field->initial
        && nanogpt_model_info_parse_number (field->initial, &usual))
      *seconds = MAX (*seconds, usual);
  }
  quote->has_seconds = TRUE;
  quote->has_inputs = TRUE;
  note_number (quote, "", *seconds, _ (" s of input"));
  return TRUE;
}

static gboolean
look_up_kind_rate (Quote *quote, const char *kind, double *dearest)
{
  g_autofree char *table =
      g_strconcat (kind, "_per_second_by_resolution", NULL);
  g_autofree char *billing = g_strconcat (kind, "_billing", NULL);
  const char *unit = nanogpt_json_get_string (quote->pricing, billing);
  double usd;

  if (!json_object_has_member (quote->pricing, table))
    return TRUE;
  if (!unit || !strstr (unit, "input") || !strstr (unit, "output"))
    return give_up (
        quote, _ ("its price list does not say what %s is for"), table);
  if (!look_up_rate (quote, table, &usd))
    return FALSE;
  *dearest = MAX (*dearest, usd);
  return TRUE;
}

/* With a source video, some models have other rates, for both input and output
 * seconds.  The requested operation determines which rate applies; without one,
 * the more expensive rate counts. */
static gboolean
look_up_video_rate (Quote *quote, double *rate)
{
  const char *mode = nanogpt_json_get_string (quote->summary, "mode");

  *rate = -1;
  if (!look_up_kind_rate (quote, "video_edit", rate)
      || (!(*rate >= 0 && g_strcmp0 (mode, "video-edit") == 0)
          && !look_up_kind_rate (quote, "video_reference", rate)))
    return FALSE;
  return *rate >= 0
      || give_up (quote, _ ("it may depend on the request's %s"), "video");
}

static gboolean
estimate_with_video (Quote *quote, double *usd)
{
  double rate;
  double in;
  double out;

  if (!look_up_video_rate (quote, &rate) || !choose_seconds (quote, &out)
      || !choose_input_seconds (quote, &in))
    return FALSE;
  note_amount (quote, rate, _ ("second"));
  *usd = rate * (in + out);
  return TRUE;
}

static gboolean
estimate_seconds (Quote *quote, const char *key, double *usd)
{
  double rate;
  double seconds;

  if (goes_by_inputs (quote)) {
    quote->has_audio = TRUE;
    if (!look_up_rate (quote, key, &rate)
        || !choose_input_seconds (quote, &seconds))
      return FALSE;
  } else if (quote->inputs.has_video
      && !json_object_has_member (
          quote->pricing, "reference_video_input_per_second")) {
    return estimate_with_video (quote, usd);
  } else if (!look_up_rate (quote, key, &rate)
      || !choose_seconds (quote, &seconds)) {
    return FALSE;
  }
  note_amount (quote, rate, _ ("second"));
  *usd = rate * seconds;
  return TRUE;
}

static gboolean
estimate_clip (Quote *quote, const char *key, double *usd)
{
  if (!look_up_rate (quote, key, usd))
    return FALSE;
  note_amount (quote, *usd, _ ("clip"));
  return TRUE;
}

static gboolean
multiply (Quote *quote, const char *key, double *usd)
{
  double factor;

  if (!get_price (quote, quote->pricing, key, &factor))
    return FALSE;
  note_number (quote, _ ("times "), factor, "");
  *usd *= factor;
  return TRUE;
}

static gboolean
estimate_by_duration (Quote *quote, const char *key, double *usd)
{
  JsonObject *table = nanogpt_json_get_object (quote->pricing, key);
  g_autofree char *text = NULL;
  gboolean has_audio = FALSE;
  double seconds;

  if (!table)
    return give_up (quote, _ ("its price list has no table in %s"), key);
  if (!choose_seconds (quote, &seconds))
    return FALSE;
  text = nanogpt_model_info_dup_number (seconds);
  if (!look_up (quote, table, text, usd))
    return FALSE;
  note_amount (quote, *usd, _ ("clip"));
  if (!json_object_has_member (quote->pricing, "audio_multiplier"))
    return TRUE;
  return choose_audio (quote, &has_audio)
      && (!has_audio || multiply (quote, "audio_multiplier", usd));
}

static gboolean
estimate_by_resolution (Quote *quote, const char *key, double *usd)
{
  g_autofree char *text = NULL;
  double threshold;
  double frames;

  if (!estimate_clip (quote, key, usd))
    return FALSE;
  quote->has_frames =
      json_object_has_member (quote->pricing, "frame_multiplier")
      || json_object_has_member (quote->pricing, "frame_threshold");
  if (!quote->has_frames)
    return TRUE;
  if (!get_price (quote, quote->pricing, "frame_threshold", &threshold)
      || !choose (quote, frame_names, NULL, &text))
    return FALSE;
  if (!nanogpt_model_info_parse_number (text, &frames) || frames <= 0)
    return give_up (quote, _ ("%s is not a number of frames"), text);
  note_number (quote, "", frames, _ (" frames"));
  return frames <= threshold || multiply (quote, "frame_multiplier", usd);
}

static gboolean
estimate_by_audio (Quote *quote, const char *key G_GNUC_UNUSED, double *usd)
{
  gboolean has_audio;

  return choose_audio (quote, &has_audio)
      && estimate_clip (quote, has_audio ? "with_audio" : "without_audio", usd);
}

/* If the length of the base is not listed, only a surcharge of 0 certainly adds
 * nothing. */
static gboolean
estimate_base (Quote *quote, const char *key, double *usd)
{
  gboolean has_length =
      json_object_has_member (quote->pricing, "base_duration");
  gboolean has_extra =
      json_object_has_member (quote->pricing, "per_extra_second");
  g_autofree char *surcharge = NULL;
  g_autofree char *limit = NULL;
  double extra;
  double seconds;
  double base;

  if (!estimate_clip (quote, key, usd))
    return FALSE;
  if (!has_length && !has_extra)
    return TRUE;
  if (!get_price (quote, quote->pricing, "per_extra_second", &extra))
    return FALSE;
  if (!has_length && extra == 0) {
    quote->has_seconds = quote->has_frames = TRUE;
    return TRUE;
  }
  if (!get_price (quote, quote->pricing, "base_duration", &base)
      || !choose_seconds (quote, &seconds))
    return FALSE;
  surcharge = nanogpt_model_info_dup_number (extra);
  limit = nanogpt_model_info_dup_number (base);
  note (quote, _ ("$%s a second after %s s"), surcharge, limit);
  *usd += extra * MAX (seconds - base, 0);
  return TRUE;
}

/* Each way with all the keys that it may have, the price first. */
static const struct
{
  const char *keys[5];
  gboolean (*estimate) (Quote *quote, const char *key, double *usd);
} ways[] = {
  { { "per_second" }, estimate_seconds },
  { { "per_second_by_resolution" }, estimate_seconds },
  { { "output_per_second" }, estimate_seconds },
  { { "per_duration", "audio_multiplier", "unit" }, estimate_by_duration },
  { { "per_resolution", "frame_multiplier", "frame_threshold", "unit" },
      estimate_by_resolution },
  { { "with_audio", "without_audio", "unit" }, estimate_by_audio },
  { { "base_price", "base_duration", "per_extra_second" }, estimate_base },
};

static gboolean
estimate (Quote *quote, double *usd)
{
  const char *strange = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    gboolean fits;
    const char *other = nanogpt_model_info_find_strange_key (
        quote->pricing, ways[i].keys, &fits);

    if (fits && !other)
      return ways[i].estimate (quote, ways[i].keys[0], usd);
    if (fits || !strange)
      strange = other;
  }
  if (!strange)
    return give_up (quote, _ ("its price list has no price"));
  return give_up (
      quote, _ ("its price list has %s, which is not understood"), strange);
}

/* What may cost more than is listed */

static gboolean
check_currency (Quote *quote)
{
  const char *currency = nanogpt_json_get_string (quote->pricing, "currency");
  const char *unit = nanogpt_json_get_string (quote->pricing, "unit");

  if (!currency || g_ascii_strcasecmp (currency, "USD") != 0)
    return give_up (quote, _ ("it is not listed in USD"));
  if (json_object_has_member (quote->pricing, "unit")
      && g_strcmp0 (unit, "per_video") != 0)
    return give_up (quote, _ ("the unit of its price is not understood"));
  return TRUE;
}

/* Adds what is charged for inputs, in addition to the clip. */
static gboolean
add_input_prices (Quote *quote, double *usd)
{
  const NanogptPriceInputs *inputs = &quote->inputs;
  double price;
  double included;
  double seconds;

  if (inputs->n_images > 0
      && json_object_has_member (quote->pricing, "extra_reference_image")) {
    if (!get_price (quote, quote->pricing, "extra_reference_image", &price)
        || !get_price (
            quote, quote->pricing, "included_reference_images", &included))
      return FALSE;
    if (inputs->n_images > included) {
      note_number (quote, "", inputs->n_images - included, _ (" more images"));
      *usd += price * (inputs->n_images - included);
    }
  }
  if (inputs->has_video && !quote->has_inputs
      && json_object_has_member (
          quote->pricing, "reference_video_input_per_second")) {
    if (!get_price (
            quote, quote->pricing, "reference_video_input_per_second", &price)
        || !choose_input_seconds (quote, &seconds))
      return FALSE;
    *usd += price * MIN (seconds, INPUT_SECONDS_MAX);
  }
  return TRUE;
}

static gboolean
check_inputs (Quote *quote)
{
  const char *key = nanogpt_model_info_find_input_key (quote->pricing);

  if (key
      && (quote->inputs.n_images > 0 || quote->inputs.has_video
          || quote->inputs.has_audio))
    return give_up (
        quote, _ ("its price list has %s, which is not understood"), key);
  if (quote->inputs.strange)
    return give_up (
        quote, _ ("it may depend on the request's %s"), quote->inputs.strange);
  if (quote->inputs.has_video && !quote->has_inputs)
    return give_up (
        quote, _ ("it may depend on the request's %s"), _ ("source video"));
  if (quote->inputs.has_audio && !quote->has_audio)
    return give_up (
        quote, _ ("it may depend on the request's %s"), _ ("sound"));
  return TRUE;
}

/* A value that is off, no longer than usual, or the default adds nothing.
 * @usual: (nullable): the default, if the price list has one */
static gboolean
check_usual (Quote *quote, const char *name, const char *usual)
{
  JsonNode *node = json_object_get_member (quote->summary, name);
  g_autofree char *asked = nanogpt_model_info_dup_scalar (node);
  g_autoptr (NanogptModelInfoField) field =
      nanogpt_model_info_field_new (quote->info, name);
  double number;
  double limit;

  if (!usual && !field->has_two_initials)
    usual = field->initial;
  if (!node || g_strcmp0 (asked, "false") == 0)
    return TRUE;
  if (asked && usual
      && (nanogpt_model_info_is_same (asked, usual)
          || (nanogpt_model_info_parse_number (asked, &number) && number > 0
              && nanogpt_model_info_parse_number (usual, &limit)
              && number <= limit)))
    return TRUE;
  return give_up (quote, _ ("it may depend on the request's %s"), name);
}

/* The inputs determine the cost of an operation, and have been counted. */
static gboolean
check_operation (Quote *quote)
{
  static const char *const plain[] = { "auto", "text-to-video",
    "image-to-video", "reference-to-video", NULL };
  const char *mode = nanogpt_json_get_string (quote->summary, "mode");

  return (mode && g_strv_contains (plain, mode)) || quote->has_inputs
      || check_usual (quote, "mode", NULL);
}

/* Checks what the price does not depend on.  A price that does not depend on
 * the length is for the usual length. */
static gboolean
check_rest (Quote *quote)
{
  g_autoptr (NanogptModelInfoField) priced =
      nanogpt_model_info_length_new (quote->pricing);

  return check_operation (quote) && check_usual (quote, "pro_mode", NULL)
      && check_usual (quote, "pro", NULL)
      && (quote->has_frames || check_usual (quote, "num_frames", NULL))
      && (quote->has_seconds
          || (check_usual (quote, "duration", priced->initial)
              && check_usual (quote, "seconds", priced->initial)));
}

static gboolean
complete (Quote *quote, double *usd)
{
  if (!quote->info)
    return give_up (quote, _ ("the service does not list the model"));
  if (!quote->pricing)
    return give_up (quote, _ ("the service does not list one"));
  if (!check_currency (quote) || !estimate (quote, usd)
      || !add_input_prices (quote, usd) || !check_inputs (quote)
      || !check_rest (quote))
    return FALSE;
  if (!isfinite (*usd) || *usd < 0 || *usd > USD_MAX)
    return give_up (quote, _ ("it comes to %g USD"), *usd);
  return TRUE;
}

gboolean
nanogpt_price_estimate (const NanogptCatalog *catalog,
    const NanogptRequest *request, NanogptMicros *usd, char **how)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *model = nanogpt_request_get_model (request);
  JsonObject *info = nanogpt_catalog_get_model_info (catalog, model);
  g_autoptr (JsonObject) summary = nanogpt_listed_names_dup_summary (
      request, nanogpt_model_info_get_parameters (info));
  Quote quote = {
    .model = model,
    .info = info,
    .pricing = nanogpt_json_get_object (info, "pricing"),
    .summary = summary,
    .how = text,
  };
  double sum = 0;

  nanogpt_price_inputs_init (&quote.inputs, summary);
  if (!complete (&quote, &sum)) {
    *how = quote.problem;
    nanogpt_log_debug ("%s", *how);
    return FALSE;
  }
  *how = nanogpt_text_clean (text->str, NANOGPT_TEXT_MAX);
  *usd = nanogpt_money_round_up (sum);
  nanogpt_log_debug ("%s: %s makes %g USD", model, *how, sum);
  return TRUE;
}
