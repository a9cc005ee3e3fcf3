/* nanovid: time and cost of earlier jobs of the same kind
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

/* Nobody wants to wait for what is only good to know. */
#define PATIENCE (G_TIME_SPAN_SECOND / 2)

static char *
get_group (const char *kind)
{
  g_autofree char *text = g_uri_escape_string (kind, " /:,;=+{}\"", TRUE);

  return g_strconcat (KIND_PREFIX, text, NULL);
}

/* Returns: (transfer full): what is in the file, or nothing when it is not one
 * of ours */
static GKeyFile *
load_file (const char *path)
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

static void
append_time (NanogptHistory *history, double seconds)
{
  if (history->n_times == NANOGPT_HISTORY_N_TIMES)
    memmove (history->times, history->times + 1,
        --history->n_times * sizeof (double));
  history->times[history->n_times++] = seconds;
}

static void
get_times (GKeyFile *file, const char *group, NanogptHistory *history)
{
  g_auto (GStrv) texts =
      g_key_file_get_string_list (file, group, "times", NULL, NULL);

  for (guint i = 0; texts && texts[i]; i++) {
    char *end;
    double seconds = g_ascii_strtod (texts[i], &end);

    if (end != texts[i] && *end == '\0' && isfinite (seconds) && seconds >= 0)
      append_time (history, seconds);
  }
}

static void
set_times (GKeyFile *file, const char *group, const NanogptHistory *history)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < history->n_times; i++) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (text, sizeof (text), "%.9g", history->times[i]);
    g_ptr_array_add (texts, g_strdup (text));
  }
  g_key_file_set_string_list (
      file, group, "times", (const char *const *)texts->pdata, texts->len);
}

/* Changing the file */

/* Call with the lock held: who had it before and left these was killed. */
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
  g_autoptr (GKeyFile) file = load_file (path);

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
  g_autoptr (GKeyFile) file = load_file (path);
  NanogptHistory *history = g_new0 (NanogptHistory, 1);

  get_times (file, group, history);
  history->cost = nanogpt_key_file_get_cost (file, group, "cost");
  history->currency = g_key_file_get_string (file, group, "currency", NULL);
  history->cost_at = nanogpt_key_file_get_time (file, group, "cost-at");
  return history;
}

static void
add_time (GKeyFile *file, const char *group, gpointer data)
{
  const double *seconds = data;
  NanogptHistory history = { .n_times = 0 };

  get_times (file, group, &history);
  append_time (&history, *seconds);
  set_times (file, group, &history);
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
