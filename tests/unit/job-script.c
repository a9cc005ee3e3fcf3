/* nanovid: jobs for tests: a service whose responses the test controls
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-script.h"

#include "nanogpt/store/files/journal.h"

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

void
script_on_request (FixtureServer *server G_GNUC_UNUSED,
    SoupServerMessage *message, const FixtureRequest *request,
    guint number G_GNUC_UNUSED, gpointer data)
{
  Script *self = data;

  if (g_str_equal (request->method, "POST")) {
    fixture_respond_json (message, 202, self->submit);
  } else if (g_str_equal (request->path, "/clip.mp4")) {
    fixture_respond_bytes (message, "video/mp4", self->service->media);
  } else if (g_str_has_suffix (request->path, "/status")) {
    note_poll (self, request);
    self->answer (self, message, request);
  }
}

Script *
script_new (Answer answer)
{
  Script *self = g_new0 (Script, 1);

  *self = (Script){ .answer = answer,
    .submit = "{\"runId\":\"vid_1\",\"status\":\"pending\"}",
    .shortest_gap = G_MAXINT64 };
  self->service = service_new (0, 0);
  self->server = fixture_server_new ();
  fixture_server_set_handler (self->server, script_on_request, self, NULL);
  g_free (self->service->settings->base_url);
  self->service->settings->base_url =
      g_strdup (fixture_server_get_url (self->server));
  return self;
}

void
script_free (Script *self)
{
  g_object_unref (self->server);
  service_free (self->service);
  g_free (self);
}

void
script_expect_clip (Script *self)
{
  g_autoptr (Owner) owner = service_submit (self->service, PROMPT);

  owner_collect (owner, self->service);
  nanogpt_job_stop (owner->job);
}

guint
count_entries (const Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  return records->len;
}
