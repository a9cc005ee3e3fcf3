/* nanovid: the table of a job's states, and jobs that walk its rows
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* RTLD_NEXT */

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <time.h>

#include "fixture/raw.h"
#include "fixture/tls.h"
#include "job-script.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/url.h"
#include "nanogpt/job/job-states.h"
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
static GHashTable *walked; /* since the program began */
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

/* The table itself */

static gboolean
is_one (NanogptStep step)
{
  return step < NANOGPT_N_STEPS;
}

static void
test_rows (void)
{
  guint n_rows;
  const NanogptTransition *table = nanogpt_transitions_get (&n_rows);

  for (guint i = 0; i < n_rows; i++) {
    gboolean found = FALSE;

    g_test_message ("%s, %s", nanogpt_step_get_info (table[i].step)->name,
        nanogpt_event_get_name (table[i].event));
    g_assert_true (is_one (table[i].next)
        || (table[i].next == NANOGPT_STEP_SAME && !is_one (table[i].step)));
    for (NanogptStep step = 0; step < NANOGPT_N_STEPS; step++)
      found |= nanogpt_transition_find (step, table[i].event) == &table[i];
    g_assert_true (found);
    if (is_one (table[i].step))
      g_assert_true (
          nanogpt_transition_find (table[i].step, table[i].event) == &table[i]);
  }
}

static void
test_complete (void)
{
  gboolean entered[NANOGPT_N_STEPS] = { [NANOGPT_STEP_RESTING] = TRUE };
  gboolean left[NANOGPT_N_STEPS] = { FALSE };
  gboolean done[NANOGPT_N_ACTIONS] = { FALSE };
  gboolean known[NANOGPT_N_EVENTS] = { FALSE };
  guint n_rows;
  const NanogptTransition *table = nanogpt_transitions_get (&n_rows);

  for (guint i = 0; i < n_rows; i++) {
    done[table[i].action] = TRUE;
    known[table[i].event] = TRUE;
    if (is_one (table[i].next))
      entered[table[i].next] = TRUE;
    if (is_one (table[i].step))
      left[table[i].step] = TRUE;
  }
  for (guint action = 0; action < NANOGPT_N_ACTIONS; action++)
    g_assert_true (done[action]);
  for (guint event = 0; event < NANOGPT_N_EVENTS; event++)
    g_assert_true (known[event]);
  for (NanogptStep step = 0; step < NANOGPT_N_STEPS; step++) {
    const NanogptStepInfo *info = nanogpt_step_get_info (step);

    g_test_message ("%s", info->name);
    g_assert_true (entered[step]);
    g_assert_true (left[step] || step == NANOGPT_STEP_COMPLETE);
    /* A step has a transition for a timer if and only if it waits. */
    g_assert_cmpint (!!nanogpt_transition_find (step, NANOGPT_EVENT_TIMER), ==,
        info->kind == NANOGPT_STEP_WAITS);
    /* Every step can be stopped. */
    g_assert_nonnull (nanogpt_transition_find (step,
        info->kind == NANOGPT_STEP_WORKS ? NANOGPT_EVENT_CANCELLED
                                         : NANOGPT_EVENT_STOP));
    g_assert_nonnull (nanogpt_transition_find (step, NANOGPT_EVENT_ENDED));
    g_assert_nonnull (nanogpt_transition_find (step, NANOGPT_EVENT_DEADLINE));
  }
}

/* Jobs */

typedef struct
{
  const char *name;
  const char *faults; /* separated by spaces */
  const char *rows;   /* rows that such a job walks, in any order */
  double generation_time;
  NanogptMicros max_cost;
  NanogptMicros daily_budget;
  gboolean has_min_balance;
  NanogptMicros min_balance;
  guint timeout;
  guint poll_interval;
  const char *run_id;
  const char *spool_dir;
  gboolean no_retries;
  gboolean stop;      /* whether the job is then stopped */
  const char *again;  /* rows after it is started once more */
  const char *at_end; /* the row of the last stop */
} Scenario;

