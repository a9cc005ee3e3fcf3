/* nanovid: parses models.json, the table of the models' rules
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-table.h"

#include <string.h>

#include "nanogpt/base/json.h"
#include "nanogpt-resources.h"

/* The service ignores fields that a model does not have, but charges for the
 * clip.  So a field that is certainly useless is refused before it costs
 * anything.  Fields that some document grants to models in general are also
 * sent to models that are not known to have them. */
static const NanogptFieldInfo infos[NANOGPT_N_FIELDS] = {
  [NANOGPT_FIELD_NEGATIVE_PROMPT] = { "negative-prompt", "negative_prompt",
      NANOGPT_WARN },
  [NANOGPT_FIELD_DURATION] = { "duration", "duration", NANOGPT_REFUSE },
  [NANOGPT_FIELD_ASPECT_RATIO] = { "aspect-ratio", "aspect_ratio",
      NANOGPT_REFUSE },
  [NANOGPT_FIELD_RESOLUTION] = { "resolution", "resolution", NANOGPT_WARN },
  [NANOGPT_FIELD_SEED] = { "seed", "seed", NANOGPT_WARN },
  [NANOGPT_FIELD_NUM_FRAMES] = { "num-frames", "num_frames", NANOGPT_REFUSE },
  [NANOGPT_FIELD_FRAMES_PER_SECOND] = { "frames-per-second",
      "frames_per_second", NANOGPT_REFUSE },
  [NANOGPT_FIELD_NUM_INFERENCE_STEPS] = { "num-inference-steps",
      "num_inference_steps", NANOGPT_REFUSE },
  [NANOGPT_FIELD_CFG_SCALE] = { "cfg-scale", "cfg_scale", NANOGPT_REFUSE },
  [NANOGPT_FIELD_PRO_MODE] = { "pro-mode", "pro_mode", NANOGPT_REFUSE },
  [NANOGPT_FIELD_CAMERA_FIXED] = { "camera-fixed", "camera_fixed",
      NANOGPT_REFUSE },
  [NANOGPT_FIELD_SHOW_EXPLICIT_CONTENT] = { "show-explicit-content",
      "showExplicitContent", NANOGPT_WARN },
  [NANOGPT_FIELD_GENERATE_AUDIO] = { "generate-audio", "generateAudio",
      NANOGPT_WARN },
  [NANOGPT_FIELD_OPERATION] = { "operation", "mode", NANOGPT_WARN },
};

/* A member that an object of the file may have, and its type as
 * json_node_type_name() names it. */
typedef struct
{
  const char *name;
  const char *type; /* NULL if there are several */
} Member;

static const Member table_members[] = { { "models", "JsonArray" }, { 0 } };
static const Member model_members[] = { { "slug", "String" },
  { "complete", "Boolean" }, { "media", "JsonObject" },
  { "fields", "JsonObject" }, { 0 } };
static const Member medium_members[] = { { "use", "String" },
  { "wire", "String" }, { "maximum", "Integer" }, { 0 } };
static const Member field_members[] = { { "taken", NULL },
  { "documented", NULL }, { "wire", "String" }, { "suffix", "String" },
  { "spelling", "JsonObject" }, { "default", "String" }, { 0 } };

static const char *const media_uses[] = { [NANOGPT_USE_OPTIONAL] = "optional",
  [NANOGPT_USE_REQUIRED] = "required",
  [NANOGPT_USE_ADVISABLE] = "advisable",
  [NANOGPT_USE_REFUSED] = "refused" };

const NanogptFieldInfo *
nanogpt_field_get_info (NanogptField field)
{
  return &infos[field];
}

static void
values_free (NanogptValues *values)
{
  if (!values)
    return;
  g_strfreev (values->items);
  g_free (values);
}

