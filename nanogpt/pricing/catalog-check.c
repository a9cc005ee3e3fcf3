/* nanovid: checks a request against the service's list of models
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "catalog-check.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "nanogpt/base/json.h"
#include "model-info.h"
#include "nanogpt/request/listed-names.h"
#include "nanogpt/request/request-summary.h"
#include "nanogpt/base/text.h"

#define MAX_SUGGESTIONS 5
#define MAX_ALTERNATIVES 12
#define SHOWN_MAX 60  /* characters of a listed value */
#define SLUG_MAX 128  /* bytes of slugs that are compared */
#define FAMILY_MIN 3  /* bytes that say something about a slug */
#define FAR_AWAY 1000 /* a distance that no slugs have */

static char *
show (const char *text)
{
  char *shown = nanogpt_text_clean (text, SHOWN_MAX);

  return shown ? shown : g_strdup ("?");
}

/* "5, 10 or 15" */
static char *
join_values (GPtrArray *words, const char *conjunction)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint length = MIN (words->len, MAX_ALTERNATIVES);

  for (guint i = 0; i < length; i++) {
    g_autofree char *word = show (words->pdata[i]);

    if (i > 0 && i + 1 == words->len)
      g_string_append_printf (text, " %s ", conjunction);
    else if (i > 0)
      g_string_append (text, ", ");
    g_string_append (text, word);
  }
  if (length < words->len)
    g_string_append (text, ", …");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Names */

typedef struct
{
  const char *slug;
  guint distance;
} Suggestion;

static int
compare_suggestions (gconstpointer a, gconstpointer b)
{
  const Suggestion *first = a;
  const Suggestion *second = b;

  if (first->distance != second->distance)
    return first->distance < second->distance ? -1 : 1;
  return strcmp (first->slug, second->slug);
}

/* Returns: the number of letters to insert, delete or replace */
static guint
count_edits (const char *a, const char *b)
{
  guint row[SLUG_MAX + 1];
  gsize length = strlen (b);

  for (guint j = 0; j <= length; j++)
    row[j] = j;
  for (guint i = 1; a[i - 1] != '\0'; i++) {
    guint diagonal = row[0];

    row[0] = i;
    for (guint j = 1; j <= length; j++) {
      gboolean same = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]);
      guint edits = diagonal + (same ? 0 : 1);

      diagonal = row[j];
      row[j] = MIN (edits, MIN (row[j - 1], row[j]) + 1);
    }
  }
  return row[length];
}

static gboolean
is_same_family (const char *a, const char *b)
{
  gsize length = strcspn (a, "-./_ ");

  return length >= FAMILY_MIN && length == strcspn (b, "-./_ ")
      && g_ascii_strncasecmp (a, b, length) == 0;
}

static gboolean
contains (const char *text, const char *part)
{
  return strlen (part) >= FAMILY_MIN && strstr (text, part) != NULL;
}

/* Returns: the distance between @listed and what @slug may have meant, 0 if
 * they are unrelated */
static guint
measure_similarity (const char *slug, const char *listed)
{
  guint edits;

  if (strlen (slug) > SLUG_MAX || strlen (listed) > SLUG_MAX)
    return 0;
  edits = count_edits (slug, listed);
  if (contains (listed, slug) || contains (slug, listed)
      || edits <= strlen (slug) / 4)
    return 1 + edits;
  return is_same_family (slug, listed) ? FAR_AWAY + edits : 0;
}

static char *
suggest (const NanogptCatalog *catalog, const char *slug)
{
  g_autoptr (GList) slugs = nanogpt_catalog_get_slugs (catalog);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Suggestion));
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (GList *l = slugs; l; l = l->next) {
    Suggestion suggestion = { l->data, measure_similarity (slug, l->data) };

    if (suggestion.distance > 0)
      g_array_append_val (found, suggestion);
  }
  g_array_sort (found, compare_suggestions);
  for (guint i = 0; i < MIN (found->len, MAX_SUGGESTIONS); i++)
    g_ptr_array_add (words, (char *)g_array_index (found, Suggestion, i).slug);
  return words->len > 0 ? join_values (words, "and") : NULL;
}

