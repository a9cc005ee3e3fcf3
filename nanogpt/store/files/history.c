/* nanovid: durations and costs of earlier jobs of the same kind
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "history.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "nanogpt/base/durable-file.h"
#include "nanogpt/base/key-file.h"
#include "lock-file.h"

#define NAME "history"
#define LOCK_NAME "history.lock"
#define GROUP "nanovid-history"
#define KIND_PREFIX "kind "
#define VERSION 1
#define KINDS_MAX 500

/* The stored times are a fair sample of a period this long, in microseconds. */
#define SAMPLED_TIME G_TIME_SPAN_HOUR

/* The history is only nice to have, so no one should wait long for it. */
#define PATIENCE (G_TIME_SPAN_SECOND / 2)

static char *
get_group (const char *kind)
{
  g_autofree char *text = g_uri_escape_string (kind, " /:,;=+{}\"", TRUE);

  return g_strconcat (KIND_PREFIX, text, NULL);
}

/* Returns: (transfer full): the content of the file, or nothing if it is not
 * one of ours */
static GKeyFile *
load_history_file (const char *path)
{
  g_autofree char *text = nanogpt_durable_read_file (path, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (text && g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, NULL)
      && g_key_file_get_integer (file, GROUP, "version", NULL) == VERSION)
    return g_steal_pointer (&file);

  g_key_file_unref (file);
  file = g_key_file_new ();
  g_key_file_set_integer (file, GROUP, "version", VERSION);
  return g_steal_pointer (&file);
}

static gboolean
save_file (GKeyFile *file, const char *path, GError **error)
{
  g_autofree char *text = g_key_file_to_data (file, NULL, NULL);
  g_autoptr (NanogptDurableFile) durable =
      nanogpt_durable_file_new (path, error);

  return durable
      && nanogpt_durable_file_write (durable, text, strlen (text), error)
      && nanogpt_durable_file_commit (durable, error);
}

/* Times */

/* Reservoir sampling: each of the @n_seen times seen so far, including this
 * one, is equally likely to be kept.  Of jobs that run concurrently, the short
 * ones finish first, so neither the first nor the last times alone would be a
 * fair sample. */
static void
sample_time (double *times, guint *n_times, guint n_seen, double seconds)
{
  guint place = *n_times;

  if (place == NANOGPT_HISTORY_N_TIMES)
    place = g_random_int_range (0, n_seen);
  else
    ++*n_times;
  if (place < NANOGPT_HISTORY_N_TIMES)
    times[place] = seconds;
}

/* Returns: the number of @times */
static guint
get_times (GKeyFile *file, const char *group, double *times)
{
  g_auto (GStrv) texts =
      g_key_file_get_string_list (file, group, "times", NULL, NULL);
  guint n_times = 0;

  for (guint i = 0; texts && texts[i] && n_times < NANOGPT_HISTORY_N_TIMES;
       i++) {
    char *end;
    double seconds = g_ascii_strtod (texts[i], &end);

    if (end != texts[i] && *end == '\0' && isfinite (seconds) && seconds >= 0)
      times[n_times++] = seconds;
  }
  return n_times;
}

/* Gets the times of all other kinds of the same model, which is a kind's first
 * word. */
static void
get_similar_times (GKeyFile *file, const char *kind, NanogptHistory *history)
{
  g_autofree char *model = g_strndup (kind, strcspn (kind, " "));
  g_autofree char *same = get_group (model);
  g_autofree char *start = g_strconcat (same, " ", NULL);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  guint n_seen = 0;

  for (guint i = 0; groups[i]; i++) {
    double times[NANOGPT_HISTORY_N_TIMES];
    guint n_times;

    if (!g_str_equal (groups[i], same) && !g_str_has_prefix (groups[i], start))
      continue;
    n_times = get_times (file, groups[i], times);
    for (guint j = 0; j < n_times; j++)
      sample_time (history->similar, &history->n_similar, ++n_seen, times[j]);
  }
}

static void
set_times (
    GKeyFile *file, const char *group, const double *times, guint n_times)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_times; i++) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (text, sizeof (text), "%.9g", times[i]);
    g_ptr_array_add (texts, g_strdup (text));
  }
  g_key_file_set_string_list (
      file, group, "times", (const char *const *)texts->pdata, texts->len);
}

/* Changing the file */

/* Call with the lock held: these files are from a killed process that held it
 * before. */
static void
remove_leftovers (const char *state_dir)
{
  g_autoptr (GDir) entries = g_dir_open (state_dir, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    g_autofree char *path = NULL;

    if (!g_str_has_prefix (name, NAME ".")
        || !g_str_has_suffix (name, NANOGPT_DURABLE_SUFFIX))
      continue;
    path = g_build_filename (state_dir, name, NULL);
    g_unlink (path);
  }
}