static void
rules_free (NanogptModelRules *rules)
{
  for (guint i = 0; i < NANOGPT_N_FIELDS; i++) {
    values_free (rules->fields[i].taken);
    values_free (rules->fields[i].documented);
    g_free (rules->fields[i].wire);
    g_free (rules->fields[i].suffix);
    g_clear_pointer (&rules->fields[i].spelling, g_variant_unref);
    g_free (rules->fields[i].initial);
  }
  for (guint i = 0; i < NANOGPT_N_MEDIA_ROLES; i++)
    g_free (rules->media[i].wire);
  g_free (rules->slug);
  g_free (rules);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptModelRules, rules_free)

static gboolean set_table_error (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
set_table_error (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
      g_error_new_valist (
          G_IO_ERROR, G_IO_ERROR_INVALID_DATA, format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
check_members (JsonObject *object, const Member *members, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value)) {
    const Member *member = members;

    while (member->name && strcmp (member->name, name) != 0)
      member++;
    if (!member->name)
      return set_table_error (error, "%s is not known", name);
    if (member->type && strcmp (member->type, json_node_type_name (value)) != 0)
      return set_table_error (
          error, "%s has to be of the type %s", name, member->type);
  }
  return TRUE;
}

static gboolean
is_range (char **items)
{
  double ends[2];

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    char *end;

    if (!items[i])
      return FALSE;
    ends[i] = g_ascii_strtod (items[i], &end);
    if (end == items[i] || *end != '\0')
      return FALSE;
  }
  return ends[0] < ends[1];
}

static gboolean
read_values (JsonObject *object, const char *name, NanogptValues **values,
    GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *range = nanogpt_json_get_string (object, name);
  g_autoptr (GVariant) list = NULL;

  if (!node)
    return TRUE;
  *values = g_new0 (NanogptValues, 1);
  if (range) {
    (*values)->items = g_strsplit (range, "..", 2);
    (*values)->is_range = TRUE;
    return is_range ((*values)->items)
        || set_table_error (error, "%s is no range: %s", name, range);
  }
  list = json_gvariant_deserialize (node, "as", error);
  if (!list)
    return FALSE;
  (*values)->items = g_variant_dup_strv (list, NULL);
  return TRUE;
}

static gboolean
read_field (JsonObject *object, NanogptFieldRule *rule, GError **error)
{
  JsonNode *spelling = json_object_get_member (object, "spelling");

  if (!check_members (object, field_members, error)
      || !read_values (object, "taken", &rule->taken, error)
      || !read_values (object, "documented", &rule->documented, error))
    return FALSE;
  rule->is_known = TRUE;
  rule->wire = g_strdup (nanogpt_json_get_string (object, "wire"));
  rule->suffix = g_strdup (nanogpt_json_get_string (object, "suffix"));
  rule->initial = g_strdup (nanogpt_json_get_string (object, "default"));
  if (!spelling)
    return TRUE;
  rule->spelling = json_gvariant_deserialize (spelling, "a{ss}", error);
  return rule->spelling && g_variant_ref_sink (rule->spelling);
}

