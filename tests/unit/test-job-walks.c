/* nanovid: jobs that walk the rows of the table of their states
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* RTLD_NEXT */

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <time.h>

#include "fixture/raw.h"
#include "fixture/tls.h"
#include "job-script.h"
#include "job-walks.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/url.h"
#include "nanogpt/store/files/journal.h"

/* Replacements for the jobs' clock and for cancellation */

static int seconds_ahead; /* atomic */
static int deaf;          /* atomic: whether cancellation comes too late */

gint64
g_get_monotonic_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (now.tv_sec + g_atomic_int_get (&seconds_ahead)) * G_USEC_PER_SEC
      + now.tv_nsec / 1000;
}

void
g_cancellable_cancel (GCancellable *cancellable)
{
  void (*cancel) (GCancellable *) =
      (void (*) (GCancellable *))dlsym (RTLD_NEXT, "g_cancellable_cancel");

  if (!g_atomic_int_get (&deaf))
    cancel (cancellable);
}

/* The log, as sets of "STEP, EVENT -> STEP" */

static GMutex log_lock;
static GCond log_grown;
static GHashTable *logged; /* since the scenario began */
static GHashTable *walked; /* since the case began */
static GString *secrets; /* all lines, to check that they contain no secrets */

/* Settings of a test; atomic */

/* The state directory whose entry cannot be changed once its intent is written,
 * or NULL */
static const char *freezing;

/* The row after which the list of jobs is half a minute late, or NULL */
static const char *hastening;

/* Whether the submit that is taken back has already left */
static gboolean cancels_late;

static gboolean late; /* network thread: whether the next list is late */

/* The next state is written to the spare file. */
static void
freeze (const char *state_dir)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (state_dir);
  g_autofree char *path = NULL;

  g_assert_cmpuint (records->len, ==, 1);
  path = g_strdup_printf ("%s/jobs/%s.spare", state_dir,
      ((NanogptJournalRecord *)records->pdata[0])->id);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

/* A row is logged before its action runs. */
static void
interfere (const char *row)
{
  const char *state_dir = g_atomic_pointer_get (&freezing);

  if (state_dir && g_str_equal (row, "reserving, done -> sending"))
    freeze (state_dir);
  late = g_strcmp0 (row, g_atomic_pointer_get (&hastening)) == 0;
  g_atomic_int_set (&seconds_ahead, 0);
  g_atomic_int_set (&deaf,
      g_atomic_int_get (&cancels_late)
          && g_str_equal (row, "posting, unsent -> taking-back"));
}

static void
on_log (NanogptLogLevel level G_GNUC_UNUSED, const char *file G_GNUC_UNUSED,
    const char *function G_GNUC_UNUSED, int line G_GNUC_UNUSED,
    const char *message)
{
  const char *text = strstr (message, "): ");

  if (g_str_has_prefix (message, "GET /api/generate-video/recover: HTTP")
      && late)
    g_atomic_int_set (&seconds_ahead, 31);
  if (!g_str_has_prefix (message, "job ") || !text)
    return;
  if (strstr (text, " -> "))
    interfere (text + strlen ("): "));
  g_mutex_lock (&log_lock);
  g_string_append_printf (secrets, "%s\n", message);
  if (strstr (text, " -> ")) {
    g_hash_table_add (logged, g_strdup (text + strlen ("): ")));
    g_hash_table_add (walked, g_strdup (text + strlen ("): ")));
  }
  g_cond_broadcast (&log_grown);
  g_mutex_unlock (&log_lock);
}

static void
await_row (const char *row)
{
  gint64 deadline =
      g_get_monotonic_time () + (gint64)(fixture_scaled (20) * G_USEC_PER_SEC);

  g_mutex_lock (&log_lock);
  while (!g_hash_table_contains (logged, row)) {
    if (!g_cond_wait_until (&log_grown, &log_lock, deadline))
      g_error ("this did not happen: %s", row);
  }
  g_mutex_unlock (&log_lock);
}

