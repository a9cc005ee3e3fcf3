/* nanovid: the life of a job: started, stopped, shared, kept in the cache, rejected
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-cases.h"
#include "job-service.h"
#include "nanogpt/base/money.h"
#include "nanogpt/job/shared-job.h"

#define PROMPT "a lighthouse at dusk"

/* The whole life of one job */

static void
test_life (void)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  owner = service_ask (service, PROMPT);
  assert_charges (service, 0);
  owner_start (owner, service);
  owner_collect (owner, service);
  service_assert_journal (service, 0, NANOGPT_JOURNAL_ACCEPTED);

  nanogpt_job_deliver (owner->job);
  nanogpt_job_deliver (owner->job);
  service_assert_journal (service, 0, NANOGPT_JOURNAL_DELIVERED);
  nanogpt_job_stop (owner->job);
  status = nanogpt_job_get_status (owner->job);
  g_assert_cmpint (status->state, ==, NANOGPT_JOB_COMPLETE);
  g_assert_cmpint (status->cost, >, 0);
  g_assert_cmpuint (status->bytes, ==, (guint64)status->size);
  g_assert_false (status->resumed);
  assert_charges (service, 1);
}

/* A complete clip that is requested again causes no request to the service. */
static void
test_complete_again (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = NULL;
  guint requests;

  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);

  requests = nanogpt_simulator_count_requests (
      service->simulator, NANOGPT_SIMULATOR_STATUS);
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        service->simulator, NANOGPT_SIMULATOR_STATUS),
      ==, requests);
  assert_charges (service, 1);
}

/* Stopping in each phase, and starting again */

/* A start that comes before the network thread has handled a stop keeps what is
 * in progress. This waits until the stop is handled: the thread handles calls
 * in order. */
