/* nanovid: the requests that the simulator received
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/submits.h"

#include <json-glib/json-glib.h>
#include <string.h>

char *
submits_get_string (NanogptSimulator *simulator, guint index, const char *name)
{
  g_autoptr (GPtrArray) submits = nanogpt_simulator_list_submits (simulator);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  const NanogptSimulatorSubmit *submit;
  JsonObject *body;

  g_assert_cmpuint (index, <, submits->len);
  submit = submits->pdata[index];
  json_parser_load_from_data (parser, submit->body, -1, &error);
  g_assert_no_error (error);
  body = json_node_get_object (json_parser_get_root (parser));
  return json_object_has_member (body, name)
      ? g_strdup (json_object_get_string_member (body, name))
      : NULL;
}

GBytes *
submits_get_image (NanogptSimulator *simulator, guint index, char **type)
{
  g_autofree char *url = submits_get_string (simulator, index, "imageDataUrl");
  const char *comma;
  guchar *data;
  gsize size;

  if (!url)
    return NULL;

  comma = strstr (url, ";base64,");
  g_assert_nonnull (comma);
  g_assert_true (g_str_has_prefix (url, "data:"));
  if (type)
    *type = g_strndup (url + 5, comma - url - 5);
  data = g_base64_decode (comma + 8, &size);
  return g_bytes_new_take (data, size);
}
