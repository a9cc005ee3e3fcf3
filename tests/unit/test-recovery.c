/* nanovid: tests of matching lost submits to recent jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nanogpt/job/recovery.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define NOW (1785585600 * G_GINT64_CONSTANT (1000000))

/* "A@5": a job of conversation A, created in second 5; "@5" has no
 * conversation, and "B" no time. */
static NanogptRun *
make_run (const char *text, guint index)
{
  NanogptRun *run = g_new0 (NanogptRun, 1);
  const char *at = strchr (text, '@');

  run->run_id = g_strdup_printf ("run-%u", index);
  run->model = g_strdup ("model");
  if (text != at)
    run->conversation = g_ascii_strdown (text, at ? at - text : -1);
  if (at) {
    g_autoptr (GDateTime) base =
        g_date_time_new_from_unix_utc (NOW / G_USEC_PER_SEC);

    run->created_at = g_date_time_add_seconds (base, atoi (at + 1));
  }
  return run;
}

static void
run_free (gpointer data)
{
  nanogpt_run_free (data);
}

/* "a 0-10": a lost submit of request a, whose job was created in those seconds;
 * "a! 0-10": one whose response may still arrive, at any time; "a/A 0-10": one with
 * a conversation; "a!/A 0-10": both. */
static void
parse_submit (const char *text, NanogptLostSubmit *submit)
{
  static const char *const conversations[] = { "A", "B" };
  static const char *const digests[] = { "a", "b", "c" };
  const char *rest = text + 1;
  int from, until;

  submit->digest = digests[*text - 'a'];
  submit->model = "model";
  submit->under_way = *rest == '!';
  rest += submit->under_way;
  submit->conversation = *rest == '/' ? conversations[rest[1] - 'A'] : NULL;
  rest = strchr (text, ' ');
  g_assert_cmpint (sscanf (rest, " %d-%d", &from, &until), ==, 2);
  submit->from = NOW + from * SECOND;
  submit->until = submit->under_way ? G_MAXINT64 : NOW + until * SECOND;
}

typedef struct
{
  const char *name;
  const char *submits[5]; /* the first is looked up */
  const char *runs[5];
  int found; /* the index of the run, -1 for none, -2 if it is ambiguous */
} Case;

static const Case cases[] = {
  { "one", { "a 0-10" }, { "@5" }, 0 },
  { "no-run", { "a 0-10" }, { NULL }, -1 },
  { "too-early", { "a 0-10" }, { "@-1" }, -1 },
  { "too-late", { "a 0-10" }, { "@11" }, -1 },
  { "stranger-beside", { "a 0-10" }, { "@11", "@5", "@-5" }, 1 },
  { "two-strangers", { "a 0-10" }, { "@4", "@5" }, -2 },
  { "no-time", { "a 0-10" }, { "A" }, -2 },
  { "no-time-but-conversation", { "a/A 0-10" }, { "A" }, 0 },
  { "late-in-its-conversation", { "a/A 0-10" }, { "A@40" }, 0 },
  { "much-later-in-its-conversation", { "a/A 0-10" }, { "A@620" }, -1 },
  { "early-in-its-conversation", { "a/A 0-10" }, { "A@-1" }, -1 },
  { "late-in-another", { "a/A 0-10" }, { "B@40" }, -1 },
  /* Equal submits are interchangeable. */
  { "equal", { "a 0-10", "a 0-10" }, { "@4", "@5" }, 0 },
  { "equal-one-arrived", { "a 0-10", "a 0-10" }, { "@5" }, 0 },
  { "equal-four-two-arrived", { "a 0-10", "a 0-10", "a 1-11", "a 2-12" },
      { "@5", "@7" }, 0 },
  { "equal-and-a-stranger", { "a 0-10", "a 0-10" }, { "@3", "@4", "@5" }, -2 },
  { "equal-later", { "a 5-20", "a 0-10" }, { "@7", "@15" }, 1 },
  { "equal-earlier", { "a 0-10", "a 5-20" }, { "@7", "@15" }, 0 },
  { "equal-leaves-the-other-its-own", { "a 0-30", "a 20-50" }, { "@25", "@10" },
      1 },
  { "equal-elsewhere", { "a 0-10", "a 100-110" }, { "@4", "@5" }, -2 },
  /* If a response may still arrive, the result is ambiguous. */
  { "equal-under-way", { "a 0-10", "a! 0-99" }, { "@5" }, -2 },
  { "equal-under-way-later", { "a 0-10", "a! 8-99" }, { "@5" }, 0 },
  /* Another request */
  { "other", { "a 0-10", "b 0-10" }, { "@5" }, -2 },
  { "other-two", { "a 0-10", "b 0-10" }, { "@4", "@5" }, -2 },
  { "other-at-another-time", { "a 0-10", "b 20-30" }, { "@5", "@25" }, 0 },
  { "other-overlaps", { "a 0-10", "b 8-30" }, { "@5", "@9" }, 0 },
  { "other-conversation", { "a/A 0-10", "b/B 0-10" }, { "B@5", "A@6" }, 1 },
  { "other-without-conversation", { "a/A 0-10", "b 0-10" }, { "A@5" }, 0 },
  { "other-same-conversation", { "a/A 0-10", "b/A 0-10" }, { "A@5" }, -2 },
  { "other-under-way-same-conversation", { "a/A 0-10", "b!/A 0-0" }, { "A@5" },
      -2 },
};

