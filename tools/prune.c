/* nanovid: nanovid-jobs prune: removing old clips and delivered jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "prune.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "ask.h"
#include "json-answer.h"

typedef struct
{
  char *path;
  guint64 size;
  gint64 time; /* when it was stored, in microseconds since the epoch */
} Clip;

static void
clip_clear (gpointer data)
{
  g_free (((Clip *)data)->path);
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const Clip *first = a;
  const Clip *second = b;

  return (first->time < second->time) - (first->time > second->time);
}

/* Returns: (transfer full) (element-type Clip): newest first */
static GArray *
list_clips (const char *dir)
{
  GArray *clips = g_array_new (FALSE, FALSE, sizeof (Clip));
  g_autoptr (GDir) names = g_dir_open (dir, 0, NULL);
  const char *name;

  g_array_set_clear_func (clips, clip_clear);
  while (names && (name = g_dir_read_name (names))) {
    Clip clip = { .path = g_build_filename (dir, name, NULL) };
    GStatBuf status;

    if (g_str_has_suffix (name, ".clip") && g_lstat (clip.path, &status) == 0
        && S_ISREG (status.st_mode)) {
      clip.size = status.st_size;
      clip.time = status.st_mtime * G_TIME_SPAN_SECOND;
      g_array_append_val (clips, clip);
    } else {
      g_free (clip.path);
    }
  }
  g_array_sort (clips, compare_age);
  return clips;
}

/* A process that plays a clip has the file open, and can continue. */
static guint
prune_cache (const Options *options)
{
  g_autofree char *dir =
      g_build_filename (g_get_user_cache_dir (), "nanovid", NULL);
  g_autoptr (GArray) clips = list_clips (dir);
  guint64 size = 0;
  guint count = 0;

  for (guint i = 0; i < clips->len; i++) {
    const Clip *clip = &g_array_index (clips, Clip, i);
    gboolean is_old =
        options->older > 0 && g_get_real_time () - clip->time > options->older;

    size += clip->size;
    if (is_old || size > options->larger)
      count += g_unlink (clip->path) == 0;
  }
  return count;
}

/* Removes only delivered jobs: others may have been paid for but not
 * collected. */
static gboolean
prune_journal (const Options *options, guint *count, GError **error)
{
  g_autoptr (GPtrArray) records = ask_list (options->store, error);

  *count = 0;
  for (guint i = 0; records && options->older > 0 && i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (!record->damaged && record->state == NANOGPT_JOURNAL_DELIVERED
        && g_get_real_time () - record->created > options->older)
      *count += ask_forget (options->store, record->id, NULL);
  }
  return records != NULL;
}

static gboolean
print_counts (guint n_clips, guint n_jobs, GError **error)
{
  g_autofree char *text = g_strdup_printf (
      _ ("Removed: %u clips, %u delivered jobs\n"), n_clips, n_jobs);

  return print_answer (text, error);
}

static gboolean
print_json (guint n_clips, guint n_jobs, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "clips", "u", n_clips);
  g_variant_dict_insert (&dict, "jobs", "u", n_jobs);
  return json_answer_print (g_variant_dict_end (&dict), error);
}

Status
command_prune (const Options *options)
{
  g_autoptr (GError) error = NULL;
  guint n_clips, n_jobs;

  if (options->older == 0 && options->larger == G_MAXUINT64) {
    complain (_ ("What is to be removed? Give --older=AGE or --larger=SIZE"));
    return STATUS_USAGE;
  }
  if (!prune_journal (options, &n_jobs, &error)) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  n_clips = prune_cache (options);
  if ((options->json ? print_json : print_counts) (n_clips, n_jobs, &error))
    return STATUS_OK;
  complain ("%s", error->message);
  return STATUS_FAILED;
}
