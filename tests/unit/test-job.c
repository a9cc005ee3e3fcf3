/* nanovid: a job's life, phase by phase, against a simulated service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/raw.h"
#include "job-service.h"
#include "nanogpt/job/shared-job.h"
#include "nanogpt/store/files/journal.h"

#define PROMPT "a lighthouse at dusk"

/* The whole life of one job */

static void
assert_journal (Service *service, guint index, NanogptJournalState state)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);
  const NanogptJournalRecord *record;

  g_assert_cmpuint (records->len, >, index);
  record = records->pdata[index];
  g_assert_cmpint (record->state, ==, state);
}

static void
assert_journal_empty (Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  g_assert_cmpuint (records->len, ==, 0);
}

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
  assert_journal (service, 0, NANOGPT_JOURNAL_ACCEPTED);

  nanogpt_job_deliver (owner->job);
  nanogpt_job_deliver (owner->job);
  assert_journal (service, 0, NANOGPT_JOURNAL_DELIVERED);
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
  assert_journal (service, 0, NANOGPT_JOURNAL_ACCEPTED);
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

static void
test_run_id (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  status = nanogpt_job_get_status (owner->job);
  nanogpt_job_stop (owner->job);
  g_clear_pointer (&owner, owner_free);

  service->settings->run_id = g_strdup (status->run_id);
  owner = owner_new (nanogpt_job_new (NULL, service->settings));
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_deliver (owner->job);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
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

/* Submits whose answers are lost */

static void
test_lost_response (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  const char *fault = data;
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  service->settings->http_timeout = 1;
  service_add_fault (service, fault);
  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  status = nanogpt_job_get_status (owner->job);
  g_assert_true (status->resumed);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

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
assert_ways_out (Owner *owner)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (owner->job);

  g_assert_nonnull (strstr (status->error->message, "resume=false"));
  g_assert_nonnull (strstr (status->error->message, "nanovid-jobs forget"));
}

static void
wait_requests (Service *service, NanogptSimulatorEndpoint endpoint, guint count)
{
  g_assert_true (nanogpt_simulator_wait_requests (
      service->simulator, endpoint, count, fixture_scaled (20) * 1000));
}

/* Lost submits of equal requests are interchangeable: each gets a job of its
 * own, with few requests for the list of jobs. */
static void
test_lost_equal (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  guint n = GPOINTER_TO_UINT (data);
  g_autofree char *rule = g_strdup_printf ("submit#1-%u:reply-stall", n);
  g_autoptr (GHashTable) run_ids =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) owners = g_ptr_array_new ();

  service->settings->http_timeout = 1;
  service_add_fault (service, rule);
  for (guint i = 0; i < n; i++) {
    g_ptr_array_add (owners, service_ask (service, PROMPT));
    owner_start (owners->pdata[i], service);
  }
  for (guint i = 0; i < n; i++) {
    Owner *owner = owners->pdata[i];
    g_autoptr (NanogptJobStatus) status = NULL;

    owner_collect (owner, service);
    status = nanogpt_job_get_status (owner->job);
    g_assert_true (g_hash_table_add (run_ids, g_strdup (status->run_id)));
  }
  for (guint i = 0; i < n; i++) {
    nanogpt_job_stop (((Owner *)owners->pdata[i])->job);
    owner_free (owners->pdata[i]);
  }
  assert_charges (service, n);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        service->simulator, NANOGPT_SIMULATOR_RECOVER),
      <=, 12);
}

/* A refused submit has no job, so the job in the list can be matched to the
 * lost submit. */
static void
test_lost_beside_refused (void)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  g_autoptr (Owner) lost = NULL;
  g_autoptr (Owner) refused = NULL;

  service->settings->http_timeout = 2;
  service_add_fault (service, "submit#1:reply-stall");
  service_add_fault (service, "submit#2:status=429,retry-after=60");
  lost = service_submit (service, PROMPT);
  wait_requests (service, NANOGPT_SIMULATOR_SUBMIT, 1);
  refused = service_submit (service, "another lighthouse");
  wait_requests (service, NANOGPT_SIMULATOR_SUBMIT, 2);

  owner_collect (lost, service);
  assert_journal (service, 0, NANOGPT_JOURNAL_ACCEPTED);
  assert_journal (service, 1, NANOGPT_JOURNAL_INTENT);
  nanogpt_job_stop (lost->job);
  nanogpt_job_stop (refused->job);
  assert_charges (service, 1);
}

