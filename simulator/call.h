/* nanovid: simulator: a request being handled
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service.h"

#include <libsoup/soup.h>

/* Exists as long as its message. */
typedef struct
{
  SimService *service;
  SoupServerMessage *message; /* not owned */
  NanogptSimulatorEndpoint endpoint;
  SimFault *fault;   /* or NULL */
  GHashTable *query; /* or NULL */
} SimCall;

/* Returns: (transfer none): the call, owned by @message. */
SimCall *sim_call_new (SoupServerMessage *message, SimService *service,
    NanogptSimulatorEndpoint endpoint);
SimCall *sim_call_of (SoupServerMessage *message);

/* Returns: (nullable): the value in the query, NULL if it is empty. */
const char *sim_call_get_query (SimCall *call, const char *name);