static char *
tell_unlisted_model (const NanogptCatalog *catalog, const char *slug)
{
  g_autofree char *closest = suggest (catalog, slug);
  g_autofree char *shown = show (slug);

  if (!closest)
    return g_strdup_printf (
        _ ("The service lists no model %s, and none with a similar name"),
        shown);
  return g_strdup_printf (
      _ ("The service lists no model %s (similar: %s)"), shown, closest);
}

/* Inputs */

/* Returns: (transfer full): such as "text" and "image", none if the model info
 * does not say */
static GPtrArray *
list_inputs (JsonObject *info)
{
  GPtrArray *inputs = g_ptr_array_new_with_free_func (g_free);
  JsonObject *architecture = nanogpt_json_get_object (info, "architecture");
  JsonArray *array = nanogpt_json_get_array (architecture, "input_modalities");
  const char *modality = nanogpt_json_get_string (architecture, "modality");
  const char *arrow = modality ? strstr (modality, "->") : NULL;

  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    char *word =
        nanogpt_model_info_dup_scalar (json_array_get_element (array, i));

    if (word)
      g_ptr_array_add (inputs, word);
  }
  if (inputs->len == 0 && arrow) {
    g_autofree char *joined = g_strndup (modality, arrow - modality);
    g_auto (GStrv) words = g_strsplit (joined, "+", -1);

    for (guint i = 0; words[i]; i++)
      g_ptr_array_add (inputs, g_strdup (g_strstrip (words[i])));
  }
  return inputs;
}

static gboolean
has_input (GPtrArray *inputs, const char *word)
{
  return g_ptr_array_find_with_equal_func (inputs, word, g_str_equal, NULL);
}

static gboolean
is_about (const char *name, const char *word)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return strstr (lower, word) != NULL;
}

/* Whether a value may represent content that the summary left out, or its
 * length: it is about media, and not a switch. */
static gboolean
may_be_content (JsonNode *value)
{
  GType type = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_value_type (value)
                                             : G_TYPE_INVALID;

  return JSON_NODE_HOLDS_NULL (value) || type == G_TYPE_INT64
      || type == G_TYPE_DOUBLE;
}

static gboolean
has_media (JsonObject *summary, const char *word)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, summary);
  while (json_object_iter_next (&iter, &name, &value)) {
    if ((may_be_content (value) || nanogpt_request_summary_is_media (name))
        && is_about (name, word))
      return TRUE;
  }
  return FALSE;
}

static gboolean
needs_image (JsonObject *info, GPtrArray *inputs)
{
  JsonObject *capabilities = nanogpt_json_get_object (info, "capabilities");
  gboolean from_text = TRUE;
  gboolean from_image = FALSE;

  nanogpt_json_get_boolean (capabilities, "text_to_video", &from_text);
  nanogpt_json_get_boolean (capabilities, "image_to_video", &from_image);
  return (!from_text && from_image)
      || (has_input (inputs, "image") && !has_input (inputs, "text")
          && !has_input (inputs, "video"));
}

static void
check_inputs (GPtrArray *warnings, const char *model, JsonObject *info,
    JsonObject *summary)
{
  g_autoptr (GPtrArray) inputs = list_inputs (info);
  gboolean has_image = has_media (summary, "image");
  g_autofree char *shown = show (model);
  g_autofree char *listed = join_values (inputs, "and");

  if (has_image && inputs->len > 0 && !has_input (inputs, "image"))
    g_ptr_array_add (warnings,
        g_strdup_printf (
            _ ("The service lists model %s as accepting %s, but no image: it "
               "may refuse or ignore the image"),
            shown, listed));
  if (!has_image && needs_image (info, inputs))
    g_ptr_array_add (warnings,
        g_strdup_printf (
            _ ("The service lists model %s as one that makes a clip from an "
               "image: it may refuse a request without one"),
            shown));
  /* Such models are listed as if they accepted only text. */
  if (has_input (inputs, "video") && !has_input (inputs, "image")
      && !has_media (summary, "video"))
    g_ptr_array_add (warnings,
        g_strdup_printf (_ ("The service lists model %s as one that works on a "
                            "video: it may refuse a request without one"),
            shown));
}

