/* nanovid: jobs for tests: a service whose responses the test controls
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "fixture/server.h"
#include "job-service.h"

#define PROMPT "a lighthouse at dusk"
#define RUNNING "{\"data\":{\"status\":\"IN_PROGRESS\"}}"
#define DONE                                                                   \
  "{\"data\":{\"status\":\"COMPLETED\",\"output\":{\"video\":{\"url\":"        \
  "\"/clip.mp4\"}}}}"

/* A service whose responses the test controls. */
typedef struct _Script Script;
typedef void (*Answer) (
    Script *self, SoupServerMessage *message, const FixtureRequest *request);

struct _Script
{
  Service *service;
  FixtureServer *server;
  const char *submit; /* the response to a submit */
  const char *model;  /* the model by which the service knows the job */
  const struct _Page *page;
  guint sights;     /* responses that know the job */
  const char *held; /* the path whose responses are held back */
  int woken;
  const char *told; /* the text in each response */
  gint64 started;   /* when the first poll arrived */
  Answer answer;    /* responds to a poll */
  guint polls;
  gint64 last_poll;    /* when it arrived, measured in the server's thread */
  gint64 longest_gap;  /* between two polls */
  gint64 shortest_gap; /* in microseconds */
};

void script_on_request (FixtureServer *server G_GNUC_UNUSED,
    SoupServerMessage *message, const FixtureRequest *request,
    guint number G_GNUC_UNUSED, gpointer data);

Script *script_new (Answer answer);

void script_free (Script *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Script, script_free)

/* Runs one job and checks that it gets its clip. */
void script_expect_clip (Script *self);

guint count_entries (const Service *service);
