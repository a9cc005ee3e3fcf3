/* nanovid: simulator: the model listing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "catalog.h"

#include "jobs.h"

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
begin (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
add_modalities (
    JsonBuilder *builder, const char *name, const char *const *modalities)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; *modalities; modalities++)
    json_builder_add_string_value (builder, *modalities);
  json_builder_end_array (builder);
}

static void
add_architecture (JsonBuilder *builder, const SimModel *model)
{
  static const char *const output[] = { "video", NULL };
  const char *inputs[5] = { NULL };
  guint n = 0;
  g_autofree char *joined = NULL;
  g_autofree char *modality = NULL;

  if (model->image != SIM_MEDIA_REQUIRED)
    inputs[n++] = "text";
  if (model->image != SIM_MEDIA_NO)
    inputs[n++] = "image";
  if (model->video != SIM_MEDIA_NO)
    inputs[n++] = "video";
  if (model->audio != SIM_MEDIA_NO)
    inputs[n++] = "audio";
  joined = g_strjoinv ("+", (char **)inputs);
  modality = g_strconcat (joined, "->video", NULL);

  begin (builder, "architecture");
  add_string (builder, "modality", modality);
  add_modalities (builder, "input_modalities", inputs);
  add_modalities (builder, "output_modalities", output);
  json_builder_end_object (builder);
}

static void
add_prices (JsonBuilder *builder, const SimPrice *prices)
{
  for (; prices->key; prices++)
    add_double (builder, prices->key, sim_usd (prices->amount));
}

/* Prices with a source video. */
static void
add_edit_prices (JsonBuilder *builder, const SimModel *model)
{
  if (!model->edit_prices[0].key)
    return;
  begin (builder, "video_edit_per_second_by_resolution");
  add_prices (builder, model->edit_prices);
  json_builder_end_object (builder);
  add_string (builder, "video_edit_billing", "input_plus_output_seconds");
}

static void
add_pricing (JsonBuilder *builder, const SimModel *model, gint64 fixed)
{
  static const char *const tables[] = {
    [SIM_PRICE_PER_SECOND_BY_RESOLUTION] = "per_second_by_resolution",
    [SIM_PRICE_PER_DURATION] = "per_duration",
    [SIM_PRICE_PER_RESOLUTION] = "per_resolution",
  };

  begin (builder, "pricing");
  add_string (builder, "currency", "USD");
  if (fixed >= 0) {
    add_double (builder, "base_price", sim_usd (fixed));
    add_double (builder, "per_extra_second", 0);
  } else if (model->price_kind < G_N_ELEMENTS (tables)
      && tables[model->price_kind]) {
    begin (builder, tables[model->price_kind]);
    add_prices (builder, model->prices);
    json_builder_end_object (builder);
    add_edit_prices (builder, model);
  } else {
    add_prices (builder, model->prices);
  }
  json_builder_end_object (builder);
}

static void
add_capabilities (JsonBuilder *builder, const SimModel *model)
{
  begin (builder, "capabilities");
  add_boolean (builder, "video_generation", TRUE);
  /* The service also does this for models that need a source clip. */
  add_boolean (builder, "text_to_video", model->image != SIM_MEDIA_REQUIRED);
  add_boolean (builder, "image_to_video", model->image != SIM_MEDIA_NO);
  add_boolean (builder, "video_to_video", model->video != SIM_MEDIA_NO);
  add_boolean (builder, "audio_input", model->audio != SIM_MEDIA_NO);
  add_boolean (builder, "audio_generation", TRUE);
  add_boolean (builder, "nsfw", FALSE);
  json_builder_end_object (builder);
}

static const char *
field_type_name (const SimField *field)
{
  switch (field->type) {
    case SIM_FIELD_CHOICE:
      return "select";
    case SIM_FIELD_DIGITS:
    case SIM_FIELD_SECONDS:
      return "string";
    case SIM_FIELD_INTEGER:
    case SIM_FIELD_NUMBER:
      return "number";
    case SIM_FIELD_BOOLEAN:
      return "switch";
    case SIM_FIELD_TEXT:
      return "text";
  }
  return NULL;
}

