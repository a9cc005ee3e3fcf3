/* nanovid: rate limiter for requests to one service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rate-limiter.h"

#include "nanogpt/base/log.h"

#define REQUEST_GAP (G_TIME_SPAN_SECOND / 25)

/* A burst and a steady rate that together stay within what the service allows
 * in any minute: 50 submits, 20 lookups.  Lookups are few, so their limit
 * disturbs no one and applies wherever the service is. */
static const struct
{
  guint burst;
  gint64 gap;
  gboolean always;
} limits[NANOGPT_RATE_N_KINDS] = {
  [NANOGPT_RATE_SUBMIT] = { 10, 60 * G_TIME_SPAN_SECOND / 40, FALSE },
  [NANOGPT_RATE_RECOVER] = { 5, 60 * G_TIME_SPAN_SECOND / 15, TRUE },
};

/* Spreads the retries of requests that were delayed by one refusal. */
#define BACKOFF_JITTER G_TIME_SPAN_SECOND

static const char *const names[NANOGPT_RATE_N_KINDS] = {
  [NANOGPT_RATE_SUBMIT] = "submit",
  [NANOGPT_RATE_STATUS] = "poll",
  [NANOGPT_RATE_RECOVER] = "look-up",
  [NANOGPT_RATE_OTHER] = "listing or balance",
};

struct _NanogptRateLimiter
{
  gboolean limited;
  gint64 next_request; /* when the next request may be sent, monotonic */
  gint64 levels[NANOGPT_RATE_N_KINDS]; /* when the full burst is back */
  gint64 backoff_until[NANOGPT_RATE_N_KINDS];
};

NanogptRateLimiter *
nanogpt_rate_limiter_new (gboolean limited)
{
  NanogptRateLimiter *self = g_new0 (NanogptRateLimiter, 1);

  self->limited = limited;
  return self;
}

void
nanogpt_rate_limiter_free (NanogptRateLimiter *self)
{
  g_free (self);
}

static void
log_wait (NanogptRateKind kind, gint64 wait, const char *reason)
{
  if (wait > 0)
    nanogpt_log_debug ("%s: waits %" G_GINT64_FORMAT " ms by %s", names[kind],
        wait / 1000, reason);
}

gint64
nanogpt_rate_limiter_reserve (
    NanogptRateLimiter *self, NanogptRateKind kind, gint64 at_latest)
{
  gint64 now = g_get_monotonic_time ();
  gint64 when = now;
  const char *reason = "the service's refusal of an earlier one";

  if (self->backoff_until[kind] > now)
    when = self->backoff_until[kind] + g_random_int_range (0, BACKOFF_JITTER);
  when = MIN (when, MAX (at_latest, now));

  if (limits[kind].burst > 0 && (self->limited || limits[kind].always)) {
    gint64 level = MAX (self->levels[kind], now) + limits[kind].gap;

    self->levels[kind] = level;
    if (level - limits[kind].burst * limits[kind].gap > when) {
      when = level - limits[kind].burst * limits[kind].gap;
      reason = "the limit of its kind";
    }
  }
  if (self->limited) {
    if (self->next_request > when) {
      when = self->next_request;
      reason = "the limit of all requests";
    }
    self->next_request = when + REQUEST_GAP;
  }
  log_wait (kind, when - now, reason);
  return when - now;
}

void
nanogpt_rate_limiter_back_off (
    NanogptRateLimiter *self, NanogptRateKind kind, gint64 delay)
{
  gint64 until = g_get_monotonic_time () + delay;

  nanogpt_log_warning ("%s: refused, the next has to wait for %" G_GINT64_FORMAT
                       " ms",
      names[kind], delay / 1000);
  self->backoff_until[kind] = MAX (self->backoff_until[kind], until);
}

gint64
nanogpt_rate_limiter_get_backoff (
    NanogptRateLimiter *self, NanogptRateKind kind)
{
  return MAX (self->backoff_until[kind] - g_get_monotonic_time (), 0);
}
