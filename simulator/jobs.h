/* nanovid: simulator: jobs, and how they proceed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ledger.h"
#include "renderer.h"
#include "rules.h"

typedef struct
{
  char *run_id;
  SimRequest *request;
  SimAccount *account;
  GPtrArray *clips; /* its results, SimClip; empty if the job fails */
  gint64 created;   /* microseconds since the Epoch */
  gint64 started;   /* monotonic, microseconds */
  gint64 duration;  /* microseconds */
  char **states;
  char *error;
  gboolean nsfw;
  gboolean refunded;
  guint signature; /* incremented when the result URL expires */
  gboolean expired;
} SimJob;

SimJob *sim_job_new (SimRequest *request, SimAccount *account,
    const char *const *states, double seconds);
void sim_job_free (SimJob *job);
SimScene *sim_job_describe (
    SimJob *job, const SimClipFormat *format, guint number);
const char *sim_job_get_state (SimJob *job);
const char *sim_job_get_error (SimJob *job);
double sim_job_get_elapsed (SimJob *job);
char *sim_job_format_time (gint64 time);
