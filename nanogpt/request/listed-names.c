/* nanovid: names request fields as the service's list of models does
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "listed-names.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "media-names.h"
#include "models.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/json.h"

/* Roles whose medium would be ignored, but charged, by a model that does not
 * list it. */
#define NAMED_BY_MODELS_ONLY                                                   \
  (1u << NANOGPT_MEDIA_LAST_IMAGE | 1u << NANOGPT_MEDIA_REFERENCE_IMAGE)

/* The models' names for the audio switch, the most common one first. */
static const char *const audio_switches[] = { "generateAudio", "generate_audio",
  "sound", "enable_audio", "save_audio" };

/* A member that exists already is the user's choice, from parameters. */
static void
rename_member (JsonObject *body, const char *from, const char *to)
{
  JsonNode *value = json_object_get_member (body, from);

  if (!value || !to || strcmp (from, to) == 0)
    return;
  if (!json_object_has_member (body, to))
    json_object_set_member (body, to, json_node_copy (value));
  json_object_remove_member (body, from);
}

static gboolean
name_medium (JsonObject *body, const NanogptRequest *request,
    NanogptMediaRole role, JsonObject *listed, GError **error)
{
  const NanogptMediaNames *names = nanogpt_media_names_get (role);
  const char *url = nanogpt_media_names_choose (listed, role, TRUE);
  const char *data = nanogpt_media_names_choose (listed, role, FALSE);

  if (!url && NAMED_BY_MODELS_ONLY & (1u << role)) {
    nanogpt_model_refuse_media (
        nanogpt_request_get_model (request), role, error);
    return FALSE;
  }
  rename_member (body, names->url, url);
  rename_member (body, names->data, data);
  return TRUE;
}

static void
name_audio_switch (JsonObject *body, JsonObject *listed)
{
  for (guint i = 0; listed && i < G_N_ELEMENTS (audio_switches); i++) {
    if (json_object_has_member (listed, audio_switches[i])) {
      rename_member (body, audio_switches[0], audio_switches[i]);
      return;
    }
  }
}

gboolean
nanogpt_listed_names_are_needed (const NanogptRequest *request)
{
  return (nanogpt_request_get_open_names (request) & NAMED_BY_MODELS_ONLY) != 0;
}

GBytes *
nanogpt_listed_names_apply (
    const NanogptRequest *request, JsonObject *listed, GError **error)
{
  GBytes *bytes = nanogpt_request_get_body (request);
  guint open = nanogpt_request_get_open_names (request);
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (JsonNode) root = NULL;
  char *text;

  if (open == 0)
    return g_bytes_ref (bytes);
  body = nanogpt_json_parse (g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes), "The request", NANOGPT_ERROR_INVALID_REQUEST,
      error);
  if (!body)
    return NULL;
  for (guint role = 0; role < NANOGPT_N_MEDIA_ROLES; role++) {
    if (open & (1u << role)
        && !name_medium (body, request, role, listed, error))
      return NULL;
  }
  if (open & NANOGPT_OPEN_AUDIO_SWITCH)
    name_audio_switch (body, listed);
  root = json_node_init_object (json_node_alloc (), body);
  text = nanogpt_json_write (root);
  return g_bytes_new_take (text, strlen (text));
}

JsonObject *
nanogpt_listed_names_dup_summary (
    const NanogptRequest *request, JsonObject *listed)
{
  JsonObject *summary = nanogpt_request_get_summary (request);
  JsonObject *copy;
  g_autoptr (GList) names = NULL;

  if (!(nanogpt_request_get_open_names (request) & NANOGPT_OPEN_AUDIO_SWITCH))
    return json_object_ref (summary);
  copy = json_object_new ();
  names = json_object_get_members (summary);
  for (GList *l = names; l; l = l->next)
    json_object_set_member (
        copy, l->data, json_object_dup_member (summary, l->data));
  name_audio_switch (copy, listed);
  return copy;
}
