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
 * A strict stand-in for the service on two ports, of loopback by default: the
 * API, and the store that the finished clips are downloaded from. It accepts only what the
 * service documents, keeps accounts, and renders real clips.
 *
 * It serves from a thread of its own. All functions may be called from any
 * thread, except nanogpt_simulator_free(), which must be the last call.
 */
typedef struct _NanogptSimulator NanogptSimulator;

/**
 * NanogptSimulatorSubmit:
 * @run_id: id that the job got
 * @model: model slug
 * @account: name of the account, made from the key but not telling it
 * @body: the JSON body as it was received
 * @ignored: keys of @body that the model does not have, %NULL-terminated
 * @cost: USD charged
 * @time: microseconds since the Epoch
 * @failed: whether the job ends, or has ended, without a clip
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

/* Closes all connections and joins the thread. Takes a fraction of a second
 * at most, whatever is going on. */
void nanogpt_simulator_free (NanogptSimulator *simulator);

/* Origin of the API: http://127.0.0.1:PORT, https://localhost:PORT, or with
 * @listen what the certificate is for. */
const char *nanogpt_simulator_get_base_url (NanogptSimulator *simulator);

/* Origin of the media store, which has a port of its own. */
const char *nanogpt_simulator_get_media_url (NanogptSimulator *simulator);

/* Returns: (nullable): PEM file of the throw-away CA, NULL without @tls. */
const char *nanogpt_simulator_get_ca_file (NanogptSimulator *simulator);

/* Requests of @endpoint received so far, refused ones included. */
guint nanogpt_simulator_count_requests (
    NanogptSimulator *simulator, NanogptSimulatorEndpoint endpoint);

/* Waits until @count requests of @endpoint were received since the start, their
 * headers at least. Returns: FALSE when @timeout_ms milliseconds passed. */
gboolean nanogpt_simulator_wait_requests (NanogptSimulator *simulator,
    NanogptSimulatorEndpoint endpoint, guint count, guint timeout_ms);

/* Charges made so far: one for every submit that was accepted. Refunds do not
 * take one away. */
guint nanogpt_simulator_count_charges (NanogptSimulator *simulator);

/* Waits until @count charges were made since the start.
 * Returns: FALSE when @timeout_ms milliseconds passed. */
gboolean nanogpt_simulator_wait_charges (
    NanogptSimulator *simulator, guint count, guint timeout_ms);

/* Sum of all charges in USD, refunds not deducted. */
double nanogpt_simulator_get_charged (NanogptSimulator *simulator);

/* Sum of all refunds in USD. */
double nanogpt_simulator_get_refunded (NanogptSimulator *simulator);

/* Balance of @key's account in USD; the default balance for a key that was not
 * used yet, -1 for one that has no account. */
double nanogpt_simulator_get_balance (
    NanogptSimulator *simulator, const char *key);

/* Requests to the media store that carried x-api-key or Authorization. */
guint nanogpt_simulator_count_key_leaks (NanogptSimulator *simulator);

/* Returns: (transfer full) (element-type NanogptSimulatorSubmit): every
 * accepted submit, oldest first. The array frees its elements. */
GPtrArray *nanogpt_simulator_list_submits (NanogptSimulator *simulator);

/* Adds a fault rule, see `nanogpt-simulator --help` for the grammar. Requests
 * are numbered from the moment the rule is added. Of the rules that match a
 * request, the one added first holds. FALSE with @error set (G_OPTION_ERROR,
 * G_FILE_ERROR) for a bad rule. */
gboolean nanogpt_simulator_add_fault (
    NanogptSimulator *simulator, const char *rule, GError **error);

/* Removes all fault rules. */
void nanogpt_simulator_clear_faults (NanogptSimulator *simulator);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptSimulator, nanogpt_simulator_free)

G_END_DECLS