static void
test_match (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (run_free);
  NanogptLostSubmit submits[G_N_ELEMENTS (test->submits)];
  NanogptRecoveryOutcome outcome;
  const NanogptRun *run;
  guint n = 0;

  for (; n < G_N_ELEMENTS (test->submits) && test->submits[n]; n++)
    parse_submit (test->submits[n], &submits[n]);
  for (guint i = 0; i < G_N_ELEMENTS (test->runs) && test->runs[i]; i++)
    g_ptr_array_add (runs, make_run (test->runs[i], i));

  outcome = nanogpt_recovery_match (runs, submits, n, &run);
  if (test->found >= 0) {
    g_assert_cmpint (outcome, ==, NANOGPT_RECOVERY_FOUND);
    g_assert_true (run == runs->pdata[test->found]);
  } else {
    g_assert_cmpint (outcome, ==,
        test->found == -1 ? NANOGPT_RECOVERY_NONE : NANOGPT_RECOVERY_UNCLEAR);
    g_assert_null (run);
  }
}

static void
test_other_model (void)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (run_free);
  NanogptLostSubmit submit;
  const NanogptRun *run;

  parse_submit ("a 0-10", &submit);
  submit.model = "another";
  g_ptr_array_add (runs, make_run ("@5", 0));
  g_assert_cmpint (nanogpt_recovery_match (runs, &submit, 1, &run), ==,
      NANOGPT_RECOVERY_NONE);
}

/* The time at which a job can have been created, by the service's clock */

#define PATIENCE (30 * SECOND)
#define SLACK (2 * SECOND)

/* A submit that was sent 100 s ago, and whose response was awaited. */
static void
set_up (NanogptJournalRecord *record, NanogptRecoveryClock *clock)
{
  clock->date = NOW;
  clock->is_service = TRUE;
  clock->now = NOW;
  clock->boot = "this";
  clock->asked = 5000 * SECOND;
  clock->responded = 5001 * SECOND;
  record->state = NANOGPT_JOURNAL_SENDING;
  record->digest = g_strdup ("a");
  record->sent = NOW - 100 * SECOND;
  record->boot = g_strdup ("this");
  record->uptime = clock->asked - 100 * SECOND;
  record->patience = PATIENCE;
}

