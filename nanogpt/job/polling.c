/* nanovid: the polling schedule
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* With the hazard rate h(t), at which jobs that have lasted until t are finished, polls
 * that come at the rate r(t) find a finished job 1/(2 r) too late on average.  When
 * a poll is worth so many seconds of that, its price, the sum of both is least for
 * r = sqrt (h / (2 price)).  So the next poll is due when the integral of r has
 * grown by one.  Where that is more than a bound on r, or less, the bound itself is
 * best.
 *
 * Times are taken to be log-normal: with z = (log t - mu) / sigma, z is
 * standard normal. */

#include "polling.h"

#include <math.h>

/* Without any knowledge: a fixed share of the time waited so far, of which on
 * average half is waited too long; and less than the documented loop waits. */
#define BLIND_SHARE 0.06
#define BLIND_LONGEST 4.0

#define MIN_TIMES 3

/* Between two polls of one job, whatever is known of it: it may fail
 * early, and be finished before anybody expects it.  The documented loop needs
 * 5 s and the time of a response. */
#define SHORTEST 1.0
#define LONGEST 4.95

/* Of a poll, times the usual time, in seconds squared: polls are counted by the time
 * that a job takes, so that in a longer job each is worth less of a second.  With
 * this price there are 2.2 times as many polls as the documented loop has, and
 * a quarter of its lag.  It grows with the number of jobs beyond a few. */
#define PRICE 1.52
#define FEW 10

/* Of all jobs together, in a second: with so many that these bounds would lead to
 * more, polls get rarer. */
#define MAX_RATE 25.0

/* A job that usually takes a moment is looked at within that. */
#define MAX_SHARE_OF_USUAL 0.75

/* How far the times of one kind lie apart as a rule, and how many times have to show
 * otherwise for that to count as much. */
#define USUAL_SIGMA 0.25
#define USUAL_SIGMA_WEIGHT 20

/* How far what the service says of itself is trusted. */
#define ETA_SIGMA 0.15
#define PROGRESS_SIGMA 0.30
#define MIN_SIGMA 0.06

/* Whoever is this late is not one of the usual. */
#define LATE_Z 3.0

/* One in twenty is slower. */
#define SLOW_Z 1.325

#define STEPS 32

typedef struct
{
  double mu;
  double sigma;
} LogNormal;

struct _NanogptPolling
{
  gboolean known;   /* @usual is of this kind */
  gboolean guessed; /* @usual is of few times, or of similar kinds too */
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

/* Few times tell little of how far others may be off. */
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

/* A guess makes polls denser, never sparser: it may be wrong. */
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
