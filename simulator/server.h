/* nanovid: simulator: what its parts share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "faults.h"
#include "jobs.h"
#include "simulator.h"

#include <libsoup/soup.h>

typedef enum
{
  SIM_STATUS_OWN, /* each endpoint answers in its own shape */
  SIM_STATUS_LEGACY,
  SIM_STATUS_UNIFIED,
  SIM_STATUS_FLAT,
  SIM_STATUS_SHORT,
  SIM_STATUS_LONGSTORIES,
  SIM_STATUS_LOWERCASE,
  SIM_STATUS_MIXED,
} SimStatusShape;

struct _NanogptSimulator
{
  /* set before the thread starts, and not changed */
  NanogptSimulatorOptions options; /* without its strings */
  SimStatusShape status_shape;
  char **states;
  char *error_text;
  gint64 price; /* of any job, or -1 */
  char *secret; /* signs the media URLs */
  char *base_url;
  char *media_url;
  char *ca_file;
  char *temporary_dir; /* of the certificate, or NULL */
  GTlsCertificate *certificate;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *api;
  SoupServer *media;
  SimRenderer *renderer;

  GMutex lock;
  GCond changed; /* a request came in, or a charge was made */
  /* under lock */
  SimLedger *ledger;
  SimFaults *faults;
  GPtrArray *jobs; /* SimJob, oldest first */
  guint requests[NANOGPT_SIMULATOR_N_ENDPOINTS];
  guint key_leaks;
  GQueue recovers; /* times of the last minute's requests, monotonic */
};

/* A request being handled; lives as long as its message. */
typedef struct
{
  NanogptSimulator *simulator;
  SoupServerMessage *message; /* not owned */
  NanogptSimulatorEndpoint endpoint;
  SimFault *fault;   /* or NULL */
  GHashTable *query; /* or NULL */
} SimExchange;

/* endpoints.c: called with the lock held */
SimAnswer *sim_endpoint_answer (SimExchange *exchange);

/* catalog.c */
SimAnswer *sim_catalog_answer (NanogptSimulator *simulator, gboolean detailed);

/* status.c */
SimAnswer *sim_status_answer (
    NanogptSimulator *simulator, SimJob *job, SimStatusShape shape);
gboolean sim_status_shape_from_string (const char *name, SimStatusShape *shape);

/* media.c: called with the lock held */
char *sim_media_sign (NanogptSimulator *simulator, SimJob *job);
char *sim_media_result_url (NanogptSimulator *simulator, SimJob *job);
SimAnswer *sim_media_answer (SimExchange *exchange);

/* reply.c */
void sim_reply (SoupServerMessage *message, SimAnswer *answer,
    const SimFault *fault, guint64 bandwidth);
void sim_reply_hang_up (SoupServerMessage *message);

/* tls.c */
gboolean sim_tls_make (const char *dir, GError **error);

SimJob *sim_find_job (NanogptSimulator *simulator, const char *run_id);
void sim_settle_jobs (NanogptSimulator *simulator);
