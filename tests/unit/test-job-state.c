/* nanovid: a state directory that is unusable, or locked by others
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "job-service.h"
#include "nanogpt/store/cache.h"
#include "nanogpt/store/files/journal.h"
#include "nanogpt/store/files/lock-file.h"
#include "nanogpt/store/files/service.h"
#include "nanogpt/store/files/ledger.h"

#define PROMPT "a lighthouse"

static char *
get_path (Service *service, const char *name)
{
  const char *origin = nanogpt_simulator_get_base_url (service->simulator);
  const char *state_dir = service->settings->state_dir;
  g_autofree char *dir = g_str_has_prefix (name, "jobs")
      ? g_strdup (state_dir)
      : nanogpt_service_get_dir (state_dir, origin);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  return g_build_filename (dir, name, NULL);
}

static void
put_file (Service *service, const char *name)
{
  g_autofree char *path = get_path (service, name);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
assert_warned (Owner *owner, const char *of)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (owner->job);
  g_autofree char *all =
      status->warnings ? g_strjoinv ("\n", status->warnings) : g_strdup ("");

  g_assert_nonnull (strstr (all, of));
}

/* If a file is in place of the directory of the journal or the ledger, the job
 * fails, unless the state directory is the default one. */
static void
test_unwritable (gconstpointer data)
{
  const char *name = data;

  for (gboolean is_default = FALSE; is_default <= TRUE; is_default++) {
    g_autoptr (Service) service = service_new (0, 0);
    g_autoptr (Owner) owner = NULL;

    service->settings->state_dir_is_default = is_default;
    put_file (service, name);
    owner = service_submit (service, PROMPT);
    if (is_default) {
      owner_collect (owner, service);
      assert_warned (owner, name);
    } else {
      owner_expect_error (owner, NANOGPT_ERROR_STATE_UNAVAILABLE, FALSE);
    }
    assert_charges (service, is_default ? 1 : 0);
    nanogpt_job_stop (owner->job);
  }
}

/* A named pipe in place of a state file never blocks a job. */
static void
test_pipes (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *day = g_date_time_format (now, "spending/%Y-%m-%d.log");
  const char *names[] = { "history", "history.lock", "spending/lock", day,
    "jobs/20260101T000000Z-00000009.job", "jobs/20260101T000000Z-00000009.lock",
    "jobs/20260101T000000Z-00000009.spare" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (Service) service = service_new (0, 0);
    g_autoptr (NanogptJobStatus) status = NULL;
    g_autoptr (Owner) owner = NULL;
    g_autofree char *path = NULL;
    g_autofree char *dir = NULL;
    gboolean in_ledger = g_str_has_prefix (names[i], "spending");

    path = get_path (service, names[i]);
    dir = g_path_get_dirname (path);
    g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
    g_assert_cmpint (mkfifo (path, 0600), ==, 0);
    owner = service_submit (service, PROMPT);
    status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);
    if (in_ledger)
      g_assert_error (
          status->error, NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE);
    else
      g_assert_no_error (status->error);
    assert_charges (service, in_ledger ? 0 : 1);
    nanogpt_job_deliver (owner->job);
    nanogpt_job_stop (owner->job);
  }
}

/* Takes the locks, like another process that was stopped while it held them. */
static void
hold (Service *service, int locks[2])
{
  g_autofree char *dir = get_path (service, "spending");
  g_autofree char *ledger = get_path (service, "spending/lock");
  g_autofree char *history = get_path (service, "history.lock");

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  locks[0] = nanogpt_lock_file_try (ledger, TRUE);
  locks[1] = nanogpt_lock_file_try (history, TRUE);
  g_assert_cmpint (MIN (locks[0], locks[1]), >=, 0);
}

static void
test_stopped_holder (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (GPtrArray) sums = NULL;
  g_autoptr (Owner) owner = NULL;
  gint64 begin = g_get_monotonic_time ();
  int locks[2];

  hold (service, locks);
  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  g_assert_cmpint (
      g_get_monotonic_time () - begin, <, fixture_scaled (8) * G_USEC_PER_SEC);

  /* What could not be written before is written now. */
  nanogpt_lock_file_release (locks[0]);
  nanogpt_lock_file_release (locks[1]);
  nanogpt_job_deliver (owner->job);
  sums = nanogpt_ledger_list (service->settings->state_dir, 0);
  g_assert_cmpuint (sums->len, ==, 1);
  g_assert_cmpuint (((NanogptLedgerSum *)sums->pdata[0])->n_charged, ==, 1);
  g_assert_cmpint (((NanogptLedgerSum *)sums->pdata[0])->charged, >, 0);
  nanogpt_job_stop (owner->job);
}

