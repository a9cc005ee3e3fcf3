/* nanovid: the wait for a job, whatever answers the polls and however long
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/raw.h"
#include "fixture/server.h"
#include "fixture/watchdog.h"
#include "job-service.h"
#include "nanogpt/http-error.h"
#include "nanogpt/journal.h"
#include "nanogpt/retry.h"

#define PROMPT "a lighthouse at dusk"
#define RUNNING "{\"data\":{\"status\":\"IN_PROGRESS\"}}"
#define DONE                                                                   \
  "{\"data\":{\"status\":\"COMPLETED\",\"output\":{\"video\":{\"url\":"        \
  "\"/clip.mp4\"}}}}"

/* A service whose answers a test decides. */
typedef struct _Script Script;
typedef void (*Answer) (
    Script *self, SoupServerMessage *message, const FixtureRequest *request);

struct _Script
{
  Service service;
  FixtureServer *server;
  const char *submit; /* the answer to it */
  const char *model;  /* what the job is known by */
  const struct _Page *page;
  guint sights;     /* answers that know the job */
  const char *held; /* the path whose answers are held back */
  int woken;
  Answer answer; /* to a poll */
  guint polls;
  gint64 last_poll;    /* when it arrived, in the server's thread */
  gint64 longest_gap;  /* between two of them */
  gint64 shortest_gap; /* in microseconds */
};

static void
note_poll (Script *self, const FixtureRequest *request)
{
  gint64 gap = request->time - self->last_poll;

  if (self->polls++ > 0) {
    self->longest_gap = MAX (self->longest_gap, gap);
    self->shortest_gap = MIN (self->shortest_gap, gap);
  }
  self->last_poll = request->time;
}

static void
on_request (FixtureServer *server G_GNUC_UNUSED, SoupServerMessage *message,
    const FixtureRequest *request, guint number G_GNUC_UNUSED, gpointer data)
{
  Script *self = data;

  if (g_str_equal (request->method, "POST")) {
    fixture_respond_json (message, 202, self->submit);
  } else if (g_str_equal (request->path, "/clip.mp4")) {
    fixture_respond_bytes (message, "video/mp4", self->service.media);
  } else if (g_str_has_suffix (request->path, "/status")) {
    note_poll (self, request);
    self->answer (self, message, request);
  }
}

static void
script_start (Script *self, Answer answer)
{
  *self = (Script){ .answer = answer,
    .submit = "{\"runId\":\"vid_1\",\"status\":\"pending\"}",
    .shortest_gap = G_MAXINT64 };
  service_start (&self->service, 0, 0);
  self->server = fixture_server_new ();
  fixture_server_set_handler (self->server, on_request, self, NULL);
  g_free (self->service.settings->base_url);
  self->service.settings->base_url =
      g_strdup (fixture_server_get_url (self->server));
}

static void
script_end (Script *self)
{
  g_clear_object (&self->server);
  service_end (&self->service);
}

/* Runs one job to its clip. */
static void
expect_clip (Script *self)
{
  g_autoptr (Owner) owner = service_ask (&self->service, PROMPT);

  owner_start (owner, &self->service);
  owner_collect (owner, &self->service);
  nanogpt_job_stop (owner->job);
}

static guint
count_entries (const Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  return records->len;
}

/* Settings at their extremes */

static void
answer_third (Script *self, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  fixture_respond_json (message, 200, self->polls < 3 ? RUNNING : DONE);
  fixture_server_delay (self->server, message, 0.2);
}

static void
test_long_times (gconstpointer data)
{
  guint seconds = GPOINTER_TO_UINT (data);
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("long", 30);
  Script script;

  script_start (&script, answer_third);
  script.service.settings->timeout = seconds;
  script.service.settings->http_timeout = seconds;
  expect_clip (&script);
  script_end (&script);
}

