/* nanovid: the wait for a job, whatever answers the polls and however long
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/raw.h"
#include "fixture/server.h"
#include "fixture/watchdog.h"
#include "job-service.h"
#include "nanogpt/journal.h"

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
  Answer answer;      /* to a poll */
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
  } else {
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
  return g_test_run ();
}
