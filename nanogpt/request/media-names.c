/* nanovid: names of the media fields in requests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media-names.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "nanogpt/base/json.h"

static const char *const image_names[] = { "image", "image_data_url",
  "imageAttachmentId", NULL };
static const char *const last_image_names[] = { "end_image", "image_tail",
  NULL };
static const char *const reference_names[] = { "reference_images",
  "reference_image_urls", NULL };
static const char *const video_names[] = { "video", "videoAttachmentId", NULL };
static const char *const audio_names[] = { "audio", NULL };

static const NanogptMediaNames all_names[NANOGPT_N_MEDIA_ROLES] = {
  [NANOGPT_MEDIA_IMAGE] = { "imageUrl", "imageDataUrl", image_names },
  [NANOGPT_MEDIA_LAST_IMAGE] = { "last_image", "last_image", last_image_names },
  [NANOGPT_MEDIA_REFERENCE_IMAGE] = { "referenceImages", "referenceImages",
      reference_names },
  [NANOGPT_MEDIA_VIDEO] = { "videoUrl", "videoDataUrl", video_names },
  [NANOGPT_MEDIA_AUDIO] = { "audioUrl", "audioDataUrl", audio_names },
};

const NanogptMediaNames *
nanogpt_media_names_get (NanogptMediaRole role)
{
  return &all_names[role];
}

static gboolean
is_name_of (const NanogptMediaNames *names, const char *name)
{
  return strcmp (name, names->url) == 0 || strcmp (name, names->data) == 0
      || g_strv_contains (names->others, name);
}

gboolean
nanogpt_media_names_find (const char *name, NanogptMediaRole *role)
{
  for (guint i = 0; i < NANOGPT_N_MEDIA_ROLES; i++) {
    if (is_name_of (&all_names[i], name)) {
      *role = i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
nanogpt_media_names_is_medium (JsonNode *node)
{
  return node && !JSON_NODE_HOLDS_NULL (node)
      && !(JSON_NODE_HOLDS_VALUE (node)
          && json_node_get_value_type (node) == G_TYPE_BOOLEAN);
}

static gboolean
holds_medium (JsonObject *object, const char *name)
{
  return nanogpt_media_names_is_medium (json_object_get_member (object, name));
}

gboolean
nanogpt_media_names_has (JsonObject *object, NanogptMediaRole role)
{
  const NanogptMediaNames *names = &all_names[role];

  if (holds_medium (object, names->url) || holds_medium (object, names->data))
    return TRUE;
  for (guint i = 0; names->others[i]; i++) {
    if (holds_medium (object, names->others[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_listed (JsonObject *listed, const char *name)
{
  JsonNode *node = json_object_get_member (listed, name);
  const char *type = node && JSON_NODE_HOLDS_OBJECT (node)
      ? nanogpt_json_get_string (json_node_get_object (node), "type")
      : NULL;

  return node && g_strcmp0 (type, "boolean") != 0
      && g_strcmp0 (type, "switch") != 0;
}

const char *
nanogpt_media_names_choose (
    JsonObject *listed, NanogptMediaRole role, gboolean is_url)
{
  const NanogptMediaNames *names = &all_names[role];

  if (!listed)
    return NULL;
  if (is_listed (listed, names->url) || is_listed (listed, names->data))
    return is_url ? names->url : names->data;
  for (guint i = 0; names->others[i]; i++) {
    if (!g_str_has_suffix (names->others[i], "AttachmentId")
        && is_listed (listed, names->others[i]))
      return names->others[i];
  }
  return NULL;
}