static void
test_largest_settings (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("largest", 30);
  Script script;

  script_start (&script, answer_third);
  script.service.settings->cache_dir = fixture_make_dir ();
  script.service.settings->cache_max_age = G_MAXUINT;
  script.service.settings->max_size = G_MAXUINT64;
  script.service.settings->retries = G_MAXUINT;
  for (guint i = 0; i < 2; i++) {
    g_autoptr (Owner) owner = service_ask (&script.service, PROMPT);
    g_autoptr (NanogptJobStatus) status = NULL;

    owner_start (owner, &script.service);
    status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);
    g_assert_no_error (status->error);
    assert_clip (owner->job, script.service.media);
    nanogpt_job_deliver (owner->job);
    nanogpt_job_stop (owner->job);
  }
  g_assert_cmpuint (
      fixture_server_count (script.server, "/api/generate-video"), ==, 1);
  script_end (&script);
}

/* A submit that never leaves */

static void
say_nothing (FixtureRaw *raw, GSocketConnection *connection,
    guint number G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  fixture_raw_wait_closed (raw, connection);
}

typedef struct
{
  const char *name;
  gboolean through_proxy;
  guint timeout;
  guint http_timeout;
  NanogptError code;
} Unsent;

/* Neither a TLS handshake nor a tunnel is a request: nothing may have been
 * charged, and nothing is left to be looked up. */
static void
test_unsent (gconstpointer data)
{
  const Unsent *unsent = data;
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("unsent", 30);
  g_autoptr (FixtureRaw) raw = fixture_raw_new (say_nothing, NULL);
  const char *address = fixture_raw_get_url (raw) + strlen ("http://");
  g_autoptr (Owner) owner = NULL;
  Service service;

  service_start (&service, 0, 0);
  g_free (service.settings->base_url);
  if (unsent->through_proxy) {
    service.settings->proxy = g_strdup (fixture_raw_get_url (raw));
    service.settings->base_url = g_strdup ("https://service.invalid");
  } else {
    service.settings->base_url = g_strconcat ("https://", address, NULL);
  }
  service.settings->timeout = unsent->timeout;
  service.settings->http_timeout = unsent->http_timeout;
  service.settings->retries = 0;
  owner = service_ask (&service, PROMPT);
  owner_start (owner, &service);
  owner_expect_error (owner, unsent->code, FALSE);
  g_assert_cmpuint (fixture_raw_count (raw), ==, 1);
  g_assert_cmpuint (count_entries (&service), ==, 0);
  nanogpt_job_stop (owner->job);
  service_end (&service);
}

/* Models by other names */

#define ACCEPTED_AS_ALIAS                                                      \
  "{\"runId\":\"vid_1\",\"status\":\"pending\",\"model\":\"alias-2\"}"

/* The legacy endpoint alone, which knows the job by its id and one model. */
static void
answer_by_model (
    Script *self, SoupServerMessage *message, const FixtureRequest *request)
{
  if (!g_str_equal (request->path, "/api/generate-video/status")
      || !strstr (request->query, self->model)) {
    fixture_respond_json (
        message, 404, "{\"error\":\"Not found\",\"status\":404}");
    return;
  }
  self->sights++;
  fixture_respond_json (message, 200,
      self->sights < 5 ? "{\"model\":\"alias-2\",\"data\":{\"status\":"
                         "\"IN_PROGRESS\"}}"
                       : DONE);
}

static void
test_alias (gconstpointer data)
{
  const char *known_as = data;
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("alias", 30);
  g_autoptr (GPtrArray) records = NULL;
  const NanogptJournalRecord *record;
  Script script;

  script_start (&script, answer_by_model);
  script.submit = ACCEPTED_AS_ALIAS;
  script.model = known_as;
  expect_clip (&script);
  /* What led to an answer is remembered. */
  g_assert_cmpuint (script.polls, <=, 5 + 2);
  records = nanogpt_journal_list (script.service.settings->state_dir);
  record = records->pdata[0];
  g_assert_cmpstr (record->model, ==, "seedance-lite-video");
  script_end (&script);
}