static void
add_options (JsonBuilder *builder, const SimField *field)
{
  g_auto (GStrv) values = g_strsplit (field->values, "|", -1);

  json_builder_set_member_name (builder, "options");
  json_builder_begin_array (builder);
  for (guint i = 0; values[i]; i++) {
    json_builder_begin_object (builder);
    add_string (builder, "value", values[i]);
    add_string (builder, "label", values[i]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* The default of a switch is a boolean, that of a number a number. */
static void
add_default (JsonBuilder *builder, const char *name, const SimField *field)
{
  if (field->type == SIM_FIELD_BOOLEAN)
    add_boolean (builder, name, g_str_equal (field->initial, "true"));
  else if (field->type == SIM_FIELD_INTEGER || field->type == SIM_FIELD_NUMBER)
    add_double (builder, name, g_ascii_strtod (field->initial, NULL));
  else
    add_string (builder, name, field->initial);
}

static void
add_parameter (JsonBuilder *builder, const SimField *field)
{
  g_autofree char *label = g_strdelimit (g_strdup (field->name), "_", ' ');

  begin (builder, field->name);
  add_string (builder, "type", field_type_name (field));
  add_string (builder, "label", label);
  if (field->initial)
    add_default (builder, "default", field);
  if (field->type == SIM_FIELD_CHOICE)
    add_options (builder, field);
  if (field->min < field->max) {
    add_double (builder, "min", field->min);
    add_double (builder, "max", field->max);
  }
  json_builder_end_object (builder);
}

/* For most models, the service does not list them. */
static void
add_media (JsonBuilder *builder, const SimModel *model)
{
  const char *names[] = { model->last_image, model->references };

  for (guint i = 0; model->lists_media && i < G_N_ELEMENTS (names); i++) {
    if (!names[i])
      continue;
    begin (builder, names[i]);
    add_string (builder, "type", "string");
    json_builder_end_object (builder);
  }
}

static void
add_parameters (JsonBuilder *builder, const SimModel *model)
{
  begin (builder, "supported_parameters");
  begin (builder, "parameters");
  for (const SimField *field = model->fields; field->name; field++)
    add_parameter (builder, field);
  add_media (builder, model);
  json_builder_end_object (builder);
  begin (builder, "defaults");
  for (const SimField *field = model->fields; field->name; field++) {
    if (field->initial)
      add_default (builder, field->name, field);
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_model (JsonBuilder *builder, const SimModel *model, gint64 fixed_price,
    gboolean detailed)
{
  json_builder_begin_object (builder);
  add_string (builder, "id", model->slug);
  add_string (builder, "object", "model");
  json_builder_set_member_name (builder, "created");
  json_builder_add_int_value (builder, 0);
  add_string (builder, "owned_by", "nanogpt-simulator");
  if (detailed) {
    add_string (builder, "name", model->name);
    add_string (builder, "description", "A simulated model");
    add_architecture (builder, model);
    add_pricing (builder, model, fixed_price);
    add_capabilities (builder, model);
    add_parameters (builder, model);
    add_string (builder, "category", "video");
  }
  json_builder_end_object (builder);
}

SimResponse *
sim_catalog_response (gint64 fixed_price, gboolean detailed)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *now = sim_job_format_time (g_get_real_time ());
  guint n_models;
  const SimModel *models = sim_models (&n_models);

  json_builder_begin_object (builder);
  add_string (builder, "object", "list");
  json_builder_set_member_name (builder, "data");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_models; i++)
    add_model (builder, &models[i], fixed_price, detailed);
  json_builder_end_array (builder);
  if (detailed) {
    begin (builder, "meta");
    json_builder_set_member_name (builder, "count");
    json_builder_add_int_value (builder, n_models);
    add_string (builder, "generated_at", now);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
  return sim_response_new_json (200, builder);
}
