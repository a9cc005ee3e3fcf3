/* nanovid: JSON parsing with limits, and type-safe lookups
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* json-glib provides the tree, but not the parser.  Before 1.10 (commit
 * 0f30159) its parser overflows the stack on deep nesting, and in every version
 * it fails on half a surrogate pair, which a service sends when it truncates a
 * text in the middle of an emoji. */

typedef struct
{
  const char *begin;
  const char *at;
  const char *end;
  const char *problem;
  const char *const
      *texts; /* members whose numbers are read as text, or NULL */
} Reader;

static JsonNode *read_value (Reader *reader, guint depth);

static gboolean
set_syntax_error (Reader *reader, const char *problem)
{
  if (!reader->problem)
    reader->problem = problem;
  return FALSE;
}

static void
skip_blanks (Reader *reader)
{
  while (reader->at < reader->end && strchr (" \t\r\n", *reader->at))
    reader->at++;
}

static char
peek (const Reader *reader)
{
  return reader->at < reader->end ? *reader->at : '\0';
}

static gboolean
take_token (Reader *reader, const char *word)
{
  gsize length = strlen (word);

  if ((gsize)(reader->end - reader->at) < length
      || memcmp (reader->at, word, length) != 0)
    return FALSE;
  reader->at += length;
  return TRUE;
}

static gboolean
read_code_unit (Reader *reader, gunichar *unit)
{
  *unit = 0;
  for (guint i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (peek (reader));

    if (digit < 0)
      return set_syntax_error (reader, "a \\u without four hexadecimal digits");
    *unit = *unit << 4 | (gunichar)digit;
    reader->at++;
  }
  return TRUE;
}

static gboolean
read_unicode_escape (Reader *reader, GString *string)
{
  gunichar unit, low;
  const char *after;

  if (!read_code_unit (reader, &unit))
    return FALSE;
  after = reader->at;
  if (unit >= 0xd800 && unit <= 0xdbff && take_token (reader, "\\u")) {
    if (!read_code_unit (reader, &low))
      return FALSE;
    if (low >= 0xdc00 && low <= 0xdfff)
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    else
      reader->at = after;
  }
  /* Half a surrogate pair is not a character, and NUL would end the string. */
  if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
    unit = 0xfffd;
  g_string_append_unichar (string, unit);
  return TRUE;
}

static gboolean
read_escape (Reader *reader, GString *string)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *found;

  if (take_token (reader, "u"))
    return read_unicode_escape (reader, string);
  if (peek (reader) == '\0' || !(found = strchr (from, *reader->at)))
    return set_syntax_error (reader, "an unknown escape in a string");
  g_string_append_c (string, to[found - from]);
  reader->at++;
  return TRUE;
}

static char *
read_string (Reader *reader)
{
  g_autoptr (GString) string = g_string_new (NULL);

  if (!take_token (reader, "\"")) {
    set_syntax_error (reader, "no string where one belongs");
    return NULL;
  }
  while (reader->at < reader->end) {
    const char *run = reader->at;

    while (
        reader->at < reader->end && *reader->at != '"' && *reader->at != '\\')
      reader->at++;
    g_string_append_len (string, run, reader->at - run);
    if (take_token (reader, "\""))
      return g_string_free (g_steal_pointer (&string), FALSE);
    if (take_token (reader, "\\") && !read_escape (reader, string))
      return NULL;
  }
  set_syntax_error (reader, "a string without an end");
  return NULL;
}

static gboolean
read_digits (Reader *reader)
{
  if (!g_ascii_isdigit (peek (reader)))
    return set_syntax_error (reader, "no value where one belongs");
  while (g_ascii_isdigit (peek (reader)))
    reader->at++;
  return TRUE;
}

/* Returns: the number exactly as written */
static char *
read_number_text (Reader *reader)
{
  const char *start = reader->at;

  take_token (reader, "-");
  if (!take_token (reader, "0") && !read_digits (reader))
    return NULL;
  if (take_token (reader, ".") && !read_digits (reader))
    return NULL;
  if (take_token (reader, "e") || take_token (reader, "E")) {
    if (!take_token (reader, "+"))
      take_token (reader, "-");
    if (!read_digits (reader))
      return NULL;
  }
  return g_strndup (start, reader->at - start);
}

