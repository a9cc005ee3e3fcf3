/* nanovid: an abandoned submit is not paid for a second time
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-service.h"
#include "nanogpt/store/files/journal.h"

#define PROMPT "a lighthouse"

/* Longer than a stop waits for the answer to a submit. */
#define SLOW_SECONDS 3

/* @action: the fault of the first submit after its delay, or "" */
static void
make_slow (Service *service, const char *action)
{
  g_autofree char *rule = g_strdup_printf ("submit#1:delay=%d%s",
      (int)(fixture_scaled (SLOW_SECONDS) * 1000), action);

  service_add_fault (service, rule);
}

static gpointer
stop_in_thread (gpointer job)
{
  nanogpt_job_stop (job);
  return NULL;
}

/* Stops the job once its submit has been sent.
 * Returns: the thread that does so */
static GThread *
give_up (Service *service, Owner *owner)
{
  g_assert_true (nanogpt_simulator_wait_requests (service->simulator,
      NANOGPT_SIMULATOR_SUBMIT, 1, fixture_scaled (20) * 1000));
  return g_thread_new ("stop", stop_in_thread, owner->job);
}

static gboolean
is_told (const NanogptJobStatus *status, guint64 value G_GNUC_UNUSED)
{
  return status->details && strstr (status->details, "given up");
}

/* Waits until the journal marks the submit as abandoned. */
static void
await_mark (Service *service)
{
  gint64 deadline =
      g_get_monotonic_time () + (gint64)(fixture_scaled (2) * G_USEC_PER_SEC);

  for (;;) {
    g_autoptr (GPtrArray) records =
        nanogpt_journal_list (service->settings->state_dir);

    for (guint i = 0; i < records->len; i++) {
      if (((NanogptJournalRecord *)records->pdata[i])->abandoned)
        return;
    }
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (5000);
  }
}

static void
assert_no_mark (Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  for (guint i = 0; i < records->len; i++)
    g_assert_false (((NanogptJournalRecord *)records->pdata[i])->abandoned);
}

/* The next job waits for the result of an abandoned submit, whether it is
 * accepted, lost or refused, so that only one job is charged. */
static void
test_one_after (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0, 0);
  const char *action = data;
  g_autoptr (NanogptJobStatus) told = NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;
  GThread *thread;

  make_slow (service, action);
  first = service_submit (service, PROMPT);
  thread = give_up (service, first);
  await_mark (service);
  second = service_submit (service, PROMPT);
  told = owner_wait_until (second, is_told, 0);
  owner_collect (second, service);
  g_thread_join (thread);
  assert_charges (service, 1);
  assert_no_mark (service);
  nanogpt_job_stop (second->job);
}

/* If two owners each want a clip, one of them gets the clip that was paid for. */
static void
test_two_after (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) one = NULL;
  g_autoptr (NanogptJobStatus) other = NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;
  g_autoptr (Owner) third = NULL;

  make_slow (service, "");
  first = service_submit (service, PROMPT);
  g_thread_join (give_up (service, first));
  second = service_submit (service, PROMPT);
  third = service_submit (service, PROMPT);
  owner_collect (second, service);
  owner_collect (third, service);
  one = nanogpt_job_get_status (second->job);
  other = nanogpt_job_get_status (third->job);
  g_assert_cmpstr (one->run_id, !=, other->run_id);
  assert_charges (service, 2);
  nanogpt_job_stop (second->job);
  nanogpt_job_stop (third->job);
}

/* An owner that starts again takes its own abandoned submit back. */
static void
test_taken_back (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;

  make_slow (service, "");
  first = service_submit (service, PROMPT);
  g_thread_join (give_up (service, first));
  owner_start (first, service);
  second = service_submit (service, PROMPT);
  owner_collect (second, service);
  owner_collect (first, service);
  assert_charges (service, 2);
  nanogpt_job_stop (first->job);
  nanogpt_job_stop (second->job);
}

/* Neither a job with resume=false nor the stop of a waiting job waits for an
 * abandoned submit. */
static void
test_no_wait (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) told = NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) waiting = NULL;
  g_autoptr (Owner) fresh = NULL;
  GThread *thread;
  gint64 begin;

  make_slow (service, "");
  first = service_submit (service, PROMPT);
  thread = give_up (service, first);
  await_mark (service);

  waiting = service_submit (service, PROMPT);
  told = owner_wait_until (waiting, is_told, 0);
  begin = g_get_monotonic_time ();
  nanogpt_job_stop (waiting->job);
  g_assert_cmpint (g_get_monotonic_time () - begin, <,
      fixture_scaled (0.1) * G_USEC_PER_SEC);

  service->settings->resume = FALSE;
  fresh = service_submit (service, PROMPT);
  owner_collect (fresh, service);
  assert_charges (service, 2);
  nanogpt_job_stop (fresh->job);
  g_thread_join (thread);
}

static void
test_timed_out (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) failed = NULL;
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;

  make_slow (service, "");
  service->settings->timeout = 1;
  first = service_submit (service, PROMPT);
  failed = owner_wait (first, NANOGPT_JOB_FAILED);
  g_assert_error (failed->error, NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN);
  await_mark (service);
  service->settings->timeout = 60;
  second = service_submit (service, PROMPT);
  owner_collect (second, service);
  assert_charges (service, 1);
  nanogpt_job_stop (first->job);
  nanogpt_job_stop (second->job);
}

/* If another process hangs after it abandoned its submit, no second one is sent. */
static void
test_stuck (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptRequest) request = make_request (PROMPT);
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_record_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Owner) owner = NULL;
  NanogptJournalEntry *entry;

  service->settings->http_timeout = 1;
  record->digest = g_strdup (nanogpt_request_get_digest (request));
  record->origin =
      g_strdup (nanogpt_simulator_get_base_url (service->simulator));
  record->account = nanogpt_journal_get_account (KEY);
  record->model = g_strdup (nanogpt_request_get_model (request));
  entry = nanogpt_journal_begin (service->settings->state_dir, record, &error);
  g_assert_no_error (error);
  record->state = NANOGPT_JOURNAL_SENDING;
  record->created = record->sent = g_get_real_time ();
  record->abandoned = TRUE;
  g_assert_true (nanogpt_journal_entry_update (entry, record, &error));

  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  assert_charges (service, 0);

  /* The submit was refused, and the other process has continued. */
  nanogpt_journal_entry_remove (entry);
  nanogpt_job_stop (owner->job);
  owner_start (owner, service);
  owner_collect (owner, service);
  assert_charges (service, 1);
  nanogpt_job_stop (owner->job);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_data_func ("/job/abandoned/accepted", "", test_one_after);
  g_test_add_data_func ("/job/abandoned/lost", ",reply-drop", test_one_after);
  g_test_add_data_func (
      "/job/abandoned/refused", ",status=402", test_one_after);
  g_test_add_func ("/job/abandoned/two", test_two_after);
  g_test_add_func ("/job/abandoned/taken-back", test_taken_back);
  g_test_add_func ("/job/abandoned/no-wait", test_no_wait);
  g_test_add_func ("/job/abandoned/timed-out", test_timed_out);
  g_test_add_func ("/job/abandoned/stuck", test_stuck);
  return g_test_run ();
}