static const Scenario scenarios[] = {
  { .name = "plain",
      .rows = "resting, start -> checking; checking, done -> starting; "
              "starting, done -> opening; "
              "opening, done -> estimating; estimating, done -> choosing; "
              "choosing, new -> listing; listing, done -> balance; "
              "balance, done -> turn; turn, timer -> reserving; "
              "reserving, done -> sending; "
              "sending, done -> posting; posting, accepted -> accepting; "
              "accepting, done -> following; "
              "following, unfinished -> polling-later; "
              "polling-later, timer -> polling; "
              "polling, finished -> downloading; "
              "downloading, done -> complete" },
  { .name = "nowhere",
      .spool_dir = "/nowhere",
      .rows = "checking, failed -> held" },
  { .name = "prices",
      .max_cost = 100000000,
      .faults = "models#1:status=503",
      .rows = "listing, retry -> listing-later; "
              "listing-later, timer -> listing; "
              "downloading, done -> complete" },
  { .name = "balance",
      .has_min_balance = TRUE,
      .faults = "balance#1:status=503",
      .rows = "balance, retry -> balance-later; "
              "balance-later, timer -> balance; "
              "downloading, done -> complete" },
  { .name = "poor",
      .has_min_balance = TRUE,
      .min_balance = NANOGPT_MONEY_MAX,
      .rows = "balance, refused -> dropping; dropping, done -> held",
      .again = "held, start -> checking; checking, done -> starting; "
               "starting, holding -> estimating; "
               "choosing, over -> held" },
  { .name = "budget",
      .daily_budget = 1000,
      .rows = "reserving, refused -> dropping; dropping, done -> held" },
  { .name = "refused",
      .faults = "submit:status=402",
      .rows = "posting, refused -> dropping; dropping, done -> held" },
  { .name = "again",
      .faults = "submit#1:status=429,retry-after=0",
      .rows = "posting, retry -> withdrawing; "
              "withdrawing, done -> posting-later; "
              "posting-later, timer -> turn; downloading, done -> complete" },
  { .name = "lost",
      .faults = "submit#1:reply-drop",
      .rows = "posting, lost -> losing; losing, done -> looking-up; "
              "looking-up, found -> following; downloading, done -> complete" },
  { .name = "hidden",
      .faults = "submit#1:reply-drop recover#1:status=503",
      .rows = "looking-up, retry -> looking-up-later; "
              "looking-up-later, timer -> looking-up; "
              "looking-up, found -> following" },
  { .name = "left",
      .faults = "submit#1:reply-drop recover:status=503",
      .rows = "looking-up, retry -> looking-up-later",
      .stop = TRUE,
      .again = "choosing, unknown -> looking-up" },
  { .name = "failed",
      .generation_time = 0.1,
      .faults = "submit:states=IN_PROGRESS/FAILED,error=broken",
      .rows = "polling, refused -> dropping; dropping, done -> held" },
  { .name = "attached",
      .run_id = "vid_of_nobody",
      .timeout = 3,
      .faults = "any:status=429,retry-after=3600",
      .rows = "choosing, accepted -> polling; polling, failed -> held" },
  { .name = "late",
      .generation_time = 60,
      .timeout = 3,
      .rows = "polling-last, unfinished -> held; held, ended -> held",
      .again = "held, start -> checking; choosing, accepted -> polling" },
  { .name = "between",
      .generation_time = 60,
      .timeout = 2,
      .poll_interval = 60000,
      .rows = "polling-later, deadline -> polling-last" },
  { .name = "another",
      .faults = "media#1:truncate=20000 media#2:status=200,body=another",
      .rows = "downloading, stale -> polling; "
              "downloading, done -> complete" },
  { .name = "slow",
      .timeout = 3,
      .faults = "status:delay=3500",
      .rows = "polling, deadline -> polling-last; "
              "polling-last, finished -> downloading" },
  { .name = "overdue",
      .timeout = 2,
      .faults = "submit:delay=3500",
      .rows = "posting, deadline -> posting; posting, ended -> posting" },
  { .name = "refreshed",
      .faults = "media#1:expire",
      .rows = "downloading, retry -> polling-later; "
              "downloading, done -> complete" },
  { .name = "unfetchable",
      .no_retries = TRUE,
      .faults = "media:status=503",
      .rows = "downloading, failed -> held" },
  { .name = "unlucky",
      .timeout = 3,
      .faults = "submit:states=FAILED,error=broken "
                "status:delay=3500",
      .rows = "polling-last, refused -> dropping" },
  { .name = "limited",
      .timeout = 3,
      .faults = "status:delay=3500,status=429,retry-after=3600",
      .rows = "polling-last, failed -> held" },
  { .name = "unreadable",
      .no_retries = TRUE,
      .faults = "submit#1:reply-drop recover:status=200,body=x",
      .rows = "looking-up, failed -> held" },
  { .name = "long",
      .generation_time = 60,
      .rows = "polling, unfinished -> polling-later" },
  { .name = "stopped",
      .faults = "status:stall",
      .rows = "polling-later, timer -> polling",
      .at_end = "polling, cancelled -> closing" },
};

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
test_cache (void)
{
  g_autoptr (Service) service = begin (0);

  service->settings->cache_dir = fixture_make_dir ();
  for (guint i = 0; i < 3; i++) {
    const char *const rows[] = {
      "starting, new -> searching; searching, done -> opening",
      "searching, found -> complete; complete, stop -> closing",
      "searching, failed -> held; held, stop -> closing",
    };
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
test_first_answer (void)
{
  static const struct
  {
    const char *status;
    const char *row;
  } answers[] = {
    { "\"COMPLETED\",\"output\":{\"video\":{\"url\":\"/clip.mp4\"}}",
        "following, finished -> downloading" },
    { "\"FAILED\"", "following, refused -> dropping" },
    { "\"COMPLETED\"", "following, failed -> held" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *submit = g_strdup_printf (
        "{\"runId\":\"vid_1\",\"data\":{\"status\":%s}}", answers[i].status);
    g_autoptr (Owner) owner = NULL;
    g_autoptr (Script) script = script_new (say_running);

    begin_log ();
    script->submit = submit;
    script->service->settings->retries = 0;
    owner = walk (script->service, answers[i].row);
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
test_unsent (void)
{
  g_autoptr (FixtureRaw) raw = fixture_raw_new (say_nothing, NULL);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Service) service = begin (0);

  use_https (service, raw);
  service->settings->timeout = 1;
  owner = walk (service,
      "posting, deadline -> posting; posting, unsent -> taking-back; "
      "taking-back, refused -> dropping; dropping, done -> held");
  nanogpt_job_stop (owner->job);
}

/* A file is in place of the journal's directory. */
static void
test_no_journal (void)
{
  g_autofree char *path = NULL;
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Service) service = begin (0);

  path = g_build_filename (service->settings->state_dir, "jobs", NULL);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  owner =
      walk (service, "opening, refused -> dropping; dropping, done -> held");
  nanogpt_job_stop (owner->job);
}

/* The journal is lost between the intent and the first byte of the submit. */
static void
test_lost_before_submit (void)
{
  g_autoptr (Owner) owner = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (Service) service = begin (0);

  g_atomic_pointer_set (&freezing, service->settings->state_dir);
  owner = walk (service,
      "reserving, done -> sending; sending, refused -> dropping; "
      "dropping, done -> held");
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
test_aged (void)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) owner = NULL;
  NanogptJournalEntry *entry = make_entry (service, make_old);

  nanogpt_journal_entry_free (entry);
  owner = walk (service,
      "opening, aged -> dating; dating, done -> opening; "
      "choosing, new -> listing; downloading, done -> complete");
  nanogpt_job_stop (owner->job);
}

/* The submit of another process is waited for until the timeout. Once it is
 * known to be lost, resume=false pays again. */
static void
test_contested (void)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) patient = NULL;
  g_autoptr (Owner) owner = NULL;
  NanogptJournalEntry *entry = make_entry (service, make_abandoned);

  service->settings->http_timeout = 1;
  patient = walk (service,
      "opening, contested -> awaiting; awaiting, timer -> opening; "
      "opening, failed -> held");
  nanogpt_job_stop (patient->job);

  begin_log ();
  owner = walk (service, "opening, contested -> awaiting");
  nanogpt_job_stop (owner->job);
  await_row ("closing, done -> resting");
  nanogpt_journal_entry_free (entry);
  service->settings->resume = FALSE;
  owner_start (owner, service);
  await_rows ("choosing, abandoned -> opening; downloading, done -> complete");
  nanogpt_job_stop (owner->job);
}

