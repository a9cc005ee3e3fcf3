/* nanovid: simulator: a request being handled
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exchange.h"

#define EXCHANGE_KEY "sim-exchange"

static void
exchange_free (gpointer data)
{
  SimExchange *exchange = data;

  g_clear_pointer (&exchange->fault, sim_fault_unref);
  g_clear_pointer (&exchange->query, g_hash_table_unref);
  g_free (exchange);
}

SimExchange *
sim_exchange_new (SoupServerMessage *message, SimService *service,
    NanogptSimulatorEndpoint endpoint)
{
  SimExchange *exchange = g_new0 (SimExchange, 1);

  exchange->service = service;
  exchange->message = message;
  exchange->endpoint = endpoint;
  g_object_set_data_full (
      G_OBJECT (message), EXCHANGE_KEY, exchange, exchange_free);
  return exchange;
}

SimExchange *
sim_exchange_of (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), EXCHANGE_KEY);
}

const char *
sim_exchange_get_query (SimExchange *exchange, const char *name)
{
  const char *value = NULL;

  if (exchange->query)
    value = g_hash_table_lookup (exchange->query, name);
  return value && *value != '\0' ? value : NULL;
}
