/* nanovid: which of the account's recent jobs a lost submit became
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "recovery.h"

/* The service's own clock is only told to the second, and its machines may
 * differ a little; this machine's may differ a lot. */
#define SERVICE_CLOCK_SLACK (2 * G_USEC_PER_SEC)
#define OWN_CLOCK_SLACK (30 * G_USEC_PER_SEC)

static GMutex owned_lock;
static GHashTable *owned;

void
nanogpt_recovery_own (const char *run_id)
{
  g_mutex_lock (&owned_lock);
  if (!owned)
    owned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (owned, g_strdup (run_id));
  g_mutex_unlock (&owned_lock);
}

static gboolean
is_owned (const char *run_id)
{
  gboolean found;

  g_mutex_lock (&owned_lock);
  found = owned && g_hash_table_contains (owned, run_id);
  g_mutex_unlock (&owned_lock);
  return found;
}

const NanogptRun *
nanogpt_recovery_match (GPtrArray *runs, const char *model,
    const char *conversation, GDateTime *now, gint64 age, guint *candidates)
{
  g_autoptr (GDateTime) clock =
      now ? g_date_time_ref (now) : g_date_time_new_now_utc ();
  gint64 slack = now ? SERVICE_CLOCK_SLACK : OWN_CLOCK_SLACK;
  g_autoptr (GDateTime) earliest = g_date_time_add (clock, -age - slack);
  const NanogptRun *match = NULL;

  *candidates = 0;
  for (guint i = 0; i < runs->len; i++) {
    const NanogptRun *run = g_ptr_array_index (runs, i);

    if (is_owned (run->run_id))
      continue;
    if (run->model && g_strcmp0 (run->model, model) != 0)
      continue;
    if (conversation && run->conversation
        && g_ascii_strcasecmp (run->conversation, conversation) != 0)
      continue;
    if (!run->created_at || g_date_time_compare (run->created_at, earliest) < 0)
      continue;
    match = run;
    (*candidates)++;
  }
  return *candidates == 1 ? match : NULL;
}