/* Submits the same request, like another client with the same key. */
static void
submit_elsewhere (Service *service)
{
  static const char body[] =
      "{\"model\":\"seedance-lite-video\",\"prompt\":\"" PROMPT "\"}";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_uri (
      client, service->settings->base_url, 80, NULL, &error);
  g_autofree char *request = g_strdup_printf (
      "POST /api/generate-video HTTP/1.1\r\nHost: localhost\r\n"
      "x-api-key: " KEY "\r\nConnection: close\r\n"
      "Content-Type: application/json\r\n"
      "Content-Length: %zu\r\n\r\n%s",
      strlen (body), body);
  GInputStream *input;

  g_assert_no_error (error);
  g_output_stream_write_all (
      g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
      strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  while (g_input_stream_skip (input, 1 << 16, NULL, &error) > 0)
    ;
  g_assert_no_error (error);
  assert_charges (service, 1);
}

/* A job that was created after the end of the wait for a response belongs to
 * someone else. */
static void
test_lost_and_stranger (void)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  g_autoptr (Owner) lost = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;

  service->settings->timeout = 18;
  service_add_fault (service, "submit#1:drop");
  lost = service_submit (service, PROMPT);
  /* Later than the possible error of the service's clock. */
  wait_requests (service, NANOGPT_SIMULATOR_RECOVER, 4);
  submit_elsewhere (service);
  wait_requests (service, NANOGPT_SIMULATOR_RECOVER, 5);

  owner_expect_error (lost, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  status = nanogpt_job_get_status (lost->job);
  g_assert_null (status->run_id);
  nanogpt_job_stop (lost->job);
  assert_charges (service, 1);
}

/* If the list of jobs is unavailable, other jobs are not held up. */
static void
test_lost_and_held (void)
{
  g_autoptr (Service) service = service_new (0.2, 0);
  g_autoptr (Owner) lost = NULL;
  g_autoptr (Owner) other = NULL;

  service_add_fault (service, "submit#1:reply-drop");
  service_add_fault (service, "recover:status=429,retry-after=3600");
  lost = service_submit (service, PROMPT);
  wait_requests (service, NANOGPT_SIMULATOR_RECOVER, 1);
  other = service_submit (service, "another lighthouse");
  owner_collect (other, service);
  nanogpt_job_stop (other->job);
  nanogpt_job_stop (lost->job);
  assert_charges (service, 2);
}

/* Delays after refusals */

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

static void
test_submit_unknown (void)
{
  g_autoptr (Service) service = NULL;
  g_autoptr (Owner) owner = NULL;
  NanogptSimulatorOptions options;

  nanogpt_simulator_options_init (&options);
  options.generation_time = 0;
  options.no_recover = TRUE;
  service = service_new_with_options (&options, 1000);
  service_add_fault (service, "submit#1:reply-drop");
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  assert_ways_out (owner);
  nanogpt_job_stop (owner->job);
  assert_journal (service, 0, NANOGPT_JOURNAL_SENDING);

  /* The same job object, and then a new one that finds the entry. */
  owner_start (owner, service);
  owner_expect_error (owner, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  nanogpt_job_stop (owner->job);
  g_clear_pointer (&owner, owner_free);
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);

  /* The user's request to pay again. */
  service->settings->resume = FALSE;
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 2);
}

static void
hang_up (FixtureRaw *raw, GSocketConnection *connection, guint number,
    gpointer data G_GNUC_UNUSED)
{
  g_autofree char *head = NULL;

  if (!fixture_raw_read_request (raw, connection, &head))
    return;
  if (number == 1)
    g_assert_true (g_str_has_prefix (head, "POST "));
  else
    g_assert_nonnull (strstr (head, "/recover"));
  fixture_raw_reset (connection);
}