static void
test_alias_after_adoption (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("alias", 30);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;
  Script script;

  script_start (&script, answer_by_model);
  script.submit = ACCEPTED_AS_ALIAS;
  script.model = "seedance-lite-video";
  script.service.settings->poll_interval = 200;
  owner = service_ask (&script.service, PROMPT);
  owner_start (owner, &script.service);
  status = owner_wait (owner, NANOGPT_JOB_GENERATING);
  g_assert_cmpstr (status->model, ==, "seedance-lite-video");
  nanogpt_job_stop (owner->job);
  expect_clip (&script);
  g_assert_cmpuint (
      fixture_server_count (script.server, "/api/generate-video"), ==, 1);
  script_end (&script);
}

/* Answers that are not the service's */

typedef struct _Page
{
  const char *name;
  guint status;
  const char *body;
} Page;

#define HTML "<!DOCTYPE html><title>Sorry</title><p>Come back later"

/* So many are tried before anything is known of the job, too. */
#define N_AT_FIRST 4

/* The service's own words about a job it has told of before are among them. */
static const Page pages[] = {
  { "403", 403, HTML },
  { "404", 404, HTML },
  { "404-json", 404, "{\"message\":\"no Route matched\"}" },
  { "200", 200, HTML },
  { "400", 400, HTML },
  { "401", 401, HTML },
  { "404-null", 404, "{\"error\":null}" },
  { "404-own", 404, "{\"error\":\"Not found\",\"status\":404}" },
  { "407", 407, HTML },
  { "410", 410, HTML },
  { "422-empty", 422, "" },
  { "200-json", 200, "{\"ok\":true}" },
  { "204", 204, "" },
  { "502", 502, HTML },
};

static void
answer_page (Script *self, SoupServerMessage *message)
{
  soup_server_message_set_status (message, self->page->status, NULL);
  if (self->page->status != 204)
    soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC,
        self->page->body, strlen (self->page->body));
}

static void
answer_after_pages (Script *self, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  if (self->sights == 0) {
    self->sights++;
    fixture_respond_json (message, 200, RUNNING);
  } else if (self->polls < 4) {
    answer_page (self, message);
  } else {
    fixture_respond_json (message, 200, DONE);
  }
}

static void
test_pages (gconstpointer data)
{
  const Page *page = data;
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (page->name, 30);
  Script script;

  script_start (&script, answer_after_pages);
  script.page = page;
  script.service.settings->retries = 0;
  expect_clip (&script);
  script_end (&script);
}

/* Of a job that somebody else has submitted, nothing is known yet. */
static void
test_pages_at_first (gconstpointer data)
{
  const Page *page = data;
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (page->name, 30);
  g_autoptr (Owner) owner = NULL;
  Script script;

  script_start (&script, answer_after_pages);
  script.page = page;
  script.sights = 1;
  script.service.settings->retries = 0;
  script.service.settings->run_id = g_strdup ("vid_1");
  owner = owner_new (nanogpt_job_new (NULL, script.service.settings));
  owner_start (owner, &script.service);
  owner_collect (owner, &script.service);
  nanogpt_job_stop (owner->job);
  script_end (&script);
}

static void
answer_pages (Script *self, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  answer_page (self, message);
}

static gboolean
has_details (const NanogptJobStatus *status, guint64 value G_GNUC_UNUSED)
{
  return status->details != NULL;
}

typedef struct
{
  Page page;
  NanogptError code;
} Ending;

/* However the wait ends, what was paid for can still be collected. */
static void
test_pages_for_ever (gconstpointer data)
{
  const Ending *ending = data;
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (ending->page.name, 30);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;
  Script script;

  script_start (&script, answer_pages);
  script.page = &ending->page;
  script.service.settings->timeout = 1;
  owner = service_ask (&script.service, PROMPT);
  owner_start (owner, &script.service);
  owner_expect_error (owner, ending->code, TRUE);
  g_assert_true (nanogpt_job_is_collectable (owner->job));
  nanogpt_job_stop (owner->job);
  g_assert_cmpuint (count_entries (&script.service), ==, 1);

  /* Without a limit it is seen why it takes so long. */
  if (ending->code == NANOGPT_ERROR_TIMED_OUT) {
    script.service.settings->timeout = 0;
    owner_start (owner, &script.service);
    status = owner_wait_until (owner, has_details, 0);
    g_assert_nonnull (strstr (status->details, "The service"));
    nanogpt_job_stop (owner->job);
  }
  script_end (&script);
}

