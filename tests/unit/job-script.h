/* nanovid: jobs for tests: a service whose answers a test decides
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

/* A service whose answers a test decides. */
typedef struct _Script Script;
typedef void (*Answer) (
    Script *self, SoupServerMessage *message, const FixtureRequest *request);

struct _Script
{
  Service *service;
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

void script_on_request (FixtureServer *server G_GNUC_UNUSED,
    SoupServerMessage *message, const FixtureRequest *request,
    guint number G_GNUC_UNUSED, gpointer data);

Script *script_new (Answer answer);

void script_free (Script *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Script, script_free)

/* Runs one job to its clip. */
void script_expect_clip (Script *self);

guint count_entries (const Service *service);
