/* nanovid: shares one job among identical requests in a process
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "shared-job.h"

static GMutex shared_lock;
static GPtrArray *shared; /* of GWeakRef */

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* Call with the lock held. */
static NanogptJob *
find_shared (NanogptRequest *request, const NanogptSettings *settings)
{
  guint i = 0;

  while (i < shared->len) {
    g_autoptr (NanogptJob) job = g_weak_ref_get (g_ptr_array_index (shared, i));

    if (!job) {
      g_ptr_array_remove_index_fast (shared, i);
      continue;
    }
    if (nanogpt_job_matches (job, request, settings)
        && nanogpt_job_is_collectable (job))
      return g_steal_pointer (&job);
    i++;
  }
  return NULL;
}

NanogptJob *
nanogpt_job_get_shared (
    NanogptRequest *request, const NanogptSettings *settings)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shared_lock);
  NanogptJob *job = NULL;

  if (!shared)
    shared = g_ptr_array_new_with_free_func (weak_ref_free);
  if (!settings->fresh)
    job = find_shared (request, settings);
  if (!job) {
    GWeakRef *weak = g_new0 (GWeakRef, 1);

    job = nanogpt_job_new (request, settings);
    g_weak_ref_init (weak, job);
    g_ptr_array_insert (shared, 0, weak);
  }
  return job;
}
