/* nanovid: a job that was paid for is adopted by the next request for its clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>

#include "job-cases.h"
#include "job-service.h"
#include "nanogpt/base/money.h"
#include "nanogpt/store/files/journal.h"

#define PROMPT "a lighthouse at dusk"

/* When the job object is gone, the next request for the same clip adopts the
 * paid job, whatever state it had reached. */
static void
test_adoption (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0.3, 600 * 1000);
  NanogptJobState state = GPOINTER_TO_INT (data);
  g_autoptr (NanogptJobStatus) before = NULL;
  g_autoptr (NanogptJobStatus) after = NULL;
  g_autoptr (Owner) owner = NULL;

  owner = service_submit (service, PROMPT);
  before = owner_wait_until (owner, has_come_to, state);
  nanogpt_job_stop (owner->job);
  g_clear_pointer (&owner, owner_free);

  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  after = nanogpt_job_get_status (owner->job);
  g_assert_cmpstr (after->run_id, ==, before->run_id);
  g_assert_true (after->resumed);
  assert_charges (service, 1);
  nanogpt_job_stop (owner->job);
}

/* Makes the only entry a month older, by this machine's clock and, if @truly is
 * set, by the service's clock. */
static void
age_entry (Service *service, gboolean truly)
{
  const char *dir = service->settings->state_dir;
  gint64 month = 31 * G_TIME_SPAN_DAY;
  g_autoptr (GPtrArray) records = nanogpt_journal_list (dir);
  NanogptJournalRecord *record = records->pdata[0];
  NanogptJournalEntry *entry = nanogpt_journal_open (dir, record->id, NULL);

  g_assert_nonnull (entry);
  g_assert_cmpint (
      ABS (record->dated - g_get_real_time ()), <, 100 * G_USEC_PER_SEC);
  record->created -= month;
  record->sent -= month;
  if (truly)
    record->dated -= month;
  g_assert_true (nanogpt_journal_entry_update (entry, record, NULL));
  nanogpt_journal_entry_free (entry);
}

/* Whether a job is too old is decided by the service's clock, as this machine's
 * clock may have been a month behind. */
static void
test_clock_steps (void)
{
  for (gboolean truly = FALSE; truly <= TRUE; truly++) {
    g_autoptr (Service) service = service_new (0.3, 0);
    g_autoptr (NanogptJobStatus) status = NULL;
    g_autoptr (Owner) owner = NULL;

    owner = service_submit (service, PROMPT);
    status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_QUEUED);
    nanogpt_job_stop (owner->job);
    g_clear_pointer (&owner, owner_free);
    age_entry (service, truly);

    owner = service_submit (service, PROMPT);
    owner_collect (owner, service);
    assert_charges (service, truly ? 2 : 1);
    nanogpt_job_stop (owner->job);
  }
}

/* Does the same as `nanovid-jobs forget`. */
static void
forget_jobs (Service *service, guint count)
{
  const char *dir = service->settings->state_dir;
  g_autoptr (GPtrArray) records = nanogpt_journal_list (dir);

  g_assert_cmpuint (records->len, ==, count);
  for (guint i = 0; i < count; i++) {
    const NanogptJournalRecord *record = records->pdata[i];
    NanogptJournalEntry *entry = nanogpt_journal_open (dir, record->id, NULL);

    g_assert_nonnull (entry);
    g_assert_true (nanogpt_journal_entry_remove (entry));
  }
}

/* If a job fails at every start, by its response or by an invalid clip, the
 * error names the ways out: resume=false and `nanovid-jobs forget`. */
static void
test_hopeless (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0.3, 0);
  const char *fault = data;
  g_autoptr (NanogptRequest) request = make_request (PROMPT);
  g_autoptr (NanogptJobStatus) queued = NULL;
  g_autofree char *forget = NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;
  g_autoptr (Owner) third = NULL;

  first = service_submit (service, PROMPT);
  queued = owner_wait_until (first, has_come_to, NANOGPT_JOB_QUEUED);
  forget = g_strdup_printf ("nanovid-jobs --state-dir='%s' forget %s",
      service->settings->state_dir, queued->run_id);
  nanogpt_job_stop (first->job);
  if (fault)
    service_add_fault (service, fault);

  second = service_ask (service, PROMPT);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (NanogptJobStatus) failed = NULL;

    owner_start (second, service);
    if (!fault) {
      owner_collect (second, service);
      nanogpt_job_reject_clip (second->job, "This is no clip");
    }
    failed = owner_wait (second, NANOGPT_JOB_FAILED);
    g_test_message ("%s", failed->error->message);
    g_assert_nonnull (strstr (failed->error->message, "resume=false"));
    g_assert_nonnull (strstr (failed->error->message, forget));
    g_assert_cmpstr (
        nanogpt_error_get_details (failed->error)->run_id, ==, queued->run_id);
    nanogpt_job_stop (second->job);
  }
  assert_charges (service, 1);

  g_assert_true (nanogpt_job_matches (second->job, request, service->settings));
  service->settings->resume = FALSE;
  g_assert_false (
      nanogpt_job_matches (second->job, request, service->settings));
  third = service_submit (service, PROMPT);
  g_assert_true (nanogpt_simulator_wait_charges (
      service->simulator, 2, fixture_scaled (20) * 1000));
  nanogpt_job_stop (third->job);

  service->settings->resume = TRUE;
  forget_jobs (service, 2);
  g_clear_pointer (&third, owner_free);
  third = service_submit (service, PROMPT);
  g_assert_true (nanogpt_simulator_wait_charges (
      service->simulator, 3, fixture_scaled (20) * 1000));
  nanogpt_job_stop (third->job);
}

