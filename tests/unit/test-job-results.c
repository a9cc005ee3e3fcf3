/* nanovid: tests of jobs that have several results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-service.h"
#include "nanogpt/base/money.h"
#include "nanogpt/store/files/journal.h"
#include "nanogpt/store/files/ledger.h"

#include <string.h>

/* A model whose jobs have four results that differ. */
#define MODEL "midjourney-video"
#define N_RESULTS 4

static Service *
create_service (void)
{
  static const char *const clips[] = {
    "size=64x48,rate=8,seconds=0.25,sound=none", NULL
  };
  Service *self = g_new0 (Service, 1);
  NanogptSimulatorOptions options;
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_options_init (&options);
  options.generation_time = 0;
  options.clips = clips;
  self->watchdog = fixture_watchdog_new (g_test_get_path (), 60);
  self->media = g_bytes_new_static ("", 0);
  self->simulator = nanogpt_simulator_new (&options, &error);
  g_assert_no_error (error);
  self->settings = nanogpt_settings_new ();
  self->settings->api_key = g_strdup (KEY);
  self->settings->base_url =
      g_strdup (nanogpt_simulator_get_base_url (self->simulator));
  self->settings->state_dir = fixture_make_dir ();
  self->settings->spool_dir = fixture_make_dir ();
  self->settings->poll_interval = 20;
  nanogpt_settings_resolve (self->settings, &error);
  g_assert_no_error (error);
  return self;
}

static NanogptRequest *
create_request (void)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (GError) error = NULL;
  NanogptRequest *request;

  g_free (parameters->model);
  parameters->model = g_strdup (MODEL);
  g_ptr_array_add (media,
      nanogpt_media_new_url (
          NANOGPT_MEDIA_IMAGE, "https://example.com/cat.png"));
  request = nanogpt_request_new (parameters, media, &error);
  g_assert_no_error (error);
  return request;
}

static Owner *
ask (Service *service, guint index)
{
  g_autoptr (NanogptRequest) request = create_request ();

  service->settings->output_index = index;
  return owner_new (nanogpt_job_new (request, service->settings));
}

static GBytes *
read_clip (Owner *owner)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (owner->job);
  g_autoptr (GError) error = NULL;
  GBytes *bytes =
      nanogpt_clip_read (clip, 0, nanogpt_clip_get_size (clip), &error);

  g_assert_no_error (error);
  return bytes;
}

/* Starts the job, collects its clip, delivers it and stops. */
static GBytes *
play (Service *service, Owner *owner)
{
  g_autoptr (NanogptJobStatus) status = NULL;
  GBytes *bytes;

  owner_start (owner, service);
  status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);
  g_assert_no_error (status->error);
  g_assert_cmpuint (status->outputs, ==, N_RESULTS);
  bytes = read_clip (owner);
  nanogpt_job_deliver (owner->job);
  nanogpt_job_stop (owner->job);
  return bytes;
}

static GBytes *
ask_and_play (Service *service, guint index)
{
  g_autoptr (Owner) owner = ask (service, index);

  return play (service, owner);
}

static void
assert_one_charge (Service *service)
{
  g_autoptr (GPtrArray) sums =
      nanogpt_ledger_list (service->settings->state_dir, 0);
  NanogptLedgerSum *sum;

  assert_charges (service, 1);
  g_assert_cmpuint (sums->len, ==, 1);
  sum = sums->pdata[0];
  g_assert_cmpuint (sum->n_charged, ==, 1);
  g_assert_cmpuint (sum->n_reserved, ==, 0);
  g_assert_cmpfloat_with_epsilon (nanogpt_money_to_double (sum->charged),
      nanogpt_simulator_get_charged (service->simulator), 1e-6);
}

static void
assert_state (Service *service, NanogptJournalState state)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  g_assert_cmpuint (records->len, ==, 1);
  g_assert_cmpint (
      ((NanogptJournalRecord *)records->pdata[0])->state, ==, state);
}

/* One job after the other, as in an element that goes to READY and back. */
static void
test_in_process (void)
{
  g_autoptr (Service) service = create_service ();
  g_autoptr (NanogptRequest) request = create_request ();
  g_autoptr (NanogptBudget) budget = nanogpt_budget_new ();
  g_autoptr (Owner) owner = ask (service, 0);
  g_autoptr (GPtrArray) clips =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  service->settings->budget = nanogpt_budget_ref (budget);
  service->settings->max_total_cost =
      nanogpt_money_get_limit (1); /* one job costs 0.60 */
  g_ptr_array_add (clips, play (service, owner));
  for (guint i = 1; i < N_RESULTS; i++) {
    NanogptJob *job;

    service->settings->output_index = i;
    g_assert_false (
        nanogpt_job_matches (owner->job, request, service->settings));
    job = nanogpt_job_new_result (owner->job, request, service->settings);
    g_assert_nonnull (job);
    g_clear_pointer (&owner, owner_free);
    owner = owner_new (job);
    g_ptr_array_add (clips, play (service, owner));
    g_assert_true (
        nanogpt_job_matches (owner->job, request, service->settings));
    for (guint k = 0; k < i; k++)
      g_assert_false (g_bytes_equal (clips->pdata[k], clips->pdata[i]));
  }
  assert_one_charge (service);
  assert_state (service, NANOGPT_JOURNAL_DELIVERED);
}