/* A failure by any other name is one, and is over. */
static void
test_unknown_failure (void)
{
  static const Page failure = { "failure", 200,
    "{\"data\":{\"status\":\"Rejected\",\"error\":\"No luck\"}}" };
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("failure", 30);
  g_autoptr (Owner) owner = NULL;
  Script script;

  script_start (&script, answer_pages);
  script.page = &failure;
  owner = service_ask (&script.service, PROMPT);
  owner_start (owner, &script.service);
  owner_expect_error (owner, NANOGPT_ERROR_GENERATION_FAILED, TRUE);
  nanogpt_job_stop (owner->job);
  g_assert_cmpuint (count_entries (&script.service), ==, 0);
  script_end (&script);
}

/* An answer of the service about a job that it has told of in this run. */
static void
test_seen_job_stays (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"error\":\"x\"}", 13);
  g_autoptr (GError) error = nanogpt_http_error_new (404, body, NULL, -1);
  NanogptRetryState state = { .failures = 100, .retries = 5, .deadline = -1 };

  g_assert_cmpint (
      nanogpt_retry_get_delay (NANOGPT_RETRY_POLL, error, &state), ==, -1);
  state.seen = TRUE;
  g_assert_cmpint (
      nanogpt_retry_get_delay (NANOGPT_RETRY_POLL, error, &state), >, 0);
}

/* A process that is stopped */

/* What the process does: one job, whose reason or state it prints. */
static int
run_job (char **argv)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
  g_autoptr (NanogptRequest) request = make_request (PROMPT);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  settings->api_key = g_strdup (KEY);
  settings->base_url = g_strdup (argv[2]);
  settings->state_dir = g_strdup (argv[3]);
  settings->spool_dir = g_strdup (argv[3]);
  settings->timeout = atoi (argv[4]);
  settings->http_timeout = atoi (argv[5]);
  settings->poll_interval = atoi (argv[6]);
  if (!nanogpt_settings_resolve (settings, NULL))
    return 1;
  owner = owner_new (nanogpt_job_new (request, settings));
  nanogpt_job_start (owner->job, settings);
  status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);
  g_print ("%s",
      status->error ? nanogpt_error_get_reason (status->error->code)
                    : nanogpt_job_state_get_name (status->state));
  nanogpt_job_stop (owner->job);
  return 0;
}

typedef struct
{
  const char *name;
  const char *held; /* what is being answered when the process is stopped */
  const char *settings[3];
} Sleep;

static void
answer_done_after_stop (Script *self, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  fixture_respond_json (
      message, 200, g_atomic_int_get (&self->woken) ? DONE : RUNNING);
}

static void
on_held_request (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request, guint number, gpointer data)
{
  Script *self = data;

  on_request (server, message, request, number, data);
  if (!g_atomic_int_get (&self->woken)
      && g_str_has_suffix (request->path, self->held))
    fixture_server_hold (server, message);
}

/* What came while the process was stopped counts, however late it is. */
static void
test_sleep (gconstpointer data)
{
  const Sleep *sleep = data;
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new (sleep->name, 40);
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *output = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  Script script;

  script_start (&script, answer_done_after_stop);
  script.held = sleep->held;
  fixture_server_set_handler (script.server, on_held_request, &script, NULL);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      "/proc/self/exe", "--job", fixture_server_get_url (script.server), dir,
      sleep->settings[0], sleep->settings[1], sleep->settings[2], NULL);
  g_assert_no_error (error);
  fixture_server_wait (script.server, sleep->held, 1, 20);
  g_subprocess_send_signal (process, SIGSTOP);
  fixture_server_release (script.server);
  g_usleep (2 * G_USEC_PER_SEC);
  g_atomic_int_set (&script.woken, TRUE);
  g_subprocess_send_signal (process, SIGCONT);

  g_assert_true (
      g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, NULL));
  g_assert_cmpstr (output, ==, "complete");
  g_assert_cmpuint (
      fixture_server_count (script.server, "/api/generate-video/recover"), ==,
      0);
  script_end (&script);
}

