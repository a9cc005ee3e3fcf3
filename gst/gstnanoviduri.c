/* nanovid: nanovid:// URIs: checks and parsing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanoviduri.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "nanogpt/base/text.h"

#define PREFIX GST_NANOVID_URI_PROTOCOL "://"
#define SHOWN_MAX 100 /* characters of untrusted text */

static gboolean set_uri_error (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
set_uri_error (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error)
    *error = g_error_new_valist (
        GST_URI_ERROR, GST_URI_ERROR_BAD_URI, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* Returns: @text, cleaned up and shortened for an error message */
static char *
shorten_for_error (const char *text)
{
  char *shown = nanogpt_text_clean (text, SHOWN_MAX);

  return shown ? shown : g_strdup ("");
}

static char *
decode_percent (
    const char *text, gssize length, const char *what, GError **error)
{
  g_autofree char *decoded =
      g_uri_unescape_segment (text, length < 0 ? NULL : text + length, NULL);

  if (!decoded || !g_utf8_validate (decoded, -1, NULL)) {
    set_uri_error (error,
        /* Translators: "property name", "value" or "model". */
        _ ("The %s of the URI is not percent-encoded UTF-8"), what);
    return NULL;
  }
  return g_steal_pointer (&decoded);
}

/* Accepts digits only: gst_value_deserialize() wraps or clamps values out of
 * range. */
static gboolean
parse_uint (GParamSpec *pspec, const char *text, GValue *value)
{
  const GParamSpecUInt *range = G_PARAM_SPEC_UINT (pspec);
  guint64 number;

  if (!g_ascii_string_to_unsigned (
          text, 10, range->minimum, range->maximum, &number, NULL))
    return FALSE;
  g_value_set_uint (value, number);
  return TRUE;
}

static gboolean
parse_int64 (GParamSpec *pspec, const char *text, GValue *value)
{
  const GParamSpecInt64 *range = G_PARAM_SPEC_INT64 (pspec);
  gint64 number;

  if (!g_ascii_string_to_signed (
          text, 10, range->minimum, range->maximum, &number, NULL))
    return FALSE;
  g_value_set_int64 (value, number);
  return TRUE;
}

/* Accepts the list syntax of GStreamer, which requires quotes around many
 * characters that are common in URLs, and also lists without quotes, whose
 * entries are separated by commas. */
static gboolean
parse_strings (GParamSpec *pspec, const char *text, GValue *value)
{
  g_auto (GStrv) entries = NULL;
  gsize length = strlen (text);
  gboolean has_brackets =
      length > 1 && text[0] == '<' && text[length - 1] == '>';
  g_autofree char *inner =
      has_brackets ? g_strndup (text + 1, length - 2) : g_strdup (text);

  if (gst_value_deserialize_with_pspec (value, text, pspec))
    return TRUE;

  g_value_reset (value);
  entries = g_strsplit (inner, ",", -1);
  for (guint i = 0; entries[i]; i++) {
    GValue entry = G_VALUE_INIT;

    g_value_init (&entry, G_TYPE_STRING);
    g_value_set_string (&entry, g_strstrip (entries[i]));
    gst_value_array_append_and_take_value (value, &entry);
  }
  return TRUE;
}

/* Anything that the service does not fetch would be a local file. */
static gboolean
has_only_https (const GValue *list)
{
  for (guint i = 0; i < gst_value_array_get_size (list); i++) {
    const char *text = g_value_get_string (gst_value_array_get_value (list, i));
    const char *scheme = text ? g_uri_peek_scheme (text) : NULL;

    if (g_strcmp0 (scheme, "https") != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
parse_value (GParamSpec *pspec, const char *text, GValue *value)
{
  g_value_init (value, pspec->value_type);
  if (pspec->value_type == GST_TYPE_ARRAY)
    return parse_strings (pspec, text, value) && has_only_https (value);
  switch (pspec->value_type) {
    case G_TYPE_STRING:
      g_value_set_string (value, text);
      return TRUE;
    case G_TYPE_UINT:
      return parse_uint (pspec, text, value);
    case G_TYPE_INT64:
      return parse_int64 (pspec, text, value);
    default:
      return gst_value_deserialize (value, text)
          && !g_param_value_validate (pspec, value);
  }
}

static gboolean
apply_pair (GstNanovidProperties *properties, GObjectClass *klass,
    GHashTable *seen, const char *pair, GError **error)
{
  const char *equals = strchr (pair, '=');
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  GParamSpec *pspec;
  guint id;

  if (!equals) {
    shown = shorten_for_error (pair);
    return set_uri_error (error, _ ("\"%s\" is not PROPERTY=VALUE"), shown);
  }
  name = decode_percent (pair, equals - pair, _ ("property name"), error);
  if (!name)
    return FALSE;
  text = decode_percent (equals + 1, -1, _ ("value"), error);
  if (!text)
    return FALSE;

  pspec = g_object_class_find_property (klass, name);
  id = pspec ? gst_nanovid_properties_find_request (pspec->name) : 0;
  if (id == 0) {
    shown = shorten_for_error (name);
    return set_uri_error (error, _ ("A URI cannot set \"%s\""), shown);
  }
  if (!g_hash_table_add (seen, g_strdup (pspec->name)))
    return set_uri_error (error, _ ("The URI sets %s twice"), pspec->name);
  if (!parse_value (pspec, text, &value)) {
    shown = shorten_for_error (text);
    return set_uri_error (
        error, _ ("\"%s\" is not a valid value for %s"), shown, pspec->name);
  }

  gst_nanovid_properties_set (properties, id, &value);
  return TRUE;
}

/* Some programs append a slash to the host. */
static void
strip_slashes (char *model)
{
  gsize length = strlen (model);

  while (length > 0 && model[length - 1] == '/')
    model[--length] = '\0';
}

/* Without a name, the default model is used. */
static void
apply_model (
    GstNanovidProperties *properties, GHashTable *seen, const char *model)
{
  g_hash_table_add (seen, g_strdup ("model"));
  if (*model == '\0')
    return;
  g_free (properties->parameters->model);
  properties->parameters->model = g_strdup (model);
}

static gboolean
is_allowed (void)
{
  static const char *const words[] = { "1", "true", "yes", NULL };
  const char *word = g_getenv ("NANOVID_ALLOW_URI");

  return word && g_strv_contains (words, word);
}

GstNanovidProperties *
gst_nanovid_uri_parse (const char *uri, GObjectClass *klass, GError **error)
{
  g_autoptr (GstNanovidProperties) properties = gst_nanovid_properties_new ();
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) pairs = NULL;
  g_autofree char *model = NULL;
  const char *rest;
  const char *query;

  if (!is_allowed ()) {
    set_uri_error (error,
        _ ("Playing a nanovid:// URI costs money, and a URI may "
           "come from an untrusted source: set NANOVID_ALLOW_URI=1 "
           "in the environment to allow it"));
    return NULL;
  }
  if (g_ascii_strncasecmp (uri, PREFIX, strlen (PREFIX)) != 0
      || strchr (uri, '#')) {
    set_uri_error (error, _ ("The URI is not nanovid://MODEL?prompt=TEXT"));
    return NULL;
  }

  rest = uri + strlen (PREFIX);
  query = strchr (rest, '?');
  model = decode_percent (rest, query ? query - rest : -1, _ ("model"), error);
  if (!model)
    return NULL;
  strip_slashes (model);
  apply_model (properties, seen, model);

  pairs = g_strsplit (query ? query + 1 : "", "&", -1);
  for (guint i = 0; pairs[i]; i++) {
    if (*pairs[i] && !apply_pair (properties, klass, seen, pairs[i], error))
      return NULL;
  }
  return g_steal_pointer (&properties);
}
