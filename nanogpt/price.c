/* nanovid: what a request will cost, from the service's listing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "price.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "json.h"
#include "listing.h"
#include "outline.h"
#include "text.h"

#define SHOWN_MAX 60 /* characters of a listed word */
#define USD_MAX 1e6
#define SECONDS_MAX 3600

/* What the price was made to depend on, and need not be doubted again. */
enum
{
  SETTLED_SECONDS = 1 << 0,
  SETTLED_FRAMES = 1 << 1,
  SETTLED_PRO = 1 << 2,
};

/* A price in the making. */
typedef struct
{
  const char *model;
  JsonObject *listing;
  JsonObject *pricing;
  JsonObject *outline;
  guint settled;
  GPtrArray *how;
  char *problem;
} Quote;

static const char *const second_names[] = { "duration", "seconds", NULL };
static const char *const frame_names[] = { "num_frames", NULL };
static const char *const resolution_names[] = { "resolution", "size", NULL };
static const char *const pro_names[] = { "pro_mode", "pro", NULL };
static const char *const audio_names[] = { "generateAudio", "generate_audio",
  "sound", "enable_audio", "save_audio", "audio", NULL };

static gboolean give_up (Quote *quote, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Keeps the first reason. */
static gboolean
give_up (Quote *quote, const char *format, ...)
{
  g_autofree char *reason = NULL;
  g_autofree char *model = nanogpt_text_clean (quote->model, SHOWN_MAX);
  g_autofree char *shown = NULL;
  va_list arguments;

  if (quote->problem != NULL)
    return FALSE;
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
  g_ptr_array_add (quote->how, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
note_number (Quote *quote, const char *before, double number, const char *after)
{
  g_autofree char *text = nanogpt_listing_dup_number (number);

  note (quote, "%s%s%s", before, text, after);
}

/* Puts the amount that all else changes before it. */
static void
note_amount (Quote *quote, double usd, const char *unit)
{
  g_autofree char *text = nanogpt_listing_dup_number (usd);

  g_ptr_array_insert (quote->how, 0, g_strdup_printf ("$%s a %s", text, unit));
}

/* What the request and the listing say */

static gboolean
has_parameters (Quote *quote)
{
  return nanogpt_listing_get_parameters (quote->listing) != NULL;
}

/* Returns: the one of @names that the request has, else the one that the model
 * lists, else the first; %NULL when the request has two */
static const char *
find_name (Quote *quote, const char *const *names, gboolean *is_asked)
{
  JsonObject *parameters = nanogpt_listing_get_parameters (quote->listing);
  const char *asked = NULL;
  const char *listed = NULL;

  for (guint i = 0; names[i] != NULL; i++) {
    if (json_object_has_member (quote->outline, names[i])) {
      if (asked != NULL) {
        give_up (quote, _ ("the request has both %s and %s"), asked, names[i]);
        return NULL;
      }
      asked = names[i];
    }
    if (listed == NULL && parameters != NULL
        && json_object_has_member (parameters, names[i]))
      listed = names[i];
  }
  *is_asked = asked != NULL;
  if (asked != NULL)
    return asked;
  return listed != NULL ? listed : names[0];
}

/* What is asked for counts only if the model is known to heed it. */
static gboolean
take_asked (Quote *quote, const char *name, const NanogptListedField *field,
    char **value)
{
  g_autofree char *asked = nanogpt_listing_dup_scalar (
      json_object_get_member (quote->outline, name));

  if (asked == NULL)
    return give_up (quote, _ ("the request's %s is no plain value"), name);
  if (has_parameters (quote) && !field->is_listed)
    return give_up (quote, _ ("the service does not list %s for it"), name);
  if (!nanogpt_listed_field_takes (field, asked))
    return give_up (
        quote, _ ("the service does not list %s with %s"), name, asked);
  *value = g_steal_pointer (&asked);
  return TRUE;
}

/* @fallback: (nullable): what the price list says of the default. */
static gboolean
take_default (Quote *quote, const char *name, const NanogptListedField *field,
    const char *fallback, char **value)
{
  if (field->has_two_initials
      || (field->initial != NULL && fallback != NULL
          && !nanogpt_listing_is_same (field->initial, fallback)))
    return give_up (quote, _ ("the service lists two defaults for %s"), name);
  if (field->initial != NULL)
    *value = g_strdup (field->initial);
  else if (fallback != NULL)
    *value = g_strdup (fallback);
  else if (field->options->len == 1)
    *value = g_strdup (field->options->pdata[0]);
  else
    return give_up (quote,
        _ ("the request has no %s, and the service lists no default for it"),
        name);
  return TRUE;
}

static gboolean
choose (
    Quote *quote, const char *const *names, const char *fallback, char **value)
{
  gboolean is_asked;
  const char *name = find_name (quote, names, &is_asked);
  g_autoptr (NanogptListedField) field = NULL;

  if (name == NULL)
    return FALSE;
  field = nanogpt_listed_field_new (quote->listing, name);
  return is_asked ? take_asked (quote, name, field, value)
                  : take_default (quote, name, field, fallback, value);
}

static gboolean
is_mentioned (Quote *quote, const char *const *names)
{
  JsonObject *parameters = nanogpt_listing_get_parameters (quote->listing);

  for (; *names != NULL; names++) {
    if (json_object_has_member (quote->outline, *names)
        || (parameters != NULL && json_object_has_member (parameters, *names)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
choose_switch (Quote *quote, const char *const *names, gboolean *is_on)
{
  g_autofree char *value = NULL;

  if (!choose (quote, names, NULL, &value))
    return FALSE;
  if (strcmp (value, "true") != 0 && strcmp (value, "false") != 0)
    return give_up (quote, _ ("%s is neither on nor off"), names[0]);
  *is_on = *value == 't';
  return TRUE;
}

static gboolean
choose_audio (Quote *quote, gboolean *is_on)
{
  if (!is_mentioned (quote, audio_names))
    return give_up (quote, _ ("whether it makes sound is not listed"));
  if (!choose_switch (quote, audio_names, is_on))
    return FALSE;
  note (quote, *is_on ? "with audio" : "without audio");
  return TRUE;
}

static gboolean
choose_pro (Quote *quote, gboolean *is_on)
{
  quote->settled |= SETTLED_PRO;
  *is_on = FALSE;
  if (!is_mentioned (quote, pro_names))
    return TRUE;
  if (!choose_switch (quote, pro_names, is_on))
    return FALSE;
  if (*is_on)
    note (quote, "pro mode");
  return TRUE;
}

static gboolean
has_image (Quote *quote)
{
  return json_object_has_member (quote->outline, "image");
}

/* Returns: (nullable): the length that clips of this model have by default */
static char *
dup_default_seconds (Quote *quote)
{
  static const char *const names[] = { "default_duration",
    "fixed_duration_seconds" };
  JsonArray *supported =
      nanogpt_json_get_array (quote->pricing, "supported_durations");
  double seconds;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (nanogpt_json_get_number (quote->pricing, names[i], &seconds))
      return nanogpt_listing_dup_number (seconds);
  }
  if (supported != NULL && json_array_get_length (supported) == 1)
    return nanogpt_listing_dup_scalar (json_array_get_element (supported, 0));
  return NULL;
}

/* The price list has limits of its own. */
static gboolean
is_priced_length (Quote *quote, double seconds)
{
  JsonArray *supported =
      nanogpt_json_get_array (quote->pricing, "supported_durations");
  double min = 0;
  double max = SECONDS_MAX;

  nanogpt_json_get_number (quote->pricing, "min_duration", &min);
  nanogpt_json_get_number (quote->pricing, "max_duration", &max);
  if (seconds < min || seconds > max)
    return FALSE;
  for (guint i = 0; supported != NULL && i < json_array_get_length (supported);
       i++) {
    g_autofree char *text =
        nanogpt_listing_dup_scalar (json_array_get_element (supported, i));
    double number;

    if (text != NULL && nanogpt_listing_parse_number (text, &number)
        && number == seconds)
      return TRUE;
  }
  return supported == NULL || json_array_get_length (supported) == 0;
}

static gboolean
choose_seconds (Quote *quote, double *seconds)
{
  g_autofree char *fallback = dup_default_seconds (quote);
  g_autofree char *value = NULL;

  quote->settled |= SETTLED_SECONDS;
  if (!choose (quote, second_names, fallback, &value))
    return FALSE;
  if (!nanogpt_listing_parse_number (value, seconds) || *seconds <= 0
      || *seconds > SECONDS_MAX || *seconds != floor (*seconds))
    return give_up (quote, _ ("%s is no whole number of seconds"), value);
  if (!is_priced_length (quote, *seconds))
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
  return give_up (quote, _ ("its price list has no %s that is an amount"), key);
}

/* Returns: (nullable): the key of @table that means @value */
static const char *
find_key (JsonObject *table, const char *value)
{
  JsonObjectIter iter;
  const char *key;

  if (json_object_has_member (table, value))
    return value;
  json_object_iter_init (&iter, table);
  while (json_object_iter_next (&iter, &key, NULL)) {
    if (nanogpt_listing_is_same (key, value))
      return key;
  }
  return NULL;
}

static gboolean
look_up (Quote *quote, JsonObject *table, const char *value, double *usd)
{
  const char *key = find_key (table, value);

  return key != NULL ? get_price (quote, table, key, usd)
                     : give_up (quote, _ ("its price list has no %s"), value);
}

static gboolean
look_up_resolution (Quote *quote, JsonObject *table, double *usd)
{
  const char *fallback =
      nanogpt_json_get_string (quote->pricing, "default_resolution");
  g_autofree char *value = NULL;

  if (!choose (quote, resolution_names, fallback, &value)
      || !look_up (quote, table, value, usd))
    return FALSE;
  note (quote, "%s", value);
  return TRUE;
}

/* An amount stands alone, or in a table by resolution. */
static gboolean
look_up_rate (Quote *quote, JsonObject *table, const char *key, double *usd)
{
  JsonObject *inner = nanogpt_json_get_object (table, key);

  return inner != NULL ? look_up_resolution (quote, inner, usd)
                       : get_price (quote, table, key, usd);
}

static gboolean
add_image_fee (Quote *quote, double *usd)
{
  double fee;

  if (!json_object_has_member (quote->pricing, "image_input_fee")
      || !has_image (quote))
    return TRUE;
  if (!get_price (quote, quote->pricing, "image_input_fee", &fee))
    return FALSE;
  note_number (quote, "$", fee, " for the image");
  *usd += fee;
  return TRUE;
}

/* Ways to list a price.  @key is the first of the way's keys. */

static gboolean
estimate_seconds_at (
    Quote *quote, JsonObject *table, const char *key, double *usd)
{
  double rate;
  double seconds;

  if (!look_up_rate (quote, table, key, &rate)
      || !choose_seconds (quote, &seconds))
    return FALSE;
  note_amount (quote, rate, "second");
  *usd = rate * seconds;
  return add_image_fee (quote, usd);
}

static gboolean
estimate_seconds (Quote *quote, const char *key, double *usd)
{
  return estimate_seconds_at (quote, quote->pricing, key, usd);
}

static gboolean
estimate_seconds_by_mode (Quote *quote, const char *key, double *usd)
{
  JsonObject *modes = nanogpt_json_get_object (quote->pricing, key);

  return estimate_seconds_at (quote, modes,
      has_image (quote) ? "image_to_video" : "text_to_video", usd);
}

static gboolean
estimate_seconds_by_pro (
    Quote *quote, const char *key G_GNUC_UNUSED, double *usd)
{
  gboolean is_pro;

  if (!choose_pro (quote, &is_pro))
    return FALSE;
  return estimate_seconds (quote,
      is_pro ? "pro_prices_per_second" : "standard_prices_per_second", usd);
}

/* @input: what a clip is made from, as the keys call it. */
static gboolean
estimate_seconds_from (Quote *quote, const char *input, double *usd)
{
  g_autofree char *plain = g_strconcat (input, "_per_second", NULL);
  g_autofree char *key = NULL;
  gboolean has_audio;

  if (json_object_has_member (quote->pricing, plain))
    return estimate_seconds (quote, plain, usd);
  if (!choose_audio (quote, &has_audio))
    return FALSE;
  key = g_strdup_printf (
      "%s_%s_per_second", input, has_audio ? "with_audio" : "without_audio");
  return estimate_seconds (quote, key, usd);
}

static gboolean
estimate_seconds_by_input (
    Quote *quote, const char *key G_GNUC_UNUSED, double *usd)
{
  return estimate_seconds_from (
      quote, has_image (quote) ? "image_to_video" : "text_to_video", usd);
}

static gboolean
estimate_seconds_by_audio (
    Quote *quote, const char *key G_GNUC_UNUSED, double *usd)
{
  return estimate_seconds_from (quote, "text_image", usd);
}

static gboolean
estimate_clip (Quote *quote, const char *key, double *usd)
{
  if (!look_up_rate (quote, quote->pricing, key, usd))
    return FALSE;
  note_amount (quote, *usd, "clip");
  return TRUE;
}

static gboolean
multiply (Quote *quote, const char *key, double *usd)
{
  double factor;

  if (!get_price (quote, quote->pricing, key, &factor))
    return FALSE;
  note_number (quote, "times ", factor, "");
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

  if (table == NULL)
    return give_up (quote, _ ("its price list has no table in %s"), key);
  if (!choose_seconds (quote, &seconds))
    return FALSE;
  text = nanogpt_listing_dup_number (seconds);
  if (!look_up (quote, table, text, usd))
    return FALSE;
  note_amount (quote, *usd, "clip");
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
  if (!json_object_has_member (quote->pricing, "frame_multiplier")
      && !json_object_has_member (quote->pricing, "frame_threshold"))
    return TRUE;
  quote->settled |= SETTLED_FRAMES;
  if (!get_price (quote, quote->pricing, "frame_threshold", &threshold)
      || !choose (quote, frame_names, NULL, &text))
    return FALSE;
  if (!nanogpt_listing_parse_number (text, &frames))
    return give_up (quote, _ ("%s is no number of frames"), text);
  note_number (quote, "", frames, " frames");
  return frames <= threshold || multiply (quote, "frame_multiplier", usd);
}

static gboolean
estimate_by_audio (Quote *quote, const char *key G_GNUC_UNUSED, double *usd)
{
  gboolean has_audio;

  return choose_audio (quote, &has_audio)
      && estimate_clip (quote, has_audio ? "with_audio" : "without_audio", usd);
}

/* Where it is not said how long the base lasts, only a surcharge of nothing
 * adds nothing. */
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
    quote->settled |= SETTLED_SECONDS | SETTLED_FRAMES;
    return TRUE;
  }
  if (!get_price (quote, quote->pricing, "base_duration", &base)
      || !choose_seconds (quote, &seconds))
    return FALSE;
  surcharge = nanogpt_listing_dup_number (extra);
  limit = nanogpt_listing_dup_number (base);
  note (quote, "$%s a second after %s s", surcharge, limit);
  *usd += extra * MAX (seconds - base, 0);
  return TRUE;
}

static gboolean
estimate_base_by_pro (Quote *quote, const char *key, double *usd)
{
  gboolean is_pro;

  return estimate_clip (quote, key, usd) && choose_pro (quote, &is_pro)
      && (!is_pro || multiply (quote, "pro_multiplier", usd));
}

/* A single multiplier is for the longer of two lengths. */
static gboolean
is_longer_of_two (Quote *quote, double seconds, gboolean *is_longer)
{
  g_autoptr (NanogptListedField) field = NULL;
  gboolean is_asked;
  const char *name = find_name (quote, second_names, &is_asked);
  double first;
  double second;
  double base;

  if (name == NULL)
    return FALSE;
  field = nanogpt_listed_field_new (quote->listing, name);
  if (field->options->len != 2
      || !nanogpt_listing_parse_number (field->options->pdata[0], &first)
      || !nanogpt_listing_parse_number (field->options->pdata[1], &second))
    return give_up (
        quote, _ ("which length its multiplier is for is not listed"));
  base = MIN (first, second);
  nanogpt_json_get_number (quote->pricing, "base_duration", &base);
  if (base != MIN (first, second))
    return give_up (
        quote, _ ("which length its multiplier is for is not listed"));
  *is_longer = seconds > base;
  return TRUE;
}

static gboolean
multiply_by_length (Quote *quote, double seconds, double *usd)
{
  g_autofree char *text = nanogpt_listing_dup_number (seconds);
  JsonObject *factors =
      nanogpt_json_get_object (quote->pricing, "duration_multipliers");
  gboolean is_longer = FALSE;
  double factor;

  if (!json_object_has_member (quote->pricing, "duration_multiplier")) {
    if (factors == NULL)
      return give_up (quote, _ ("its price list has no multipliers"));
    if (!look_up (quote, factors, text, &factor))
      return FALSE;
    note_number (quote, "times ", factor, "");
    *usd *= factor;
    return TRUE;
  }
  if (factors != NULL)
    return give_up (quote, _ ("its price list has two kinds of multipliers"));
  return is_longer_of_two (quote, seconds, &is_longer)
      && (!is_longer || multiply (quote, "duration_multiplier", usd));
}

static gboolean
estimate_base_by_length (Quote *quote, const char *key, double *usd)
{
  JsonObject *overrides =
      nanogpt_json_get_object (quote->pricing, "duration_overrides");
  g_autofree char *text = NULL;
  const char *length;
  double seconds;

  if (!choose_seconds (quote, &seconds))
    return FALSE;
  text = nanogpt_listing_dup_number (seconds);
  length = overrides != NULL ? find_key (overrides, text) : NULL;
  if (length != NULL) {
    if (!look_up_rate (quote, overrides, length, usd))
      return FALSE;
    note_amount (quote, *usd, "clip");
    return TRUE;
  }
  return estimate_clip (quote, key, usd)
      && multiply_by_length (quote, seconds, usd);
}

/* Each way with all the keys that it may have. */
static const struct
{
  const char *keys;
  gboolean (*estimate) (Quote *quote, const char *key, double *usd);
} ways[] = {
  { "per_second|image_input_fee", estimate_seconds },
  { "per_second_by_resolution|image_input_fee", estimate_seconds },
  { "output_per_second", estimate_seconds },
  { "per_second_by_mode", estimate_seconds_by_mode },
  { "per_second_by_mode_and_resolution", estimate_seconds_by_mode },
  { "standard_prices_per_second|pro_prices_per_second",
      estimate_seconds_by_pro },
  { "text_to_video_per_second|image_to_video_per_second|"
    "image_to_video_with_audio_per_second|"
    "image_to_video_without_audio_per_second",
      estimate_seconds_by_input },
  { "text_image_with_audio_per_second|text_image_without_audio_per_second",
      estimate_seconds_by_audio },
  { "per_duration|audio_multiplier|unit", estimate_by_duration },
  { "per_resolution|frame_multiplier|frame_threshold|unit",
      estimate_by_resolution },
  { "with_audio|without_audio|unit", estimate_by_audio },
  { "per_video|unit", estimate_clip },
  { "per_generation|unit", estimate_clip },
  { "base_price|base_duration|per_extra_second", estimate_base },
  { "base_price|pro_multiplier", estimate_base_by_pro },
  { "base_prices_by_resolution|base_duration|duration_multiplier|"
    "duration_multipliers|duration_overrides",
      estimate_base_by_length },
};

/* Keys that are no prices, and keys for inputs that requests with a price do
 * not have. */
static const char *const other_keys[] = { "currency", "variant",
  "default_duration", "default_resolution", "min_duration", "max_duration",
  "supported_durations", "fixed_duration_seconds", "lora", "reference_*",
  "video_reference_*", "video_edit_*", "extra_reference_*",
  "included_reference_*", "*_with_reference_*" };

static gboolean
is_other_key (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (other_keys); i++) {
    if (g_pattern_match_simple (other_keys[i], key))
      return TRUE;
  }
  return FALSE;
}

/* Returns: (nullable): a key of the price list that is none of @keys */
static const char *
find_strange_key (JsonObject *pricing, char **keys)
{
  JsonObjectIter iter;
  const char *key;

  json_object_iter_init (&iter, pricing);
  while (json_object_iter_next (&iter, &key, NULL)) {
    if (!is_other_key (key)
        && !g_strv_contains ((const char *const *)keys, key))
      return key;
  }
  return NULL;
}

static gboolean
has_one_of (JsonObject *pricing, char **keys)
{
  for (; *keys != NULL; keys++) {
    if (json_object_has_member (pricing, *keys))
      return TRUE;
  }
  return FALSE;
}

static gboolean
estimate (Quote *quote, double *usd)
{
  const char *strange = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_auto (GStrv) keys = g_strsplit (ways[i].keys, "|", -1);
    const char *other = find_strange_key (quote->pricing, keys);

    if (!has_one_of (quote->pricing, keys))
      continue;
    if (other == NULL)
      return ways[i].estimate (quote, keys[0], usd);
    strange = other;
  }
  if (strange == NULL) {
    char *none[] = { NULL };

    strange = find_strange_key (quote->pricing, none);
  }
  if (strange == NULL)
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

  if (currency == NULL || g_ascii_strcasecmp (currency, "USD") != 0)
    return give_up (quote, _ ("it is not listed in USD"));
  if (json_object_has_member (quote->pricing, "unit")
      && g_strcmp0 (unit, "per_video") != 0)
    return give_up (quote, _ ("what its price is for is not understood"));
  return TRUE;
}

/* Clips, sounds and further images that go in are charged for in ways of
 * their own. */
static gboolean
check_inputs (Quote *quote)
{
  static const char *const words[] = { "image", "video", "audio", "lora",
    "reference" };
  JsonObjectIter iter;
  const char *name;
  gboolean is_on;

  json_object_iter_init (&iter, quote->outline);
  while (json_object_iter_next (&iter, &name, NULL)) {
    g_autofree char *lower = g_ascii_strdown (name, -1);

    if (strcmp (name, "image") == 0
        || nanogpt_json_get_boolean (quote->outline, name, &is_on))
      continue;
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
      if (strstr (lower, words[i]) != NULL)
        return give_up (quote, _ ("it may depend on the request's %s"), name);
    }
  }
  return TRUE;
}

static gboolean
check_mode (Quote *quote)
{
  g_autoptr (NanogptListedField) field =
      nanogpt_listed_field_new (quote->listing, "mode");
  g_autofree char *mode = NULL;

  if (!json_object_has_member (quote->outline, "mode"))
    return TRUE;
  mode = nanogpt_listing_dup_scalar (
      json_object_get_member (quote->outline, "mode"));
  if (mode != NULL && field->initial != NULL
      && nanogpt_listing_is_same (mode, field->initial))
    return TRUE;
  return give_up (quote, _ ("it may depend on the request's mode"));
}

/* A price that does not depend on the length is one for the usual length. */
static gboolean
check_length (Quote *quote, const char *name)
{
  g_autoptr (NanogptListedField) field =
      nanogpt_listed_field_new (quote->listing, name);
  g_autofree char *asked = NULL;
  double number;
  double usual;

  if (!json_object_has_member (quote->outline, name))
    return TRUE;
  asked = nanogpt_listing_dup_scalar (
      json_object_get_member (quote->outline, name));
  if (asked == NULL || !nanogpt_listing_parse_number (asked, &number))
    return give_up (quote, _ ("it may depend on the request's %s"), name);
  if (strcmp (name, "num_frames") != 0
      && nanogpt_json_get_number (
          quote->pricing, "fixed_duration_seconds", &usual)
      && number <= usual)
    return TRUE;
  if (field->initial != NULL && !field->has_two_initials
      && nanogpt_listing_parse_number (field->initial, &usual)
      && number <= usual)
    return TRUE;
  return give_up (quote, _ ("it may depend on the request's %s"), name);
}

static gboolean
check_pro (Quote *quote)
{
  for (guint i = 0; pro_names[i] != NULL; i++) {
    g_autoptr (NanogptListedField) field =
        nanogpt_listed_field_new (quote->listing, pro_names[i]);
    gboolean asked = FALSE;

    nanogpt_json_get_boolean (quote->outline, pro_names[i], &asked);
    if (asked && g_strcmp0 (field->initial, "true") != 0)
      return give_up (
          quote, _ ("it may depend on the request's %s"), pro_names[i]);
  }
  return TRUE;
}

static gboolean
check_rest (Quote *quote)
{
  return ((quote->settled & SETTLED_SECONDS) != 0
             || (check_length (quote, "duration")
                 && check_length (quote, "seconds")))
      && ((quote->settled & SETTLED_FRAMES) != 0
          || check_length (quote, "num_frames"))
      && ((quote->settled & SETTLED_PRO) != 0 || check_pro (quote));
}

static gboolean
complete (Quote *quote, double *usd)
{
  if (quote->listing == NULL)
    return give_up (quote, _ ("the service does not list the model"));
  if (quote->pricing == NULL)
    return give_up (quote, _ ("the service does not list one"));
  if (!check_currency (quote) || !check_inputs (quote) || !check_mode (quote)
      || !estimate (quote, usd) || !check_rest (quote))
    return FALSE;
  if (!isfinite (*usd) || *usd < 0 || *usd > USD_MAX)
    return give_up (quote, _ ("it comes to %g USD"), *usd);
  return TRUE;
}

gboolean
nanogpt_price_estimate (const NanogptCatalog *catalog,
    const NanogptRequest *request, double *usd, char **how)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const char *model = nanogpt_request_get_model (request);
  JsonObject *listing = nanogpt_catalog_get_listing (catalog, model);
  Quote quote = {
    .model = model,
    .listing = listing,
    .pricing = nanogpt_json_get_object (listing, "pricing"),
    .outline = nanogpt_request_get_outline (request),
    .how = words,
  };
  g_autofree char *joined = NULL;
  double sum = 0;

  if (!complete (&quote, &sum)) {
    *how = quote.problem;
    return FALSE;
  }
  g_ptr_array_add (words, NULL);
  joined = g_strjoinv (", ", (char **)words->pdata);
  *how = nanogpt_text_clean (joined, NANOGPT_TEXT_MAX);
  *usd = sum;
  return TRUE;
}
