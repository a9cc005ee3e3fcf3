/* nanovid: archives delivered journal entries and removes old ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-prune.h"

#include <glib/gstdio.h>
#include <string.h>

#include "journal-files.h"
#include "lock-file.h"
#include "nanogpt/base/durable-file.h"

#define DELIVERED_KEPT_FOR (7 * G_TIME_SPAN_DAY)
/* A former version left all of them in one directory; the limit keeps each
 * start short. */
#define SET_ASIDE_AT_ONCE 1000

static gboolean
is_delivered (const char *dir, const char *stem)
{
  g_autofree char *spare = nanogpt_journal_get_path (dir, stem, ".spare");
  g_autoptr (NanogptJournalRecord) record = NULL;

  /* An entry that is not delivered has a spare file, and need not be read. */
  if (g_access (spare, F_OK) == 0)
    return FALSE;
  record = nanogpt_journal_read_record (dir, stem);
  return record && record->state == NANOGPT_JOURNAL_DELIVERED;
}

/* Nothing is synced: after a power cut, an entry is in either place.  An entry
 * that cannot be moved only costs time. */
static gboolean
set_aside (const char *state_dir, const char *dir, const char *stem)
{
  gboolean moved;
  g_autofree char *path = nanogpt_journal_get_path (dir, stem, ".job");
  g_autofree char *day = nanogpt_journal_get_delivered_dir (state_dir, stem);
  g_autofree char *target = nanogpt_journal_get_path (day, stem, ".job");
  int fd;

  if (!is_delivered (dir, stem))
    return FALSE;
  fd = nanogpt_journal_lock (dir, stem, FALSE);
  if (fd < 0)
    return FALSE;

  /* Delivered is a job's last state, so the record need not be read again. */
  moved = nanogpt_durable_make_dir (day, NULL) && g_rename (path, target) == 0;
  if (moved)
    nanogpt_journal_unlink_files (dir, stem);
  nanogpt_lock_file_release (fd);
  return moved;
}

static void
prune_temporary (const char *dir, const char *stem, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int fd = nanogpt_journal_lock (dir, stem, FALSE);

  if (fd < 0)
    return;

  g_unlink (path);
  if (!nanogpt_journal_has_record (dir, stem))
    nanogpt_journal_remove_files (dir, stem);
  nanogpt_lock_file_release (fd);
}

static void
prune_leftover (const char *dir, const char *stem)
{
  int fd;

  if (nanogpt_journal_has_record (dir, stem))
    return;
  fd = nanogpt_journal_lock (dir, stem, FALSE);
  if (fd < 0)
    return;

  if (!nanogpt_journal_has_record (dir, stem))
    nanogpt_journal_remove_files (dir, stem);
  nanogpt_lock_file_release (fd);
}

/* The names show which files need not be opened. */
static void
prune_jobs (const char *state_dir, gint64 now)
{
  g_autofree char *dir = nanogpt_journal_get_dir (state_dir);
  g_autofree char *day_ago =
      nanogpt_journal_make_stem (now - G_TIME_SPAN_DAY, 0);
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  guint n_moved = 0;
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    g_autofree char *stem = nanogpt_journal_parse_stem (name);

    if (!stem)
      continue;
    if (g_str_has_suffix (name, ".job"))
      n_moved +=
          n_moved < SET_ASIDE_AT_ONCE && set_aside (state_dir, dir, stem);
    else if (strcmp (stem, day_ago) >= 0)
      continue;
    else if (g_str_has_suffix (name, NANOGPT_DURABLE_SUFFIX))
      prune_temporary (dir, stem, name);
    else if (g_str_has_suffix (name, ".lock")
        || g_str_has_suffix (name, ".spare"))
      prune_leftover (dir, stem);
  }
}

static void
prune_day (const char *day)
{
  g_autoptr (GDir) entries = g_dir_open (day, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    g_autofree char *stem = nanogpt_journal_parse_stem (name);
    int fd = stem ? nanogpt_journal_lock (day, stem, FALSE) : -1;

    if (fd < 0)
      continue;
    nanogpt_journal_unlink_files (day, stem);
    nanogpt_lock_file_release (fd);
  }
  g_rmdir (day);
}

void
nanogpt_journal_prune (const char *state_dir, gint64 now)
{
  g_autofree char *week_ago =
      nanogpt_journal_make_stem (now - DELIVERED_KEPT_FOR, 0);
  g_autofree char *oldest =
      nanogpt_journal_get_delivered_dir (state_dir, week_ago);
  g_autoptr (GPtrArray) days = NULL;

  prune_jobs (state_dir, now);
  days = nanogpt_journal_list_days (state_dir);
  for (guint i = 0; i < days->len; i++)
    if (strcmp (days->pdata[i], oldest) < 0)
      prune_day (days->pdata[i]);
}