static gboolean
read_fields (JsonObject *object, NanogptFieldRule *rules, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value)) {
    guint i = 0;

    while (i < NANOGPT_N_FIELDS && strcmp (infos[i].property, name) != 0)
      i++;
    if (i == NANOGPT_N_FIELDS)
      return set_table_error (error, "no field is called %s", name);
    if (!JSON_NODE_HOLDS_OBJECT (value))
      return set_table_error (error, "%s is no object", name);
    if (!read_field (json_node_get_object (value), &rules[i], error)) {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_medium (JsonObject *object, NanogptMediaRule *rule, GError **error)
{
  const char *use = nanogpt_json_get_string (object, "use");
  double maximum = 0;

  if (!check_members (object, medium_members, error))
    return FALSE;
  rule->use = NANOGPT_USE_OPTIONAL;
  rule->wire = g_strdup (nanogpt_json_get_string (object, "wire"));
  if (nanogpt_json_get_number (object, "maximum", &maximum))
    rule->maximum = (guint)CLAMP (maximum, 0, 100);
  if (!use)
    return TRUE;
  for (guint i = NANOGPT_USE_OPTIONAL; i < G_N_ELEMENTS (media_uses); i++) {
    if (strcmp (media_uses[i], use) == 0) {
      rule->use = i;
      return TRUE;
    }
  }
  return set_table_error (error, "a medium has no such use");
}

static gboolean
find_role (const char *property, NanogptMediaRole *role)
{
  for (guint i = 0; i < NANOGPT_N_MEDIA_ROLES; i++) {
    if (strcmp (nanogpt_media_get_properties (i)->name, property) == 0) {
      *role = i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
read_media (JsonObject *object, NanogptMediaRule *rules, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value)) {
    NanogptMediaRole role;

    if (!find_role (name, &role))
      return set_table_error (error, "no medium is called %s", name);
    if (!JSON_NODE_HOLDS_OBJECT (value))
      return set_table_error (error, "%s is no object", name);
    if (!read_medium (json_node_get_object (value), &rules[role], error)) {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  }
  return TRUE;
}

static NanogptModelRules *
read_model (JsonObject *object, GError **error)
{
  g_autoptr (NanogptModelRules) rules = g_new0 (NanogptModelRules, 1);
  JsonObject *media = nanogpt_json_get_object (object, "media");
  JsonObject *fields = nanogpt_json_get_object (object, "fields");

  rules->slug = g_strdup (nanogpt_json_get_string (object, "slug"));
  if (!rules->slug) {
    set_table_error (error, "a model has no slug");
    return NULL;
  }
  nanogpt_json_get_boolean (object, "complete", &rules->is_complete);
  if (!check_members (object, model_members, error)
      || (media && !read_media (media, rules->media, error))
      || (fields && !read_fields (fields, rules->fields, error))) {
    g_prefix_error (error, "%s: ", rules->slug);
    return NULL;
  }
  return g_steal_pointer (&rules);
}

static gboolean
add_model (GPtrArray *table, JsonNode *node, GError **error)
{
  g_autoptr (NanogptModelRules) rules = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return set_table_error (error, "a model is no object");
  rules = read_model (json_node_get_object (node), error);
  if (!rules)
    return FALSE;
  if (nanogpt_model_table_find (table, rules->slug))
    return set_table_error (error, "%s: a row before it has it", rules->slug);
  g_ptr_array_add (table, g_steal_pointer (&rules));
  return TRUE;
}

GPtrArray *
nanogpt_model_table_parse (GBytes *text, GError **error)
{
  g_autoptr (GPtrArray) table =
      g_ptr_array_new_with_free_func ((GDestroyNotify)rules_free);
  g_autoptr (JsonObject) root = nanogpt_json_parse (
      g_bytes_get_data (text, NULL), g_bytes_get_size (text), "models.json",
      NANOGPT_ERROR_BAD_RESPONSE, error);
  JsonArray *models = nanogpt_json_get_array (root, "models");

  if (!root || !check_members (root, table_members, error))
    return NULL;
  for (guint i = 0; models && i < json_array_get_length (models); i++) {
    if (!add_model (table, json_array_get_element (models, i), error))
      return NULL;
  }
  return g_steal_pointer (&table);
}

static gpointer
read_resource (gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = g_resource_lookup_data (nanogpt_get_resource (),
      "/nanogpt/models.json", G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  GPtrArray *table = text ? nanogpt_model_table_parse (text, &error) : NULL;

  /* The file is part of this program, and its tests read it. */
  if (!table)
    g_error ("%s", error->message);
  return table;
}

GPtrArray *
nanogpt_model_table_get (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, read_resource, NULL);
}

const NanogptModelRules *
nanogpt_model_table_find (GPtrArray *table, const char *slug)
{
  for (guint i = 0; i < table->len; i++) {
    const NanogptModelRules *rules = table->pdata[i];

    if (g_pattern_match_simple (rules->slug, slug))
      return rules;
  }
  return NULL;
}
