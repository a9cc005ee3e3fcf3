/* nanovid: simulator: how it serves
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptSimulatorOptions:
 * @port: TCP port of the API, 0 for any free one
 * @media_port: TCP port of the store of finished clips, 0 for any free one
 * @listen: (nullable): IP address of this machine to listen on instead of
 *   loopback, 0.0.0.0 or :: for all; needs @tls_cert, whose first host name, else
 *   IP address, is then the host of all URLs, and @allow_remote
 * @allow_remote: that other machines may use it is meant; goes with @listen
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
 * @clips: (nullable): formats of the rendered clips, the jobs' in turn, as in
 *   --clip, %NULL-terminated
 * @bandwidth: bytes a second of each download, 0 for no limit
 * @status_shape: (nullable): shape of both status responses: "legacy", "unified",
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

/* Fills in the defaults: 3 s, IN_QUEUE,IN_PROGRESS,COMPLETED, any key with
 * 100 USD, listed prices, MP4 with the index first, the documented limits. */
void nanogpt_simulator_options_init (NanogptSimulatorOptions *options);

G_END_DECLS