/* Fields */

static char *
describe_values (const NanogptModelInfoField *field)
{
  g_autofree char *min = nanogpt_model_info_dup_number (field->min);
  g_autofree char *max = nanogpt_model_info_dup_number (field->max);

  if (field->options->len > 0)
    return join_values (field->options, "or");
  if (isinf (field->min))
    return g_strconcat (max, " at most", NULL);
  if (isinf (field->max))
    return g_strconcat (min, " at least", NULL);
  return g_strconcat (min, " to ", max, NULL);
}

static char *
tell_value (const char *model, const char *name,
    const NanogptModelInfoField *field, const char *value)
{
  g_autofree char *shown = show (model);
  g_autofree char *word = show (name);
  g_autofree char *sent = show (value);
  g_autofree char *taken = describe_values (field);

  /* Translators: model, list of values, field, value. */
  return g_strdup_printf (_ ("The service lists model %s with %s for %s: %s is "
                             "sent, but may be refused or ignored"),
      shown, taken, word, sent);
}

static char *
tell_unlisted_field (
    const char *model, const char *name, JsonObject *parameters)
{
  g_autofree char *shown = show (model);
  g_autofree char *word = show (name);
  g_autoptr (GList) members = json_object_get_members (parameters);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *listed = NULL;

  for (GList *l = members; l; l = l->next)
    g_ptr_array_add (names, l->data);
  listed = join_values (names, "and");
  return g_strdup_printf (_ ("The service lists model %s without %s, which is "
                             "sent, but may be ignored: it has %s"),
      shown, word, listed);
}

/* Model info usually has no media. */
static gboolean
is_expected_in_model_info (const char *name, JsonNode *value)
{
  return !may_be_content (value)
      || !(is_about (name, "image") || is_about (name, "video")
          || is_about (name, "audio"));
}

static void
check_field (GPtrArray *warnings, const char *model, JsonObject *info,
    const char *name, JsonNode *value)
{
  JsonObject *parameters = nanogpt_model_info_get_parameters (info);
  g_autoptr (NanogptModelInfoField) field =
      nanogpt_model_info_field_new (info, name);
  g_autofree char *text = nanogpt_model_info_dup_scalar (value);

  if (parameters && !field->is_listed
      && is_expected_in_model_info (name, value))
    g_ptr_array_add (warnings, tell_unlisted_field (model, name, parameters));
  else if (text && !nanogpt_model_info_field_takes (field, text))
    g_ptr_array_add (warnings, tell_value (model, name, field, text));
}

GPtrArray *
nanogpt_catalog_check (
    const NanogptCatalog *catalog, const NanogptRequest *request)
{
  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);
  const char *model = nanogpt_request_get_model (request);
  JsonObject *info = nanogpt_catalog_get_model_info (catalog, model);
  g_autoptr (JsonObject) summary = nanogpt_listed_names_dup_summary (
      request, nanogpt_model_info_get_parameters (info));
  g_autoptr (GList) names =
      g_list_sort (json_object_get_members (summary), (GCompareFunc)strcmp);

  if (!info) {
    g_ptr_array_add (warnings, tell_unlisted_model (catalog, model));
    return warnings;
  }
  check_inputs (warnings, model, info, summary);
  for (GList *l = names; l; l = l->next) {
    JsonNode *value = json_object_get_member (summary, l->data);

    if (warnings->len >= NANOGPT_CATALOG_MAX_WARNINGS)
      break;
    if (!JSON_NODE_HOLDS_NULL (value)
        && !nanogpt_request_summary_is_media (l->data))
      check_field (warnings, model, info, l->data, value);
  }
  return warnings;
}
