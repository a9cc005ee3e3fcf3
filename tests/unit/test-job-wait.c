/* nanovid: the wait for a job, whatever answers the polls and however long
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/server.h"
#include "fixture/watchdog.h"
#include "job-service.h"

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

int
main (int argc, char **argv)
{
  static const guint times[] = { 4294, 4295, 86400, G_MAXUINT };

  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *name = g_strdup_printf ("/job-wait/long/%u", times[i]);

    g_test_add_data_func (name, GUINT_TO_POINTER (times[i]), test_long_times);
  }
  g_test_add_func ("/job-wait/largest-settings", test_largest_settings);
  return g_test_run ();
}
