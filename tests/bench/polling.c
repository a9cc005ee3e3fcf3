/* nanovid: how late each polling schedule finds a finished job, and how often
 * it polls
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Generation times are log-normal; the learned schedule knows the times of 50
 * earlier jobs of the same kind. Only the schedules are compared: a poll takes
 * no time. For each of many histories, lag and polls are averaged over all
 * times that the next job may take. */

#include <math.h>

#include "nanogpt/job/polling.h"

#define RUNS 200
#define HISTORY 50
#define FEW 10

/* A smaller share of the jobs is ignored. */
#define NOBODY 1e-6

#define SHORTEST 1.0
#define LONGEST 5.0

typedef struct
{
  double median;
  double sigma;
} LogNormal;

typedef struct
{
  double lag;
  double polls;
} Means;

typedef double (*Schedule) (gpointer data, double elapsed, guint polls);

static double
fixed_5 (gpointer data G_GNUC_UNUSED, double elapsed G_GNUC_UNUSED,
    guint polls G_GNUC_UNUSED)
{
  return 5;
}

static double
fixed_1 (gpointer data G_GNUC_UNUSED, double elapsed G_GNUC_UNUSED,
    guint polls G_GNUC_UNUSED)
{
  return 1;
}

static double
back_off (
    gpointer data G_GNUC_UNUSED, double elapsed G_GNUC_UNUSED, guint polls)
{
  return MIN (0.5 * pow (1.5, polls), 5);
}

static double
nanovid (gpointer data, double elapsed, guint polls G_GNUC_UNUSED)
{
  return nanogpt_polling_get_delay (data, elapsed, FEW, -1, -1);
}

static double
get_survival (const LogNormal *times, double t)
{
  return t <= 0 ? 1
                : 0.5 * erfc (log (t / times->median) / times->sigma / G_SQRT2);
}

static double
get_mean (const LogNormal *times)
{
  return times->median * exp (times->sigma * times->sigma / 2);
}

static double
draw_time (GRand *rand, const LogNormal *times)
{
  double u = g_rand_double_range (rand, 1e-12, 1);
  double v = g_rand_double (rand);

  return times->median
      * exp (times->sigma * sqrt (-2 * log (u)) * cos (2 * G_PI * v));
}

/* Each poll is made by the jobs that earlier polls have not found. The lag of a
 * job is the sum of the gaps until it is found, minus its generation time. */
static Means
follow (Schedule schedule, gpointer data, const LogNormal *times)
{
  Means means = { -get_mean (times), 0 };
  double now = 0;
  guint n = 0;
  double left;

  while ((left = get_survival (times, now)) > NOBODY) {
    double delay = schedule (data, now, n++);

    means.polls += left;
    means.lag += left * delay;
    now += delay;
  }
  return means;
}

static void
report (const LogNormal *times, const char *name, const Means *means)
{
  g_print ("%6.0f s  %.2f  %-22s %8.3f s %6.2f %% %8.2f\n", times->median,
      times->sigma, name, means->lag, 100 * means->lag / times->median,
      means->polls);
}

static Means
run (const char *name, Schedule schedule, guint history, const LogNormal *times,
    guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Means sum = { 0 };

  for (guint i = 0; i < RUNS; i++) {
    g_autoptr (NanogptPolling) polling = NULL;
    double known[HISTORY];
    Means means;

    for (guint j = 0; j < HISTORY; j++)
      known[j] = draw_time (rand, times);
    polling = nanogpt_polling_new (known, history, NULL, 0);
    means = follow (schedule, polling, times);
    sum.lag += means.lag / RUNS;
    sum.polls += means.polls / RUNS;
  }
  report (times, name, &sum);
  return sum;
}

/* The best schedule if a poll is worth @price seconds of lag, by dynamic
 * programming over the time of the last poll: the best next gap is the one with
 * the least expected cost from there on, over the jobs that are still waiting. */
