/* nanovid: nanovid-jobs: names of the files of a job's results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "result-name.h"

#include <string.h>

static const char *
get_extension (NanogptClip *clip)
{
  char head[12] = "";

  if (nanogpt_clip_get_size (clip) >= (gint64)sizeof head)
    nanogpt_clip_peek (clip, 0, head, sizeof head);
  if (memcmp (head, "\x1a\x45\xdf\xa3", 4) == 0)
    return "webm";
  return memcmp (head + 4, "ftypqt", 6) == 0 ? "mov" : "mp4";
}

static char *
name_in_directory (
    const char *directory, const char *run_id, guint index, NanogptClip *clip)
{
  g_autofree char *stem = g_strdelimit (g_strdup (run_id), "/", '_');
  g_autofree char *name = g_strdup_printf (
      "%s%s-%u.%s", *stem == '.' ? "_" : "", stem, index, get_extension (clip));

  return directory ? g_build_filename (directory, name, NULL)
                   : g_steal_pointer (&name);
}

/* Returns: (nullable): position of the placeholder for the number in @place;
 *   @width is its minimum width */
static const char *
find_number (const char *place, guint *width, gsize *length)
{
  for (const char *p = strchr (place, '%'); p; p = strchr (p + 1, '%')) {
    gsize digits = strspn (p + 1, "0123456789");

    if (p[1 + digits] != 'd' || digits > 2 || (digits > 0 && p[1] != '0'))
      continue;
    *width = g_ascii_strtoull (p + 1, NULL, 10);
    *length = digits + 2;
    return p;
  }
  return NULL;
}

static char *
number_before_extension (const char *place, guint index)
{
  const char *slash = strrchr (place, G_DIR_SEPARATOR);
  const char *name = slash ? slash + 1 : place;
  const char *dot = strrchr (name, '.');
  int stem = dot && dot > name ? dot - place : (int)strlen (place);

  return g_strdup_printf ("%.*s-%u%s", stem, place, index, place + stem);
}

char *
result_name_make (
    const char *place, const char *run_id, guint index, NanogptClip *clip)
{
  guint width;
  gsize length;
  const char *number;

  if (!place || g_file_test (place, G_FILE_TEST_IS_DIR))
    return name_in_directory (place, run_id, index, clip);
  number = find_number (place, &width, &length);
  if (!number)
    return number_before_extension (place, index);
  return g_strdup_printf ("%.*s%0*u%s", (int)(number - place), place,
      (int)width, index, number + length);
}