int
main (int argc, char **argv)
{
  static const guint times[] = { 4294, 4295, 86400, G_MAXUINT };

  static const Unsent unsent[] = {
    { "handshake/timeout", FALSE, 1, 30, NANOGPT_ERROR_TIMED_OUT },
    { "handshake/http-timeout", FALSE, 30, 1, NANOGPT_ERROR_NETWORK },
    { "tunnel/timeout", TRUE, 1, 30, NANOGPT_ERROR_TIMED_OUT },
    { "tunnel/http-timeout", TRUE, 30, 1, NANOGPT_ERROR_NETWORK },
  };

  static const Ending endings[] = {
    { { "html", 200, HTML }, NANOGPT_ERROR_TIMED_OUT },
    { { "html-404", 404, HTML }, NANOGPT_ERROR_TIMED_OUT },
    { { "html-403", 403, HTML }, NANOGPT_ERROR_TIMED_OUT },
    { { "nothing", 204, "" }, NANOGPT_ERROR_BAD_RESPONSE },
    { { "own-401", 401, "{\"error\":\"Invalid session\",\"status\":401}" },
        NANOGPT_ERROR_NOT_AUTHORIZED },
    { { "own-403", 403, "{\"error\":{\"message\":\"Not yours\"}}" },
        NANOGPT_ERROR_NOT_AUTHORIZED },
    { { "own-400", 400, "{\"error\":\"runId is required\"}" },
        NANOGPT_ERROR_INVALID_REQUEST },
    { { "own-200", 200, "{\"error\":\"No such thing\",\"status\":400}" },
        NANOGPT_ERROR_INVALID_REQUEST },
  };

  /* Timeout, HTTP timeout, poll interval. */
  static const Sleep sleeps[] = {
    { "submit/http-timeout", "/api/generate-video", { "30", "1", "20" } },
    { "submit/timeout", "/api/generate-video", { "1", "30", "20" } },
    { "poll/http-timeout", "/api/generate-video/status", { "30", "1", "20" } },
    { "poll/timeout", "/api/generate-video/status", { "1", "30", "20" } },
    { "poll/between", "/api/v1/video-models", { "1", "30", "60000" } },
  };

  if (argc == 7 && g_str_equal (argv[1], "--job"))
    return run_job (argv);
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *name = g_strdup_printf ("/job-wait/long/%u", times[i]);

    g_test_add_data_func (name, GUINT_TO_POINTER (times[i]), test_long_times);
  }
  g_test_add_func ("/job-wait/largest-settings", test_largest_settings);
  for (guint i = 0; i < G_N_ELEMENTS (unsent); i++) {
    g_autofree char *name =
        g_strconcat ("/job-wait/unsent/", unsent[i].name, NULL);

    g_test_add_data_func (name, &unsent[i], test_unsent);
  }
  g_test_add_data_func (
      "/job-wait/alias/asked-for", "seedance-lite-video", test_alias);
  g_test_add_data_func ("/job-wait/alias/answered", "alias-2", test_alias);
  g_test_add_func ("/job-wait/alias/adopted", test_alias_after_adoption);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autofree char *name =
        g_strconcat ("/job-wait/page/", pages[i].name, NULL);
    g_autofree char *first =
        g_strconcat ("/job-wait/page-at-first/", pages[i].name, NULL);

    g_test_add_data_func (name, &pages[i], test_pages);
    if (i < N_AT_FIRST)
      g_test_add_data_func (first, &pages[i], test_pages_at_first);
  }
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name =
        g_strconcat ("/job-wait/for-ever/", endings[i].page.name, NULL);

    g_test_add_data_func (name, &endings[i], test_pages_for_ever);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sleeps); i++) {
    g_autofree char *name =
        g_strconcat ("/job-wait/sleep/", sleeps[i].name, NULL);

    g_test_add_data_func (name, &sleeps[i], test_sleep);
  }
  g_test_add_func ("/job-wait/unknown-failure", test_unknown_failure);
  g_test_add_func ("/job-wait/seen-job-stays", test_seen_job_stays);
  return g_test_run ();
}
