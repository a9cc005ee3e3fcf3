/* nanovid: retry rules, by phase and kind of failure
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "retry.h"

#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"

/* How long a job may be unknown after its submit, how long a submit is looked
 * up, and how long a clip may be missing after its job was completed. */
#define GRACE (30 * G_TIME_SPAN_SECOND)

/* A download has no deadline that would limit the delay that its server asks for. */
#define MAX_DOWNLOAD_DELAY (60 * G_TIME_SPAN_SECOND)

/* Requests that failed together should not retry together.  Upward only,
 * because the delay that a service asks for is a minimum. */
#define JITTER 0.25

typedef enum
{
  BROKEN,     /* no connection, a broken one, time-outs, 5xx */
  LIMITED,    /* 429 */
  ABSENT,     /* a lost submit that is not listed; a job that is not known; a
                 clip whose URL is no longer good */
  UNREADY,    /* a clip that is perhaps not at its URL yet */
  UNREADABLE, /* a response that cannot be read */
  UNRELATED,  /* a response to a poll, but not from the service */
  N_FAILURES,
  FINAL = N_FAILURES, /* a retry would change nothing */
} Failure;

static const char *const failure_names[] = {
  [BROKEN] = "broken",
  [LIMITED] = "limited",
  [ABSENT] = "absent",
  [UNREADY] = "not ready",
  [UNREADABLE] = "unreadable",
  [UNRELATED] = "unrelated",
  [FINAL] = "final",
};

static const char *const phase_names[NANOGPT_RETRY_N_PHASES] = {
  [NANOGPT_RETRY_SUBMIT] = "submit",
  [NANOGPT_RETRY_RECOVER] = "look-up",
  [NANOGPT_RETRY_POLL] = "poll",
  [NANOGPT_RETRY_DOWNLOAD] = "download",
};

typedef enum
{
  GIVE_UP,   /* at once */
  RETRIES,   /* after `retries` failures in a row, or at the deadline */
  DEADLINE,  /* at the deadline; at once if retries are disabled */
  IN_TIME,   /* when the next try would come after the deadline */
  WAIT,      /* never; the deadline ends the wait, and reports the failure */
  PATIENCE,  /* when the grace period is over */
  REPEATED,  /* when the grace period is over, after `retries` failures in a
              * row */
  CONFIRMED, /* likewise, if the service has never reported a status */
} Limit;

/* First and last delay in milliseconds; in between, each is twice the previous one */
static const struct
{
  Limit limit;
  gint64 first, last;
} policies[NANOGPT_RETRY_N_PHASES][N_FAILURES] = {
  [NANOGPT_RETRY_SUBMIT] = {
    [BROKEN] = { RETRIES, 250, 15000 },
    [LIMITED] = { DEADLINE, 5000, 60000 },
    [UNREADABLE] = { RETRIES, 250, 15000 },
  },
  /* The service allows 20 lookups a minute.  Submits that were lost together
   * soon know of each other. */
  [NANOGPT_RETRY_RECOVER] = {
    [BROKEN] = { PATIENCE, 4000, 4000 },
    [LIMITED] = { PATIENCE, 4000, 4000 },
    [ABSENT] = { PATIENCE, 1000, 4000 },
    [UNREADABLE] = { RETRIES, 250, 4000 },
  },
  [NANOGPT_RETRY_POLL] = {
    [BROKEN] = { WAIT, 250, 15000 },
    [LIMITED] = { IN_TIME, 5000, 60000 },
    [ABSENT] = { CONFIRMED, 1000, 1000 },
    [UNREADABLE] = { RETRIES, 250, 15000 },
    [UNRELATED] = { WAIT, 250, 15000 },
  },
  [NANOGPT_RETRY_DOWNLOAD] = {
    [BROKEN] = { RETRIES, 250, 15000 },
    [LIMITED] = { RETRIES, 5000, 60000 },
    [ABSENT] = { RETRIES, 250, 15000 },
    [UNREADY] = { REPEATED, 250, 2000 },
    [UNREADABLE] = { GIVE_UP, 0, 0 },
  },
};

/* File stores report an expired signature in many ways, also with 400, and a
 * fresh URL costs nothing.  So any error that is not about the store, or about
 * the request, is taken to be about the URL. */
gboolean
nanogpt_retry_needs_url (const GError *error)
{
  switch (nanogpt_error_get_details (error)->http_status) {
    case 0:
    case 200:
    case 203:
    case 206:
    case 408:
    case 416:
    case 429:
      return FALSE;
    default:
      return nanogpt_error_get_details (error)->http_status < 500;
  }
}