/* Each result has its own place in the cache, and a missing one is downloaded
 * from the job of the cached ones. */
static void
test_cache (void)
{
  g_autoptr (Service) service = create_service ();
  g_autoptr (GBytes) third = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) third_again = NULL;
  g_autoptr (GBytes) first_again = NULL;
  g_autoptr (GBytes) fourth = NULL;
  guint requests;

  service->settings->cache_dir = fixture_make_dir ();
  third = ask_and_play (service, 2);
  first = ask_and_play (service, 0);
  g_assert_false (g_bytes_equal (first, third));
  requests = nanogpt_simulator_count_requests (
      service->simulator, NANOGPT_SIMULATOR_ANY);
  first_again = ask_and_play (service, 0);
  third_again = ask_and_play (service, 2);
  g_assert_true (g_bytes_equal (first, first_again));
  g_assert_true (g_bytes_equal (third, third_again));
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        service->simulator, NANOGPT_SIMULATOR_ANY),
      ==, requests);
  fourth = ask_and_play (service, 3);
  g_assert_false (g_bytes_equal (third, fourth));
  assert_one_charge (service);
}

/* With resume=false, another job is paid for. */
static void
test_no_resume (void)
{
  g_autoptr (Service) service = create_service ();
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  service->settings->cache_dir = fixture_make_dir ();
  first = ask_and_play (service, 0);
  service->settings->resume = FALSE;
  second = ask_and_play (service, 1);
  assert_charges (service, 2);
}

/* If output-index is too large, the job can still be collected. */
static void
test_beyond (void)
{
  g_autoptr (Service) service = create_service ();
  g_autoptr (Owner) owner = ask (service, N_RESULTS);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (GBytes) last = NULL;

  owner_start (owner, service);
  owner_expect_error (owner, NANOGPT_ERROR_INVALID_REQUEST, TRUE);
  status = nanogpt_job_get_status (owner->job);
  g_assert_nonnull (nanogpt_error_get_details (status->error)->run_id);
  g_assert_nonnull (strstr (status->error->message, "output-index is 4"));
  g_assert_true (nanogpt_job_is_collectable (owner->job));
  nanogpt_job_stop (owner->job);
  assert_state (service, NANOGPT_JOURNAL_ACCEPTED);

  last = ask_and_play (service, N_RESULTS - 1);
  assert_one_charge (service);
  assert_state (service, NANOGPT_JOURNAL_DELIVERED);
}

/* An abandoned job is adopted, whichever of its results is wanted now. */
static void
test_adopted (void)
{
  g_autoptr (Service) service = create_service ();
  g_autoptr (Owner) owner = ask (service, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (GBytes) second = NULL;

  owner_start (owner, service);
  status = owner_wait (owner, NANOGPT_JOB_COMPLETE);
  nanogpt_job_stop (owner->job);
  second = ask_and_play (service, 1);
  assert_one_charge (service);
}

/* A fresh URL leads to the same result. */
static void
test_renewed (void)
{
  g_autoptr (Service) service = create_service ();
  g_autoptr (GBytes) third = ask_and_play (service, 2);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  service_add_fault (service, "media#1:expire");
  service_add_fault (service, "media#2:truncate=1000");
  service_add_fault (service, "media#3:expire");
  service->settings->run_id =
      g_strdup (((NanogptJournalRecord *)records->pdata[0])->run_id);
  owner = owner_new (nanogpt_job_new (NULL, service->settings));
  again = play (service, owner);
  g_assert_true (g_bytes_equal (third, again));
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        service->simulator, NANOGPT_SIMULATOR_MEDIA),
      >=, 5);
  assert_one_charge (service);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/job/results/in-process", test_in_process);
  g_test_add_func ("/job/results/cache", test_cache);
  g_test_add_func ("/job/results/no-resume", test_no_resume);
  g_test_add_func ("/job/results/beyond", test_beyond);
  g_test_add_func ("/job/results/adopted", test_adopted);
  g_test_add_func ("/job/results/renewed", test_renewed);
  return g_test_run ();
}
