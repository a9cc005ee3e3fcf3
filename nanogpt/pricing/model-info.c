/* nanovid: tolerant parser for one model in the service's list
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-info.h"

#include <math.h>
#include <string.h>

#include "nanogpt/base/json.h"

JsonObject *
nanogpt_model_info_get_parameters (JsonObject *info)
{
  JsonObject *parameters = nanogpt_json_get_object (
      nanogpt_json_get_object (info, "supported_parameters"), "parameters");

  return parameters && json_object_get_size (parameters) > 0 ? parameters
                                                             : NULL;
}

char *
nanogpt_model_info_dup_scalar (JsonNode *node)
{
  if (!node || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  return nanogpt_json_write (node);
}

char *
nanogpt_model_info_dup_number (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.10g", number));
}

gboolean
nanogpt_model_info_parse_number (const char *text, double *number)
{
  double parsed;
  char *end;

  if (strspn (text, "-.0123456789") == 0)
    return FALSE;
  parsed = g_ascii_strtod (text, &end);
  if (end == text || !isfinite (parsed)
      || (*end != '\0' && strcmp (end, "s") != 0))
    return FALSE;
  *number = parsed;
  return TRUE;
}

gboolean
nanogpt_model_info_is_same (const char *a, const char *b)
{
  double first;
  double second;

  return g_ascii_strcasecmp (a, b) == 0
      || (nanogpt_model_info_parse_number (a, &first)
          && nanogpt_model_info_parse_number (b, &second) && first == second);
}

/* Accepts `["5"]`, `[5]` and `[{"value": "5"}]`. */
static void
add_options (GPtrArray *options, JsonArray *array)
{
  guint length = array ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++) {
    JsonNode *node = json_array_get_element (array, i);
    char *text;

    if (JSON_NODE_HOLDS_OBJECT (node))
      node = json_object_get_member (json_node_get_object (node), "value");
    text = nanogpt_model_info_dup_scalar (node);
    if (text)
      g_ptr_array_add (options, text);
  }
}

/* Older listings have plain lists of values, for two fields. */
static void
add_flat_options (GPtrArray *options, JsonObject *supported, const char *name)
{
  if (strcmp (name, "resolution") == 0)
    add_options (options, nanogpt_json_get_array (supported, "resolutions"));
  else if (strcmp (name, "duration") == 0 || strcmp (name, "seconds") == 0)
    add_options (options, nanogpt_json_get_array (supported, "durations"));
}

static gboolean
is_number (JsonObject *parameter)
{
  const char *type = nanogpt_json_get_string (parameter, "type");

  return type
      && (strcmp (type, "number") == 0 || strcmp (type, "integer") == 0
          || strcmp (type, "slider") == 0);
}

/* The options of a number are the ends of its range. */
static void
take_ends (NanogptModelInfoField *field)
{
  double min = INFINITY;
  double max = -INFINITY;

  for (guint i = 0; i < field->options->len; i++) {
    double number;

    if (!nanogpt_model_info_parse_number (field->options->pdata[i], &number))
      return;
    min = MIN (min, number);
    max = MAX (max, number);
  }
  if (min == max)
    return;
  field->min = min;
  field->max = max;
  g_ptr_array_set_size (field->options, 0);
}

static void
read_values (NanogptModelInfoField *field, JsonObject *parameter)
{
  gboolean has_range;

  add_options (field->options, nanogpt_json_get_array (parameter, "options"));
  if (field->options->len > 0 && !is_number (parameter))
    return;
  has_range = nanogpt_json_get_number (parameter, "min", &field->min)
      | nanogpt_json_get_number (parameter, "max", &field->max);
  if (has_range)
    g_ptr_array_set_size (field->options, 0);
  else if (field->options->len > 0)
    take_ends (field);
}

static NanogptModelInfoField *
field_new (void)
{
  NanogptModelInfoField *field = g_new0 (NanogptModelInfoField, 1);

  field->options = g_ptr_array_new_with_free_func (g_free);
  field->min = -INFINITY;
  field->max = INFINITY;
  return field;
}

