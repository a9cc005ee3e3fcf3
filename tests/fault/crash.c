/* nanovid: tests that a crash at any point neither pays for a job twice nor loses it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The simulator, with its ledger of charges, and gst-launch-1.0 are separate
 * processes. gst-launch-1.0 is killed or interrupted at some point in the life
 * of a job, then the same line is run again until it ends with EOS. After that
 * the ledger must contain exactly one charge, and the file must be the clip.
 *
 * crash-point.c provides the points: it numbers system calls and sends the
 * signal at one of them. */

#include <signal.h>

#include "crash-scene.h"
#include "fixture/env.h"
#include "tally.h"

#define MAX_RUNS 4
#define LATER (PATIENCE + 10)

/* Most runs only wait for the service. */
#define AT_ONCE 8

static const char *const phase_names[N_PHASES] = { "prepare", "submit", "poll",
  "download", "deliver" };

/* The points */

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->kind);
  g_free (call);
}

/* Divides the calls of a run into phases. */
static GPtrArray *
parse_trace (Stage *self, const char *path)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func (call_free);
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GUri) base = g_uri_parse (self->base_url, G_URI_FLAGS_NONE, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  Phase phase = PHASE_PREPARE;
  guint last_recv = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 2);
    Call *call = g_new0 (Call, 1);
    guint number;

    g_ptr_array_add (calls, call);
    call->kind = g_strdup (words[0]);
    number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, call->kind)) + 1;
    g_hash_table_insert (numbers, call->kind, GUINT_TO_POINTER (number));
    call->number = number;

    if (phase == PHASE_PREPARE && g_str_equal (call->kind, "send"))
      phase = PHASE_SUBMIT;
    else if (phase == PHASE_POLL && g_str_equal (call->kind, "connect")
        && atoi (words[1]) != g_uri_get_port (base))
      phase = PHASE_DOWNLOAD;
    call->phase = phase;
    if (phase == PHASE_SUBMIT && g_str_equal (call->kind, "rename"))
      phase = PHASE_POLL;
    if (g_str_equal (call->kind, "recv"))
      last_recv = i;
  }
  for (guint i = last_recv + 1; i < calls->len; i++)
    ((Call *)calls->pdata[i])->phase = PHASE_DELIVER;
  return calls;
}

/* Records what a complete run calls. */
static void
rehearse (Stage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->calls); i++) {
    g_autoptr (Scene) scene = scene_new (self, tally_get_points () + i);
    g_autofree char *trace = g_build_filename (scene->dir, "trace", NULL);
    Point nowhere = { .time = 60, .small_io = i == 1 };
    gint64 start = g_get_monotonic_time ();

    g_assert_cmpint (scene_run (scene, &nowhere, 0, trace), ==, ENDED_WITH_EOS);
    scene_check_end (scene);
    self->seconds = (g_get_monotonic_time () - start) / 1e6;
    self->calls[i] = parse_trace (self, trace);
  }
}

/* Playing a scene */

/* A late recv(), for example when a connection is closed, leaves no call for the
 * delivery. */
static Phase
pick_phase (Scene *self, const GPtrArray *calls)
{
  for (;;) {
    Phase phase = g_rand_int_range (self->random, 0, N_PHASES);

    for (guint i = 0; i < calls->len; i++) {
      if (((const Call *)calls->pdata[i])->phase == phase)
        return phase;
    }
  }
}

static const Call *
pick_call (Scene *self, const GPtrArray *calls)
{
  Phase phase = pick_phase (self, calls);
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();
  g_autoptr (GPtrArray) choice = g_ptr_array_new ();
  const char *kind;

  /* Picks a kind first, because there are as many recv() as pieces of the clip. */
  for (guint i = 0; i < calls->len; i++) {
    Call *call = calls->pdata[i];

    if (call->phase == phase
        && !g_ptr_array_find_with_equal_func (
            kinds, call->kind, g_str_equal, NULL))
      g_ptr_array_add (kinds, call->kind);
  }
  kind = kinds->pdata[g_rand_int_range (self->random, 0, kinds->len)];
  for (guint i = 0; i < calls->len; i++) {
    Call *call = calls->pdata[i];

    if (call->phase == phase && g_str_equal (call->kind, kind))
      g_ptr_array_add (choice, call);
  }
  return choice->pdata[g_rand_int_range (self->random, 0, choice->len)];
}

static Point
pick_point (Scene *self)
{
  Point point = { .small_io = g_rand_boolean (self->random),
    .after = g_rand_boolean (self->random) };

  if (g_rand_int_range (self->random, 0, 8) == 0)
    point.time = g_rand_double_range (self->random, 0, self->stage->seconds);
  else
    point.call = pick_call (self, self->stage->calls[point.small_io]);
  return point;
}

static char *
describe (const Point *point)
{
  if (!point->call)
    return g_strdup_printf ("after %.3f s", point->time);
  return g_strdup_printf ("%s: %s %s %u%s", phase_names[point->call->phase],
      point->after ? "after" : "before", point->call->kind, point->call->number,
      point->small_io ? " (small)" : "");
}

