/* nanovid: simulator: a request being handled
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call.h"

#define CALL_KEY "sim-call"

static void
call_free (gpointer data)
{
  SimCall *call = data;

  g_clear_pointer (&call->fault, sim_fault_unref);
  g_clear_pointer (&call->query, g_hash_table_unref);
  g_free (call);
}

SimCall *
sim_call_new (SoupServerMessage *message, SimService *service,
    NanogptSimulatorEndpoint endpoint)
{
  SimCall *call = g_new0 (SimCall, 1);

  call->service = service;
  call->message = message;
  call->endpoint = endpoint;
  g_object_set_data_full (G_OBJECT (message), CALL_KEY, call, call_free);
  return call;
}

SimCall *
sim_call_of (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), CALL_KEY);
}

const char *
sim_call_get_query (SimCall *call, const char *name)
{
  const char *value = NULL;

  if (call->query)
    value = g_hash_table_lookup (call->query, name);
  return value && *value != '\0' ? value : NULL;
}
