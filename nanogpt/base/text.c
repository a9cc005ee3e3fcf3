/* nanovid: sanitizes text from the network for display
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "text.h"

#include <string.h>

static gboolean
begins_markup (const char *text)
{
  if (*text == '<')
    return g_ascii_isalpha (text[1]) || strchr ("!?/", text[1]) != NULL;
  if (*text == '{')
    return strchr ("\"} ", text[1]) != NULL;
  return g_str_has_prefix (text, "[{") || g_str_has_prefix (text, "[\"")
      || g_str_has_prefix (text, "[ {") || g_str_has_prefix (text, "[ \"");
}

static void
cut_at_markup (GString *text)
{
  gsize length = 0;

  while (length < text->len && !begins_markup (text->str + length))
    length++;
  if (length == text->len)
    return;
  while (length > 0 && strchr (" :,-(", text->str[length - 1]))
    length--;
  g_string_truncate (text, length);
}

static void
append_shown (GString *text, gunichar c)
{
  /* Direction overrides and invisible marks can make a text look like
   * another; joiners hold emoji and several scripts together. */
  if (g_unichar_type (c) == G_UNICODE_FORMAT && c != 0x200c && c != 0x200d)
    return;
  if (!g_unichar_isspace (c) && !g_unichar_iscntrl (c)
      && g_unichar_type (c) != G_UNICODE_LINE_SEPARATOR
      && g_unichar_type (c) != G_UNICODE_PARAGRAPH_SEPARATOR)
    g_string_append_unichar (text, c);
  else if (text->len > 0 && text->str[text->len - 1] != ' ')
    g_string_append_c (text, ' ');
}

char *
nanogpt_text_clean (const char *text, gsize max)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autofree char *valid = NULL;

  if (!text)
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    append_shown (shown, g_utf8_get_char (p));
  cut_at_markup (shown);
  g_strchomp (shown->str);
  if (*shown->str == '\0')
    return NULL;
  if ((gsize)g_utf8_strlen (shown->str, -1) > max) {
    *g_utf8_offset_to_pointer (shown->str, (glong)max - 1) = '\0';
    return g_strconcat (shown->str, "…", NULL);
  }
  return g_strdup (shown->str);
}

void
nanogpt_text_append_sentence (GString *text, const char *sentence)
{
  gboolean ended = text->len > 0 && strchr (".!?", text->str[text->len - 1]);

  g_string_append (text, ended ? " " : ". ");
  g_string_append (text, sentence);
}