static Outcome
run_and_kill (Scene *self)
{
  Point point = pick_point (self);
  g_autofree char *text = describe (&point);
  Outcome outcome = scene_run (self, &point, 0, NULL);

  if (outcome == ENDED_EARLY)
    g_atomic_int_inc (
        &self->stage->ends[point.call ? point.call->phase : N_PHASES]);
  else
    g_atomic_int_inc (&self->stage->missed);
  scene_narrate (self, "point: %s: %s\n", text,
      outcome == ENDED_EARLY ? "ended" : "was not reached");
  g_test_message ("%u: %s%s, charges: %u", self->number, text,
      outcome == ENDED_EARLY ? "" : " was not reached",
      scene_count_charges (self));
  return outcome;
}

static void
play (Scene *self)
{
  guint kills = g_rand_int_range (self->random, 0, 5) == 0 ? 2 : 1;

  for (guint i = 0; i < MAX_RUNS; i++) {
    Outcome outcome =
        i < kills ? run_and_kill (self) : scene_run (self, NULL, 0, NULL);

    if (outcome == FAILED)
      scene_demand (self, FALSE, VIOLATION_FAILED, "a run has failed");
    /* Once the job is delivered, another run would request a new clip. */
    if (outcome == ENDED_WITH_EOS
        || scene_has_entry (self, NANOGPT_JOURNAL_DELIVERED))
      break;
    scene_narrate (self, "again:\n");
  }
  scene_check_end (self);
}

static void
play_point (gpointer number, gpointer stage)
{
  g_autoptr (Scene) scene = scene_new (stage, GPOINTER_TO_UINT (number) - 1);

  play (scene);
}

static void
play_points (int signal)
{
  g_autoptr (Stage) stage = stage_new (signal);
  GThreadPool *pool =
      g_thread_pool_new (play_point, stage, AT_ONCE, TRUE, NULL);

  g_assert_nonnull (pool);
  g_test_message ("%d points, seed %d", tally_get_points (), tally_get_seed ());
  rehearse (stage);
  /* NULL cannot be pushed. */
  for (int i = 1; i <= tally_get_points (); i++)
    g_thread_pool_push (pool, GINT_TO_POINTER (i), NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (Phase phase = 0; phase < N_PHASES; phase++)
    g_test_message ("%u ends: %s", stage->ends[phase], phase_names[phase]);
  g_test_message ("%u ends: at random times; %u points were not reached",
      stage->ends[N_PHASES], stage->missed);
  tally_summarize ();
  /* A second run makes fewer calls than the first one. */
  g_assert_cmpuint (stage->missed, <=, tally_get_points () / 2);
}

static void
test_points (void)
{
  play_points (SIGKILL);
}

/* Ctrl-C */
static void
test_interrupts (void)
{
  play_points (SIGINT);
}

/* The test has to wait in real time: a submit that was never sent is sent again
 * half a minute after it might have been. */
static void
test_patience (void)
{
  g_autoptr (Stage) stage = stage_new (SIGKILL);
  g_autoptr (Scene) scene = scene_new (stage, 0);
  Call call = { .kind = (char *)"send", .number = 1 };
  Point point = { .call = &call };
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (scene_run (scene, &point, 0, NULL), ==, ENDED_EARLY);
  g_assert_true (scene_has_entry (scene, NANOGPT_JOURNAL_SENDING));
  g_assert_cmpuint (scene_count_charges (scene), ==, 0);

  g_assert_cmpint (scene_run (scene, NULL, 0, NULL), ==, ENDED_WITH_EOS);
  g_assert_cmpint (
      g_get_monotonic_time () - start, >, (PATIENCE - 1) * G_USEC_PER_SEC);
  scene_check_end (scene);
}

/* A machine without a real-time clock boots with an old time, after the submit
 * or even before it. The job that was paid for is found all the same. */
static void
test_clock_behind (void)
{
  static const int ahead[] = { -4, -LATER };
  g_autoptr (Stage) stage = stage_new (SIGKILL);
  Call call = { .kind = (char *)"recv", .number = 1 };
  Point point = { .call = &call };

  for (guint i = 0; i < G_N_ELEMENTS (ahead); i++) {
    g_autoptr (Scene) scene = scene_new (stage, i);

    g_assert_cmpint (scene_run (scene, &point, 0, NULL), ==, ENDED_EARLY);
    g_assert_true (scene_has_entry (scene, NANOGPT_JOURNAL_SENDING));
    g_assert_cmpuint (scene_count_charges (scene), ==, 1);

    /* This is longer than the service's clock may be off. */
    g_usleep (5 * G_USEC_PER_SEC);
    g_assert_cmpint (
        scene_run (scene, NULL, ahead[i], NULL), ==, ENDED_WITH_EOS);
    scene_check_end (scene);
  }
}

int
main (int argc, char **argv)
{
  tally_parse_options (&argc, &argv);
  fixture_init (&argc, &argv);
  /* Creates the registry before any call is counted. */
  g_assert_true (g_spawn_command_line_sync (
      "gst-inspect-1.0 --exists nanovidsrc", NULL, NULL, NULL, NULL));

  g_test_add_func ("/crash/points", test_points);
  g_test_add_func ("/crash/interrupts", test_interrupts);
  g_test_add_func ("/crash/patience", test_patience);
  g_test_add_func ("/crash/clock-behind", test_clock_behind);
  return g_test_run ();
}
