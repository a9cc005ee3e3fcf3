/* nanovid: timers fire in order, once, and not after they are cleared
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/base/timer.h"

#include "fixture/watchdog.h"

#define MS 1000
#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define MANY 500

typedef struct
{
  GString *called;
  guint freed;
  NanogptTimer *other;
} Log;

typedef struct
{
  Log *log;
  char name;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  entry->log->freed++;
  g_free (entry);
}

static gboolean
on_time (gpointer data)
{
  Entry *entry = data;

  g_string_append_c (entry->log->called, entry->name);
  return G_SOURCE_REMOVE;
}

static gboolean
on_time_clear_other (gpointer data)
{
  Entry *entry = data;

  nanogpt_timer_clear (&entry->log->other);
  return on_time (data);
}

static NanogptTimer *
add (Log *log, gint64 delay, char name, GSourceFunc function)
{
  Entry *entry = g_new (Entry, 1);

  *entry = (Entry){ log, name };
  return nanogpt_timer_new (delay, function, entry, entry_free);
}

static void
run_until (Log *log, guint freed)
{
  while (log->freed < freed)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_order (void)
{
  g_autoptr (GString) called = g_string_new (NULL);
  Log log = { called, 0, NULL };
  g_autoptr (NanogptTimer) c = add (&log, 300 * MS, 'c', on_time);
  g_autoptr (NanogptTimer) a = add (&log, 0, 'a', on_time);
  g_autoptr (NanogptTimer) b = add (&log, 150 * MS, 'b', on_time);
  gint64 due = nanogpt_timer_get_due (c);

  run_until (&log, 3);
  g_assert_cmpstr (called->str, ==, "abc");
  g_assert_cmpint (g_get_monotonic_time (), >=, due);
}

static void
test_clear (void)
{
  g_autoptr (GString) called = g_string_new (NULL);
  Log log = { called, 0, NULL };
  NanogptTimer *a = add (&log, 0, 'a', on_time);
  g_autoptr (NanogptTimer) b = add (&log, 10 * MS, 'b', on_time);

  nanogpt_timer_clear (&a);
  g_assert_null (a);
  g_assert_cmpuint (log.freed, ==, 1);
  nanogpt_timer_clear (&a);
  run_until (&log, 2);
  g_assert_cmpstr (called->str, ==, "b");
}

/* Both timers are due; the first one clears the second one and itself. */
static void
test_clear_from_within (void)
{
  g_autoptr (GString) called = g_string_new (NULL);
  Log log = { called, 0, NULL };
  g_autoptr (NanogptTimer) a = add (&log, 0, 'a', on_time_clear_other);
  g_autoptr (NanogptTimer) c = NULL;

  log.other = add (&log, 0, 'b', on_time);
  run_until (&log, 2);
  g_assert_cmpstr (called->str, ==, "a");

  log.other = add (&log, 0, 'c', on_time_clear_other);
  run_until (&log, 3);
  g_assert_cmpstr (called->str, ==, "ac");
  g_assert_null (log.other);
}

static void
test_hurry (void)
{
  g_autoptr (GString) called = g_string_new (NULL);
  Log log = { called, 0, NULL };
  g_autoptr (NanogptTimer) a = add (&log, HOUR, 'a', on_time);
  g_autoptr (NanogptTimer) b = add (&log, HOUR, 'b', on_time);

  nanogpt_timer_hurry (b);
  run_until (&log, 1);
  nanogpt_timer_hurry (b);
  g_assert_cmpstr (called->str, ==, "b");
  nanogpt_timer_hurry (a);
  run_until (&log, 2);
  g_assert_cmpstr (called->str, ==, "ba");
}

typedef struct
{
  guint *left;
  gint64 *last;
  gint64 due;
} Turn;

static gboolean
on_turn (gpointer data)
{
  Turn *turn = data;

  g_assert_cmpint (turn->due, >=, *turn->last);
  g_assert_cmpint (turn->due, <=, g_get_monotonic_time ());
  *turn->last = turn->due;
  --*turn->left;
  return G_SOURCE_REMOVE;
}

/* Timers run even if there is no reference to them. */
static void
test_many (void)
{
  guint left = MANY;
  gint64 last = 0;

  for (guint i = 0; i < MANY; i++) {
    Turn *turn = g_new (Turn, 1);
    g_autoptr (NanogptTimer) timer =
        nanogpt_timer_new (i * 7 % 20 * MS, on_turn, turn, g_free);

    *turn = (Turn){ &left, &last, nanogpt_timer_get_due (timer) };
  }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_autoptr (FixtureWatchdog) watchdog = NULL;

  g_test_init (&argc, &argv, NULL);
  watchdog = fixture_watchdog_new ("timers", 20);
  g_test_add_func ("/timer/order", test_order);
  g_test_add_func ("/timer/clear", test_clear);
  g_test_add_func ("/timer/clear-from-within", test_clear_from_within);
  g_test_add_func ("/timer/hurry", test_hurry);
  g_test_add_func ("/timer/many", test_many);
  return g_test_run ();
}
