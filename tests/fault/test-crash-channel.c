/* nanovid: tests that a channel that is killed at any moment keeps its hourly budget
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* gst-launch-1.0 plays a channel and is killed, again and again. Each start
 * tries to buy a clip at once, so only the state on disk keeps it from spending
 * more. The amount spent is what the service says. */

#include "fixture/env.h"
#include "pipeline/prompt.h"

/* USD */
#define BUDGET 1.0
#define HOUR ((gint64)3600 * G_TIME_SPAN_SECOND)

/* System calls, as crash-point.c numbers them, and about how many of each there
 * are until a clip has arrived. */
static const struct
{
  const char *kind;
  int n_calls;
} kinds[] = { { "send", 8 }, { "recv", 10 }, { "rename", 8 }, { "sync", 20 },
  { "write", 12 }, { "lock", 20 } };

/* @ahead: how many seconds the channel's clock is ahead
 * @point: (nullable): where it is killed */
static Run *
start_channel (
    Prompt *prompt, const char *properties, guint ahead, const char *point)
{
  const char *others = g_getenv ("LD_PRELOAD");
  /* A sanitizer must be the first. */
  g_autofree char *variables = g_strdup_printf (
      "LD_PRELOAD=%s%s%s CRASH_CLOCK=%u CRASH_POINT=%s", others ? others : "",
      others ? ":" : "", CRASH_POINT, ahead, point ? point : "");

  return prompt_start (prompt, variables,
      "gst-launch-1.0 nanovidchannel name=c live=true prompt=sea "
      "max-cost-per-hour=%g state-dir=%s/kept resolution=720p poll-interval=20 %s "
      "'video-caps=video/x-raw,format=I420,width=64,height=48,framerate=25/1,"
      "pixel-aspect-ratio=1/1' c.video_src ! queue ! fakesink "
      "c.audio_src ! queue ! fakesink",
      BUDGET, prompt->dir, properties);
}

/* Returns: whether the channel submits one more clip within @seconds */
static gboolean
is_charged (Prompt *prompt, guint n_charges, double seconds)
{
  return nanogpt_simulator_wait_charges (prompt->simulator, n_charges + 1,
      (guint)(fixture_scaled (seconds) * 1000));
}

static void
check_spent (Prompt *prompt)
{
  double spent = nanogpt_simulator_get_charged (prompt->simulator);

  g_test_message ("%u clips for $%.2f", prompt_count_charges (prompt), spent);
  g_assert_cmpfloat (spent, <=, BUDGET + 1e-9);
}

/* Kills the channel at a system call, or some time after the start. */
static void
kill_somewhere (Prompt *prompt)
{
  guint kind = g_test_rand_int_range (0, G_N_ELEMENTS (kinds));
  g_autofree char *point = g_strdup_printf ("%s:%d:%s", kinds[kind].kind,
      g_test_rand_int_range (1, kinds[kind].n_calls + 1),
      g_test_rand_bit () ? "after" : "before");
  g_autoptr (Run) run = start_channel (prompt, "", 0, point);

  g_usleep (
      fixture_scaled (g_test_rand_double_range (0.3, 2.5)) * G_USEC_PER_SEC);
  g_test_message ("%s", point);
}

/* Plays until one more clip was bought and has begun, for at most @seconds.
 * Returns: whether a clip was bought */
static gboolean
play_one_more (Prompt *prompt, double seconds)
{
  g_autoptr (Run) run = start_channel (prompt, "", 0, NULL);
  gboolean charged =
      is_charged (prompt, prompt_count_charges (prompt), seconds);

  if (charged)
    run_wait_text (run, "cost 0.18 USD, ");
  run_interrupt (run);
  run_finish (run, 10);
  if (!charged)
    g_test_message ("%s", run->text->str);
  return charged;
}

/* All kills are within one hour. After them, the channel is started until it buys no
 * more clips: it first finds out whether the submits left by the kills were charged,
 * which may take half a minute, or more than one if all starts have asked so often that
 * the service refuses to tell. A kill between two writes leaves a reservation. */
static void
test_kills (void)
{
  g_autoptr (Prompt) prompt = prompt_new (0.2);

  for (guint i = 0; i < 10; i++) {
    kill_somewhere (prompt);
    check_spent (prompt);
  }
  while (play_one_more (prompt, prompt_count_charges (prompt) < 2 ? 120 : 45))
    check_spent (prompt);
  check_spent (prompt);
  g_assert_cmpuint (prompt_count_charges (prompt), >=, 2);
}

/* @n_charges: charges before the start
 * @times: times of all charges, by the channel's clock */
static void
note_charges (Prompt *prompt, guint n_charges, guint ahead, GArray *times)
{
  g_autoptr (GPtrArray) submits =
      nanogpt_simulator_list_submits (prompt->simulator);

  for (guint i = n_charges; i < submits->len; i++) {
    const NanogptSimulatorSubmit *submit = submits->pdata[i];
    gint64 time = submit->time + ahead * G_TIME_SPAN_SECOND;

    g_array_append_val (times, time);
  }
}

/* A quarter of an hour passes between two starts, and half of the channels are
 * killed as soon as they have spent something: no hour exceeds the budget. */
static void
test_hours (void)
{
  const double cost = 0.36;
  g_autoptr (Prompt) prompt = prompt_new (0.2);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < 9; i++) {
    guint ahead = i * 1000;
    guint n_charges = prompt_count_charges (prompt);
    g_autoptr (Run) run = start_channel (prompt, "duration=10", ahead, NULL);

    run_wait_text (run, "PLAYING");
    if (is_charged (prompt, n_charges, 2))
      run_wait_text (run, "The clip can be read");
    note_charges (prompt, n_charges, ahead, times);
    if (i % 2 == 0)
      continue;
    run_interrupt (run);
    run_finish (run, 10);
  }

  g_assert_cmpfloat (
      nanogpt_simulator_get_charged (prompt->simulator), >, BUDGET);
  for (guint i = 0; i < times->len; i++) {
    gint64 start = g_array_index (times, gint64, i);
    double spent = 0;

    for (guint j = i; j < times->len; j++)
      if (g_array_index (times, gint64, j) < start + HOUR)
        spent += cost;
    g_assert_cmpfloat (spent, <=, BUDGET);
  }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/crash-channel/kills", test_kills);
  g_test_add_func ("/crash-channel/hours", test_hours);
  return g_test_run ();
}