/* The budget cannot be checked without the ledger. */
static void
test_stopped_holder_and_budget (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;
  int locks[2];

  service->settings->daily_budget = 5000000;
  hold (service, locks);
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_OVER_BUDGET, FALSE);
  status = nanogpt_job_get_status (owner->job);
  g_assert_nonnull (strstr (status->error->message, "spending/lock"));
  assert_charges (service, 0);
  nanogpt_lock_file_release (locks[0]);
  nanogpt_lock_file_release (locks[1]);
  nanogpt_job_stop (owner->job);
}

static NanogptLedgerSum *
get_sum (const GPtrArray *sums, Service *service)
{
  for (guint i = 0; i < sums->len; i++) {
    NanogptLedgerSum *sum = sums->pdata[i];

    if (g_str_equal (
            sum->origin, nanogpt_simulator_get_base_url (service->simulator)))
      return sum;
  }
  return NULL;
}

/* The history, costs and clips of one service are not used for another. */
static void
test_services (void)
{
  g_autofree char *state_dir = fixture_make_dir ();
  g_autofree char *cache_dir = fixture_make_dir ();
  NanogptMicros cost = 0;
  Service *services[2];
  g_autoptr (GPtrArray) sums = NULL;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (NanogptJobStatus) status = NULL;
    g_autoptr (Owner) owner = NULL;

    services[i] = service_new (0, 0);
    g_free (services[i]->settings->state_dir);
    services[i]->settings->state_dir = g_strdup (state_dir);
    services[i]->settings->cache_dir = g_strdup (cache_dir);
    services[i]->settings->daily_budget = i == 0 ? 10000000 : cost * 3 / 2;
    owner = service_submit (services[i], PROMPT);
    owner_collect (owner, services[i]);
    status = nanogpt_job_get_status (owner->job);
    cost = status->cost;
    g_assert_cmpint (cost, >, 0);
    g_assert_cmpfloat (status->usual, ==, 0);
    g_assert_null (strstr (status->estimate_source, "last clip"));
    nanogpt_job_deliver (owner->job);
    nanogpt_job_stop (owner->job);
    assert_charges (services[i], 1);
  }

  sums = nanogpt_ledger_list (state_dir, 0);
  g_assert_cmpuint (sums->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (NanogptJobStatus) refused = NULL;
    g_autoptr (Owner) cached = service_ask (services[i], PROMPT);
    g_autoptr (Owner) another = service_ask (services[i], "a fox");

    g_assert_cmpuint (get_sum (sums, services[i])->n_charged, ==, 1);
    owner_start (cached, services[i]);
    refused = owner_wait (cached, NANOGPT_JOB_COMPLETE);
    assert_charges (services[i], 1);
    nanogpt_job_stop (cached->job);
    services[i]->settings->daily_budget = cost * 3 / 2;
    owner_start (another, services[i]);
    owner_expect_error (another, NANOGPT_ERROR_OVER_BUDGET, FALSE);
    nanogpt_job_stop (another->job);
    service_free (services[i]);
  }
}

/* The files of older versions belong to the real service. */
static void
test_older_layout (void)
{
  NanogptReservation wanted = { .model = "model", .estimate = 100000 };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *real =
      nanogpt_service_get_dir (dir, NANOGPT_DEFAULT_BASE_URL);
  g_autofree char *other = nanogpt_service_get_dir (dir, "http://[::1]:8080");
  g_autofree char *key =
      nanogpt_cache_get_key (NANOGPT_DEFAULT_BASE_URL, "abc", 0, 0);
  g_autofree char *id = nanogpt_ledger_reserve (other, &wanted, NULL);
  g_auto (GStrv) origins = nanogpt_service_list (dir);

  g_assert_nonnull (id);
  g_assert_cmpstr (real, ==, dir);
  g_assert_cmpstr (key, ==, "abc");
  g_assert_true (g_str_has_prefix (other, dir));
  g_assert_cmpuint (g_strv_length (origins), ==, 2);
  g_assert_true (
      g_strv_contains ((const char *const *)origins, "http://[::1]:8080"));
  g_assert_true (
      g_strv_contains ((const char *const *)origins, NANOGPT_DEFAULT_BASE_URL));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_data_func ("/job/state/no-journal", "jobs", test_unwritable);
  g_test_add_data_func ("/job/state/no-ledger", "spending", test_unwritable);
  g_test_add_func ("/job/state/pipes", test_pipes);
  g_test_add_func ("/job/state/stopped-holder", test_stopped_holder);
  g_test_add_func (
      "/job/state/stopped-holder-and-budget", test_stopped_holder_and_budget);
  g_test_add_func ("/job/state/services", test_services);
  g_test_add_func ("/job/state/older-layout", test_older_layout);
  return g_test_run ();
}