/* If a damaged entry shows that it is for the same request, the job is refused;
 * if it does not show its request, there is only a warning. */
static void
test_damaged_entry (void)
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
  refused = walk (service, "opening, refused -> dropping");
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
test_absent (void)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) owner = NULL;
  NanogptJournalEntry *entry = make_entry (service, make_lost);

  nanogpt_journal_entry_free (entry);
  g_atomic_pointer_set (&hastening, "looking-up-later, timer -> looking-up");
  owner = walk (service,
      "looking-up, retry -> looking-up-later; "
      "looking-up, absent -> choosing; choosing, new -> listing; "
      "downloading, done -> complete");
  g_atomic_pointer_set (&hastening, NULL);
  assert_charges (service, 1);
  nanogpt_job_stop (owner->job);
}

/* The same, for a submit that got a refusal instead of a regular response. */
static void
test_strange_refusal (void)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) owner = NULL;

  service_add_fault (service, "submit#1:status=409");
  g_atomic_pointer_set (&hastening, "looking-up-later, timer -> looking-up");
  owner = walk (
      service, "posting, lost -> losing; looking-up, refused -> dropping");
  g_atomic_pointer_set (&hastening, NULL);
  nanogpt_job_stop (owner->job);
}

/* The service accepts no submits for an hour. */
static void
test_no_turn (void)
{
  g_autoptr (Service) service = begin (0);
  g_autoptr (Owner) first = NULL;
  g_autoptr (Owner) second = NULL;

  service_add_fault (service, "submit:status=429,retry-after=3600");
  first = walk (service, "posting, refused -> dropping");
  second = service_submit (service, "another lighthouse");
  await_row ("turn, refused -> dropping");
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
test_sent_late (gconstpointer data)
{
  const char *row = data;
  const char *answer = strstr (row, "lost")
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
  owner = walk (service, row);
  g_atomic_int_set (&cancels_late, FALSE);
  nanogpt_job_stop (owner->job);
  await_row ("closing, done -> resting");
}

static gboolean
was_walked (const NanogptTransition *row, NanogptStep step)
{
  g_autofree char *beginning = g_strdup_printf ("%s, %s -> ",
      nanogpt_step_get_info (step)->name, nanogpt_event_get_name (row->event));
  GHashTableIter iter;
  gpointer line;

  g_hash_table_iter_init (&iter, walked);
  while (g_hash_table_iter_next (&iter, &line, NULL)) {
    if (g_str_has_prefix (line, beginning))
      return TRUE;
  }
  return FALSE;
}

/* Must run last. */
static void
test_walked (void)
{
  guint n_rows;
  const NanogptTransition *table = nanogpt_transitions_get (&n_rows);
  gboolean walked_all = TRUE;

  for (guint i = 0; i < n_rows; i++) {
    g_autofree char *name =
        g_strdup_printf ("%s, %s", nanogpt_step_get_info (table[i].step)->name,
            nanogpt_event_get_name (table[i].event));
    gboolean found = FALSE;

    for (NanogptStep step = 0; step < NANOGPT_N_STEPS; step++)
      found |= nanogpt_transition_find (step, table[i].event) == &table[i]
          && was_walked (&table[i], step);
    if (!found)
      g_test_message ("never happened here: %s", name);
    walked_all &= found;
  }
  g_assert_true (walked_all);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  logged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  secrets = g_string_new (NULL);
  nanogpt_log_set_handler (on_log);

  g_test_add_func ("/job-states/rows", test_rows);
  g_test_add_func ("/job-states/complete", test_complete);
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++) {
    g_autofree char *path =
        g_strconcat ("/job-states/walk/", scenarios[i].name, NULL);

    g_test_add_data_func (path, &scenarios[i], test_scenario);
  }
  g_test_add_func ("/job-states/walk/cache", test_cache);
  g_test_add_func ("/job-states/walk/first-answer", test_first_answer);
  g_test_add_func ("/job-states/walk/unsent", test_unsent);
  g_test_add_func ("/job-states/walk/no-journal", test_no_journal);
  g_test_add_func (
      "/job-states/walk/lost-before-submit", test_lost_before_submit);
  g_test_add_func ("/job-states/walk/aged", test_aged);
  g_test_add_func ("/job-states/walk/contested", test_contested);
  g_test_add_func ("/job-states/walk/damaged-entry", test_damaged_entry);
  g_test_add_func ("/job-states/walk/absent", test_absent);
  g_test_add_func ("/job-states/walk/strange-refusal", test_strange_refusal);
  g_test_add_func ("/job-states/walk/no-turn", test_no_turn);
  g_test_add_data_func ("/job-states/walk/sent-late",
      "taking-back, accepted -> accepting", test_sent_late);
  g_test_add_data_func ("/job-states/walk/lost-late",
      "taking-back, lost -> losing", test_sent_late);
  g_test_add_func ("/job-states/walk/all", test_walked);
  return g_test_run ();
}
