/* nanovid: simulator: the options of a simulator
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptSimulatorOptions:
 * @port: TCP port of the API, 0 for any free port
 * @media_port: TCP port of the store of finished clips, 0 for any free port
 * @listen: (nullable): IP address of this machine to listen on instead of
 *   loopback, 0.0.0.0 or :: for all; requires @allow_remote and @tls_cert,
 *   whose first host name, or else IP address, is then the host of all URLs
 * @allow_remote: confirms that other machines may use the simulator; used with
 *   @listen
 * @generation_time: seconds from submit to the last state
 * @spread: random factor, 0 to 1: a job takes @generation_time times a number
 *   between 1 - @spread and 1 + @spread
 * @states: (nullable): states that a job passes through, separated by commas;
 *   the last one must be COMPLETED, FAILED or CANCELLED
 * @error: (nullable): text of `data.error` if @states ends with a failure
 * @nsfw: whether a FAILED job carries isNSFWError
 * @keys: (nullable): accounts, each as KEY or KEY=BALANCE, %NULL-terminated.
 *   %NULL: every key is an account
 * @default_balance: balance in USD of an account for which none is given
 * @price: price of every job in USD, negative to use the prices of the model
 *   listing
 * @refund: whether a FAILED job refunds the charge
 * @tls: serve https with a temporary CA, see nanogpt_simulator_get_ca_file()
 * @tls_dir: (nullable): directory for that CA and certificate; %NULL for a
 *   temporary one, which is removed at the end
 * @tls_cert: (nullable): PEM certificate to serve https with instead
 * @tls_key: (nullable): PEM key of @tls_cert
 * @media_file: (nullable): file to serve as every result
 * @container: "mp4" or "webm"
 * @index_last: whether the index of an MP4 file is at its end
 * @clips: (nullable): formats of the rendered clips, used by the jobs in turn,
 *   as for --clip, %NULL-terminated
 * @bandwidth: bytes per second of each download, 0 for no limit
 * @status_shape: (nullable): shape of both status responses: "legacy", "unified",
 *   "flat", "short", "longstories", "lowercase" or "mixed"; %NULL: each
 *   endpoint's own
 * @no_ranges: whether the media store ignores Range
 * @relative_url: whether result URLs are relative to the API
 * @media_redirect: whether the result URL redirects to the signed one
 * @no_legacy: whether the legacy status endpoint is missing
 * @no_unified: whether the unified status endpoint is missing
 * @no_recover: whether the recover endpoint is missing
 * @submit_limit: submits per minute and account, 0 for no limit
 * @recover_limit: recover requests per minute, 0 for no limit
 * @ledger_file: (nullable): file to which a JSON line is appended for each
 *   charge and refund
 * @cache_dir: (nullable): directory for rendered clips; %NULL for the user's
 *   cache
 * @log: whether to write a line to stderr for each request
 *
 * Initialize with nanogpt_simulator_options_init() and then change fields.
 * Strings are borrowed, and only read by nanogpt_simulator_new().
 */
typedef struct
{
  guint16 port;
  guint16 media_port;
  const char *listen;
  gboolean allow_remote;
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
  const char *const *clips;
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

/* Sets the defaults: 3 s, IN_QUEUE,IN_PROGRESS,COMPLETED, any key with 100 USD,
 * listed prices, MP4 with the index first, the documented limits. */
void nanogpt_simulator_options_init (NanogptSimulatorOptions *options);

G_END_DECLS
