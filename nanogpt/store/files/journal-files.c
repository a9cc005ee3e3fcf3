/* nanovid: files of journal entries: names, paths, locks and reading
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "lock-file.h"
#include "nanogpt/base/durable-file.h"

#define STEM_TIME "%Y%m%dT%H%M%SZ"
#define STEM_FORM "00000000T000000Z-xxxxxxxx"
#define STEM_LENGTH (sizeof (STEM_FORM) - 1)
#define DAY_LENGTH 8 /* at the beginning of a stem */

char *
nanogpt_journal_get_dir (const char *state_dir)
{
  return g_build_filename (state_dir, "jobs", NULL);
}

/* Returns: (nullable): the directory of all that was begun on a day (YYYYMMDD) */
static char *
get_day_dir (const char *state_dir, const char *day)
{
  return g_build_filename (state_dir, "delivered", day, NULL);
}

static gboolean
is_day (const char *name)
{
  for (guint i = 0; i < DAY_LENGTH; i++)
    if (!g_ascii_isdigit (name[i]))
      return FALSE;
  return name[DAY_LENGTH] == 0;
}

char *
nanogpt_journal_get_delivered_dir (const char *state_dir, const char *stem)
{
  g_autofree char *day = g_strndup (stem, DAY_LENGTH);

  return get_day_dir (state_dir, day);
}

GPtrArray *
nanogpt_journal_list_days (const char *state_dir)
{
  GPtrArray *days = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = get_day_dir (state_dir, NULL);
  g_autoptr (GDir) names = g_dir_open (path, 0, NULL);
  const char *name;

  while (names && (name = g_dir_read_name (names)))
    if (is_day (name))
      g_ptr_array_add (days, get_day_dir (state_dir, name));
  return days;
}

/* An entry moves in one direction only, so a search in this order finds it. */
char *
nanogpt_journal_find_dir (const char *state_dir, const char *stem)
{
  g_autofree char *dir = nanogpt_journal_get_dir (state_dir);
  g_autofree char *delivered =
      nanogpt_journal_get_delivered_dir (state_dir, stem);

  if (nanogpt_journal_has_record (dir, stem))
    return g_steal_pointer (&dir);
  if (nanogpt_journal_has_record (delivered, stem))
    return g_steal_pointer (&delivered);
  return NULL;
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

/* A record is followed by the space reserved for it: thousands of blank
 * lines. */
NanogptJournalRecord *
nanogpt_journal_read_record (const char *dir, const char *stem)
{
  g_autofree char *path = nanogpt_journal_get_path (dir, stem, ".job");
  gsize length = 0;
  g_autofree char *text = nanogpt_durable_read_file (path, &length);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  NanogptJournalRecord *record;

  while (length > 1 && text[length - 1] == '\n' && text[length - 2] == '\n')
    length--;
  if (!text
      || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
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

  /* Unless it clearly does not exist, there may be a record that cannot be read
   * now. */
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

int
nanogpt_journal_lock (const char *dir, const char *stem, gboolean is_new)
{
  g_autofree char *path = nanogpt_journal_get_path (dir, stem, ".lock");

  return nanogpt_lock_file_try (path, is_new);
}

/* The lock is removed last; otherwise someone could take the record for an orphan. */
void
nanogpt_journal_unlink_files (const char *dir, const char *stem)
{
  g_autofree char *record = nanogpt_journal_get_path (dir, stem, ".job");
  g_autofree char *spare = nanogpt_journal_get_path (dir, stem, ".spare");
  g_autofree char *lock = nanogpt_journal_get_path (dir, stem, ".lock");

  g_unlink (record);
  g_unlink (spare);
  if (!nanogpt_journal_has_record (dir, stem))
    g_unlink (lock);
}

void
nanogpt_journal_remove_files (const char *dir, const char *stem)
{
  nanogpt_journal_unlink_files (dir, stem);
  nanogpt_durable_sync_dir (dir, NULL);
}
