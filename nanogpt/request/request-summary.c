/* nanovid: summary of the request fields that affect price and time
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "request-summary.h"

#include <string.h>

#include "media-names.h"
#include "nanogpt/base/json.h"

#define SETTING_MAX 64 /* bytes; a longer value is content */
#define TEXT_MAX 200   /* bytes of nanogpt_request_summary_to_text() */

static const char *const left_out[] = { "model", "prompt", "negative_prompt",
  "script", "directorNotes", "soundEffectPrompt", "seed", "conversationUUID",
  NULL };

/* One name for each kind of medium, whatever the model calls it; no field of a
 * request has such a name. */
static const char *const media_names[NANOGPT_N_MEDIA_ROLES] = {
  [NANOGPT_MEDIA_IMAGE] = "image",
  [NANOGPT_MEDIA_LAST_IMAGE] = "last-image",
  [NANOGPT_MEDIA_REFERENCE_IMAGE] = "reference-images",
  [NANOGPT_MEDIA_VIDEO] = "source-video",
  [NANOGPT_MEDIA_AUDIO] = "source-audio",
};

static gboolean
is_content (const char *text)
{
  return strlen (text) > SETTING_MAX || g_str_has_prefix (text, "data:")
      || strstr (text, "://") != NULL;
}

static gboolean
holds_content (JsonNode *node)
{
  g_autoptr (GList) children = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    children = json_object_get_values (json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    children = json_array_get_elements (json_node_get_array (node));
  else if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    return is_content (json_node_get_string (node));

  for (GList *l = children; l; l = l->next) {
    if (holds_content (l->data))
      return TRUE;
  }
  return FALSE;
}

static void
add_medium (JsonObject *summary, NanogptMediaRole role, JsonNode *value)
{
  if (role != NANOGPT_MEDIA_REFERENCE_IMAGE)
    json_object_set_null_member (summary, media_names[role]);
  else
    json_object_set_int_member (summary, media_names[role],
        JSON_NODE_HOLDS_ARRAY (value)
            ? json_array_get_length (json_node_get_array (value))
            : 1);
}

static void
add (JsonObject *summary, const char *name, JsonNode *value)
{
  NanogptMediaRole role;

  if (JSON_NODE_HOLDS_NULL (value) || g_strv_contains (left_out, name))
    return;
  if (nanogpt_media_names_find (name, &role)
      && nanogpt_media_names_is_medium (value))
    add_medium (summary, role, value);
  else if (!holds_content (value) && !g_str_has_suffix (name, "AttachmentId"))
    json_object_set_member (summary, name, json_node_copy (value));
  else if (JSON_NODE_HOLDS_ARRAY (value))
    json_object_set_int_member (
        summary, name, json_array_get_length (json_node_get_array (value)));
  else
    json_object_set_null_member (summary, name);
}

static void
add_seconds (JsonObject *summary, const NanogptMedia *media)
{
  NanogptMediaRole role = nanogpt_media_get_role (media);
  double seconds = nanogpt_media_get_seconds (media);

  if ((role == NANOGPT_MEDIA_VIDEO || role == NANOGPT_MEDIA_AUDIO)
      && seconds >= 0 && json_object_has_member (summary, media_names[role]))
    json_object_set_double_member (summary, media_names[role], seconds);
}

JsonObject *
nanogpt_request_summary_new (JsonObject *body, GPtrArray *media)
{
  JsonObject *summary = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, body);
  while (json_object_iter_next (&iter, &name, &value))
    add (summary, name, value);
  for (guint i = 0; i < media->len; i++)
    add_seconds (summary, media->pdata[i]);
  return summary;
}

gboolean
nanogpt_request_summary_is_media (const char *name)
{
  for (guint i = 0; i < NANOGPT_N_MEDIA_ROLES; i++) {
    if (strcmp (name, media_names[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static char *
digest (const char *text)
{
  g_autofree char *sum =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("#%.16s", sum);
}

/* Blanks separate the words, and `=` separates a name from its value. */
static void
append_word (GString *text, const char *word, const char *kept)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append_uri_escaped (text, word, kept, TRUE);
}

static void
append_setting (GString *text, const char *name, JsonNode *value)
{
  g_autofree char *json = NULL;
  g_autofree char *sum = NULL;

  append_word (text, name, "/:,;@");
  g_string_append_c (text, '=');
  if (JSON_NODE_HOLDS_VALUE (value)
      && json_node_get_value_type (value) == G_TYPE_STRING) {
    g_string_append_uri_escaped (
        text, json_node_get_string (value), "/:,;@=+*()", TRUE);
    return;
  }
  json = nanogpt_json_write (value);
  if (strlen (json) > SETTING_MAX)
    sum = digest (json);
  g_string_append_uri_escaped (
      text, sum ? sum : json, "#/:,;@=+*()[]{}\"", TRUE);
}

char *
nanogpt_request_summary_to_text (JsonObject *summary, const char *model)
{
  g_autoptr (GList) names =
      g_list_sort (json_object_get_members (summary), (GCompareFunc)strcmp);
  g_autoptr (GString) text = g_string_new (NULL);

  append_word (text, model, "/:,;@=+*()");
  for (GList *l = names; l; l = l->next) {
    if (!json_object_get_null_member (summary, l->data))
      append_setting (text, l->data, json_object_get_member (summary, l->data));
  }
  for (GList *l = names; l; l = l->next) {
    if (json_object_get_null_member (summary, l->data))
      append_word (text, l->data, "/:,;@");
  }
  if (text->len > TEXT_MAX)
    return digest (text->str);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
