/* nanovid: the property "parameters": additional request fields as JSON
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "extra.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "media-names.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/json.h"

gboolean
nanogpt_extra_check_size (gsize size, GError **error)
{
  if (size <= NANOGPT_REQUEST_MAX_SIZE)
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      _ ("The request is %.2f MB, but the service accepts at most %.2f MB: "
         "use smaller media, or put them on a server and send their URLs"),
      size / 1e6, NANOGPT_REQUEST_MAX_SIZE / 1e6);
  return FALSE;
}

JsonObject *
nanogpt_extra_parse (const char *text, GError **error)
{
  g_autoptr (JsonObject) extra = NULL;

  if (!text || text[strspn (text, " \t\r\n")] == '\0')
    return json_object_new ();
  if (!nanogpt_extra_check_size (strlen (text), error))
    return NULL;
  extra = nanogpt_json_parse (text, strlen (text),
      _ ("The property parameters"), NANOGPT_ERROR_INVALID_REQUEST, error);
  if (!extra)
    return NULL;
  if (json_object_has_member (extra, "model")) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The property parameters contains a model: set the property model "
           "instead, so that the model's rules are checked"));
    return NULL;
  }
  return g_steal_pointer (&extra);
}

/* Files that a request names */

/* The files of one field while they are being loaded. */
typedef struct
{
  const NanogptParameters *parameters;
  GPtrArray *loaded;
  gboolean has_role;
  NanogptMediaRole role;
} Loading;

/* A role for each kind of file: a picture, a video or a sound. */
static const NanogptMediaRole kinds[] = { NANOGPT_MEDIA_IMAGE,
  NANOGPT_MEDIA_VIDEO, NANOGPT_MEDIA_AUDIO };

static NanogptMedia *
read_file (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GStatBuf info;
  char *data;
  gsize size;

  if (g_stat (path, &info) == 0 && info.st_size > NANOGPT_REQUEST_MAX_SIZE) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
        _ ("The file %s is %.2f MB, which does not fit into a request: use a "
           "smaller one, or put it on a server and send its URL"),
        shown, info.st_size / 1e6);
    return NULL;
  }
  if (!g_file_get_contents (path, &data, &size, &cause)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The file %s cannot be read: %s"), shown, cause->message);
    return NULL;
  }
  bytes = g_bytes_new_take (data, size);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (nanogpt_media_get_type (kinds[i], bytes))
      return nanogpt_media_new_data (kinds[i], bytes, NULL, -1);
  }
  return nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, bytes, NULL, -1);
}

static NanogptMedia *
load_extra_file (const Loading *loading, const char *path, GError **error)
{
  const NanogptParameters *parameters = loading->parameters;
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (NanogptMedia) found = parameters->load_media
      ? parameters->load_media (path, parameters->load_media_data, error)
      : read_file (path, error);
  g_autoptr (NanogptMedia) media = NULL;

  if (!found)
    return NULL;
  if (loading->has_role && loading->role != nanogpt_media_get_role (found))
    media =
        nanogpt_media_new_data (loading->role, nanogpt_media_get_data (found),
            NULL, nanogpt_media_get_seconds (found));
  else
    media = nanogpt_media_ref (found);
  if (nanogpt_media_get_mime_type (media))
    return g_steal_pointer (&media);
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      /* Translators: a path, "a JPEG … image" and the like. */
      _ ("The file %s is not %s"), shown,
      nanogpt_media_describe_types (nanogpt_media_get_role (media)));
  return NULL;
}

static gboolean
load_string (JsonNode *node, const Loading *loading, GError **error)
{
  const char *uri = json_node_get_string (node);
  g_autofree char *path = NULL;
  g_autofree char *host = NULL;
  g_autofree char *data_url = NULL;
  NanogptMedia *media;

  if (!g_str_has_prefix (uri, "file://"))
    return TRUE;
  path = g_filename_from_uri (uri, &host, NULL);
  if (!path || (host && strcmp (host, "localhost") != 0)) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The property parameters contains a file:// URI that is not a "
           "local file"));
    return FALSE;
  }
  media = load_extra_file (loading, path, error);
  if (!media)
    return FALSE;
  data_url = nanogpt_media_dup_value (media);
  json_node_set_string (node, data_url);
  g_ptr_array_add (loading->loaded, media);
  return TRUE;
}

static gboolean
load_node (JsonNode *node, const Loading *loading, GError **error)
{
  g_autoptr (GList) children = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    children = json_object_get_values (json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    children = json_array_get_elements (json_node_get_array (node));
  else if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    return load_string (node, loading, error);

  for (GList *l = children; l; l = l->next) {
    if (!load_node (l->data, loading, error))
      return FALSE;
  }
  return TRUE;
}

static void
add_audio_duration (JsonObject *extra, GPtrArray *loaded)
{
  if (json_object_has_member (extra, "audioDuration"))
    return;
  for (guint i = 0; i < loaded->len; i++) {
    double seconds = nanogpt_media_get_seconds (loaded->pdata[i]);

    if (nanogpt_media_get_role (loaded->pdata[i]) == NANOGPT_MEDIA_AUDIO
        && seconds >= 0)
      json_object_set_double_member (extra, "audioDuration", seconds);
  }
}

gboolean
nanogpt_extra_load_files (JsonObject *extra,
    const NanogptParameters *parameters, GPtrArray *loaded, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (extra);

  for (GList *l = names; l; l = l->next) {
    Loading loading = { .parameters = parameters, .loaded = loaded };

    loading.has_role = nanogpt_media_names_find (l->data, &loading.role);
    if (!load_node (json_object_get_member (extra, l->data), &loading, error))
      return FALSE;
  }
  add_audio_duration (extra, loaded);
  return TRUE;
}