/* An entry that can be read but not locked, as on a read-only disk, stands in the
 * way of a second payment, even where a job may do without a journal. */
static void
test_unlockable (void)
{
  g_autoptr (Service) service = service_new (60, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;
  g_autoptr (NanogptJobStatus) failed = NULL;
  g_autofree char *lock = NULL;

  first = service_submit (service, PROMPT);
  status = owner_wait (first, NANOGPT_JOB_QUEUED);
  nanogpt_job_stop (first->job);
  g_clear_pointer (&first, owner_free);
  records = nanogpt_journal_list (service->settings->state_dir);
  lock = g_strdup_printf ("%s/jobs/%s.lock", service->settings->state_dir,
      ((const NanogptJournalRecord *)records->pdata[0])->id);
  g_assert_cmpint (g_unlink (lock), ==, 0);
  g_assert_cmpint (g_mkdir (lock, 0700), ==, 0);

  service->settings->state_dir_is_default = TRUE;
  second = service_submit (service, PROMPT);
  owner_expect_error (second, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  failed = nanogpt_job_get_status (second->job);
  g_assert_nonnull (strstr (failed->error->message, status->run_id));
  nanogpt_job_stop (second->job);
  assert_charges (service, 1);
}

static void
test_resume_refused (void)
{
  g_autoptr (Service) service = service_new (0, 0);

  service->settings->resume = FALSE;
  for (guint i = 1; i <= 2; i++) {
    g_autoptr (Owner) owner = service_ask (service, PROMPT);

    owner_start (owner, service);
    owner_collect (owner, service);
    nanogpt_job_stop (owner->job);
    assert_charges (service, i);
  }
}

/* Returns: (transfer full): the id of a job whose clip was fetched */
static char *
make_run (Service *service)
{
  g_autoptr (Owner) owner = service_submit (service, PROMPT);
  g_autoptr (NanogptJobStatus) status = NULL;

  owner_collect (owner, service);
  status = nanogpt_job_get_status (owner->job);
  nanogpt_job_stop (owner->job);
  return g_strdup (status->run_id);
}

static void
test_run_id (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = NULL;

  service->settings->run_id = make_run (service);
  owner = owner_new (nanogpt_job_new (NULL, service->settings));
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_deliver (owner->job);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

/* A job that was paid for elsewhere does not count against the element's limit. */
static void
test_run_id_budget (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  NanogptSettings *settings = service->settings;
  g_autofree char *run_id = make_run (service);
  g_autoptr (Owner) owner = NULL;

  forget_jobs (service, 1);

  settings->budget = nanogpt_budget_new ();
  settings->max_total_cost = nanogpt_money_get_limit (0.1);
  settings->run_id = g_strdup (run_id);
  owner = owner_new (nanogpt_job_new (NULL, settings));
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  g_clear_pointer (&owner, owner_free);

  g_clear_pointer (&settings->run_id, g_free);
  owner = service_submit (service, PROMPT " again");
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 2);
}

static void
test_unknown_run_id (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = NULL;

  service->settings->run_id = g_strdup ("vid_nobody");
  service->settings->retries = 0;
  owner = owner_new (nanogpt_job_new (NULL, service->settings));
  owner_start (owner, service);
  owner_expect_error (owner, NANOGPT_ERROR_INVALID_REQUEST, TRUE);
  g_assert_false (nanogpt_job_is_collectable (owner->job));
  nanogpt_job_stop (owner->job);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  job_cases_add_states ("/job/adoption", test_adoption);
  g_test_add_func ("/job/adoption/clock-steps", test_clock_steps);
  g_test_add_func ("/job/adoption/unlockable", test_unlockable);
  g_test_add_func ("/job/adoption/refused", test_resume_refused);
  g_test_add_data_func (
      "/job/adoption/hopeless/answer", "status:status=400", test_hopeless);
  g_test_add_data_func ("/job/adoption/hopeless/clip", NULL, test_hopeless);
  g_test_add_func ("/job/run-id", test_run_id);
  g_test_add_func ("/job/run-id/budget", test_run_id_budget);
  g_test_add_func ("/job/run-id/unknown", test_unknown_run_id);
  return g_test_run ();
}
