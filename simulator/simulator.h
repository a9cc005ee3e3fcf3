/* nanovid: a local stand-in for the video generation service, in process
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptSimulator:
 *
 * A strict stand-in for the service on two loopback ports: the API, and the
 * store that the finished clips are downloaded from. It accepts only what the
 * service documents, keeps accounts, and renders real clips.
 *
 * It serves from a thread of its own. All functions may be called from any
 * thread, except nanogpt_simulator_free(), which must be the last call.
 */
typedef struct _NanogptSimulator NanogptSimulator;

/**
 * NanogptSimulatorEndpoint:
 *
 * What a request was for. The names used in fault rules are given in the
 * comments. %NANOGPT_SIMULATOR_ANY stands for every request, those to unknown
 * paths included.
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

/**
 * NanogptSimulatorOptions:
 * @port: TCP port of the API, 0 for any free one
 * @generation_time: seconds from submit to the last state
 * @spread: random factor, 0 to 1: a job takes @generation_time times a number
 *   between 1 - @spread and 1 + @spread
 * @states: (nullable): states that a job passes through, separated by commas;
 *   the last one must be COMPLETED, FAILED or CANCELLED
 * @error: (nullable): text of `data.error` when @states ends badly
 * @nsfw: whether a FAILED job carries isNSFWError
 * @keys: (nullable): accounts, each as KEY or KEY=BALANCE, %NULL-terminated.
 *   %NULL: every key is an account
 * @default_balance: USD on an account whose balance is not given
 * @price: USD for any job, negative for the prices of the model listing
 * @refund: whether a FAILED job gives the charge back
 * @tls: serve https with a throw-away CA, see nanogpt_simulator_get_ca_file()
 * @tls_dir: (nullable): where that CA and certificate are written; %NULL for a
 *   temporary directory, which is removed in the end
 * @tls_cert: (nullable): PEM certificate to serve https with instead
 * @tls_key: (nullable): PEM key of @tls_cert
 * @media_file: (nullable): serve this file as every result
 * @container: "mp4" or "webm"
 * @index_last: whether the index of an MP4 stands at its end
 * @bandwidth: bytes a second of each download, 0 for no limit
 * @status_shape: (nullable): shape of both status answers: "legacy", "unified",
 *   "flat", "short", "longstories", "lowercase" or "mixed"; %NULL: each
 *   endpoint's own
 * @no_ranges: the media store ignores Range
 * @relative_url: results are given as a URL relative to the API
 * @media_redirect: the result URL redirects to the signed one
 * @no_legacy: the legacy status endpoint does not exist
 * @no_unified: the unified status endpoint does not exist
 * @no_recover: the recover endpoint does not exist
 * @submit_limit: submits per minute and account, 0 for no limit
 * @recover_limit: recover requests per minute, 0 for no limit
 * @ledger_file: (nullable): a JSON line is appended for each charge and refund
 * @cache_dir: (nullable): keeps rendered clips; %NULL for the user's cache
 * @log: write a line to stderr for each request
 *
 * Set up with nanogpt_simulator_options_init(), then changed. Strings are
 * borrowed, and read only by nanogpt_simulator_new().
 */
typedef struct
{
  guint16 port;
  double generation_time;
  double spread;
  const char *states;
  const char *error;
  gboolean nsfw;
  const char *const *keys;
  double default_balance;
  double price;
  gboolean refund;
  gboolean tls;
  const char *tls_dir;
  const char *tls_cert;
  const char *tls_key;
  const char *media_file;
  const char *container;
  gboolean index_last;
  guint64 bandwidth;
  const char *status_shape;
  gboolean no_ranges;
  gboolean relative_url;
  gboolean media_redirect;
  gboolean no_legacy;
  gboolean no_unified;
  gboolean no_recover;
  guint submit_limit;
  guint recover_limit;
  const char *ledger_file;
  const char *cache_dir;
  gboolean log;
} NanogptSimulatorOptions;

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

/* Fills in the defaults: 3 s, IN_QUEUE,IN_PROGRESS,COMPLETED, any key with
 * 100 USD, listed prices, MP4 with the index first, the documented limits. */
void nanogpt_simulator_options_init (NanogptSimulatorOptions *options);

/* Starts serving. @options: (nullable): NULL for the defaults.
 * Returns: (transfer full): the simulator, or NULL with @error set (G_IO_ERROR,
 * G_FILE_ERROR or G_OPTION_ERROR). */
NanogptSimulator *nanogpt_simulator_new (
    const NanogptSimulatorOptions *options, GError **error);

/* Closes all connections and joins the thread. Takes a fraction of a second
 * at most, whatever is going on. */
void nanogpt_simulator_free (NanogptSimulator *simulator);

/* Origin of the API: http://127.0.0.1:PORT, or https://localhost:PORT. */
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
