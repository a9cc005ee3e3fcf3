/* nanovid: simulator: what the models accept
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "input.h"
#include "ledger.h"
#include "models.h"

/* A submit that follows all rules. */
typedef struct
{
  const SimModel *model;
  char *body;
  char *prompt;
  char *conversation;
  SimInput *image, *last_image, *video, *audio; /* or NULL */
  GPtrArray *references;                        /* of SimInput */
  char *clip_format;  /* format of the rendered clip, for tests, or NULL */
  GHashTable *values; /* field name -> value as a string, defaults included */
  GPtrArray *used;    /* NULL-terminated names of fields */
  GPtrArray *ignored; /* NULL-terminated names */
  gint64 cost;
} SimRequest;

/* The caller has to set the cost. */
SimRequest *sim_request_parse (
    const char *content_type, GBytes *body, SimResponse **refusal);
/* @run_id: (nullable): the run ID of its job */
SimPurpose sim_request_get_purpose (SimRequest *request, const char *run_id);
const char *sim_request_get (SimRequest *request, const char *name);
void sim_request_free (SimRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimRequest, sim_request_free)