static void
await_rows (const char *rows)
{
  g_auto (GStrv) list = g_strsplit (rows, "; ", 0);

  for (guint i = 0; list[i]; i++)
    await_row (list[i]);
}

static void
begin_log (void)
{
  g_mutex_lock (&log_lock);
  g_hash_table_remove_all (logged);
  g_string_truncate (secrets, 0);
  g_mutex_unlock (&log_lock);
}

/* Jobs */

static void
check_log (void)
{
  g_mutex_lock (&log_lock);
  g_assert_nonnull (strstr (secrets->str, "job "));
  g_assert_null (strstr (secrets->str, KEY));
  g_assert_null (strstr (secrets->str, PROMPT));
  g_assert_null (strstr (secrets->str, "X-Signature"));
  g_mutex_unlock (&log_lock);
}

/* Returns: (transfer full): a service, with a new log for its jobs */
static Service *
begin (double generation_time)
{
  begin_log ();
  return service_new (generation_time, 0);
}

/* Returns: (transfer full): the owner of a job that has walked @rows */
static Owner *
walk (Service *service, const char *rows)
{
  Owner *owner = service_submit (service, PROMPT);

  await_rows (rows);
  return owner;
}

static void
use_https (Service *service, FixtureRaw *raw)
{
  g_free (service->settings->base_url);
  service->settings->base_url = g_strconcat (
      "https://", fixture_raw_get_url (raw) + strlen ("http://"), NULL);
}

static void
add_faults (Service *service, const char *faults)
{
  g_auto (GStrv) rules = g_strsplit (faults, " ", 0);

  for (guint i = 0; rules[i]; i++)
    service_add_fault (service, rules[i]);
}

static void
adjust (NanogptSettings *settings, const Scenario *scenario)
{
  settings->max_cost = scenario->max_cost;
  settings->daily_budget = scenario->daily_budget;
  if (scenario->has_min_balance)
    settings->min_balance = scenario->min_balance;
  if (scenario->timeout > 0)
    settings->timeout = scenario->timeout;
  settings->poll_interval = scenario->poll_interval;
  if (scenario->no_retries)
    settings->retries = 0;
  settings->run_id = g_strdup (scenario->run_id);
  if (scenario->spool_dir) {
    g_free (settings->spool_dir);
    settings->spool_dir = g_strdup (scenario->spool_dir);
  }
}

static void
start_again (Owner *owner, Service *service, const Scenario *scenario)
{
  g_autoptr (NanogptJobStatus) status = NULL;

  if (scenario->stop)
    nanogpt_job_stop (owner->job);
  else
    status = owner_wait (owner, NANOGPT_JOB_FAILED);
  owner_start (owner, service);
  await_rows (scenario->again);
}

static void
test_scenario (gconstpointer data)
{
  const Scenario *scenario = data;
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Service) service = begin (scenario->generation_time);

  adjust (service->settings, scenario);
  if (scenario->faults)
    add_faults (service, scenario->faults);
  owner = walk (service, scenario->rows);
  if (scenario->again)
    start_again (owner, service, scenario);
  nanogpt_job_stop (owner->job);
  if (scenario->again && !scenario->stop)
    nanogpt_job_stop (owner->job);
  if (scenario->at_end)
    await_row (scenario->at_end);
  await_row ("closing, done -> resting");
  check_log ();
}

/* A clip is taken from the cache, and refused if it is too large. */
static void
test_cache (const char *const *rows)
{
  g_autoptr (Service) service = begin (0);

  service->settings->cache_dir = fixture_make_dir ();
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Owner) owner = NULL;
    g_autoptr (NanogptJobStatus) status = NULL;

    if (i == 2)
      service->settings->max_size = 1000;
    owner = service_submit (service, PROMPT);
    status =
        owner_wait (owner, i < 2 ? NANOGPT_JOB_COMPLETE : NANOGPT_JOB_FAILED);
    nanogpt_job_deliver (owner->job);
    nanogpt_job_stop (owner->job);
    await_rows (rows[i]);
  }
}