static void
drop_oldest (GKeyFile *file)
{
  gsize n_groups;
  g_auto (GStrv) groups = g_key_file_get_groups (file, &n_groups);
  const char *oldest = NULL;
  gint64 oldest_time = G_MAXINT64;

  if (n_groups <= 1 + KINDS_MAX)
    return;

  for (gsize i = 0; i < n_groups; i++) {
    gint64 time = nanogpt_key_file_get_time (file, groups[i], "updated");

    if (!g_str_equal (groups[i], GROUP) && time < oldest_time) {
      oldest = groups[i];
      oldest_time = time;
    }
  }
  g_key_file_remove_group (file, oldest, NULL);
}

typedef void (*Change) (GKeyFile *file, const char *group, gpointer data);

/* Call with the lock held. */
static gboolean
change_file (const char *state_dir, const char *kind, Change change,
    gpointer data, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, NAME, NULL);
  g_autofree char *group = get_group (kind);
  g_autoptr (GKeyFile) file = load_history_file (path);

  change (file, group, data);
  nanogpt_key_file_set_time (file, group, "updated", g_get_real_time ());
  drop_oldest (file);
  remove_leftovers (state_dir);
  return save_file (file, path, error);
}

static gboolean
change_history (const char *state_dir, const char *kind, Change change,
    gpointer data, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, LOCK_NAME, NULL);
  gboolean changed;
  int lock;

  if (!nanogpt_durable_make_dir (state_dir, error))
    return FALSE;
  lock = nanogpt_lock_file_acquire (path, PATIENCE, error);
  if (lock < 0)
    return FALSE;

  changed = change_file (state_dir, kind, change, data, error);
  nanogpt_lock_file_release (lock);
  return changed;
}

/* The interface */

NanogptHistory *
nanogpt_history_load (const char *state_dir, const char *kind)
{
  g_autofree char *path = g_build_filename (state_dir, NAME, NULL);
  g_autofree char *group = get_group (kind);
  g_autoptr (GKeyFile) file = load_history_file (path);
  NanogptHistory *history = nanogpt_history_new ();

  history->n_times = get_times (file, group, history->times);
  if (history->n_times == 0)
    get_similar_times (file, kind, history);
  history->cost = nanogpt_key_file_get_cost (file, group, "cost");
  history->currency = g_key_file_get_string (file, group, "currency", NULL);
  history->cost_at = nanogpt_key_file_get_time (file, group, "cost-at");
  return history;
}

/* When the sampled period is over, a new one begins, in which the stored times
 * count only once each, so that old times are gradually forgotten. */
static void
add_time (GKeyFile *file, const char *group, gpointer data)
{
  const double *seconds = data;
  double times[NANOGPT_HISTORY_N_TIMES];
  guint n_times = get_times (file, group, times);
  guint64 n_seen = g_key_file_get_uint64 (file, group, "seen", NULL);
  gint64 age = g_get_real_time ()
      - nanogpt_key_file_get_time (file, group, "seen-since");

  if (age < 0 || age > SAMPLED_TIME) {
    n_seen = 0;
    nanogpt_key_file_set_time (file, group, "seen-since", g_get_real_time ());
  }
  n_seen = CLAMP (n_seen, n_times, G_MAXINT - 1) + 1;
  g_key_file_set_uint64 (file, group, "seen", n_seen);
  sample_time (times, &n_times, n_seen, *seconds);
  set_times (file, group, times, n_times);
}

gboolean
nanogpt_history_add_time (
    const char *state_dir, const char *kind, double seconds, GError **error)
{
  g_return_val_if_fail (isfinite (seconds) && seconds >= 0, FALSE);

  return change_history (state_dir, kind, add_time, &seconds, error);
}

typedef struct
{
  NanogptMicros cost;
  const char *currency;
} Cost;

static void
set_cost (GKeyFile *file, const char *group, gpointer data)
{
  const Cost *cost = data;

  nanogpt_key_file_set_cost (file, group, "cost", cost->cost);
  g_key_file_remove_key (file, group, "currency", NULL);
  nanogpt_key_file_set_text (file, group, "currency", cost->currency);
  nanogpt_key_file_set_time (file, group, "cost-at", g_get_real_time ());
}

gboolean
nanogpt_history_add_cost (const char *state_dir, const char *kind,
    NanogptMicros cost, const char *currency, GError **error)
{
  Cost data = { .cost = cost, .currency = currency };

  g_return_val_if_fail (cost >= 0, FALSE);

  return change_history (state_dir, kind, set_cost, &data, error);
}