NanogptModelInfoField *
nanogpt_model_info_field_new (JsonObject *info, const char *name)
{
  NanogptModelInfoField *field = field_new ();
  JsonObject *supported =
      nanogpt_json_get_object (info, "supported_parameters");
  JsonObject *parameters = nanogpt_model_info_get_parameters (info);
  JsonObject *parameter = nanogpt_json_get_object (parameters, name);
  JsonObject *defaults = nanogpt_json_get_object (supported, "defaults");
  g_autofree char *other = NULL;

  field->is_listed = parameters && json_object_has_member (parameters, name);
  if (parameter) {
    read_values (field, parameter);
    field->initial = nanogpt_model_info_dup_scalar (
        json_object_get_member (parameter, "default"));
  } else {
    add_flat_options (field->options, supported, name);
  }
  if (defaults)
    other =
        nanogpt_model_info_dup_scalar (json_object_get_member (defaults, name));
  field->has_two_initials = field->initial && other
      && !nanogpt_model_info_is_same (field->initial, other);
  if (!field->initial)
    field->initial = g_steal_pointer (&other);
  return field;
}

NanogptModelInfoField *
nanogpt_model_info_length_new (JsonObject *pricing)
{
  NanogptModelInfoField *field = field_new ();
  double initial;

  add_options (
      field->options, nanogpt_json_get_array (pricing, "supported_durations"));
  nanogpt_json_get_number (pricing, "min_duration", &field->min);
  nanogpt_json_get_number (pricing, "max_duration", &field->max);
  if (nanogpt_json_get_number (pricing, "default_duration", &initial)
      || nanogpt_json_get_number (pricing, "fixed_duration_seconds", &initial))
    field->initial = nanogpt_model_info_dup_number (initial);
  else if (field->options->len == 1)
    field->initial = g_strdup (field->options->pdata[0]);
  return field;
}

void
nanogpt_model_info_field_free (NanogptModelInfoField *field)
{
  g_ptr_array_unref (field->options);
  g_free (field->initial);
  g_free (field);
}

static gboolean
is_same_value (gconstpointer a, gconstpointer b)
{
  return nanogpt_model_info_is_same (a, b);
}

gboolean
nanogpt_model_info_field_takes (
    const NanogptModelInfoField *field, const char *value)
{
  double number;

  if (field->options->len > 0
      && !g_ptr_array_find_with_equal_func (
          field->options, value, is_same_value, NULL))
    return FALSE;
  if (isinf (field->min) && isinf (field->max))
    return TRUE;
  return nanogpt_model_info_parse_number (value, &number)
      && number >= field->min && number <= field->max;
}

/* Keys that are not prices, and keys for inputs, which are counted separately. */
static const char *const other_keys[] = { "currency", "variant",
  "default_duration", "default_resolution", "min_duration", "max_duration",
  "supported_durations", "fixed_duration_seconds", "lora", "reference_*",
  "video_reference_*", "video_edit_*", "extra_reference_*",
  "included_reference_*" };

const char *
nanogpt_model_info_find_input_key (JsonObject *pricing)
{
  static const char *const known[] = { "lora", "extra_reference_image",
    "included_reference_images", "reference_video_input_per_second",
    "video_edit_billing", "video_edit_per_second_by_resolution",
    "video_reference_billing", "video_reference_per_second_by_resolution",
    NULL };
  JsonObjectIter iter;
  const char *key;

  json_object_iter_init (&iter, pricing);
  while (json_object_iter_next (&iter, &key, NULL)) {
    if ((strstr (key, "reference") || strstr (key, "video_edit"))
        && !g_strv_contains (known, key))
      return key;
  }
  return NULL;
}

static gboolean
is_other_key (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (other_keys); i++) {
    if (g_pattern_match_simple (other_keys[i], key))
      return TRUE;
  }
  return FALSE;
}

const char *
nanogpt_model_info_find_strange_key (
    JsonObject *pricing, const char *const *keys, gboolean *fits)
{
  const char *strange = NULL;
  JsonObjectIter iter;
  const char *key;

  *fits = FALSE;
  json_object_iter_init (&iter, pricing);
  while (json_object_iter_next (&iter, &key, NULL)) {
    if (g_strv_contains (keys, key))
      *fits = TRUE;
    else if (!strange && !is_other_key (key))
      strange = key;
  }
  return strange;
}
