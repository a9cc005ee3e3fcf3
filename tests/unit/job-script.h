/* nanovid: jobs for tests: a service whose answers a test decides
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "fixture/server.h"
#include "fixture/watchdog.h"
#include "job-service.h"
#include "nanogpt/store/files/journal.h"

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
  const char *told; /* by each answer */
  gint64 started;   /* when the first poll came */
  Answer answer;    /* to a poll */
  guint polls;
  gint64 last_poll;    /* when it arrived, in the server's thread */
  gint64 longest_gap;  /* between two of them */
  gint64 shortest_gap; /* in microseconds */
};

static inline void
note_poll (Script *self, const FixtureRequest *request)
{
  gint64 gap = request->time - self->last_poll;

  if (self->polls++ > 0) {
    self->longest_gap = MAX (self->longest_gap, gap);
    self->shortest_gap = MIN (self->shortest_gap, gap);
  }
  self->last_poll = request->time;
}

static inline void
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

static inline void
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

static inline void
script_end (Script *self)
{
  g_clear_object (&self->server);
  service_end (&self->service);
}

/* Runs one job to its clip. */
static inline void
expect_clip (Script *self)
{
  g_autoptr (Owner) owner = service_ask (&self->service, PROMPT);

  owner_start (owner, &self->service);
  owner_collect (owner, &self->service);
  nanogpt_job_stop (owner->job);
}

static inline guint
count_entries (const Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  return records->len;
}
