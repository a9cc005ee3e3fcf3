/* nanovid: how late each way of polling finds a finished job, and how often it
 * asks for that
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Generation times are log-normal; for each job the learned schedule knows 20
 * earlier ones of the same kind.  What is compared is schedules alone: a poll
 * takes no time. */

#include <math.h>

#include "nanogpt/job/polling.h"

#define JOBS 2000
#define HISTORY 20

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
  return nanogpt_polling_get_delay (data, elapsed, 1, -1, -1);
}

static double
draw_time (GRand *rand, double median, double sigma)
{
  double u = g_rand_double_range (rand, 1e-12, 1);
  double v = g_rand_double (rand);

  return median * exp (sigma * sqrt (-2 * log (u)) * cos (2 * G_PI * v));
}

static void
run (const char *name, Schedule schedule, guint history, double median,
    double sigma, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  double lag = 0;
  double polls = 0;

  for (guint job = 0; job < JOBS; job++) {
    g_autoptr (NanogptPolling) polling = NULL;
    double times[HISTORY];
    double end;
    double now = 0;
    guint n = 0;

    for (guint i = 0; i < HISTORY; i++)
      times[i] = draw_time (rand, median, sigma);
    end = draw_time (rand, median, sigma);
    polling = nanogpt_polling_new (times, history, NULL, 0);
    do {
      now += schedule (polling, now, n++);
    } while (now < end);
    lag += (now - end) / JOBS;
    polls += (double)n / JOBS;
  }
  g_print ("%6.0f s  %.2f  %-22s %8.2f s %6.2f %% %8.1f\n", median, sigma, name,
      lag, 100 * lag / median, polls);
}

int
main (int argc, char **argv)
{
  static const double medians[] = { 20, 60, 180, 600 };
  static const double sigmas[] = { 0.15, 0.25, 0.35, 0.45 };
  guint32 seed = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1;

  g_print ("seed %u, %d jobs each\nmedian  sigma  %-22s %10s %15s\n", seed,
      JOBS, "schedule", "mean lag", "polls");
  for (guint m = 0; m < G_N_ELEMENTS (medians); m++) {
    for (guint s = 0; s < G_N_ELEMENTS (sigmas); s++) {
      run ("fixed 5 s (documented)", fixed_5, 0, medians[m], sigmas[s], seed);
      run ("fixed 1 s", fixed_1, 0, medians[m], sigmas[s], seed);
      run ("back-off 0.5 s to 5 s", back_off, 0, medians[m], sigmas[s], seed);
      run ("nanovid, no history", nanovid, 0, medians[m], sigmas[s], seed);
      run ("nanovid, 20 jobs", nanovid, HISTORY, medians[m], sigmas[s], seed);
    }
  }
  return 0;
}
