/* nanovid: a local stand-in for the video generation service, in process
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "endpoint.h"
#include "options.h"

G_BEGIN_DECLS

/**
 * NanogptSimulator:
 *
 * A strict stand-in for the service on two ports, by default on loopback: the
 * API, and the store of finished clips. It accepts only what the service
 * documents, keeps accounts, and renders real clips.
 *
 * It runs in a thread of its own. All functions may be called from any thread,
 * except nanogpt_simulator_free(), which must be the last call.
 */
typedef struct _NanogptSimulator NanogptSimulator;

/**
 * NanogptSimulatorSubmit:
 * @run_id: the run ID of the job
 * @model: the slug of the model
 * @account: name of the account, derived from its key without revealing it
 * @body: the JSON body as received
 * @ignored: fields of @body that the model does not have, %NULL-terminated
 * @cost: charge in USD
 * @time: microseconds since the Epoch
 * @failed: whether the job ends or has ended without a clip
 *
 * A submit that was accepted and charged.
 */
typedef struct
{
  char *run_id;
  char *model;
  char *account;
  char *body;
  char **ignored;
  double cost;
  gint64 time;
  gboolean failed;
} NanogptSimulatorSubmit;

/* Starts serving. @options: (nullable): NULL for the defaults.
 * Returns: (transfer full): the simulator, or NULL with @error set (G_IO_ERROR,
 * G_FILE_ERROR or G_OPTION_ERROR). */
NanogptSimulator *nanogpt_simulator_new (
    const NanogptSimulatorOptions *options, GError **error);

/* Closes all connections and joins the thread. Takes at most a fraction of a
 * second, whatever is in progress. */
void nanogpt_simulator_free (NanogptSimulator *simulator);

/* Origin of the API: http://127.0.0.1:PORT, https://localhost:PORT, or with
 * @listen the host that the certificate is for. */
const char *nanogpt_simulator_get_base_url (NanogptSimulator *simulator);

/* Origin of the media store, which has a port of its own. */
const char *nanogpt_simulator_get_media_url (NanogptSimulator *simulator);

/* Returns: (nullable): PEM file of the temporary CA, NULL without @tls. */
const char *nanogpt_simulator_get_ca_file (NanogptSimulator *simulator);

/* Number of requests to @endpoint received so far, including refused ones. */
guint nanogpt_simulator_count_requests (
    NanogptSimulator *simulator, NanogptSimulatorEndpoint endpoint);

/* Waits until @count requests to @endpoint, or at least their headers, were
 * received since the start. Returns: FALSE if @timeout_ms milliseconds have
 * passed. */
gboolean nanogpt_simulator_wait_requests (NanogptSimulator *simulator,
    NanogptSimulatorEndpoint endpoint, guint count, guint timeout_ms);

/* Number of charges so far: one for each accepted submit. Refunds do not reduce
 * it. */
guint nanogpt_simulator_count_charges (NanogptSimulator *simulator);

/* Waits until @count charges were made since the start.
 * Returns: FALSE if @timeout_ms milliseconds have passed. */
gboolean nanogpt_simulator_wait_charges (
    NanogptSimulator *simulator, guint count, guint timeout_ms);

/* Sum of all charges in USD, refunds not deducted. */
double nanogpt_simulator_get_charged (NanogptSimulator *simulator);

/* Sum of all refunds in USD. */
double nanogpt_simulator_get_refunded (NanogptSimulator *simulator);

/* Balance of @key's account in USD; the default balance for a key that was not
 * used yet, -1 for a key without an account. */
double nanogpt_simulator_get_balance (
    NanogptSimulator *simulator, const char *key);

/* Number of requests to the media store that carried x-api-key or
 * Authorization. */
guint nanogpt_simulator_count_key_leaks (NanogptSimulator *simulator);

/* Returns: (transfer full) (element-type NanogptSimulatorSubmit): every
 * accepted submit, oldest first. The array frees its elements. */
GPtrArray *nanogpt_simulator_list_submits (NanogptSimulator *simulator);

/* Adds a fault rule, see `nanogpt-simulator --help` for the grammar. Requests
 * are counted from the moment the rule is added. The first rule added that
 * matches a request applies. Returns: FALSE with @error set (G_OPTION_ERROR,
 * G_FILE_ERROR) for an invalid rule. */
gboolean nanogpt_simulator_add_fault (
    NanogptSimulator *simulator, const char *rule, GError **error);

/* Removes all fault rules. */
void nanogpt_simulator_clear_faults (NanogptSimulator *simulator);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptSimulator, nanogpt_simulator_free)

G_END_DECLS
