/* nanovid: simulator: the state of a simulator: accounts, jobs and faults
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "faults.h"
#include "jobs.h"
#include "options.h"
#include "shape.h"

typedef struct
{
  /* set before serving starts, constant after that */
  NanogptSimulatorOptions options; /* without its strings */
  SimStatusShape status_shape;
  char **states;
  char *error_text;
  gint64 price; /* price of every job, or -1 */
  char *secret; /* signs the media URLs */
  char *base_url;
  char *media_url;
  SimRenderer *renderer;
  GArray *clip_formats; /* of SimClipFormat, at least one: used in turn */

  GMutex lock;
  GCond changed; /* signaled for each request and charge */
  /* guarded by lock */
  SimLedger *ledger;
  SimFaults *faults;
  GPtrArray *jobs; /* SimJob, oldest first */
  guint requests[NANOGPT_SIMULATOR_N_ENDPOINTS];
  guint key_leaks;
  GQueue recovers; /* times of the last minute's requests, monotonic */
} SimService;

SimService *sim_service_new (
    const NanogptSimulatorOptions *options, GError **error);
void sim_service_free (SimService *service);

/* Call with the lock held. */
SimJob *sim_service_find_job (SimService *service, const char *run_id);
/* Returns: the format of the next job's clip. */
const SimClipFormat *sim_service_choose_format (SimService *service);
void sim_service_settle_jobs (SimService *service);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimService, sim_service_free)