/* The server that got the request is gone and does not come back. */
static void
test_reset (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (FixtureRaw) raw = fixture_raw_new (hang_up, NULL);
  g_autoptr (Owner) owner = NULL;

  g_free (service->settings->base_url);
  service->settings->base_url = g_strdup (fixture_raw_get_url (raw));
  service->settings->timeout = 1;
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  nanogpt_job_stop (owner->job);
  g_assert_true (nanogpt_job_is_collectable (owner->job));
  assert_journal (service, 0, NANOGPT_JOURNAL_SENDING);
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

static void
add_state_tests (const char *path, GTestDataFunc function)
{
  static const NanogptJobState states[] = { NANOGPT_JOB_QUEUED,
    NANOGPT_JOB_GENERATING, NANOGPT_JOB_DOWNLOADING, NANOGPT_JOB_COMPLETE };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autofree char *name =
        g_strconcat (path, "/", nanogpt_job_state_get_name (states[i]), NULL);

    g_test_add_data_func (name, GINT_TO_POINTER (states[i]), function);
  }
}

static void
add_fault_tests (
    const char *path, const char *const *faults, GTestDataFunc function)
{
  for (guint i = 0; faults[i]; i++) {
    g_autofree char *name = g_strconcat (path, "/", faults[i], NULL);

    g_test_add_data_func (name, faults[i], function);
  }
}

int
main (int argc, char **argv)
{
  static const char *const lost[] = { "submit#1:reply-drop",
    "submit#1:reply-half", "submit#1:reply-stall", "submit#1:reply-status=502",
    "submit#1:reply-status=504,shape=html", NULL };
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
  g_test_add_func ("/job/life", test_life);
  g_test_add_func ("/job/complete-again", test_complete_again);
  add_state_tests ("/job/restart", test_restart);
  g_test_add_func ("/job/restart/guarded", test_restart_while_guarded);
  g_test_add_func ("/job/stop/waits-for-id", test_stop_waits_for_id);
  g_test_add_func ("/job/stop/has-patience", test_stop_has_patience);
  g_test_add_func ("/job/two-at-once", test_two_at_once);
  add_state_tests ("/job/adoption", test_adoption);
  g_test_add_func ("/job/adoption/clock-steps", test_clock_steps);
  g_test_add_func ("/job/adoption/refused", test_resume_refused);
  g_test_add_data_func (
      "/job/adoption/hopeless/answer", "status:status=400", test_hopeless);
  g_test_add_data_func ("/job/adoption/hopeless/clip", NULL, test_hopeless);
  g_test_add_func ("/job/run-id", test_run_id);
  g_test_add_func ("/job/run-id/unknown", test_unknown_run_id);
  g_test_add_func ("/job/shared", test_shared);
  g_test_add_func ("/job/cache", test_cache);
  g_test_add_func ("/job/cache/unusable", test_cache_unusable);
  g_test_add_func ("/job/reject", test_reject);
  g_test_add_func ("/job/reject/growing", test_reject_while_it_grows);
  add_fault_tests ("/job/lost", lost, test_lost_response);
  g_test_add_data_func (
      "/job/lost/equal", GUINT_TO_POINTER (4), test_lost_equal);
  g_test_add_data_func (
      "/job/lost/equal-many", GUINT_TO_POINTER (25), test_lost_equal);
  g_test_add_func ("/job/lost/beside-refused", test_lost_beside_refused);
  g_test_add_func ("/job/lost/stranger", test_lost_and_stranger);
  g_test_add_func ("/job/lost/held", test_lost_and_held);
  g_test_add_func ("/job/held/daily-limit", test_daily_limit);
  g_test_add_func ("/job/held/polls", test_held_polls);
  g_test_add_func ("/job/lost/unknown", test_submit_unknown);
  g_test_add_func ("/job/lost/reset", test_reset);
  add_fault_tests ("/job/retry", safe, test_safe_retry);
  add_fault_tests ("/job/failure", bad, test_failure);
  g_test_add_func ("/job/refused", test_refused);
  g_test_add_func ("/job/timeout", test_timeout);
  g_test_add_data_func ("/job/download/truncated", truncated, test_download);
  g_test_add_data_func ("/job/download/expired", expired, test_download);
  g_test_add_data_func ("/job/download/changed", changed, test_download);
  g_test_add_data_func ("/job/download/rangeless", rangeless, test_download);
  g_test_add_func ("/job/download/too-large", test_too_large);
  g_test_add_func ("/job/no-spool", test_no_spool);
  return g_test_run ();
}
