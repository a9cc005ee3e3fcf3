/* nanovid: finished jobs are found soon, with few polls
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/job/polling.h"

#include <math.h>

#define HISTORIES 200 /* enough to average out chance */
#define FEWER_HISTORIES 20
#define HISTORY 50
#define JOBS 100 /* per history */
#define SIGMA 0.25
#define DOCUMENTED_INTERVAL 5.0
#define FEW 10

typedef struct
{
  double lag;
  double polls;
  double time;
} Means;

/* Log-normal, as the schedule assumes. */
static double
draw_time (GRand *rand, double median)
{
  double u = g_rand_double_range (rand, 1e-12, 1);
  double v = g_rand_double (rand);

  return median * exp (SIGMA * sqrt (-2 * log (u)) * cos (2 * G_PI * v));
}

/* The poll times of a job do not depend on when it ends, so that one schedule
 * serves many jobs. */
static GArray *
make_schedule (const NanogptPolling *polling, guint waiting, double until)
{
  GArray *polls = g_array_new (FALSE, FALSE, sizeof (double));
  double now = 0;

  do {
    now += nanogpt_polling_get_delay (polling, now, waiting, -1, -1);
    g_array_append_val (polls, now);
  } while (now < until);
  return polls;
}

static void
add_means (const NanogptPolling *polling, guint waiting, const double *ends,
    Means *means)
{
  double last = 0;
  g_autoptr (GArray) polls = NULL;

  for (guint i = 0; i < JOBS; i++)
    last = MAX (last, ends[i]);
  polls = make_schedule (polling, waiting, last);

  for (guint i = 0; i < JOBS; i++) {
    guint n = 0;

    while (g_array_index (polls, double, n) < ends[i])
      n++;
    means->lag += (g_array_index (polls, double, n) - ends[i]) / JOBS;
    means->polls += (n + 1.0) / JOBS;
    means->time += ends[i] / JOBS;
  }
}

/* The averages of the documented loop over all of its phases. */
static void
add_documented_means (const double *ends, Means *means)
{
  for (guint i = 0; i < JOBS; i++) {
    means->lag += DOCUMENTED_INTERVAL / 2 / JOBS;
    means->polls += (ends[i] / DOCUMENTED_INTERVAL + 0.5) / JOBS;
    means->time += ends[i] / JOBS;
  }
}

static void
simulate (double median, guint n_histories, guint n_times, guint waiting,
    Means *ours, Means *theirs)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < n_histories; i++) {
    g_autoptr (NanogptPolling) polling = NULL;
    double times[HISTORY];
    double ends[JOBS];

    for (guint j = 0; j < HISTORY; j++)
      times[j] = draw_time (rand, median);
    for (guint j = 0; j < JOBS; j++)
      ends[j] = draw_time (rand, median);
    polling = nanogpt_polling_new (times, n_times, NULL, 0);
    add_means (polling, waiting, ends, ours);
    add_documented_means (ends, theirs);
  }
  g_test_message ("%.0f s: lag %.3f of the loop's, polls %.3f", median,
      ours->lag / theirs->lag, ours->polls / theirs->polls);
}

static const double medians[] = { 20, 60, 180, 600 };

/* While few jobs wait, polls are cheap. The bounds on lag and polls are within
 * a hundredth of the best possible values for long jobs: see
 * docs/performance.md. */
static void
test_history_beats_documented_loop (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (medians); i++) {
    Means ours = { 0 };
    Means theirs = { 0 };

    simulate (medians[i], HISTORIES, HISTORY, FEW, &ours, &theirs);
    g_assert_cmpfloat (ours.lag, <=, 1.01 * 0.25 * theirs.lag);
    g_assert_cmpfloat (ours.polls, <=, 1.01 * 2.2 * theirs.polls);
  }
}

