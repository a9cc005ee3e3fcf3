/* nanovid: the journal's files: their names, and reading them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "nanogpt/base/durable-file.h"

#define STEM_TIME "%Y%m%dT%H%M%SZ"
#define STEM_FORM "00000000T000000Z-xxxxxxxx"
#define STEM_LENGTH (sizeof (STEM_FORM) - 1)

char *
nanogpt_journal_get_dir (const char *state_dir)
{
  return g_build_filename (state_dir, "jobs", NULL);
}

char *
nanogpt_journal_get_path (const char *dir, const char *stem, const char *suffix)
{
  return g_strconcat (dir, G_DIR_SEPARATOR_S, stem, suffix, NULL);
}

char *
nanogpt_journal_make_stem (gint64 time, guint32 number)
{
  g_autoptr (GDateTime) date =
      g_date_time_new_from_unix_utc (time / G_TIME_SPAN_SECOND);
  g_autofree char *text = g_date_time_format (date, STEM_TIME);

  return g_strdup_printf ("%s-%08x", text, number);
}

static gboolean
fits (char c, char form)
{
  if (form == '0')
    return g_ascii_isdigit (c);
  if (form == 'x')
    return g_ascii_isxdigit (c);
  return c == form;
}

char *
nanogpt_journal_parse_stem (const char *name)
{
  for (guint i = 0; i < STEM_LENGTH; i++)
    if (!fits (name[i], STEM_FORM[i]))
      return NULL;
  return name[STEM_LENGTH] == '.' ? g_strndup (name, STEM_LENGTH) : NULL;
}

NanogptJournalRecord *
nanogpt_journal_read_record (const char *dir, const char *stem)
{
  g_autofree char *path = nanogpt_journal_get_path (dir, stem, ".job");
  g_autofree char *text = nanogpt_durable_read_file (path, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  NanogptJournalRecord *record;

  if (!text
      || !g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, NULL))
    return NULL;
  record = nanogpt_journal_record_parse (file);
  if (record)
    record->id = g_strdup (stem);
  return record;
}

gboolean
nanogpt_journal_has_record (const char *dir, const char *stem)
{
  g_autofree char *path = nanogpt_journal_get_path (dir, stem, ".job");

  /* Anything but a clear no may be a record that cannot be read now. */
  return g_access (path, F_OK) == 0 || errno != ENOENT;
}

GPtrArray *
nanogpt_journal_list_stems (const char *dir)
{
  GPtrArray *stems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    char *stem = nanogpt_journal_parse_stem (name);

    if (stem && g_str_equal (name + STEM_LENGTH, ".job"))
      g_ptr_array_add (stems, stem);
    else
      g_free (stem);
  }
  return stems;
}
