/* nanovid: simulator: faults, scripted by request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "response.h"
#include "endpoint.h"

/* The fault of a request. */
typedef struct
{
  /* instead of processing the request */
  gboolean refuse;
  gboolean stall;
  gboolean html;
  guint status;
  char *redirect;
  /* after processing the request */
  gboolean reply_drop;
  gboolean reply_half;
  gboolean reply_stall;
  guint reply_status;
  guint delay;     /* ms */
  guint64 drip;    /* bytes a second */
  gint64 truncate; /* bytes, or -1 */
  guint64 huge;    /* bytes */
  gboolean no_length;
  /* the body for status and reply-status */
  SimErrorShape shape;
  char *code;
  GBytes *body;
  char *content_type;
  GPtrArray *headers; /* name, value, name, value ... */
  /* media */
  gboolean no_ranges;
  gboolean expire;
  char *etag;
  /* the job of a submit */
  char **states;
  char *error;
  gboolean nsfw;
  double generation_time; /* seconds, or -1 */
} SimFault;

typedef struct _SimFaults SimFaults;

SimFaults *sim_faults_new (void);
void sim_faults_free (SimFaults *faults);
gboolean sim_faults_add (SimFaults *faults, const char *rule, GError **error);
void sim_faults_clear (SimFaults *faults);
SimFault *sim_faults_match (
    SimFaults *faults, NanogptSimulatorEndpoint endpoint);
void sim_fault_unref (SimFault *fault);

char **sim_states_parse (
    const char *text, const char *separator, GError **error);