/* The response to the submit already contains the final status. */
static void
say_running (Script *self G_GNUC_UNUSED, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  fixture_respond_json (message, 200, RUNNING);
}

static void
test_first_answer (const char *const *rows)
{
  static const char *const statuses[] = {
    "\"COMPLETED\",\"output\":{\"video\":{\"url\":\"/clip.mp4\"}}",
    "\"FAILED\"",
    "\"COMPLETED\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_autofree char *submit = g_strdup_printf (
        "{\"runId\":\"vid_1\",\"data\":{\"status\":%s}}", statuses[i]);
    g_autoptr (Owner) owner = NULL;
    g_autoptr (Script) script = script_new (say_running);

    begin_log ();
    script->submit = submit;
    script->service->settings->retries = 0;
    owner = walk (script->service, rows[i]);
    nanogpt_job_stop (owner->job);
    await_row ("closing, done -> resting");
  }
}

/* No byte of the submit has left at the deadline. */
static void
say_nothing (FixtureRaw *raw, GSocketConnection *connection,
    guint number G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  fixture_raw_wait_closed (raw, connection);
}

static void
test_unsent (const char *const *rows)
{
  g_autoptr (FixtureRaw) raw = fixture_raw_new (say_nothing, NULL);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Service) service = begin (0);

  use_https (service, raw);
  service->settings->timeout = 1;
  owner = walk (service, rows[0]);
  nanogpt_job_stop (owner->job);
}

/* A file is in place of the journal's directory. */
static void
test_no_journal (const char *const *rows)
{
  g_autofree char *path = NULL;
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Service) service = begin (0);

  path = g_build_filename (service->settings->state_dir, "jobs", NULL);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  owner = walk (service, rows[0]);
  nanogpt_job_stop (owner->job);
}

/* The journal is lost between the intent and the first byte of the submit. */
static void
test_lost_before_submit (const char *const *rows)
{
  g_autoptr (Owner) owner = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (Service) service = begin (0);

  g_atomic_pointer_set (&freezing, service->settings->state_dir);
  owner = walk (service, rows[0]);
  g_atomic_pointer_set (&freezing, NULL);
  owner_expect_error (owner, NANOGPT_ERROR_STATE_UNAVAILABLE, FALSE);
  assert_charges (service, 0);
  left = nanogpt_journal_list (service->settings->state_dir);
  g_assert_cmpuint (left->len, ==, 0);
  nanogpt_job_stop (owner->job);
}

/* Entries of other processes */

typedef void (*Change) (NanogptJournalRecord *record);

static void
make_old (NanogptJournalRecord *record)
{
  record->state = NANOGPT_JOURNAL_ACCEPTED;
  record->run_id = g_strdup ("vid_old");
  record->created -= 8 * 24 * 3600 * G_TIME_SPAN_SECOND;
}

static void
make_lost (NanogptJournalRecord *record)
{
  record->state = NANOGPT_JOURNAL_SENDING;
  nanogpt_journal_record_stamp (record);
}

static void
make_abandoned (NanogptJournalRecord *record)
{
  make_lost (record);
  record->abandoned = TRUE;
}

/* Returns: (transfer full): an entry for the same request, modified by @change
 *   and held until it is freed */
static NanogptJournalEntry *
make_entry (Service *service, Change change)
{
  g_autoptr (NanogptRequest) request = make_request (PROMPT);
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_record_new ();
  g_autoptr (NanogptJournalRecord) changed = NULL;
  g_autoptr (GUri) base =
      nanogpt_base_url_parse (service->settings->base_url, NULL);
  NanogptJournalEntry *entry;

  record->digest = g_strdup (nanogpt_request_get_digest (request));
  record->origin = nanogpt_url_get_origin (base);
  record->account = nanogpt_journal_get_account (service->settings->api_key);
  entry = nanogpt_journal_begin (service->settings->state_dir, record, NULL);
  g_assert_nonnull (entry);
  changed =
      nanogpt_journal_record_copy (nanogpt_journal_entry_get_record (entry));
  change (changed);
  g_assert_true (nanogpt_journal_entry_update (entry, changed, NULL));
  return entry;
}

