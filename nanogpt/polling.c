/* nanovid: when to ask how a job is doing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* With h(t) for the rate at which jobs that have lasted until t are finished,
 * polls that come at the rate r(t) find a finished job 1/(2 r) too late on
 * average.  For a given number of polls, the lag is least when r is in
 * proportion to the square root of h.  So the next poll is due when the
 * integral of scale * sqrt (h) has grown by one, and the scale is what makes
 * the expected number of polls that of the documented loop, or less.
 *
 * Times are taken to be log-normal: with z = (log t - mu) / sigma, z is
 * standard normal. */

#include "polling.h"

#include <math.h>

/* Of the documented loop, and a little more: what is expected is an estimate. */
#define DOCUMENTED_INTERVAL 5.05

/* Without any knowledge: a fixed share of the time waited so far, of which on
 * average half is waited too long. */
#define BLIND_SHARE 0.07
#define BLIND_MIN 0.5
#define BLIND_MAX 30.0

#define MIN_TIMES 3
#define MIN_DELAY 0.2
#define MIN_SHARE 0.001

/* A job that fails early is not waited for until it should be finished. */
#define MAX_DELAY 60.0
#define MAX_SHARE_OF_USUAL 0.75

/* Jobs of one kind never take so exactly the same time. */
#define MIN_SIGMA 0.06

/* How far what the service says of itself is trusted. */
#define ETA_SIGMA 0.15
#define PROGRESS_SIGMA 0.30

/* Whoever is this late is not one of the usual. */
#define LATE_Z 3.0

/* Nor who is so early: until then, polls come for MAX_DELAY's sake alone. */
#define EARLY_Z -3.0

#define STEPS 64

typedef struct
{
  double mu;
  double sigma;
} LogNormal;

struct _NanogptPolling
{
  gboolean known;
  LogNormal usual;
};

static double
get_survival (double z)
{
  return 0.5 * erfc (z / G_SQRT2);
}

static double
get_hazard (const LogNormal *times, double t)
{
  double z = (log (t) - times->mu) / times->sigma;
  double density = exp (-0.5 * z * z) / (t * times->sigma * sqrt (2 * G_PI));

  return density / MAX (get_survival (z), 1e-12);
}

/* The expected number of polls when the scale is one. */
static double
get_expected_polls (const LogNormal *times)
{
  double polls = 0;
  double from = -4;
  double step = 8.0 / STEPS;

  for (int i = 0; i < STEPS; i++) {
    double z = from + (i + 0.5) * step;
    double t = exp (times->mu + z * times->sigma);

    polls += sqrt (get_hazard (times, t)) * get_survival (z) * t * times->sigma
        * step;
  }
  return polls;
}

static LogNormal
fit (const double *times, guint n_times)
{
  LogNormal fitted = { 0, 0 };
  double squares = 0;

  for (guint i = 0; i < n_times; i++)
    fitted.mu += log (MAX (times[i], 0.01)) / n_times;
  for (guint i = 0; i < n_times; i++) {
    double off = log (MAX (times[i], 0.01)) - fitted.mu;

    squares += off * off;
  }
  /* Few times tell little of how far others may be off. */
  fitted.sigma = sqrt (squares / (n_times - 1) * (1 + 2.0 / n_times));
  fitted.sigma = MAX (fitted.sigma, MIN_SIGMA);
  return fitted;
}

NanogptPolling *
nanogpt_polling_new (const double *times, guint n_times)
{
  NanogptPolling *self = g_new0 (NanogptPolling, 1);

  self->known = n_times >= MIN_TIMES;
  if (self->known)
    self->usual = fit (times, n_times);
  return self;
}

void
nanogpt_polling_free (NanogptPolling *self)
{
  g_free (self);
}

double
nanogpt_polling_get_usual (const NanogptPolling *self)
{
  return self->known ? exp (self->usual.mu) : 0;
}

static double
get_blind_delay (double elapsed)
{
  return CLAMP (elapsed * BLIND_SHARE, BLIND_MIN, BLIND_MAX);
}

static double
get_learned_delay (const LogNormal *times, double elapsed)
{
  double usual = exp (times->mu);
  double longest = MIN (MAX_DELAY, MAX (usual * MAX_SHARE_OF_USUAL, BLIND_MIN));
  double mean = usual * exp (0.5 * times->sigma * times->sigma);
  double early = exp (times->mu + EARLY_Z * times->sigma) / longest;
  double polls = MAX (mean / DOCUMENTED_INTERVAL - early, 1);
  double scale = polls / get_expected_polls (times);
  double start = MAX (elapsed, usual * 0.001);
  double step = longest / STEPS;
  double turns = 0;
  double delay = 0;

  if ((log (start) - times->mu) / times->sigma > LATE_Z)
    return get_blind_delay (elapsed);

  while (turns < 1 && delay < longest) {
    double turn =
        scale * sqrt (get_hazard (times, start + delay + 0.5 * step)) * step;

    delay += turns + turn > 1 ? step * (1 - turns) / turn : step;
    turns += turn;
  }
  return MAX (delay, MAX (MIN_DELAY, elapsed * MIN_SHARE));
}

double
nanogpt_polling_get_delay (
    const NanogptPolling *self, double elapsed, int progress, double eta)
{
  LogNormal told;

  if (eta >= 0 && elapsed + eta > 0) {
    told.mu = log (elapsed + eta);
    told.sigma = ETA_SIGMA;
    return get_learned_delay (&told, elapsed);
  }
  if (self->known)
    return get_learned_delay (&self->usual, elapsed);
  if (progress > 0 && elapsed > 0) {
    told.mu = log (elapsed * 100 / progress);
    told.sigma = MAX (PROGRESS_SIGMA * (1 - progress / 100.0), MIN_SIGMA);
    return get_learned_delay (&told, elapsed);
  }
  return get_blind_delay (elapsed);
}