/* The times of one or two jobs are used, but not relied on. */
static void
test_first_job_teaches (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (medians); i++) {
    Means knows = { 0 };
    Means blind = { 0 };
    Means theirs[2] = { 0 };

    simulate (medians[i], FEWER_HISTORIES, 1, 1, &knows, &theirs[0]);
    simulate (medians[i], FEWER_HISTORIES, 0, 1, &blind, &theirs[1]);
    g_assert_cmpfloat (knows.lag, <=, 0.3 * theirs[0].lag);
    if (medians[i] >= 60)
      g_assert_cmpfloat (knows.lag, <=, 0.8 * blind.lag);
  }
}

/* With many jobs, polls are made where they are most useful. */
static void
test_crowd_beats_documented_loop (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (medians); i++) {
    Means ours = { 0 };
    Means theirs = { 0 };

    simulate (medians[i], FEWER_HISTORIES, HISTORY, 120, &ours, &theirs);
    g_assert_cmpfloat (ours.lag, <=, theirs.lag);
    g_assert_cmpfloat (ours.polls, <=, 1.1 * theirs.polls);
  }
}

/* All jobs take this long, except for a phase, so the mean lag is half a gap. */
static void
test_no_history_waits_little_longer (void)
{
  static const double seconds[] = { 20, 60, 180, 600, 1200 };
  g_autoptr (NanogptPolling) blind = nanogpt_polling_new (NULL, 0, NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++) {
    g_autoptr (GArray) polls = make_schedule (blind, FEW, seconds[i]);
    double end = g_array_index (polls, double, polls->len - 1);
    double start = g_array_index (polls, double, polls->len - 2);

    g_assert_cmpfloat ((end - start) / 2, <=,
        MIN (0.04 * seconds[i], DOCUMENTED_INTERVAL / 2));
  }
}

/* A job that fails at once is found as soon as with the documented loop, even
 * if jobs usually take long. */
static void
test_early_failure_is_found (void)
{
  static const double times[] = { 600, 600, 600 };

  for (guint n_times = 0; n_times <= G_N_ELEMENTS (times); n_times++) {
    g_autoptr (NanogptPolling) polling =
        nanogpt_polling_new (times, n_times, NULL, 0);
    g_autoptr (GArray) polls = make_schedule (polling, FEW, 2);

    g_assert_cmpfloat (g_array_index (polls, double, polls->len - 1), <, 5);
  }
}

/* Times of similar kinds make polls more frequent where they may be right, and
 * nowhere less frequent. */
static void
test_similar_kinds_are_a_guess (void)
{
  static const double similar[] = { 60, 60, 60 };
  g_autoptr (NanogptPolling) guesses =
      nanogpt_polling_new (NULL, 0, similar, G_N_ELEMENTS (similar));
  g_autoptr (NanogptPolling) blind = nanogpt_polling_new (NULL, 0, NULL, 0);

  g_assert_cmpfloat (nanogpt_polling_get_usual (guesses), ==, 0);
  g_assert_cmpfloat (nanogpt_polling_get_delay (guesses, 60, 1, -1, -1), <,
      0.5 * nanogpt_polling_get_delay (blind, 60, 1, -1, -1));
  for (double elapsed = 0; elapsed < 4000; elapsed += 1)
    g_assert_cmpfloat (nanogpt_polling_get_delay (guesses, elapsed, 1, -1, -1),
        <=, nanogpt_polling_get_delay (blind, elapsed, 1, -1, -1));
}

/* Whatever the history and the estimates are, and however long a job takes,
 * there are at most five seconds between two polls, at most one poll per
 * second, and at most 25 polls per second for all jobs together. */