static gboolean
is_unready (const GError *error)
{
  switch (nanogpt_error_get_details (error)->http_status) {
    case 404:
    case 409:
    case 423:
    case 425:
      return TRUE;
    default:
      return error->code == NANOGPT_ERROR_BAD_RESPONSE
          && nanogpt_retry_needs_url (error);
  }
}

static gboolean
is_absent (NanogptRetryPhase phase, const GError *error)
{
  switch (phase) {
    case NANOGPT_RETRY_RECOVER:
      return error->code == NANOGPT_ERROR_SUBMIT_UNKNOWN;
    case NANOGPT_RETRY_POLL:
      return nanogpt_error_get_details (error)->http_status == 404
          && nanogpt_error_get_details (error)->own;
    case NANOGPT_RETRY_DOWNLOAD:
      return nanogpt_retry_needs_url (error);
    default:
      return FALSE;
  }
}

/* Pages from a proxy, an edge server or anything else in between, or a certificate
 * that is not the service's: trouble there does not mean that a paid job has ended,
 * or that its key is invalid. */
static gboolean
is_unrelated (NanogptRetryPhase phase, const GError *error)
{
  const NanogptErrorDetails *details = nanogpt_error_get_details (error);

  return phase == NANOGPT_RETRY_POLL && !details->own && !details->transient;
}

static Failure
classify (NanogptRetryPhase phase, const GError *error)
{
  const NanogptErrorDetails *details = nanogpt_error_get_details (error);

  if (phase == NANOGPT_RETRY_DOWNLOAD && is_unready (error))
    return UNREADY;
  if (is_absent (phase, error))
    return ABSENT;
  if (is_unrelated (phase, error))
    return UNRELATED;
  if (error->code == NANOGPT_ERROR_BAD_RESPONSE)
    return UNREADABLE;
  if (!details->transient)
    return FINAL;
  return details->http_status == 429 ? LIMITED : BROKEN;
}

static gboolean
is_enough (Limit limit, const NanogptRetryState *state, gint64 delay)
{
  gint64 now = g_get_monotonic_time ();
  gboolean late = state->deadline >= 0 && now + delay > state->deadline;
  gboolean often = state->failures >= state->retries;
  gboolean patient = now < state->since + GRACE;

  switch (limit) {
    case GIVE_UP:
      return TRUE;
    case RETRIES:
      return often || late;
    case DEADLINE:
      return state->retries == 0 || late;
    case IN_TIME:
      return late;
    case WAIT:
      return FALSE;
    case PATIENCE:
      return !patient;
    case REPEATED:
      return !patient && often;
    case CONFIRMED:
      return !patient && often && !state->seen;
  }
  g_return_val_if_reached (TRUE);
}

/* Returns: milliseconds */
static gint64
get_usual_delay (NanogptRetryPhase phase, Failure failure, guint failures)
{
  return MIN (policies[phase][failure].first << MIN (failures, 16),
      policies[phase][failure].last);
}

/* Returns: microseconds */
static gint64
get_longest_delay (NanogptRetryPhase phase)
{
  switch (phase) {
    case NANOGPT_RETRY_RECOVER:
      return GRACE;
    case NANOGPT_RETRY_DOWNLOAD:
      return MAX_DOWNLOAD_DELAY;
    default:
      return G_MAXINT64 / 4;
  }
}

static gint64
decide (NanogptRetryPhase phase, Failure failure, const GError *error,
    const NanogptRetryState *state)
{
  gint64 asked = nanogpt_error_get_details (error)->retry_after;
  gint64 now = g_get_monotonic_time ();
  gint64 delay;

  if (failure == FINAL)
    return -1;

  if (asked >= 0)
    delay = MAX (asked, get_usual_delay (phase, BROKEN, state->failures));
  else
    delay = get_usual_delay (phase, failure, state->failures);
  delay = MIN (delay * 1000, get_longest_delay (phase));
  delay += (gint64)(delay * g_random_double_range (0, JITTER));
  if (phase == NANOGPT_RETRY_POLL && state->last_look > now)
    delay = MIN (delay, state->last_look - now);

  return is_enough (policies[phase][failure].limit, state, delay) ? -1 : delay;
}

gint64
nanogpt_retry_get_delay (NanogptRetryPhase phase, const GError *error,
    const NanogptRetryState *state)
{
  Failure failure = classify (phase, error);
  gint64 delay = decide (phase, failure, error, state);

  if (delay < 0)
    nanogpt_log_debug ("%s: failure %u (%s) is the last", phase_names[phase],
        state->failures + 1, failure_names[failure]);
  else
    nanogpt_log_debug ("%s: failure %u (%s), again in %" G_GINT64_FORMAT " ms",
        phase_names[phase], state->failures + 1, failure_names[failure],
        delay / 1000);
  return delay;
}
