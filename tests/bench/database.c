/* nanovid: how many jobs per second a database handles, through its driver
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* database URI PROCESSES SECONDS
 *
 * Each process keeps one job after the other in the database, as an element
 * with a daily budget does, but does not wait for anything: no request is sent
 * to the service. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nanogpt/store/postgres/postgres-store.h"

#define BUDGET ((NanogptMicros)1000000 * 1000000)
#define COST 100000

static void
on_answer (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
finish (NanogptStoreEntry *entry, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  if (!nanogpt_store_entry_finish (entry, await (result), &error))
    g_error ("%s", error->message);
  g_clear_object (result);
}

static NanogptStoreEntry *
make_entry (NanogptStore *store, const char *run_id)
{
  NanogptStoreJob job = { .record = nanogpt_journal_record_new (),
    .resume = TRUE,
    .patience = 30 * G_TIME_SPAN_SECOND,
    .kind = g_strdup ("model 5 s"),
    .daily_budget = BUDGET };

  job.record->digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, run_id, -1);
  job.record->origin = g_strdup ("https://api.example");
  job.record->account = g_strdup ("account");
  job.record->model = g_strdup ("model");
  job.record->prompt = g_strdup ("a lighthouse at dusk, slow dolly in");
  return nanogpt_store_make_entry (store, &job);
}

static void
open_entry (NanogptStoreEntry *entry)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  NanogptJournalObstacle obstacle;

  nanogpt_store_entry_open_async (entry, 0, on_answer, &result);
  nanogpt_store_entry_open_finish (entry, await (&result), &obstacle, &error);
  if (error)
    g_error ("%s", error->message);
}

static void
keep_job (NanogptStore *store)
{
  g_autofree char *run_id = g_uuid_string_random ();
  g_autoptr (NanogptStoreEntry) entry = make_entry (store, run_id);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  NanogptStoreCharge charge = { .run_id = run_id, .cost = COST };

  open_entry (entry);
  nanogpt_store_entry_begin_async (entry, COST, on_answer, &result);
  finish (entry, &result);
  nanogpt_store_entry_send_async (entry, on_answer, &result);
  finish (entry, &result);
  nanogpt_store_entry_accept_async (entry, &charge, on_answer, &result);
  finish (entry, &result);
  nanogpt_store_entry_complete (entry, &charge, 40);
  if (!nanogpt_store_entry_deliver (entry, &error))
    g_error ("%s", error->message);
  nanogpt_store_entry_close_async (entry, on_answer, &result);
  finish (entry, &result);
}

/* Writes the number of those jobs to @output. */
static void
run (const char *uri, double seconds, int output)
{
  g_autofree char *dir = g_dir_make_tmp (NULL, NULL);
  g_autoptr (NanogptStore) store = nanogpt_postgres_store_new (uri, dir, 30, 0);
  gint64 end;
  guint n_jobs = 0;

  keep_job (store);
  end = g_get_monotonic_time () + (gint64)(seconds * G_USEC_PER_SEC);
  for (; g_get_monotonic_time () < end; n_jobs++)
    keep_job (store);
  if (write (output, &n_jobs, sizeof n_jobs) != sizeof n_jobs)
    g_error ("the parent is gone");
  rmdir (dir);
}

int
main (int argc, char **argv)
{
  double seconds = argc == 4 ? g_ascii_strtod (argv[3], NULL) : 0;
  guint sum = 0;
  guint n_jobs;
  int ends[2];

  if (seconds <= 0 || pipe (ends) != 0) {
    fprintf (stderr, "usage: %s URI PROCESSES SECONDS\n", argv[0]);
    return 2;
  }
  for (int i = 0; i < atoi (argv[2]); i++) {
    if (fork () != 0)
      continue;
    run (argv[1], seconds, ends[1]);
    return 0;
  }
  close (ends[1]);
  while (read (ends[0], &n_jobs, sizeof n_jobs) == sizeof n_jobs)
    sum += n_jobs;
  printf ("%.1f jobs/s\n", sum / seconds);
  while (wait (NULL) > 0)
    continue;
  return 0;
}
