/* nanovid: runs blocking functions on worker threads, without a result
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "worker.h"

#define MAX_THREADS 4

typedef struct
{
  GDestroyNotify work;
  gpointer data;
} Job;

static void
run (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autofree Job *job = data;

  job->work (job->data);
}

void
nanogpt_worker_run (GDestroyNotify work, gpointer data)
{
  static gsize pool;
  Job *job = g_new (Job, 1);

  if (g_once_init_enter (&pool))
    g_once_init_leave (
        &pool, (gsize)g_thread_pool_new (run, NULL, MAX_THREADS, FALSE, NULL));
  job->work = work;
  job->data = data;
  g_thread_pool_push ((GThreadPool *)pool, job, NULL);
}