/* The entry is too old, by the service's clock, too. */
static void
test_aged (const char *const *rows)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) owner = NULL;
  NanogptJournalEntry *entry = make_entry (service, make_old);

  nanogpt_journal_entry_free (entry);
  owner = walk (service, rows[0]);
  nanogpt_job_stop (owner->job);
}

/* The submit of another process is waited for until the timeout. Once it is
 * known to be lost, resume=false pays again. */
static void
test_contested (const char *const *rows)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) patient = NULL;
  g_autoptr (Owner) owner = NULL;
  NanogptJournalEntry *entry = make_entry (service, make_abandoned);

  service->settings->http_timeout = 1;
  patient = walk (service, rows[0]);
  nanogpt_job_stop (patient->job);

  begin_log ();
  owner = walk (service, rows[1]);
  nanogpt_job_stop (owner->job);
  await_row ("closing, done -> resting");
  nanogpt_journal_entry_free (entry);
  service->settings->resume = FALSE;
  owner_start (owner, service);
  await_rows (rows[2]);
  nanogpt_job_stop (owner->job);
}

/* If a damaged entry shows that it is for the same request, the job is refused;
 * if it does not show its request, there is only a warning. */
static void
test_damaged_entry (const char *const *rows)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) refused = NULL;
  g_autoptr (Owner) warned = NULL;
  NanogptJournalEntry *entry = make_entry (service, make_lost);
  g_autofree char *path =
      g_strdup_printf ("%s/jobs/%s", service->settings->state_dir,
          nanogpt_journal_entry_get_record (entry)->id);
  g_autofree char *job = g_strconcat (path, ".job", NULL);
  g_autofree char *spare = g_strconcat (path, ".spare", NULL);

  nanogpt_journal_entry_free (entry);
  g_assert_true (g_file_set_contents (job, "", 0, NULL));
  refused = walk (service, rows[0]);
  owner_expect_error (refused, NANOGPT_ERROR_SUBMIT_UNKNOWN, TRUE);
  nanogpt_job_stop (refused->job);
  assert_charges (service, 0);

  g_assert_cmpint (g_unlink (spare), ==, 0);
  warned = service_submit (service, PROMPT);
  status = owner_wait (warned, NANOGPT_JOB_COMPLETE);
  g_assert_nonnull (status->warnings);
  g_assert_nonnull (strstr (status->warnings[0], job));
  nanogpt_job_stop (warned->job);
  assert_charges (service, 1);
}

/* Half a minute after the submit was lost, the account's jobs do not include it. */
static void
test_absent (const char *const *rows)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) owner = NULL;
  NanogptJournalEntry *entry = make_entry (service, make_lost);

  nanogpt_journal_entry_free (entry);
  g_atomic_pointer_set (&hastening, "looking-up-later, timer -> looking-up");
  owner = walk (service, rows[0]);
  g_atomic_pointer_set (&hastening, NULL);
  assert_charges (service, 1);
  nanogpt_job_stop (owner->job);
}

/* The same, for a submit that got a refusal instead of a regular response. */
static void
test_strange_refusal (const char *const *rows)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) owner = NULL;

  service_add_fault (service, "submit#1:status=409");
  g_atomic_pointer_set (&hastening, "looking-up-later, timer -> looking-up");
  owner = walk (service, rows[0]);
  g_atomic_pointer_set (&hastening, NULL);
  nanogpt_job_stop (owner->job);
}

/* The service accepts no submits for an hour. */
static void
test_no_turn (const char *const *rows)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;

  service_add_fault (service, "submit:status=429,retry-after=3600");
  first = walk (service, rows[0]);
  second = service_submit (service, "another lighthouse");
  await_rows (rows[1]);
  nanogpt_job_stop (first->job);
  nanogpt_job_stop (second->job);
}

/* A submit is sent although no byte of it had left when it was canceled: a
 * message in libsoup's queue does not react to the cancellation. */