static void
assert_window (const NanogptJournalRecord *record,
    const NanogptRecoveryClock *clock, gint64 from, gint64 until)
{
  NanogptLostSubmit submit;

  nanogpt_recovery_describe (record, clock, &submit);
  g_assert_false (submit.under_way);
  g_assert_cmpint (submit.from - NOW, ==, from);
  g_assert_cmpint (submit.until - NOW, ==, until);
}

static void
test_window (void)
{
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_record_new ();
  NanogptRecoveryClock clock;
  NanogptLostSubmit submit;

  set_up (record, &clock);
  assert_window (record, &clock, -101 * SECOND - SLACK, -70 * SECOND + SLACK);

  /* The answer was lost after 3 s. */
  record->lasted = 3 * SECOND;
  assert_window (record, &clock, -101 * SECOND - SLACK, -97 * SECOND + SLACK);

  record->lasted = 0;
  record->live = TRUE;
  nanogpt_recovery_describe (record, &clock, &submit);
  g_assert_true (submit.under_way);
}

/* Without a reboot in between, the wall clocks have no effect. */
static void
test_wrong_clocks (void)
{
  static const gint64 ahead[] = { -86400, -3600, 3600, 86400 };
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_record_new ();
  NanogptRecoveryClock clock;

  set_up (record, &clock);
  for (guint i = 0; i < G_N_ELEMENTS (ahead); i++) {
    clock.now = NOW + ahead[i] * SECOND;
    assert_window (record, &clock, -101 * SECOND - SLACK, -70 * SECOND + SLACK);
    record->sent = clock.now - 100 * SECOND;
    assert_window (record, &clock, -101 * SECOND - SLACK, -70 * SECOND + SLACK);
    record->sent = NOW - 100 * SECOND;
  }
}

/* After a reboot, each of the clocks may be right. */
static void
test_another_boot (void)
{
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_record_new ();
  NanogptRecoveryClock clock;

  set_up (record, &clock);
  clock.boot = "another";
  assert_window (record, &clock, -100 * SECOND - SLACK, -70 * SECOND + SLACK);

  /* The clock was an hour behind, and still is. */
  record->sent -= 3600 * SECOND;
  clock.now -= 3600 * SECOND;
  assert_window (record, &clock, -3700 * SECOND - SLACK, -70 * SECOND + SLACK);

  /* The clock was right, and the machine has booted before that. */
  record->sent = NOW - 100 * SECOND;
  assert_window (record, &clock, -100 * SECOND - SLACK, -70 * SECOND + SLACK);

  /* The time is unknown. */
  record->sent = NOW + 3600 * SECOND;
  assert_window (record, &clock, -7 * 86400 * SECOND - SLACK, PATIENCE + SLACK);
}

/* A list that does not reach back to the submit proves nothing about it. */
static void
test_reach (void)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (run_free);
  NanogptLostSubmit submit;

  parse_submit ("a 0-10", &submit);
  for (guint i = 0; i < NANOGPT_RECOVERY_LIMIT - 1; i++)
    g_ptr_array_add (runs, make_run ("@100", i));
  g_assert_true (nanogpt_recovery_reaches_back (runs, &submit));
  g_ptr_array_add (runs, make_run ("@99", NANOGPT_RECOVERY_LIMIT));
  g_assert_false (nanogpt_recovery_reaches_back (runs, &submit));
  g_ptr_array_add (runs, make_run ("@-3", NANOGPT_RECOVERY_LIMIT + 1));
  g_assert_true (nanogpt_recovery_reaches_back (runs, &submit));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/recovery/match/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_match);
  }
  g_test_add_func ("/recovery/other-model", test_other_model);
  g_test_add_func ("/recovery/window", test_window);
  g_test_add_func ("/recovery/wrong-clocks", test_wrong_clocks);
  g_test_add_func ("/recovery/another-boot", test_another_boot);
  g_test_add_func ("/recovery/reach", test_reach);
  return g_test_run ();
}
