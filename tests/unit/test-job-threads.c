/* nanovid: jobs under many threads at once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-service.h"

#include "nanogpt/job/shared-job.h"

#define PART (64 << 10) /* bytes */
#define N_THREADS 4
#define PROMPT "a lighthouse at dusk"

/* State that the threads of one test share. */
typedef struct
{
  Service *service;
  NanogptJob *job;
  GBytes *media;
  gint done; /* atomic */
} Shared;

static void
run_threads (guint number, GThreadFunc function, gpointer data)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  for (guint i = 0; i < number; i++)
    g_ptr_array_add (threads, g_thread_new ("test", function, data));
  for (guint i = 0; i < number; i++)
    g_thread_join (threads->pdata[i]);
}

/* Starting and stopping */

static gpointer
start_and_stop (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < 60; i++) {
    g_autoptr (NanogptJobStatus) status = NULL;

    nanogpt_job_start (shared->job, shared->service->settings);
    nanogpt_job_want (shared->job, i * 5000);
    status = nanogpt_job_get_status (shared->job);
    g_assert_no_error (status->error);
    nanogpt_job_stop (shared->job);
  }
  return NULL;
}

static void
test_start_stop_storm (void)
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Service) service = service_new (0.05, 0);
    g_autoptr (Owner) owner = NULL;
    Shared shared;

    owner = service_ask (service, PROMPT);
    shared = (Shared){ .service = service, .job = owner->job };
    run_threads (N_THREADS, start_and_stop, &shared);

    owner_start (owner, service);
    owner_collect (owner, service);
    nanogpt_job_stop (owner->job);
    assert_charges (service, 1);
  }
}

/* Many starts and stops do no harm to a job that one owner keeps wanting. */
static void
test_storm_beside_owner (void)
{
  g_autoptr (Service) service = service_new (0.2, 1000 * 1000);
  g_autoptr (Owner) owner = NULL;
  Shared shared;

  owner = service_submit (service, PROMPT);
  shared = (Shared){ .service = service, .job = owner->job };
  run_threads (N_THREADS, start_and_stop, &shared);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* The same for a job that was submitted elsewhere. */
static void
test_storm_around_run_id (void)
{
  g_autoptr (Service) service = service_new (0.5, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) submitter = NULL;
  g_autoptr (Owner) owner = NULL;
  Shared shared;

  submitter = service_submit (service, PROMPT);
  status = owner_wait_until (submitter, has_come_to, NANOGPT_JOB_QUEUED);
  service->settings->run_id = g_strdup (status->run_id);
  owner = owner_new (nanogpt_job_new (NULL, service->settings));
  shared = (Shared){ .service = service, .job = owner->job };
  run_threads (N_THREADS, start_and_stop, &shared);

  owner_start (owner, service);
  owner_collect (owner, service);
  owner_collect (submitter, service);
  nanogpt_job_stop (owner->job);
  nanogpt_job_stop (submitter->job);
  assert_charges (service, 1);
}

/* Observers */

static void
count (NanogptJob *job, gpointer data)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (job);
  guint *counter = data;

  (*counter)++;
}

/* The counter of an observer is freed as soon as the observer is removed. */
static gpointer
observe (gpointer data)
{
  Shared *shared = data;

  while (!g_atomic_int_get (&shared->done)) {
    guint *counter = g_new0 (guint, 1);
    guint observer = nanogpt_job_add_observer (shared->job, count, counter);

    g_thread_yield ();
    nanogpt_job_remove_observer (shared->job, observer);
    g_free (counter);
  }
  return NULL;
}

static void
test_observers (void)
{
  g_autoptr (Service) service = service_new (0.3, 500 * 1000);
  g_autoptr (Owner) owner = NULL;
  GThread *threads[N_THREADS];
  Shared shared;

  owner = service_ask (service, PROMPT);
  shared = (Shared){ .service = service, .job = owner->job };
  owner_start (owner, service);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("observer", observe, &shared);
  owner_collect (owner, service);
  g_atomic_int_set (&shared.done, TRUE);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  nanogpt_job_stop (owner->job);
}

/* Reading while the clip grows */

static void
read_range (Owner *owner, GBytes *media, guint64 from, guint64 to)
{
  const guint8 *expected = g_bytes_get_data (media, NULL);

  while (from < to) {
    g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (owner->job);
    g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (owner->job);
    guint64 available = nanogpt_clip_get_available (clip, from);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = NULL;

    if (available == 0) {
      nanogpt_job_want (owner->job, from);
      nanogpt_job_status_free (
          owner_wait_until (owner, has_bytes, status->bytes + 1));
      continue;
    }
    available = MIN (available, to - from);
    bytes = nanogpt_clip_read (clip, from, available, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
        expected + from, available);
    from += available;
  }
}

static gpointer
read_in_order (gpointer data)
{
  Shared *shared = data;
  g_autoptr (Owner) owner = owner_new (g_object_ref (shared->job));

  read_range (owner, shared->media, 0, g_bytes_get_size (shared->media));
  return NULL;
}

static gpointer
read_from_the_end (gpointer data)
{
  Shared *shared = data;
  g_autoptr (Owner) owner = owner_new (g_object_ref (shared->job));
  guint64 size = g_bytes_get_size (shared->media);

  for (guint i = 1; i <= 4; i++)
    read_range (
        owner, shared->media, size - i * size / 4, size - (i - 1) * size / 4);
  return NULL;
}

