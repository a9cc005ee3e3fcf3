/* nanovid: simulator: the endpoints of requests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptSimulatorEndpoint:
 *
 * The purpose of a request. The names used in fault rules are given in the
 * comments. %NANOGPT_SIMULATOR_ANY stands for every request, including those to
 * unknown paths.
 */
typedef enum
{
  NANOGPT_SIMULATOR_SUBMIT,         /* submit */
  NANOGPT_SIMULATOR_STATUS,         /* status */
  NANOGPT_SIMULATOR_UNIFIED_STATUS, /* unified-status */
  NANOGPT_SIMULATOR_RECOVER,        /* recover */
  NANOGPT_SIMULATOR_BALANCE,        /* balance */
  NANOGPT_SIMULATOR_MODELS,         /* models */
  NANOGPT_SIMULATOR_CONTENT,        /* content */
  NANOGPT_SIMULATOR_MEDIA,          /* media */
  NANOGPT_SIMULATOR_ANY,            /* any */
  NANOGPT_SIMULATOR_N_ENDPOINTS
} NanogptSimulatorEndpoint;

/* Finds an endpoint by its name in fault rules.
 * Returns: whether there is such an endpoint. */
gboolean sim_endpoint_from_name (
    const char *name, NanogptSimulatorEndpoint *endpoint);

/* Returns: the endpoint of the API at @path, or %NANOGPT_SIMULATOR_ANY. */
NanogptSimulatorEndpoint sim_endpoint_from_path (const char *path);

G_END_DECLS
