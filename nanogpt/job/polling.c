/* nanovid: schedule for polling the status of a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Let h(t) be the hazard rate, at which jobs that have lasted until t finish.
 * Polls at the rate r(t) notice a finished job 1/(2 r) too late on average.  If
 * a poll is worth a given number of seconds of that lag, its price, the sum of
 * both is minimal for r = sqrt (h / (2 price)).  So the next poll is due when
 * the integral of r has grown by one.  If that is above or below a bound on r,
 * the bound itself is optimal.
 *
 * Times are assumed to be log-normal: with z = (log t - mu) / sigma, z is
 * standard normal. */

#include "polling.h"

#include <math.h>

/* Without any knowledge, the delay is a fixed share of the time waited so far,
 * half of which is the average lag; it is less than that of the documented
 * loop. */
#define BLIND_SHARE 0.06
#define BLIND_LONGEST 4.0

#define MIN_TIMES 3

/* Bounds between two polls of one job, whatever is known about it: it may fail
 * early, or finish earlier than expected.  The documented loop takes 5 s plus
 * the time of a response. */
#define SHORTEST 1.0
#define LONGEST 4.95

/* The price of a poll times the usual time, in seconds squared: polls are
 * counted relative to the duration of a job, so in a longer job each is worth
 * fewer seconds.  With this price there are 2.2 times as many polls as in the
 * documented loop, and a quarter of its lag.  It grows with the number of jobs
 * beyond a few. */
#define PRICE 1.545
#define FEW 10

/* Polls per second of all jobs together: with so many jobs that the bounds
 * above would lead to more, polls get rarer. */
#define MAX_RATE 25.0

/* A job that usually takes a moment is polled within that time. */
#define MAX_SHARE_OF_USUAL 0.75

/* The usual spread of the times of one kind, and how many observed times weigh
 * as much as this assumption. */
#define USUAL_SIGMA 0.25
#define USUAL_SIGMA_WEIGHT 20

/* How far the service's own estimates are trusted. */
#define ETA_SIGMA 0.15
#define PROGRESS_SIGMA 0.30
#define MIN_SIGMA 0.06

/* A job this late is not a usual one. */
#define LATE_Z 3.0

/* One job in twenty is slower. */
#define SLOW_Z 1.325

#define STEPS 32

typedef struct
{
  double mu;
  double sigma;
} LogNormal;

struct _NanogptPolling
{
  gboolean known;   /* @usual is from jobs of this kind */
  gboolean guessed; /* @usual is from few times, or from similar kinds */
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

/* Few times say little about how far others may deviate. */
static LogNormal
fit (const double *times, guint n_times)
{
  LogNormal fitted = { 0, 0 };
  double squares = USUAL_SIGMA_WEIGHT * USUAL_SIGMA * USUAL_SIGMA;

  for (guint i = 0; i < n_times; i++)
    fitted.mu += log (MAX (times[i], 0.01)) / n_times;
  for (guint i = 0; i < n_times; i++) {
    double off = log (MAX (times[i], 0.01)) - fitted.mu;

    squares += off * off;
  }
  fitted.sigma =
      sqrt (squares / (n_times - 1 + USUAL_SIGMA_WEIGHT) * (1 + 1.0 / n_times));
  return fitted;
}

NanogptPolling *
nanogpt_polling_new (
    const double *times, guint n_times, const double *similar, guint n_similar)
{
  NanogptPolling *self = g_new0 (NanogptPolling, 1);

  if (n_times >= MIN_TIMES) {
    self->known = TRUE;
    self->usual = fit (times, n_times);
  } else if (n_times > 0 || n_similar > 0) {
    self->guessed = TRUE;
    self->usual = n_times > 0 ? fit (times, n_times) : fit (similar, n_similar);
  }
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

double
nanogpt_polling_get_slow (const NanogptPolling *self)
{
  if (!self->known && !self->guessed)
    return 0;
  return exp (self->usual.mu + SLOW_Z * self->usual.sigma);
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
  double shortest = get_shortest (waiting);

  return CLAMP (elapsed * BLIND_SHARE, shortest, MAX (BLIND_LONGEST, shortest));
}

static double
get_learned_delay (const LogNormal *times, double elapsed, guint waiting)
{
  double usual = exp (times->mu);
  double shortest = get_shortest (waiting);
  double longest = CLAMP (usual * MAX_SHARE_OF_USUAL, shortest,
      nanogpt_polling_get_longest (waiting));
  double price = PRICE / usual * MAX (1, waiting / (double)FEW);
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

/* A guess makes polls more frequent, never less, because it may be wrong. */
double
nanogpt_polling_get_delay (const NanogptPolling *self, double elapsed,
    guint waiting, int progress, double eta)
{
  double delay = self->known
      ? get_learned_delay (&self->usual, elapsed, waiting)
      : get_blind_delay (elapsed, waiting);
  LogNormal guess = self->usual;

  if (eta >= 0 && elapsed + eta > 0) {
    guess.mu = log (elapsed + eta);
    guess.sigma = ETA_SIGMA;
  } else if (!self->known && progress > 0 && elapsed > 0) {
    guess.mu = log (elapsed * 100 / progress);
    guess.sigma = MAX (PROGRESS_SIGMA * (1 - progress / 100.0), MIN_SIGMA);
  } else if (!self->guessed) {
    return delay;
  }
  return MIN (delay, get_learned_delay (&guess, elapsed, waiting));
}
