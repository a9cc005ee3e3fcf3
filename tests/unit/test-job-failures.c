/* nanovid: jobs that are refused, delayed or fail, and downloads with faults
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-cases.h"
#include "job-service.h"
#include "nanogpt/store/files/journal.h"

#define PROMPT "a lighthouse at dusk"

static void
assert_journal_empty (Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  g_assert_cmpuint (records->len, ==, 0);
}

/* Refusals, and delays after them */

/* A submit that was certainly not accepted is sent again. */
static void
test_safe_retry (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0, 0);
  const char *fault = data;
  g_autoptr (Owner) owner = NULL;

  service_add_fault (service, fault);
  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        service->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 2);
  assert_charges (service, 1);
}

static void
test_daily_limit (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) limited = NULL;
  g_autoptr (Owner) other = NULL;

  service_add_fault (service,
      "submit#1:status=429,shape=openai,code=daily_rpd_limit_exceeded,"
      "retry-after=36000");
  limited = service_submit (service, PROMPT);
  owner_expect_error (limited, NANOGPT_ERROR_RATE_LIMITED, FALSE);
  nanogpt_job_stop (limited->job);

  g_free (service->settings->api_key);
  service->settings->api_key = g_strdup ("sk-nano-other");
  other = service_submit (service, PROMPT);
  owner_collect (other, service);
  nanogpt_job_stop (other->job);
  assert_charges (service, 1);
}

/* However long the service refuses polls, a job that was paid for is polled
 * before it is given up. */
static void
test_held_polls (void)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;

  service->settings->timeout = fixture_scaled (2);
  service_add_fault (service, "status#1-2:status=429,retry-after=3600");
  first = service_submit (service, PROMPT);
  owner_expect_error (first, NANOGPT_ERROR_RATE_LIMITED, TRUE);
  nanogpt_job_stop (first->job);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        service->simulator, NANOGPT_SIMULATOR_STATUS),
      ==, 2);

  service->settings->timeout = fixture_scaled (4);
  second = service_submit (service, "another lighthouse");
  owner_collect (second, service);
  nanogpt_job_stop (second->job);
  assert_charges (service, 2);
}

/* Jobs that end badly */

static void
test_failure (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0, 0);
  const char *fault = data;
  gboolean is_canceled = strstr (fault, "CANCELLED") != NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;

  service_add_fault (service, fault);
  first = service_submit (service, PROMPT);
  owner_expect_error (first,
      is_canceled ? NANOGPT_ERROR_CANCELLED : NANOGPT_ERROR_GENERATION_FAILED,
      TRUE);
  g_assert_false (nanogpt_job_is_collectable (first->job));
  nanogpt_job_stop (first->job);

  /* It is never paid for again automatically. */
  owner_start (first, service);
  nanogpt_job_stop (first->job);
  assert_charges (service, 1);
  g_clear_pointer (&first, owner_free);

  second = service_submit (service, PROMPT);
  owner_collect (second, service);
  nanogpt_job_stop (second->job);
  assert_charges (service, 2);
}

static void
test_refused (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = NULL;

  service_add_fault (service, "submit:status=402");
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_INSUFFICIENT_BALANCE, FALSE);
  nanogpt_job_stop (owner->job);
  g_clear_pointer (&owner, owner_free);
  assert_charges (service, 0);
  assert_journal_empty (service);
}

static void
test_timeout (void)
{
  g_autoptr (Service) service = service_new (fixture_scaled (1.5), 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  service->settings->timeout = fixture_scaled (1);
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_TIMED_OUT, TRUE);
  status = nanogpt_job_get_status (owner->job);
  g_assert_nonnull (strstr (status->error->message, status->run_id));
  nanogpt_job_stop (owner->job);

  service->settings->timeout = 0;
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* Downloads with faults */

static void
test_download (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0, 0);
  const char *const *faults = data;
  g_autoptr (Owner) owner = NULL;

  for (guint i = 0; faults[i]; i++)
    service_add_fault (service, faults[i]);
  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* The next start continues the download with other settings. */
static void
test_more_retries (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = NULL;

  service->settings->retries = 0;
  service_add_fault (service, "media#1-3:truncate=100000");
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_NETWORK, TRUE);
  nanogpt_job_stop (owner->job);

  service->settings->retries = 5;
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

static void
test_too_large (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = NULL;

  service->settings->max_size = 1000;
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_RESULT_TOO_LARGE, TRUE);
  nanogpt_job_stop (owner->job);

  service->settings->max_size = 1000 * 1000;
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

static void
test_no_spool (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = NULL;

  g_free (service->settings->spool_dir);
  service->settings->spool_dir = g_strdup ("/nowhere");
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_INVALID_REQUEST, FALSE);
  nanogpt_job_stop (owner->job);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        service->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

int
main (int argc, char **argv)
{
  static const char *const safe[] = { "submit#1:status=429,retry-after=0",
    NULL };
  static const char *const bad[] = { "submit#1:states=IN_QUEUE/FAILED",
    "submit#1:states=IN_PROGRESS/CANCELLED", NULL };
  static const char *const truncated[] = { "media#1:truncate=100000",
    "media#2:truncate=100000", NULL };
  static const char *const expired[] = { "media#1:truncate=100000",
    "media#2:expire", NULL };
  static const char *const changed[] = { "media#1:truncate=100000,etag=\"a\"",
    NULL };
  static const char *const rangeless[] = { "media#1:truncate=100000",
    "media:no-ranges", NULL };

  fixture_init (&argc, &argv);
  g_test_add_func ("/job/held/daily-limit", test_daily_limit);
  g_test_add_func ("/job/held/polls", test_held_polls);
  job_cases_add_faults ("/job/retry", safe, test_safe_retry);
  job_cases_add_faults ("/job/failure", bad, test_failure);
  g_test_add_func ("/job/refused", test_refused);
  g_test_add_func ("/job/timeout", test_timeout);
  g_test_add_data_func ("/job/download/truncated", truncated, test_download);
  g_test_add_data_func ("/job/download/expired", expired, test_download);
  g_test_add_data_func ("/job/download/changed", changed, test_download);
  g_test_add_data_func ("/job/download/rangeless", rangeless, test_download);
  g_test_add_func ("/job/download/more-retries", test_more_retries);
  g_test_add_func ("/job/download/too-large", test_too_large);
  g_test_add_func ("/job/no-spool", test_no_spool);
  return g_test_run ();
}
