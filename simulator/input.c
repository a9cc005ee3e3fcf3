/* nanovid: simulator: a picture, video or sound in a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input.h"

#include <string.h>

/* Maximum size as sent, in base64. */
#define MAX_DATA_URL 4000000

/* The types that may be declared, and the magic bytes of each. */
static const struct
{
  const char *type; /* the declared type */
  const char *name;
  gsize offset;
  const char *magic; /* any of them, separated by | */
} types[] = {
  { "image/png", "png", 0, "\211PNG\r\n\032\n" },
  { "image/jpeg", "jpeg", 0, "\377\330\377" },
  { "image/webp", "webp", 8, "WEBP" },
  { "video/mp4", "mp4", 4, "ftyp" },
  { "video/quicktime", "mov", 4, "ftyp|moov|wide|mdat" },
  { "video/webm", "webm", 0, "\x1a\x45\xdf\xa3" },
  { "video/x-matroska", "mkv", 0, "\x1a\x45\xdf\xa3" },
  { "audio/wav", "wav", 8, "WAVE" },
  { "audio/x-wav", "wav", 8, "WAVE" },
  { "audio/mpeg", "mp3", 0, "ID3|\377\373|\377\363|\377\362|\377\372" },
  { "audio/mp3", "mp3", 0, "ID3|\377\373|\377\363|\377\362|\377\372" },
  { "audio/ogg", "ogg", 0, "OggS" },
  { "audio/mp4", "m4a", 4, "ftyp" },
  { "audio/x-m4a", "m4a", 4, "ftyp" },
  { "audio/flac", "flac", 0, "fLaC" },
};

void
sim_input_free (SimInput *input)
{
  g_clear_pointer (&input->data, g_bytes_unref);
  g_free (input->type);
  g_free (input->url);
  g_free (input);
}

SimInput *
sim_input_copy (const SimInput *input)
{
  SimInput *copy;

  if (!input || !input->data)
    return NULL;
  copy = g_new0 (SimInput, 1);
  copy->data = g_bytes_ref (input->data);
  copy->type = g_strdup (input->type);
  return copy;
}

G_GNUC_PRINTF (2, 3)
static SimInput *
refuse_input (SimResponse **refusal, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  *refusal = sim_response_new_error (400, SIM_SHAPE_STRING, NULL, message);
  return NULL;
}

static gboolean
has_magic (guint row, const guint8 *data, gsize size)
{
  g_auto (GStrv) magics = g_strsplit (types[row].magic, "|", -1);

  for (guint i = 0; magics[i]; i++) {
    gsize length = strlen (magics[i]);

    if (size > types[row].offset + length
        && memcmp (data + types[row].offset, magics[i], length) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_base64 (const char *text)
{
  gsize length = strlen (text);
  gsize digits = strspn (
      text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  if (length == 0 || length % 4 != 0 || length - digits > 2)
    return FALSE;
  return strspn (text + digits, "=") == length - digits;
}

static SimInput *
parse_data (
    const char *name, guint row, const char *text, SimResponse **refusal)
{
  g_autofree guchar *data = NULL;
  SimInput *input;
  gsize size;

  if (!is_base64 (text))
    return refuse_input (refusal, "%s is not valid base64", name);
  data = g_base64_decode (text, &size);
  if (!has_magic (row, data, size))
    return refuse_input (refusal, "%s is declared as %s, but its bytes are not",
        name, types[row].type);
  input = g_new0 (SimInput, 1);
  input->type = g_strdup (types[row].name);
  input->data = g_bytes_new_take (g_steal_pointer (&data), size);
  return input;
}

static SimInput *
parse_data_url (
    const char *name, const char *kind, const char *url, SimResponse **refusal)
{
  gsize kind_length = strlen (kind);

  if (strlen (url) > MAX_DATA_URL) {
    g_autofree char *code = g_ascii_strup (kind, -1);
    g_autofree char *full = g_strconcat (code, "_INPUT_TOO_LARGE", NULL);
    g_autofree char *message = g_strdup_printf (
        "The %s is larger than 4 MB, use %sUrl instead", kind, kind);

    *refusal = sim_response_new_error (413, SIM_SHAPE_CODE, full, message);
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *prefix =
        g_strdup_printf ("data:%s;base64,", types[i].type);

    if (strncmp (types[i].type, kind, kind_length) == 0
        && g_str_has_prefix (url, prefix))
      return parse_data (name, i, url + strlen (prefix), refusal);
  }
  if (g_str_equal (kind, "image"))
    return refuse_input (refusal,
        "%s must begin with data:image/ png, jpeg or webp ;base64,", name);
  return refuse_input (
      refusal, "%s must begin with data:%s/ and ;base64,", name, kind);
}

SimInput *
sim_input_parse (
    const char *name, const char *kind, const char *text, SimResponse **refusal)
{
  g_autoptr (GUri) uri = NULL;
  SimInput *input;

  if (g_str_has_prefix (text, "data:") || g_str_has_suffix (name, "DataUrl")
      || g_str_has_suffix (name, "data_url"))
    return parse_data_url (name, kind, text, refusal);
  uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  if (!uri || !g_str_equal (g_uri_get_scheme (uri), "https")
      || !g_uri_get_host (uri) || *g_uri_get_host (uri) == '\0')
    return refuse_input (refusal, "%s must be a public https URL", name);
  input = g_new0 (SimInput, 1);
  input->url = g_strdup (text);
  return input;
}
