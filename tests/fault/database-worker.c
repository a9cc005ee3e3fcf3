/* nanovid: one of many worker processes that share a database in the fault tests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* database-worker BASE-URL DATABASE STATE-DIR PROMPT LEASE BUDGET
 *
 * Requests one clip, and takes it. LEASE is in milliseconds, BUDGET in USD a
 * day, 0 for none. Prints "delivered" or the reason of the error. */

#include <stdio.h>
#include <stdlib.h>

#include "nanogpt/base/error.h"
#include "nanogpt/job/job.h"

static GMutex lock;
static GCond changed;
static guint changes;

static void
on_change (NanogptJob *job G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  g_mutex_lock (&lock);
  changes++;
  g_cond_signal (&changed);
  g_mutex_unlock (&lock);
}

static NanogptJobStatus *
wait_for_end (NanogptJob *job)
{
  guint seen = 0;

  for (;;) {
    NanogptJobStatus *status = nanogpt_job_get_status (job);

    if (status->state >= NANOGPT_JOB_COMPLETE)
      return status;
    nanogpt_job_status_free (status);
    g_mutex_lock (&lock);
    while (seen == changes)
      g_cond_wait (&changed, &lock);
    seen = changes;
    g_mutex_unlock (&lock);
  }
}

/* Distinguishes submits whose answers are lost at the same time. */
static char *
make_conversation (const char *prompt)
{
  g_autofree char *sum =
      g_compute_checksum_for_string (G_CHECKSUM_MD5, prompt, -1);

  return g_strdup_printf ("%.8s-%.4s-4%.3s-a%.3s-%.12s", sum, sum + 8, sum + 13,
      sum + 17, sum + 20);
}

static NanogptRequest *
make_request (const char *prompt)
{
  NanogptParameters *parameters = nanogpt_parameters_new ();
  NanogptRequest *request;

  parameters->prompt = g_strdup (prompt);
  parameters->conversation = make_conversation (prompt);
  request = nanogpt_request_new (parameters, NULL, NULL);
  nanogpt_parameters_free (parameters);
  return request;
}

static NanogptSettings *
make_settings (char **argv)
{
  NanogptSettings *settings = nanogpt_settings_new ();
  g_autoptr (GError) error = NULL;

  settings->api_key = g_strdup ("sk-nano-database");
  settings->base_url = g_strdup (argv[1]);
  settings->database = g_strdup (argv[2]);
  settings->state_dir = g_strdup (argv[3]);
  settings->lease = g_ascii_strtoll (argv[5], NULL, 10) * 1000;
  settings->poll_interval = 100;
  if (!nanogpt_settings_resolve (settings, &error))
    g_error ("%s", error->message);
  settings->daily_budget =
      nanogpt_money_get_limit (g_ascii_strtod (argv[6], NULL));
  return settings;
}

int
main (int argc, char **argv)
{
  g_autoptr (NanogptSettings) settings = NULL;
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (NanogptJob) job = NULL;
  NanogptJobStatus *status;
  gboolean complete;

  if (argc != 7)
    return 2;
  settings = make_settings (argv);
  request = make_request (argv[4]);
  job = nanogpt_job_new (request, settings);
  nanogpt_job_add_observer (job, on_change, NULL);
  nanogpt_job_start (job, settings);
  status = wait_for_end (job);
  complete = status->state == NANOGPT_JOB_COMPLETE;
  if (complete)
    nanogpt_job_deliver (job);
  printf ("%s %s\n",
      complete ? "delivered" : nanogpt_error_get_reason (status->error->code),
      complete ? status->run_id : status->error->message);
  nanogpt_job_status_free (status);
  nanogpt_job_stop (job);
  return complete ? 0 : 1;
}
