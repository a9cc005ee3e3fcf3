/* nanovid: simulator: a request being handled
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service.h"

#include <libsoup/soup.h>

/* Lives as long as its message. */
typedef struct
{
  SimService *service;
  SoupServerMessage *message; /* not owned */
  NanogptSimulatorEndpoint endpoint;
  SimFault *fault;   /* or NULL */
  GHashTable *query; /* or NULL */
} SimExchange;

/* Returns: (transfer none): belongs to @message. */
SimExchange *sim_exchange_new (SoupServerMessage *message, SimService *service,
    NanogptSimulatorEndpoint endpoint);
SimExchange *sim_exchange_of (SoupServerMessage *message);

/* Returns: (nullable): what the query says, NULL for an empty value. */
const char *sim_exchange_get_query (SimExchange *exchange, const char *name);