static Means
get_best_for_price (const LogNormal *times, double price)
{
  double step = MAX (0.05, times->median / 6000);
  guint end = times->median * exp (5 * times->sigma) / step;
  guint shortest = SHORTEST / step + 0.5;
  guint longest = LONGEST / step + 0.5;
  g_autofree double *costs = g_new0 (double, end + longest + 1);
  g_autofree guint *gaps = g_new0 (guint, end);
  Means means = { -get_mean (times), 0 };

  for (guint at = end; at-- > 0;) {
    double left = get_survival (times, at * step);

    costs[at] = G_MAXDOUBLE;
    for (guint gap = shortest; gap <= longest; gap++) {
      double cost = left * (price + gap * step) + costs[at + gap];

      if (cost < costs[at]) {
        costs[at] = cost;
        gaps[at] = gap;
      }
    }
  }
  for (guint at = 0; at < end; at += gaps[at]) {
    double left = get_survival (times, at * step);

    means.polls += left;
    means.lag += left * gaps[at] * step;
  }
  return means;
}

/* The best schedule with as many polls as nanovid makes. No schedule can know
 * more than the spread of the times; the known times leave the median uncertain. */
static void
report_best (const LogNormal *times, double polls)
{
  LogNormal doubt = { times->median, times->sigma * sqrt (1 + 1.0 / HISTORY) };
  double low = 0.01 / times->median;
  double high = 100 / times->median;
  Means means = { 0 };

  for (guint i = 0; i < 20; i++) {
    double price = sqrt (low * high);

    means = get_best_for_price (&doubt, price);
    *(means.polls > polls ? &low : &high) = price;
  }
  report (times, "best possible, 50 jobs", &means);
}

/* The longest time for which a finished job can go unnoticed, for jobs that
 * usually take any of these times, whatever estimate the service gives. */
static void
report_latest (void)
{
  static const double usual[] = { 0, 5, 20, 60, 180, 600, 1200 };
  static const double etas[] = { -1, 0, 2, 60, 300, 3600 };
  double latest_failure = 0;
  double latest = 0;

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++) {
    double times[] = { usual[i], usual[i], usual[i] };
    g_autoptr (NanogptPolling) polling =
        nanogpt_polling_new (times, usual[i] > 0 ? 3 : 0, NULL, 0);

    for (guint j = 0; j < G_N_ELEMENTS (etas); j++) {
      double now = 0;
      gboolean failed = FALSE;

      while (now < 3600) {
        double delay =
            nanogpt_polling_get_delay (polling, now, FEW, -1, etas[j]);

        latest = MAX (latest, delay);
        now += delay;
        if (!failed && now >= 2) {
          latest_failure = MAX (latest_failure, now);
          failed = TRUE;
        }
      }
    }
  }
  g_print ("latest: failure at 2 s found at %.2f s, any job after %.2f s\n",
      latest_failure, latest);
}

int
main (int argc, char **argv)
{
  static const double medians[] = { 20, 60, 180, 600, 1200 };
  static const double sigmas[] = { 0.15, 0.25, 0.35, 0.45 };
  guint32 seed = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1;

  g_print ("seed %u, %d histories each\nmedian  sigma  %-22s %10s %15s\n", seed,
      RUNS, "schedule", "mean lag", "polls");
  for (guint m = 0; m < G_N_ELEMENTS (medians); m++) {
    for (guint s = 0; s < G_N_ELEMENTS (sigmas); s++) {
      LogNormal times = { medians[m], sigmas[s] };
      Means learned;

      run ("fixed 5 s (documented)", fixed_5, 0, &times, seed);
      run ("fixed 1 s", fixed_1, 0, &times, seed);
      run ("back-off 0.5 s to 5 s", back_off, 0, &times, seed);
      run ("nanovid, no history", nanovid, 0, &times, seed);
      run ("nanovid, 1 job", nanovid, 1, &times, seed);
      learned = run ("nanovid, 50 jobs", nanovid, HISTORY, &times, seed);
      report_best (&times, learned.polls);
    }
  }
  report_latest ();
  return 0;
}
