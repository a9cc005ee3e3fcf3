/* nanovid: adds media to the body of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "request-media.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "media-names.h"
#include "models.h"
#include "nanogpt/base/error.h"

static const struct
{
  const char *subject;
  const char *several;
} texts[NANOGPT_N_MEDIA_ROLES] = {
  [NANOGPT_MEDIA_IMAGE] = { N_ ("The input image"), N_ ("input images") },
  [NANOGPT_MEDIA_LAST_IMAGE] = { N_ ("The last image"), N_ ("last images") },
  [NANOGPT_MEDIA_REFERENCE_IMAGE] = { N_ ("A reference image"),
      N_ ("reference images") },
  [NANOGPT_MEDIA_VIDEO] = { N_ ("The source video"), N_ ("source videos") },
  [NANOGPT_MEDIA_AUDIO] = { N_ ("The sound"), N_ ("sounds") },
};

static gboolean
is_https (const char *text)
{
  g_autoptr (GUri) url = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);
  const char *host = url ? g_uri_get_host (url) : NULL;

  return host && *host != '\0' && strcmp (g_uri_get_scheme (url), "https") == 0;
}

static gboolean
check_medium (const NanogptMedia *media, GError **error)
{
  NanogptMediaRole role = nanogpt_media_get_role (media);
  const NanogptMediaProperties *properties =
      nanogpt_media_get_properties (role);
  const char *url = nanogpt_media_get_url (media);

  if (url && !g_utf8_validate (url, -1, NULL)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The property %s is not UTF-8"), properties->url);
    return FALSE;
  }
  if (url && !is_https (url)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The property %s is not an https URL, which the service needs to "
           "fetch the file: for a local file, use %s"),
        properties->url, properties->location);
    return FALSE;
  }
  if (url || nanogpt_media_get_mime_type (media))
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      /* Translators: "The input image" and the like, "a JPEG … image". */
      _ ("%s is not %s"), _ (texts[role].subject),
      nanogpt_media_describe_types (role));
  return FALSE;
}

static const char *
get_name (const char *model, const NanogptMedia *media)
{
  NanogptMediaRole role = nanogpt_media_get_role (media);
  gboolean is_url = nanogpt_media_get_url (media) != NULL;
  const char *name = nanogpt_model_get_media_name (model, role, is_url);
  const NanogptMediaNames *names = nanogpt_media_names_get (role);

  return name ? name : is_url ? names->url : names->data;
}

/* Null also replaces a medium: that is how a field is removed. */
static gboolean
is_replaced (JsonObject *extra, const char *model, const NanogptMedia *media)
{
  return json_object_has_member (extra, get_name (model, media))
      || nanogpt_media_names_has (extra, nanogpt_media_get_role (media));
}

static gboolean
add_medium (JsonObject *body, const char *model, const NanogptMedia *media,
    GError **error)
{
  NanogptMediaRole role = nanogpt_media_get_role (media);
  const char *name = get_name (model, media);
  g_autofree char *value = NULL;

  if (!check_medium (media, error))
    return FALSE;
  value = nanogpt_media_dup_value (media);
  if (role == NANOGPT_MEDIA_REFERENCE_IMAGE) {
    if (!json_object_has_member (body, name))
      json_object_set_array_member (body, name, json_array_new ());
    json_array_add_string_element (
        json_object_get_array_member (body, name), value);
    return TRUE;
  }
  if (nanogpt_media_names_has (body, role)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("There are two %s: the service accepts only one"),
        _ (texts[role].several));
    return FALSE;
  }
  json_object_set_string_member (body, name, value);
  if (role == NANOGPT_MEDIA_AUDIO && nanogpt_media_get_seconds (media) >= 0)
    json_object_set_double_member (
        body, "audioDuration", nanogpt_media_get_seconds (media));
  return TRUE;
}

gboolean
nanogpt_request_media_add (JsonObject *body, JsonObject *extra,
    const char *model, GPtrArray *media, GPtrArray *sent, guint *open,
    GPtrArray *warnings, GError **error)
{
  guint counts[NANOGPT_N_MEDIA_ROLES] = { 0 };

  for (guint i = 0; media && i < media->len; i++) {
    NanogptMedia *medium = media->pdata[i];
    NanogptMediaRole role = nanogpt_media_get_role (medium);

    if (is_replaced (extra, model, medium))
      continue;
    if (!add_medium (body, model, medium, error))
      return FALSE;
    g_ptr_array_add (sent, nanogpt_media_ref (medium));
    counts[role]++;
    if (!nanogpt_model_get_media_name (model, role, FALSE))
      *open |= 1u << role;
  }
  for (guint i = 0; i < NANOGPT_N_MEDIA_ROLES; i++) {
    if (!nanogpt_model_check_media (model, i, counts[i], warnings, error))
      return FALSE;
  }
  return TRUE;
}

void
nanogpt_request_media_identify (
    JsonObject *body, const char *model, const char *identity)
{
  const char *name =
      nanogpt_model_get_media_name (model, NANOGPT_MEDIA_IMAGE, FALSE);

  if (!name)
    name = nanogpt_media_names_get (NANOGPT_MEDIA_IMAGE)->data;
  if (json_object_has_member (body, name))
    json_object_set_string_member (body, name, identity);
}

static gsize
measure_node (JsonNode *node)
{
  g_autoptr (GList) children = NULL;
  gsize sum = 0;

  if (JSON_NODE_HOLDS_OBJECT (node))
    children = json_object_get_values (json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    children = json_array_get_elements (json_node_get_array (node));
  else if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING
      && g_str_has_prefix (json_node_get_string (node), "data:"))
    return strlen (json_node_get_string (node));

  for (GList *l = children; l; l = l->next)
    sum += measure_node (l->data);
  return sum;
}

gsize
nanogpt_request_media_measure (JsonObject *object)
{
  JsonObjectIter iter;
  JsonNode *value;
  gsize sum = 0;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, NULL, &value))
    sum += measure_node (value);
  return sum;
}
