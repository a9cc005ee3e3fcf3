/* nanovid: simulator: what the models accept
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "answer.h"
#include "models.h"

/* A submit that keeps all rules. */
typedef struct
{
  const SimModel *model;
  char *body;
  char *prompt;
  char *conversation;
  char *image_url;
  GBytes *image; /* decoded, or NULL */
  char *image_type;
  char *clip_format;  /* of the rendered clip, for tests, or NULL */
  GHashTable *values; /* field name -> value as a string, defaults included */
  GPtrArray *ignored; /* NULL-terminated names */
  gint64 cost;
} SimRequest;

SimRequest *sim_request_parse (const char *content_type, GBytes *body,
    gint64 fixed_price, SimAnswer **refusal);
const char *sim_request_get (SimRequest *request, const char *name);
double sim_request_get_seconds (SimRequest *request);
void sim_request_free (SimRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimRequest, sim_request_free)