static void
test_delays_are_bounded (void)
{
  static const double histories[][3] = { { 0, 0, 0 }, { 60, 60, 60 },
    { 0.1, 60, 36000 }, { 1e9, 1e9, 1e9 }, { 1e-9, 1, 1e9 } };
  static const guint crowds[] = { 0, 1, 10, 25, 100, 125, 500, G_MAXUINT };
  static const double etas[] = { -1, 0, 0.5, 10, 300, 1e300 };
  static const int progresses[] = { -1, 0, 1, 99, 100 };

  for (guint i = 0; i
       < G_N_ELEMENTS (histories) * G_N_ELEMENTS (crowds) * G_N_ELEMENTS (etas);
       i++) {
    guint crowd = crowds[i / G_N_ELEMENTS (histories) % G_N_ELEMENTS (crowds)];
    double eta = etas[i / G_N_ELEMENTS (histories) / G_N_ELEMENTS (crowds)];
    g_autoptr (NanogptPolling) polling = nanogpt_polling_new (
        histories[i % G_N_ELEMENTS (histories)], 3, NULL, 0);

    for (double elapsed = 0; elapsed < 4000; elapsed += 1 + elapsed / 10) {
      int progress = progresses[(guint)elapsed % G_N_ELEMENTS (progresses)];
      double delay =
          nanogpt_polling_get_delay (polling, elapsed, crowd, progress, eta);

      g_assert_cmpfloat (delay, >=, MAX (1, crowd / 25.0));
      g_assert_cmpfloat (delay, <=, MAX (5, crowd / 25.0));
      g_assert_cmpfloat (delay, <=, nanogpt_polling_get_longest (crowd));
    }
  }
}

/* A correct estimate of the service finds the job sooner; a wrong one costs nothing. */
static void
test_service_is_not_relied_on (void)
{
  static const double times[] = { 60, 60, 60 };
  g_autoptr (NanogptPolling) knows = nanogpt_polling_new (times, 3, NULL, 0);
  g_autoptr (NanogptPolling) blind = nanogpt_polling_new (NULL, 0, NULL, 0);

  g_assert_cmpfloat (nanogpt_polling_get_delay (knows, 20, 1, -1, 0), <,
      nanogpt_polling_get_delay (knows, 20, 1, -1, -1));
  g_assert_cmpfloat (nanogpt_polling_get_delay (knows, 55, 1, -1, 300), ==,
      nanogpt_polling_get_delay (knows, 55, 1, -1, -1));
  g_assert_cmpfloat (nanogpt_polling_get_delay (blind, 12, 1, -1, 300), ==,
      nanogpt_polling_get_delay (blind, 12, 1, -1, -1));

  g_assert_cmpfloat (nanogpt_polling_get_delay (blind, 60, 1, 99, -1), <,
      nanogpt_polling_get_delay (blind, 60, 1, -1, -1));
  g_assert_cmpfloat (nanogpt_polling_get_delay (blind, 60, 1, 5, -1), ==,
      nanogpt_polling_get_delay (blind, 60, 1, -1, -1));
  g_assert_cmpfloat (nanogpt_polling_get_delay (knows, 20, 1, 95, -1), ==,
      nanogpt_polling_get_delay (knows, 20, 1, -1, -1));
}

static void
test_usual_time (void)
{
  static const double times[] = { 30, 60, 120 };
  g_autoptr (NanogptPolling) knows = nanogpt_polling_new (times, 3, NULL, 0);
  g_autoptr (NanogptPolling) blind = nanogpt_polling_new (times, 2, NULL, 0);

  g_assert_cmpfloat_with_epsilon (nanogpt_polling_get_usual (knows), 60, 0.01);
  g_assert_cmpfloat (nanogpt_polling_get_usual (blind), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/polling/history-beats-loop", test_history_beats_documented_loop);
  g_test_add_func (
      "/polling/crowd-beats-loop", test_crowd_beats_documented_loop);
  g_test_add_func ("/polling/first-job", test_first_job_teaches);
  g_test_add_func ("/polling/early-failure", test_early_failure_is_found);
  g_test_add_func ("/polling/similar", test_similar_kinds_are_a_guess);
  g_test_add_func ("/polling/no-history", test_no_history_waits_little_longer);
  g_test_add_func ("/polling/bounded", test_delays_are_bounded);
  g_test_add_func ("/polling/service", test_service_is_not_relied_on);
  g_test_add_func ("/polling/usual", test_usual_time);
  return g_test_run ();
}