static JsonNode *
read_number (Reader *reader)
{
  g_autofree char *text = read_number_text (reader);
  gint64 integer;
  double number;

  if (!text)
    return NULL;
  if (!strpbrk (text, ".eE")
      && g_ascii_string_to_signed (
          text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    return json_node_init_int (json_node_alloc (), integer);
  number = g_ascii_strtod (text, NULL);
  if (!isfinite (number)) {
    set_syntax_error (reader, "a number out of range");
    return NULL;
  }
  return json_node_init_double (json_node_alloc (), number);
}

static JsonNode *
read_array (Reader *reader, guint depth)
{
  g_autoptr (JsonArray) array = json_array_new ();

  skip_blanks (reader);
  if (take_token (reader, "]"))
    return json_node_init_array (json_node_alloc (), array);
  do {
    JsonNode *element = read_value (reader, depth);

    if (!element)
      return NULL;
    json_array_add_element (array, element);
  } while (take_token (reader, ","));
  if (!take_token (reader, "]")) {
    set_syntax_error (reader, "a list without an end");
    return NULL;
  }
  return json_node_init_array (json_node_alloc (), array);
}

/* Whether the next value is a number that is to be read as text. */
static gboolean
is_text (Reader *reader, const char *name)
{
  skip_blanks (reader);
  return reader->texts && g_strv_contains (reader->texts, name)
      && (g_ascii_isdigit (peek (reader)) || peek (reader) == '-');
}

static JsonNode *
read_text (Reader *reader)
{
  g_autofree char *text = read_number_text (reader);

  skip_blanks (reader);
  return text ? json_node_init_string (json_node_alloc (), text) : NULL;
}

static gboolean
read_member (Reader *reader, JsonObject *object, guint depth)
{
  g_autofree char *name = NULL;
  JsonNode *value;

  skip_blanks (reader);
  name = read_string (reader);
  if (!name)
    return FALSE;
  skip_blanks (reader);
  if (!take_token (reader, ":"))
    return set_syntax_error (reader, "no colon after a name");
  value =
      is_text (reader, name) ? read_text (reader) : read_value (reader, depth);
  if (!value)
    return FALSE;
  json_object_set_member (object, name, value);
  return TRUE;
}

static JsonNode *
read_object (Reader *reader, guint depth)
{
  g_autoptr (JsonObject) object = json_object_new ();

  skip_blanks (reader);
  if (take_token (reader, "}"))
    return json_node_init_object (json_node_alloc (), object);
  do {
    if (!read_member (reader, object, depth))
      return NULL;
  } while (take_token (reader, ","));
  if (!take_token (reader, "}")) {
    set_syntax_error (reader, "an object without an end");
    return NULL;
  }
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
read_string_node (Reader *reader)
{
  g_autofree char *string = read_string (reader);

  if (!string)
    return NULL;
  return json_node_init_string (json_node_alloc (), string);
}

static JsonNode *
read_bare_value (Reader *reader, guint depth)
{
  if (depth > NANOGPT_JSON_MAX_DEPTH) {
    set_syntax_error (reader, "nested too deeply");
    return NULL;
  }
  if (take_token (reader, "{"))
    return read_object (reader, depth);
  if (take_token (reader, "["))
    return read_array (reader, depth);
  if (take_token (reader, "null"))
    return json_node_init_null (json_node_alloc ());
  if (take_token (reader, "true"))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (take_token (reader, "false"))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  if (peek (reader) == '"')
    return read_string_node (reader);
  return read_number (reader);
}

static JsonNode *
read_value (Reader *reader, guint depth)
{
  JsonNode *value;

  skip_blanks (reader);
  value = read_bare_value (reader, depth + 1);
  skip_blanks (reader);
  return value;
}

static JsonNode *
read_document (Reader *reader)
{
  g_autoptr (JsonNode) root = NULL;

  if (!g_utf8_validate_len (
          reader->begin, reader->end - reader->begin, &reader->at)) {
    set_syntax_error (reader, "not UTF-8");
    return NULL;
  }
  reader->at = reader->begin;
  take_token (reader, "\xef\xbb\xbf");
  root = read_value (reader, 0);
  if (!root)
    return NULL;
  if (reader->at != reader->end) {
    set_syntax_error (reader, "something after its end");
    return NULL;
  }
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    set_syntax_error (reader, "a different kind of value");
    return NULL;
  }
  return g_steal_pointer (&root);
}

JsonObject *
nanogpt_json_parse_opaque (const char *text, gsize length,
    const char *const *texts, const char *subject, NanogptError code,
    GError **error)
{
  Reader reader = {
    .begin = text, .at = text, .end = text + length, .texts = texts
  };
  g_autoptr (JsonNode) root = NULL;

  if (length == 0) {
    g_set_error (error, NANOGPT_ERROR, code, _ ("%s is empty"), subject);
    return NULL;
  }
  root = read_document (&reader);
  if (!root) {
    g_set_error (error, NANOGPT_ERROR, code,
        /* Translators: the second %s is a fault of the syntax, in English. */
        _ ("%s is no JSON object: %s at byte %zu"), subject, reader.problem,
        (gsize)(reader.at - reader.begin));
    return NULL;
  }
  return json_node_dup_object (root);
}

JsonObject *
nanogpt_json_parse (const char *text, gsize length, const char *subject,
    NanogptError code, GError **error)
{
  return nanogpt_json_parse_opaque (text, length, NULL, subject, code, error);
}

static void
write_escaped (GString *out, char c)
{
  if (c == '"' || c == '\\')
    g_string_append_printf (out, "\\%c", c);
  else if (c == '\n')
    g_string_append (out, "\\n");
  else
    g_string_append_printf (out, "\\u%04x", (guint)c);
}

static void
write_string (GString *out, const char *string)
{
  g_string_append_c (out, '"');
  while (*string != '\0') {
    const char *run = string;

    while ((guchar)*string >= 0x20 && *string != '"' && *string != '\\')
      string++;
    g_string_append_len (out, run, string - run);
    if (*string != '\0')
      write_escaped (out, *string++);
  }
  g_string_append_c (out, '"');
}

static void
write_double (GString *out, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  /* Up to 2^53 a double can hold every integer, and 5.0 is written as 5. */
  if (number == floor (number) && fabs (number) <= 9007199254740992.0) {
    g_string_append_printf (out, "%" G_GINT64_FORMAT, (gint64)number);
    return;
  }
  g_ascii_formatd (text, sizeof text, "%.15g", number);
  if (g_ascii_strtod (text, NULL) != number)
    g_ascii_dtostr (text, sizeof text, number);
  g_string_append (out, text);
}

static void
write_value (GString *out, JsonNode *node)
{
  switch (json_node_get_value_type (node)) {
    case G_TYPE_STRING:
      write_string (out, json_node_get_string (node));
      break;
    case G_TYPE_INT64:
      g_string_append_printf (
          out, "%" G_GINT64_FORMAT, json_node_get_int (node));
      break;
    case G_TYPE_DOUBLE:
      write_double (out, json_node_get_double (node));
      break;
    default:
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      break;
  }
}

static void write_node (GString *out, JsonNode *node);

static void
write_array (GString *out, JsonArray *array)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    write_node (out, json_array_get_element (array, i));
  }
  g_string_append_c (out, ']');
}

