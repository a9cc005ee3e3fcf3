/* nanovid: parses lines of a script: a prompt with optional properties
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "prompt-line.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/json.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A script */

static gboolean
is_prompt (const char *line)
{
  line += strspn (line, " \t\r");
  return *line != '\0' && *line != '#';
}

char **
nanogpt_prompt_lines_load (const char *location, GError **error)
{
  g_autofree char *name = g_filename_display_name (location);
  g_autoptr (GError) reason = NULL;
  g_autofree char *text = NULL;
  const char *begin;
  char **lines;
  GStatBuf info;
  gsize size;

  /* A pipe or a device could block the caller forever. */
  if (g_stat (location, &info) < 0 || !S_ISREG (info.st_mode)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The script \"%s\" does not exist or is not a file"), name);
    return NULL;
  }
  if (!g_file_get_contents (location, &text, &size, &reason)) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The script cannot be read: %s"), reason->message);
    return NULL;
  }
  if (strlen (text) < size) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The script \"%s\" is not text in UTF-8"), name);
    return NULL;
  }

  begin = text;
  if (g_str_has_prefix (begin, BYTE_ORDER_MARK))
    begin += strlen (BYTE_ORDER_MARK);
  lines = g_strsplit (begin, "\n", -1);
  for (char **line = lines; *line; line++) {
    if (!is_prompt (*line))
      **line = '\0';
  }
  return lines;
}

/* One line */

/* Returns: the end of the string that begins at @text */
static const char *
skip_string (const char *text)
{
  for (text++; *text && *text != '"'; text++) {
    if (*text == '\\' && text[1])
      text++;
  }
  return text;
}

/* Returns: the length of the object that @text begins with; that of all of
 * @text if the object does not end */
static gsize
measure_object (const char *text)
{
  guint depth = 0;

  for (const char *p = text; *p; p++) {
    if (*p == '"')
      p = skip_string (p);
    else if (*p == '{')
      depth++;
    else if (*p == '}' && --depth == 0)
      return p + 1 - text;
    if (!*p)
      break;
  }
  return strlen (text);
}

/* Returns: (transfer floating) (nullable) */
static GVariant *
convert_list (JsonArray *list)
{
  g_auto (GVariantBuilder) builder =
      G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);

  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *item = json_array_get_element (list, i);

    if (json_node_get_value_type (item) != G_TYPE_STRING)
      return NULL;
    g_variant_builder_add (&builder, "s", json_node_get_string (item));
  }
  return g_variant_builder_end (&builder);
}

/* Returns: (transfer floating) (nullable) */
static GVariant *
convert (JsonNode *value)
{
  if (JSON_NODE_HOLDS_OBJECT (value))
    return g_variant_new_take_string (nanogpt_json_write (value));
  if (JSON_NODE_HOLDS_ARRAY (value))
    return convert_list (json_node_get_array (value));

  switch (json_node_get_value_type (value)) {
    case G_TYPE_STRING:
      return g_variant_new_string (json_node_get_string (value));
    case G_TYPE_INT64:
      return g_variant_new_int64 (json_node_get_int (value));
    case G_TYPE_DOUBLE:
      return g_variant_new_double (json_node_get_double (value));
    case G_TYPE_BOOLEAN:
      return g_variant_new_boolean (json_node_get_boolean (value));
    default:
      return NULL;
  }
}

/* Returns: (transfer full) (nullable) */
static GVariant *
convert_members (JsonObject *object, GError **error)
{
  g_auto (GVariantBuilder) builder =
      G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value)) {
    GVariant *converted = convert (value);

    if (!converted) {
      g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
          _ ("The value of \"%s\" before the prompt is not valid for a "
             "property"),
          name);
      return NULL;
    }
    g_variant_builder_add (&builder, "{sv}", name, converted);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

gboolean
nanogpt_prompt_line_parse (
    const char *line, char **prompt, GVariant **properties, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  gsize length;

  *prompt = NULL;
  *properties = NULL;
  if (!g_utf8_validate (line, -1, NULL)) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("This line of the script is not UTF-8"));
    return FALSE;
  }

  line += strspn (line, " \t\r\n");
  if (*line == '{') {
    length = measure_object (line);
    object = nanogpt_json_parse (line, length,
        _ ("The JSON object at the beginning of the line"),
        NANOGPT_ERROR_INVALID_REQUEST, error);
    if (!object)
      return FALSE;
    *properties = convert_members (object, error);
    if (!*properties)
      return FALSE;
    line += length;
  }
  *prompt = g_strstrip (g_strdup (line));
  return TRUE;
}
