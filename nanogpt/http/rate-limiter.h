/* nanovid: rate limiter for requests to one service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NanogptRateKind:
 *
 * Kinds of requests that the service limits separately: a refused submit delays
 * submits, but not polls.  It counts by address, so all accounts share each
 * limit.
 */
typedef enum
{
  NANOGPT_RATE_SUBMIT,
  NANOGPT_RATE_STATUS,
  NANOGPT_RATE_RECOVER,
  NANOGPT_RATE_OTHER,
} NanogptRateKind;

#define NANOGPT_RATE_N_KINDS 4

/**
 * NanogptRateLimiter:
 *
 * Keeps all jobs of the process within the documented limits of one service:
 * 25 requests a second in all, 50 submits and 20 lookups a minute.  Network
 * thread only.
 */
typedef struct _NanogptRateLimiter NanogptRateLimiter;

/**
 * nanogpt_rate_limiter_new:
 * @limited: whether the documented limits apply; refusals, and the limit of
 *   lookups, always do
 */
NanogptRateLimiter *nanogpt_rate_limiter_new (gboolean limited);
void nanogpt_rate_limiter_free (NanogptRateLimiter *rate_limiter);

/**
 * nanogpt_rate_limiter_reserve:
 * @at_latest: monotonic time at which the request is sent despite a refusal;
 *   %G_MAXINT64 for never
 *
 * Takes the next place in the queue.
 *
 * Returns: microseconds to wait before the request is sent
 */
gint64 nanogpt_rate_limiter_reserve (
    NanogptRateLimiter *rate_limiter, NanogptRateKind kind, gint64 at_latest);

/**
 * nanogpt_rate_limiter_back_off:
 * @delay: microseconds for which the service accepts no more requests
 */
void nanogpt_rate_limiter_back_off (
    NanogptRateLimiter *rate_limiter, NanogptRateKind kind, gint64 delay);

/**
 * nanogpt_rate_limiter_get_backoff:
 *
 * Returns: remaining microseconds of the backoff, 0 if there is none
 */
gint64 nanogpt_rate_limiter_get_backoff (
    NanogptRateLimiter *rate_limiter, NanogptRateKind kind);

G_END_DECLS
