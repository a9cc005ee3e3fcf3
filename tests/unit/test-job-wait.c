/* nanovid: how long a job is waited for
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/raw.h"
#include "job-script.h"

/* Extreme settings */

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
  g_autoptr (Script) script = script_new (answer_third);
  guint seconds = GPOINTER_TO_UINT (data);

  script->service->settings->timeout = seconds;
  script->service->settings->http_timeout = seconds;
  script_expect_clip (script);
}

static void
test_largest_settings (void)
{
  g_autoptr (Script) script = script_new (answer_third);

  script->service->settings->cache_dir = fixture_make_dir ();
  script->service->settings->max_size = G_MAXUINT64;
  script->service->settings->retries = G_MAXUINT;
  for (guint i = 0; i < 2; i++) {
    g_autoptr (Owner) owner = service_ask (script->service, PROMPT);
    g_autoptr (NanogptJobStatus) status = NULL;

    owner_start (owner, script->service);
    status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);
    g_assert_no_error (status->error);
    assert_clip (owner->job, script->service->media);
    nanogpt_job_deliver (owner->job);
    nanogpt_job_stop (owner->job);
  }
  g_assert_cmpuint (
      fixture_server_count (script->server, "/api/generate-video"), ==, 1);
}

/* A submit that is never sent */

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

/* Neither a TLS handshake nor a tunnel sends the request, so nothing can have
 * been charged, and there is nothing to look up. */
static void
test_unsent (gconstpointer data)
{
  g_autoptr (Service) service = service_new (0, 0);
  const Unsent *unsent = data;
  g_autoptr (FixtureRaw) raw = fixture_raw_new (say_nothing, NULL);
  const char *address = fixture_raw_get_url (raw) + strlen ("http://");
  g_autoptr (Owner) owner = NULL;

  g_free (service->settings->base_url);
  if (unsent->through_proxy) {
    service->settings->proxy = g_strdup (fixture_raw_get_url (raw));
    service->settings->base_url = g_strdup ("https://service.invalid");
  } else {
    service->settings->base_url = g_strconcat ("https://", address, NULL);
  }
  service->settings->timeout = unsent->timeout;
  service->settings->http_timeout = unsent->http_timeout;
  service->settings->retries = 0;
  owner = service_submit (service, PROMPT);
  owner_expect_error (owner, unsent->code, FALSE);
  g_assert_cmpuint (fixture_raw_count (raw), ==, 1);
  g_assert_cmpuint (count_entries (service), ==, 0);
  nanogpt_job_stop (owner->job);
}

/* Estimates of the service */

static const char *const told[] = {
  "\"progress\":1,\"estimatedTimeRemaining\":300",
  "\"progress\":1",
  "\"estimatedTimeRemaining\":0",
};

static void
answer_after_eight_seconds (
    Script *self, SoupServerMessage *message, const FixtureRequest *request)
{
  g_autofree char *running = g_strdup_printf (
      "{\"data\":{\"status\":\"IN_PROGRESS\",%s}}", self->told);

  if (self->started == 0)
    self->started = request->time;
  fixture_respond_json (message, 200,
      request->time - self->started < 8 * G_USEC_PER_SEC ? running : DONE);
}

/* Whatever the service estimates, the job is polled at least every five
 * seconds, and at most once a second. */
static void
test_told (void)
{
  Script *scripts[G_N_ELEMENTS (told)];
  Owner *owners[G_N_ELEMENTS (told)];

  for (guint i = 0; i < G_N_ELEMENTS (told); i++) {
    Script *script = scripts[i] = script_new (answer_after_eight_seconds);

    script->told = told[i];
    script->service->settings->poll_interval = 0;
    owners[i] = service_submit (script->service, PROMPT);
  }
  for (guint i = 0; i < G_N_ELEMENTS (told); i++) {
    Script *script = scripts[i];

    owner_collect (owners[i], script->service);
    nanogpt_job_stop (owners[i]->job);
    owner_free (owners[i]);
    g_assert_cmpint (script->shortest_gap, >=, 900 * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpint (
        script->longest_gap, <=, fixture_scaled (5) * G_TIME_SPAN_SECOND);
    script_free (script);
  }
}

/* A stopped process */

/* The main function of the process: runs one job and prints its error or state. */
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
  const char *held; /* the path whose response is held while the process is
                     * stopped */
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

  script_on_request (server, message, request, number, data);
  if (!g_atomic_int_get (&self->woken)
      && g_str_has_suffix (request->path, self->held))
    fixture_server_hold (server, message);
}

/* A response that arrived while the process was stopped counts, however late it
 * is read. */
static void
test_sleep (gconstpointer data)
{
  g_autoptr (Script) script = script_new (answer_done_after_stop);
  const Sleep *sleep = data;
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *output = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  script->held = sleep->held;
  fixture_server_set_handler (script->server, on_held_request, script, NULL);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      "/proc/self/exe", "--job", fixture_server_get_url (script->server), dir,
      sleep->settings[0], sleep->settings[1], sleep->settings[2], NULL);
  g_assert_no_error (error);
  fixture_server_wait (script->server, sleep->held, 1, 20);
  g_subprocess_send_signal (process, SIGSTOP);
  fixture_server_release (script->server);
  g_usleep (2 * G_USEC_PER_SEC);
  g_atomic_int_set (&script->woken, TRUE);
  g_subprocess_send_signal (process, SIGCONT);

  g_assert_true (
      g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, NULL));
  g_assert_cmpstr (output, ==, "complete");
  g_assert_cmpuint (
      fixture_server_count (script->server, "/api/generate-video/recover"), ==,
      0);
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
  g_test_add_func ("/job-wait/told", test_told);
  for (guint i = 0; i < G_N_ELEMENTS (sleeps); i++) {
    g_autofree char *name =
        g_strconcat ("/job-wait/sleep/", sleeps[i].name, NULL);

    g_test_add_data_func (name, &sleeps[i], test_sleep);
  }
  return g_test_run ();
}
