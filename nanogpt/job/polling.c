/* nanovid: the polling schedule
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* With h(t) for the rate at which jobs that have lasted until t are finished,
 * polls that come at the rate r(t) find a finished job 1/(2 r) too late on
 * average.  When a poll is worth so many seconds of that, its price, the sum of
 * both is least for r = sqrt (h / (2 price)).  So the next poll is due when the
 * integral of r has grown by one.
 *
 * Times are taken to be log-normal: with z = (log t - mu) / sigma, z is
 * standard normal. */

#include "polling.h"

#include <math.h>

/* Without any knowledge: a fixed share of the time waited so far, of which on
 * average half is waited too long. */
#define BLIND_SHARE 0.07

#define MIN_TIMES 3

/* Between two polls of one job, whatever is known or told of it: it may fail
 * early, and be finished before anybody expects it.  The documented loop needs
 * 5 s and the time of an answer. */
#define SHORTEST 1.0
#define LONGEST 4.8

/* Of a poll, in seconds: next to nothing while there are few, and the more the
 * more there are. */
#define PRICE 0.01
#define FEW 10

/* Of all jobs together, in a second: with so many that these bounds would lead to
 * more, polls get rarer. */
#define MAX_RATE 25.0

/* A job that usually takes a moment is looked at within that. */
#define MAX_SHARE_OF_USUAL 0.75

/* Jobs of one kind never take so exactly the same time. */
#define MIN_SIGMA 0.06

/* How far what the service says of itself is trusted. */
#define ETA_SIGMA 0.15
#define PROGRESS_SIGMA 0.30

/* Whoever is this late is not one of the usual. */
#define LATE_Z 3.0

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
get_shortest (guint waiting)
{
  return MAX (SHORTEST, waiting / MAX_RATE);
}

double
nanogpt_polling_get_longest (guint waiting)
{
  return MAX (LONGEST, waiting / MAX_RATE);
}

static double
get_blind_delay (double elapsed, guint waiting)
{
  return CLAMP (elapsed * BLIND_SHARE, get_shortest (waiting),
      nanogpt_polling_get_longest (waiting));
}

static double
get_learned_delay (const LogNormal *times, double elapsed, guint waiting)
{
  double usual = exp (times->mu);
  double shortest = get_shortest (waiting);
  double longest = CLAMP (usual * MAX_SHARE_OF_USUAL, shortest,
      nanogpt_polling_get_longest (waiting));
  double price = PRICE * MAX (1, waiting / (double)FEW);
  double start = MAX (elapsed, usual * 0.001);
  double step = longest / STEPS;
  double turns = 0;
  double delay = 0;

  if ((log (start) - times->mu) / times->sigma > LATE_Z)
    return get_blind_delay (elapsed, waiting);

  while (turns < 1 && delay < longest) {
    double turn =
        sqrt (get_hazard (times, start + delay + 0.5 * step) / (2 * price))
        * step;

    delay += turns + turn > 1 ? step * (1 - turns) / turn : step;
    turns += turn;
  }
  return CLAMP (delay, shortest, longest);
}

double
nanogpt_polling_get_delay (const NanogptPolling *self, double elapsed,
    guint waiting, int progress, double eta)
{
  double delay = self->known
      ? get_learned_delay (&self->usual, elapsed, waiting)
      : get_blind_delay (elapsed, waiting);
  LogNormal posted;

  if (eta >= 0 && elapsed + eta > 0) {
    posted.mu = log (elapsed + eta);
    posted.sigma = ETA_SIGMA;
  } else if (!self->known && progress > 0 && elapsed > 0) {
    posted.mu = log (elapsed * 100 / progress);
    posted.sigma = MAX (PROGRESS_SIGMA * (1 - progress / 100.0), MIN_SIGMA);
  } else {
    return delay;
  }
  /* Who is told too much is no later for it. */
  return MIN (delay, get_learned_delay (&posted, elapsed, waiting));
}