static void
write_object (GString *out, JsonObject *object)
{
  g_autoptr (GList) names = json_object_get_members (object);

  names = g_list_sort (names, (GCompareFunc)strcmp);
  g_string_append_c (out, '{');
  for (GList *l = names; l; l = l->next) {
    if (l != names)
      g_string_append_c (out, ',');
    write_string (out, l->data);
    g_string_append_c (out, ':');
    write_node (out, json_object_get_member (object, l->data));
  }
  g_string_append_c (out, '}');
}

static void
write_node (GString *out, JsonNode *node)
{
  switch (json_node_get_node_type (node)) {
    case JSON_NODE_OBJECT:
      write_object (out, json_node_get_object (node));
      break;
    case JSON_NODE_ARRAY:
      write_array (out, json_node_get_array (node));
      break;
    case JSON_NODE_VALUE:
      write_value (out, node);
      break;
    case JSON_NODE_NULL:
      g_string_append (out, "null");
      break;
  }
}

char *
nanogpt_json_write (JsonNode *node)
{
  GString *out = g_string_new (NULL);

  write_node (out, node);
  return g_string_free (out, FALSE);
}

static JsonNode *
get_member (JsonObject *object, const char *name, GType type)
{
  JsonNode *node;

  if (!object)
    return NULL;
  node = json_object_get_member (object, name);
  if (!node || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

const char *
nanogpt_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name, G_TYPE_STRING);
  const char *string = node ? json_node_get_string (node) : NULL;

  return string && *string != '\0' ? string : NULL;
}

gboolean
nanogpt_json_get_number (JsonObject *object, const char *name, double *value)
{
  const char *string = nanogpt_json_get_string (object, name);
  JsonNode *node;
  double number;
  char *end;

  if (string) {
    number = g_ascii_strtod (string, &end);
    if (end == string || *end != '\0' || !isfinite (number))
      return FALSE;
    *value = number;
    return TRUE;
  }
  if (!(node = get_member (object, name, G_TYPE_DOUBLE))
      && !(node = get_member (object, name, G_TYPE_INT64)))
    return FALSE;
  *value = json_node_get_double (node);
  return TRUE;
}

gboolean
nanogpt_json_get_boolean (JsonObject *object, const char *name, gboolean *value)
{
  const char *string = nanogpt_json_get_string (object, name);
  JsonNode *node = get_member (object, name, G_TYPE_BOOLEAN);

  if (node) {
    *value = json_node_get_boolean (node);
    return TRUE;
  }
  if (g_strcmp0 (string, "true") != 0 && g_strcmp0 (string, "false") != 0)
    return FALSE;
  *value = *string == 't';
  return TRUE;
}

JsonObject *
nanogpt_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  return json_node_get_object (node);
}

JsonArray *
nanogpt_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  return json_node_get_array (node);
}
