/* nanovid: submits whose responses are lost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/raw.h"
#include "job-cases.h"
#include "job-service.h"

#define PROMPT "a lighthouse at dusk"

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
  service_assert_journal (service, 0, NANOGPT_JOURNAL_ACCEPTED);
  service_assert_journal (service, 1, NANOGPT_JOURNAL_INTENT);
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
  service_assert_journal (service, 0, NANOGPT_JOURNAL_SENDING);

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
  service_assert_journal (service, 0, NANOGPT_JOURNAL_SENDING);
}

int
main (int argc, char **argv)
{
  static const char *const lost[] = { "submit#1:reply-drop",
    "submit#1:reply-half", "submit#1:reply-stall", "submit#1:reply-status=502",
    "submit#1:reply-status=504,shape=html", NULL };

  fixture_init (&argc, &argv);
  job_cases_add_faults ("/job/lost", lost, test_lost_response);
  g_test_add_data_func (
      "/job/lost/equal", GUINT_TO_POINTER (4), test_lost_equal);
  g_test_add_data_func (
      "/job/lost/equal-many", GUINT_TO_POINTER (25), test_lost_equal);
  g_test_add_func ("/job/lost/beside-refused", test_lost_beside_refused);
  g_test_add_func ("/job/lost/stranger", test_lost_and_stranger);
  g_test_add_func ("/job/lost/held", test_lost_and_held);
  g_test_add_func ("/job/lost/unknown", test_submit_unknown);
  g_test_add_func ("/job/lost/reset", test_reset);
  return g_test_run ();
}