static gboolean
has_size (const NanogptJobStatus *status, guint64 value G_GNUC_UNUSED)
{
  return status->size > 0;
}

static void
test_readers (gconstpointer data)
{
  g_autoptr (Service) service = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autoptr (Owner) owner = NULL;
  NanogptSimulatorOptions options;
  Shared shared;

  nanogpt_simulator_options_init (&options);
  options.generation_time = 0;
  options.bandwidth = 4 * 1000 * 1000;
  options.no_ranges = GPOINTER_TO_INT (data);
  service = service_new_with_options (&options, 3 * 1000 * 1000);
  owner = service_ask (service, PROMPT);
  shared = (Shared){ .job = owner->job, .media = service->media };
  owner_start (owner, service);
  status = owner_wait_until (owner, has_size, 0);
  for (guint i = 0; i < N_THREADS; i++)
    g_ptr_array_add (threads,
        g_thread_new (
            "reader", i % 2 ? read_from_the_end : read_in_order, &shared));
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads->pdata[i]);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* What a reader holds must not be received into again.  It reads parts of the
 * pieces that arrive, because a part of several of them is read from the file. */
static void
test_readers_hold (void)
{
  g_autoptr (Service) service = NULL;
  g_autoptr (Owner) owner = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (NanogptClip) clip = NULL;
  g_autoptr (GPtrArray) held =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GError) error = NULL;
  NanogptSimulatorOptions options;
  const guint8 *expected;
  guint64 size, from = 0;

  nanogpt_simulator_options_init (&options);
  options.generation_time = 0;
  service = service_new_with_options (&options, 24 * 1000 * 1000);
  owner = service_ask (service, PROMPT);
  expected = g_bytes_get_data (service->media, &size);
  owner_start (owner, service);
  status = owner_wait_until (owner, has_size, 0);
  clip = nanogpt_job_get_clip (owner->job);
  while (from < size) {
    guint64 available = MIN (nanogpt_clip_get_available (clip, from), PART);

    if (available == 0) {
      nanogpt_job_status_free (owner_wait_until (owner, has_bytes, from + 1));
      continue;
    }
    g_ptr_array_add (held, nanogpt_clip_read (clip, from, available, &error));
    g_assert_no_error (error);
    from += available;
  }
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);

  for (guint i = 0; i < held->len; i++) {
    gsize length;
    const guint8 *data = g_bytes_get_data (held->pdata[i], &length);

    g_assert_cmpmem (data, length, expected, length);
    expected += length;
  }
}

/* Many jobs, with the network thread starting and stopping */

static gpointer
run_jobs (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < 5; i++) {
    g_autofree char *prompt = g_strdup_printf ("%p %u", g_thread_self (), i);
    g_autoptr (Owner) idle = service_ask (shared->service, prompt);
    g_autoptr (Owner) owner = service_ask (shared->service, prompt);

    owner_start (owner, shared->service);
    owner_collect (owner, shared->service);
    nanogpt_job_deliver (owner->job);
    nanogpt_job_stop (owner->job);
  }
  return NULL;
}

static void
test_many (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  Shared shared;

  shared = (Shared){ .service = service };
  run_threads (N_THREADS, run_jobs, &shared);
  assert_charges (service, N_THREADS * 5);
}

static gpointer
come_and_go (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < 100; i++) {
    g_autoptr (Owner) owner = service_ask (shared->service, PROMPT);

    nanogpt_job_want (owner->job, i);
    nanogpt_job_reject_clip (owner->job, "There is none");
    nanogpt_job_stop (owner->job);
  }
  return NULL;
}

static void
test_come_and_go (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  Shared shared;

  shared = (Shared){ .service = service };
  run_threads (N_THREADS, come_and_go, &shared);
  assert_charges (service, 0);
}

/* One job shared by all threads */

static gpointer
share (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < 20; i++) {
    g_autoptr (NanogptRequest) request = make_request (PROMPT);
    g_autoptr (Owner) owner =
        owner_new (nanogpt_job_get_shared (request, shared->service->settings));

    owner_start (owner, shared->service);
    owner_collect (owner, shared->service);
    nanogpt_job_stop (owner->job);
  }
  return NULL;
}

static void
test_shared (void)
{
  g_autoptr (Service) service = service_new (0.1, 0);
  g_autoptr (NanogptRequest) request = make_request (PROMPT);
  g_autoptr (NanogptJob) kept = NULL;
  Shared shared;

  kept = nanogpt_job_get_shared (request, service->settings);
  shared = (Shared){ .service = service };
  run_threads (N_THREADS, share, &shared);
  assert_charges (service, 1);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/job-threads/start-stop-storm", test_start_stop_storm);
  g_test_add_func ("/job-threads/storm-beside-owner", test_storm_beside_owner);
  g_test_add_func (
      "/job-threads/storm-around-run-id", test_storm_around_run_id);
  g_test_add_func ("/job-threads/observers", test_observers);
  g_test_add_data_func (
      "/job-threads/readers", GINT_TO_POINTER (FALSE), test_readers);
  g_test_add_data_func (
      "/job-threads/readers/no-ranges", GINT_TO_POINTER (TRUE), test_readers);
  g_test_add_func ("/job-threads/readers/hold", test_readers_hold);
  g_test_add_func ("/job-threads/many", test_many);
  g_test_add_func ("/job-threads/come-and-go", test_come_and_go);
  g_test_add_func ("/job-threads/shared", test_shared);
  return g_test_run ();
}