static void
let_stop_arrive (Service *service)
{
  g_autoptr (Owner) other = service_ask (service, "nothing");

  nanogpt_job_reject_clip (other->job, "There is none");
  owner_expect_error (other, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
}

static void
test_restart (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0.3, 600 * 1000);
  NanogptJobState state = GPOINTER_TO_INT (data);
  g_autoptr (NanogptJobStatus) before = NULL;
  g_autoptr (NanogptJobStatus) after = NULL;
  g_autoptr (Owner) owner = NULL;
  gint64 time;

  owner = service_submit (service, PROMPT);
  before = owner_wait_until (owner, has_come_to, state);

  time = g_get_monotonic_time ();
  nanogpt_job_stop (owner->job);
  g_assert_cmpint (g_get_monotonic_time () - time, <,
      (gint64)(fixture_scaled (1) * G_USEC_PER_SEC));

  let_stop_arrive (service);
  owner_start (owner, service);
  owner_collect (owner, service);
  after = nanogpt_job_get_status (owner->job);
  g_assert_cmpstr (after->run_id, ==, before->run_id);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* While a submit is in progress, a stop waits for the job's id. */
static void
test_stop_waits_for_id (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  service_add_fault (service, "submit:delay=400");
  owner = service_submit (service, PROMPT);
  g_assert_true (nanogpt_simulator_wait_charges (
      service->simulator, 1, fixture_scaled (20) * 1000));
  nanogpt_job_stop (owner->job);

  status = nanogpt_job_get_status (owner->job);
  g_assert_nonnull (status->run_id);
  service_assert_journal (service, 0, NANOGPT_JOURNAL_ACCEPTED);
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

static gboolean
has_run_id (const NanogptJobStatus *status, guint64 value G_GNUC_UNUSED)
{
  return status->run_id != NULL;
}

/* A stop does not wait forever; the id is taken whenever it arrives. */
static void
test_stop_has_patience (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) early = NULL;
  g_autoptr (NanogptJobStatus) late = NULL;
  g_autoptr (Owner) owner = NULL;
  gint64 time;

  service_add_fault (service, "submit:delay=4000");
  owner = service_submit (service, PROMPT);
  g_assert_true (nanogpt_simulator_wait_charges (
      service->simulator, 1, fixture_scaled (20) * 1000));
  time = g_get_monotonic_time ();
  nanogpt_job_stop (owner->job);
  time = g_get_monotonic_time () - time;
  g_assert_cmpint (time, >, 1500 * 1000);

  /* The stop ended before the response arrived. */
  early = nanogpt_job_get_status (owner->job);
  g_assert_null (early->run_id);
  late = owner_wait_until (owner, has_run_id, 0);
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* After a stop, the next start requests the data for a guard again. */
static void
test_restart_while_guarded (void)
{
  static const struct
  {
    NanogptSimulatorEndpoint endpoint;
    const char *fault;
  } guards[] = {
    { NANOGPT_SIMULATOR_MODELS, "models#1:stall" },
    { NANOGPT_SIMULATOR_BALANCE, "balance#1:stall" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (guards); i++) {
    g_autoptr (Service) service = service_new (0, 0);
    g_autoptr (Owner) owner = NULL;

    service->settings->max_cost = 10000000;
    service->settings->min_balance = 1000000;
    service_add_fault (service, guards[i].fault);
    owner = service_submit (service, PROMPT);
    g_assert_true (nanogpt_simulator_wait_requests (
        service->simulator, guards[i].endpoint, 1, fixture_scaled (20) * 1000));
    nanogpt_job_stop (owner->job);
    let_stop_arrive (service);
    assert_charges (service, 0);
    owner_start (owner, service);
    owner_collect (owner, service);
    nanogpt_job_stop (owner->job);
    assert_charges (service, 1);
  }
}

/* What was not sent yet is sent within the limits of the next start. */
static void
test_restart_with_less (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  NanogptSettings *settings = service->settings;
  g_autoptr (Owner) owner = NULL;

  settings->budget = nanogpt_budget_new ();
  settings->max_total_cost = nanogpt_money_get_limit (1);
  service_add_fault (service, "models#1:stall");
  owner = service_submit (service, PROMPT);
  g_assert_true (nanogpt_simulator_wait_requests (service->simulator,
      NANOGPT_SIMULATOR_MODELS, 1, fixture_scaled (20) * 1000));
  nanogpt_job_stop (owner->job);

  settings->max_total_cost = nanogpt_money_get_limit (0.01);
  owner_start (owner, service);
  owner_expect_error (owner, NANOGPT_ERROR_OVER_BUDGET, FALSE);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 0);
}

/* Several jobs, at once and one after the other */

static void
test_two_at_once (void)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  static const char *const prompts[] = { "a fox", "a fox", "a hare" };
  Owner *owners[G_N_ELEMENTS (prompts)];

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++) {
    owners[i] = service_submit (service, prompts[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    owner_collect (owners[i], service);
  assert_charges (service, G_N_ELEMENTS (prompts));
  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++) {
    nanogpt_job_stop (owners[i]->job);
    owner_free (owners[i]);
  }
}

static void
test_shared (void)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  g_autoptr (NanogptRequest) request = make_request (PROMPT);
  g_autoptr (NanogptRequest) equal = make_request (PROMPT);
  g_autoptr (NanogptRequest) other = make_request ("another");
  g_autoptr (NanogptJob) second = NULL;
  g_autoptr (NanogptJob) third = NULL;
  g_autoptr (Owner) first = NULL;

  first = owner_new (nanogpt_job_get_shared (request, service->settings));
  second = nanogpt_job_get_shared (equal, service->settings);
  third = nanogpt_job_get_shared (other, service->settings);
  g_assert_true (first->job == second);
  g_assert_true (first->job != third);

  /* The job continues until its last owner has stopped it. */
  owner_start (first, service);
  nanogpt_job_start (second, service->settings);
  nanogpt_job_stop (second);
  owner_collect (first, service);
  nanogpt_job_stop (first->job);
  assert_charges (service, 1);
}

/* The cache */

static void
test_cache (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;
  g_autoptr (Owner) third = NULL;

  service->settings->cache_dir = fixture_make_dir ();
  first = service_submit (service, PROMPT);
  owner_collect (first, service);
  nanogpt_job_deliver (first->job);
  nanogpt_job_stop (first->job);

  second = service_submit (service, PROMPT);
  status = owner_wait (second, NANOGPT_JOB_COMPLETE);
  g_assert_true (status->resumed);
  assert_clip (second->job, service->media);
  assert_charges (service, 1);

  /* A clip that its reader rejects is not found again. */
  nanogpt_job_reject_clip (second->job, "This is no video");
  owner_expect_error (second, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
  nanogpt_job_stop (second->job);
  third = service_submit (service, PROMPT);
  owner_collect (third, service);
  nanogpt_job_stop (third->job);
  assert_charges (service, 2);
}

/* If the cache cannot be used, the job warns of that before the clip is paid for. */
static void
test_cache_unusable (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  service->settings->cache_dir = g_build_filename (file, "cache", NULL);
  owner = service_submit (service, PROMPT);
  status = owner_wait (owner, NANOGPT_JOB_QUEUED);
  g_assert_nonnull (status->warnings);
  g_assert_nonnull (
      strstr (status->warnings[0], "will not be kept in cache-dir"));
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* Clips that their readers reject */

static void
test_reject (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptClip) clip = NULL;
  g_autoptr (Owner) owner = NULL;

  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  nanogpt_job_reject_clip (owner->job, "This is no video");
  owner_expect_error (owner, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
  nanogpt_job_stop (owner->job);
  g_assert_true (nanogpt_job_is_collectable (owner->job));

  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

static void
test_reject_while_it_grows (void)
{
  g_autoptr (Service) service = service_new (0, 1000 * 1000);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  owner = service_submit (service, PROMPT);
  status = owner_wait_until (owner, has_bytes, 1);
  nanogpt_job_reject_clip (owner->job, "This is no video");
  owner_expect_error (owner, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
  nanogpt_job_stop (owner->job);
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/job/life", test_life);
  g_test_add_func ("/job/complete-again", test_complete_again);
  job_cases_add_states ("/job/restart", test_restart);
  g_test_add_func ("/job/restart/guarded", test_restart_while_guarded);
  g_test_add_func ("/job/restart/with-less", test_restart_with_less);
  g_test_add_func ("/job/stop/waits-for-id", test_stop_waits_for_id);
  g_test_add_func ("/job/stop/has-patience", test_stop_has_patience);
  g_test_add_func ("/job/two-at-once", test_two_at_once);
  g_test_add_func ("/job/shared", test_shared);
  g_test_add_func ("/job/cache", test_cache);
  g_test_add_func ("/job/cache/unusable", test_cache_unusable);
  g_test_add_func ("/job/reject", test_reject);
  g_test_add_func ("/job/reject/growing", test_reject_while_it_grows);
  return g_test_run ();
}