static void
greet_late (FixtureRaw *raw G_GNUC_UNUSED, GSocketConnection *connection,
    guint number, gpointer data)
{
  const char *answer = data;
  g_autoptr (GIOStream) stream = NULL;
  GInputStream *input;
  char request[65536];

  if (number > 1)
    return;
  await_row ("posting, unsent -> taking-back");
  stream = g_tls_server_connection_new (
      G_IO_STREAM (connection), fixture_tls_certificate (), NULL);
  input = g_io_stream_get_input_stream (stream);
  if (g_input_stream_read (input, request, sizeof request, NULL, NULL) > 0)
    g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer,
        strlen (answer), NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

static void
test_sent_late (const char *const *rows)
{
  const char *answer = strstr (rows[0], "lost")
      ? ""
      : "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Connection: close\r\nContent-Length: 17\r\n\r\n"
        "{\"runId\":\"vid_1\"}";
  g_autoptr (FixtureRaw) raw = fixture_raw_new (greet_late, (gpointer)answer);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Service) service = begin (0);

  use_https (service, raw);
  service->settings->tls_ca_file = g_strdup (fixture_tls_ca_file ());
  service->settings->timeout = 1;
  g_atomic_int_set (&cancels_late, TRUE);
  owner = walk (service, rows[0]);
  g_atomic_int_set (&cancels_late, FALSE);
  nanogpt_job_stop (owner->job);
  await_row ("closing, done -> resting");
}

/* Cases by the name of their walk */

static const struct
{
  const char *name;
  void (*function) (const char *const *rows);
} cases[] = {
  { "cache", test_cache },
  { "first-answer", test_first_answer },
  { "unsent", test_unsent },
  { "no-journal", test_no_journal },
  { "lost-before-submit", test_lost_before_submit },
  { "aged", test_aged },
  { "contested", test_contested },
  { "damaged-entry", test_damaged_entry },
  { "absent", test_absent },
  { "strange-refusal", test_strange_refusal },
  { "no-turn", test_no_turn },
  { "sent-late", test_sent_late },
  { "lost-late", test_sent_late },
};

static void
assert_walked (const char *rows)
{
  g_auto (GStrv) list = g_strsplit (rows, "; ", 0);

  g_mutex_lock (&log_lock);
  for (guint i = 0; list[i]; i++) {
    if (!g_hash_table_contains (walked, list[i]))
      g_error ("this did not happen: %s", list[i]);
  }
  g_mutex_unlock (&log_lock);
}

static void
test_walk (gconstpointer data)
{
  const Walk *self = data;
  guint number = 0;

  while (!g_str_equal (cases[number].name, self->name)) {
    number++;
    g_assert_cmpuint (number, <, G_N_ELEMENTS (cases));
  }
  g_mutex_lock (&log_lock);
  g_hash_table_remove_all (walked);
  g_mutex_unlock (&log_lock);
  cases[number].function (self->rows);
  for (guint i = 0; self->rows[i]; i++)
    assert_walked (self->rows[i]);
}

static void
add_case (const char *name, gconstpointer data, GTestDataFunc function)
{
  g_autofree char *path = g_strconcat ("/job-states/walk/", name, NULL);

  g_test_add_data_func (path, data, function);
}

int
main (int argc, char **argv)
{
  guint n_scenarios;
  const Scenario *scenarios = job_walks_get_scenarios (&n_scenarios);
  guint n_walks;
  const Walk *walks = job_walks_get (&n_walks);

  fixture_init (&argc, &argv);
  logged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  secrets = g_string_new (NULL);
  nanogpt_log_set_handler (on_log);

  g_assert_cmpuint (n_walks, ==, G_N_ELEMENTS (cases));
  for (guint i = 0; i < n_scenarios; i++)
    add_case (scenarios[i].name, &scenarios[i], test_scenario);
  for (guint i = 0; i < n_walks; i++)
    add_case (walks[i].name, &walks[i], test_walk);
  return g_test_run ();
}
