/* nanovid: the text of a subtitle, without its tags and entities
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidmarkup.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *text;
} entities[] = {
  { "amp", "&" },
  { "apos", "'" },
  { "gt", ">" },
  { "lrm", "" },
  { "lt", "<" },
  { "nbsp", " " },
  { "quot", "\"" },
  { "rlm", "" },
};

static gboolean
append_named (GString *text, const char *name, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++) {
    if (strlen (entities[i].name) != length
        || strncmp (name, entities[i].name, length) != 0)
      continue;
    g_string_append (text, entities[i].text);
    return TRUE;
  }
  return FALSE;
}

/* Appends the character of a numeric entity, such as #39 or #x27. */
static gboolean
append_number (GString *text, const char *number, gsize length)
{
  gboolean is_hex = length > 2 && number[1] == 'x';
  g_autofree char *digits =
      length > 1 ? g_strndup (number + 1 + is_hex, length - 1 - is_hex) : NULL;
  guint64 code;

  if (!digits || *number != '#'
      || !g_ascii_string_to_unsigned (
          digits, is_hex ? 16 : 10, 1, 0x10ffff, &code, NULL)
      || !g_unichar_validate (code))
    return FALSE;
  g_string_append_unichar (text, code);
  return TRUE;
}

/* Text that is not an entity stays as it is. */
static char *
unescape (const char *escaped)
{
  GString *text = g_string_new (NULL);

  while (*escaped) {
    gsize length = strcspn (escaped + 1, ";& <");
    gboolean is_entity = *escaped == '&' && escaped[1 + length] == ';'
        && (append_named (text, escaped + 1, length)
            || append_number (text, escaped + 1, length));

    if (is_entity) {
      escaped += length + 2;
      continue;
    }
    g_string_append_c (text, *escaped++);
  }
  return g_string_free (text, FALSE);
}

static char *
remove_matches (const char *pattern, const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_OPTIMIZE, 0, NULL);

  return g_regex_replace_literal (regex, text, -1, 0, "", 0, NULL);
}

/* subparse escapes the text of the file, which may itself contain entities, and
 * time stamps that subparse does not know. */
char *
gst_nanovid_markup_to_text (const char *markup)
{
  g_autofree char *untagged = remove_matches ("<[^<>]*>", markup);
  g_autofree char *file = unescape (untagged);
  g_autofree char *words =
      remove_matches ("<(\\d+:)?\\d\\d:\\d\\d\\.\\d+>", file);

  return unescape (words);
}
