/* nanovid: runs blocking functions on worker threads, without a return value
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "worker.h"

#include <stdlib.h>
#include <unistd.h>

#define MAX_THREADS 4

/* How long the exit of the process is delayed, at most. */
#define EXIT_PATIENCE (10 * G_TIME_SPAN_SECOND)

typedef struct
{
  GDestroyNotify work;
  gpointer data;
} Job;

static GMutex lock;
static GCond ended;
static guint n_unfinished;
static pid_t process; /* a forked child has the count, but not the threads */

static void
run_job (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  g_autofree Job *job = data;

  job->work (job->data);

  g_mutex_lock (&lock);
  n_unfinished--;
  g_cond_signal (&ended);
  g_mutex_unlock (&lock);
}

static void
finish_work (void)
{
  gint64 until = g_get_monotonic_time () + EXIT_PATIENCE;

  if (getpid () != process)
    return;
  g_mutex_lock (&lock);
  while (n_unfinished > 0 && g_cond_wait_until (&ended, &lock, until))
    continue;
  g_mutex_unlock (&lock);
}

static GThreadPool *
create_pool (void)
{
  process = getpid ();
  atexit (finish_work);
  return g_thread_pool_new (run_job, NULL, MAX_THREADS, FALSE, NULL);
}

void
nanogpt_worker_run (GDestroyNotify work, gpointer data)
{
  static gsize pool;
  Job *job = g_new (Job, 1);

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize)create_pool ());
  job->work = work;
  job->data = data;
  g_mutex_lock (&lock);
  n_unfinished++;
  g_mutex_unlock (&lock);
  g_thread_pool_push ((GThreadPool *)pool, job, NULL);
}
