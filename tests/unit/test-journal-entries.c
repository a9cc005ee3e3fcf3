/* nanovid: the journal keeps the entries of jobs, and which of them are adopted
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture/env.h"

#include "disk.h"
#include "journal-dir.h"

static void
assert_same (const NanogptJournalRecord *a, const NanogptJournalRecord *b)
{
  g_assert_cmpint (a->state, ==, b->state);
  g_assert_cmpstr (a->digest, ==, b->digest);
  g_assert_cmpstr (a->origin, ==, b->origin);
  g_assert_cmpstr (a->account, ==, b->account);
  g_assert_cmpstr (a->model, ==, b->model);
  g_assert_cmpstr (a->prompt, ==, b->prompt);
  g_assert_cmpstr (a->conversation, ==, b->conversation);
  g_assert_cmpstr (a->run_id, ==, b->run_id);
  g_assert_cmpstr (a->payment_source, ==, b->payment_source);
  g_assert_cmpint (a->cost, ==, b->cost);
  g_assert_cmpint (a->created, ==, b->created);
  g_assert_cmpint (a->dated, ==, b->dated);
  g_assert_cmpint (a->number, ==, b->number);
  g_assert_cmpint (a->abandoned, ==, b->abandoned);
  g_assert_cmpint (a->sent, ==, b->sent);
  g_assert_cmpstr (a->boot, ==, b->boot);
  g_assert_cmpint (a->uptime, ==, b->uptime);
  g_assert_cmpint (a->patience, ==, b->patience);
  g_assert_cmpint (a->lasted, ==, b->lasted);
}

/* One entry after the other */

static void
test_states (void)
{
  g_autofree char *dir = fixture_make_dir ();

  for (int state = NANOGPT_JOURNAL_INTENT; state <= NANOGPT_JOURNAL_DELIVERED;
       state++) {
    NanogptJournalEntry *entry = journal_begin (dir, state);
    g_autoptr (GPtrArray) live = nanogpt_journal_list (dir);
    g_autoptr (GPtrArray) orphans = NULL;
    const NanogptJournalRecord *record = live->pdata[0];

    g_assert_cmpuint (live->len, ==, 1);
    g_assert_true (record->live);
    assert_same (record, nanogpt_journal_entry_get_record (entry));
    g_assert_null (journal_adopt (dir));
    g_assert_null (journal_claim (dir, "vid_1"));

    nanogpt_journal_entry_free (entry);
    orphans = nanogpt_journal_list (dir);
    g_assert_false (((NanogptJournalRecord *)orphans->pdata[0])->live);
    assert_same (orphans->pdata[0], record);

    entry = journal_adopt (dir);
    if (state == NANOGPT_JOURNAL_DELIVERED) {
      g_assert_null (entry);
      entry = journal_claim (dir, "vid_1");
    }
    g_assert_nonnull (entry);
    assert_same (nanogpt_journal_entry_get_record (entry), record);
    g_assert_null (journal_adopt (dir));

    nanogpt_journal_entry_remove (entry);
    g_assert_cmpint (journal_get_state (dir), ==, -1);
    g_assert_cmpuint (journal_count_files (dir, ""), ==, 0);
  }
}

static void
test_round_trip (void)
{
  static const char *const texts[] = { "", " ", "  two spaces  ",
    "a\nb\r\nc\td", "quotes \" and ' and \\ and \\n", "key=value;#[group]",
    "[nanovid-job]", "\xf0\x9f\x98\xba \xe2\x80\xa8 \xc2\x85 \xef\xbb\xbf",
    "\x01\x02\x1b[31m\x7f", "a\fb\v", "%s%n%d" };
  static const NanogptMicros costs[] = { NANOGPT_MONEY_UNKNOWN, 0, 150000,
    300000, 1, 12345678000, NANOGPT_MONEY_MAX };
  g_autofree char *dir = fixture_make_dir ();
  gint64 times[] = { 1, 999999, 1000000, g_get_real_time (),
    G_GINT64_CONSTANT (1795363200000001),
    G_GINT64_CONSTANT (4102444799999999) };
  NanogptJournalEntry *entry = journal_begin (dir, NANOGPT_JOURNAL_ACCEPTED);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (NanogptJournalRecord) record =
        journal_make_state (entry, NANOGPT_JOURNAL_ACCEPTED);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) records = NULL;

    g_free (record->prompt);
    record->prompt = g_strdup (texts[i]);
    g_free (record->run_id);
    record->run_id = g_strdup (texts[i]);
    g_free (record->payment_source);
    record->payment_source = g_strdup (texts[i]);
    g_free (record->conversation);
    record->conversation = i % 2 ? g_strdup (texts[i]) : NULL;
    record->cost = costs[i % G_N_ELEMENTS (costs)];
    record->sent = times[i % G_N_ELEMENTS (times)];
    g_free (record->boot);
    record->boot = g_strdup (texts[i]);
    record->uptime = record->sent;
    record->patience = 30000000 * i;
    record->lasted = i;
    record->dated = record->sent;
    record->number = i;
    record->abandoned = i % 2;
    nanogpt_journal_entry_update (entry, record, &error);
    g_assert_no_error (error);
    records = nanogpt_journal_list (dir);
    g_assert_cmpuint (records->len, ==, 1);
    assert_same (records->pdata[0], record);
  }
  nanogpt_journal_entry_free (entry);
}

static void
test_strangers (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *empty = fixture_make_dir ();
  g_autofree char *mine = nanogpt_journal_get_account (KEY);
  g_autofree char *other = nanogpt_journal_get_account ("other");
  NanogptJournalEntry *entry;
  NanogptJournalObstacle obstacle;

  g_assert_null (journal_adopt (empty));
  g_assert_cmpint (journal_get_state (empty), ==, -1);

  journal_make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_null (
      nanogpt_journal_adopt (dir, "ff", -1, ORIGIN, mine, 0, &obstacle, NULL));
  g_assert_null (nanogpt_journal_adopt (
      dir, DIGEST, -1, "http://a", mine, 0, &obstacle, NULL));
  g_assert_null (nanogpt_journal_adopt (
      dir, DIGEST, -1, ORIGIN, other, 0, &obstacle, NULL));
  g_assert_null (nanogpt_journal_claim (dir, "vid_2", ORIGIN, mine));
  g_assert_null (nanogpt_journal_claim (dir, "vid_1", "http://a", mine));
  g_assert_null (nanogpt_journal_claim (dir, "vid_1", ORIGIN, other));
  entry =
      nanogpt_journal_adopt (dir, DIGEST, -1, ORIGIN, mine, 0, &obstacle, NULL);
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);
}

/* Equal requests that each keep a clip have entries of their own. A request
 * that keeps none adopts any entry, and a record without a number fits any request. */
static void
test_numbers (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *mine = nanogpt_journal_get_account (KEY);
  static const gint64 made[] = { 1, 2, -1 };
  static const struct
  {
    gint64 wanted;
    gint64 expected;
  } asked[] = { { 2, 2 }, { 0, -1 }, { -1, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (made); i++) {
    g_autoptr (NanogptJournalRecord) record = journal_make_record ();
    g_autoptr (GError) error = NULL;

    record->number = made[i];
    nanogpt_journal_entry_free (nanogpt_journal_begin (dir, record, &error));
    g_assert_no_error (error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++) {
    NanogptJournalObstacle obstacle;
    NanogptJournalEntry *entry = nanogpt_journal_adopt (
        dir, DIGEST, asked[i].wanted, ORIGIN, mine, 0, &obstacle, NULL);

    g_assert_nonnull (entry);
    g_assert_cmpint (nanogpt_journal_entry_get_record (entry)->number, ==,
        asked[i].expected);
    nanogpt_journal_entry_remove (entry);
  }
}

/* Entries that may have been paid for come first, then older ones. */
static void
test_order (void)
{
  static const struct
  {
    NanogptJournalState state;
    guint rank;
  } made[] = { { NANOGPT_JOURNAL_INTENT, 4 }, { NANOGPT_JOURNAL_SENDING, 2 },
    { NANOGPT_JOURNAL_DELIVERED, 9 }, { NANOGPT_JOURNAL_ACCEPTED, 0 },
    { NANOGPT_JOURNAL_INTENT, 5 }, { NANOGPT_JOURNAL_SENDING, 3 },
    { NANOGPT_JOURNAL_ACCEPTED, 1 } };
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (GPtrArray) records = NULL;
  NanogptJournalEntry *entries[6];
  gint64 last = 0;

  for (guint i = 0; i < G_N_ELEMENTS (made); i++) {
    disk.ahead = ((gint64)i - 10) * G_USEC_PER_SEC;
    journal_make_orphan (dir, made[i].state);
  }
  disk.ahead = 0;

  records = nanogpt_journal_list (dir);
  g_assert_cmpuint (records->len, ==, G_N_ELEMENTS (made));
  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    g_assert_cmpint (record->state, ==, made[i].state);
    g_assert_cmpint (record->created, >, last);
    last = record->created;
  }

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++) {
    const NanogptJournalRecord *record;

    entries[i] = journal_adopt (dir);
    g_assert_nonnull (entries[i]);
    record = nanogpt_journal_entry_get_record (entries[i]);
    for (guint j = 0; j < G_N_ELEMENTS (made); j++)
      if (made[j].rank == i)
        assert_same (record, records->pdata[j]);
  }
  g_assert_null (journal_adopt (dir));
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    nanogpt_journal_entry_free (entries[i]);
}

/* Returns: whether an entry is adopted at that time of the service's clock */
static gboolean
is_adopted_at (const char *dir, gint64 date, NanogptJournalObstacle *obstacle)
{
  g_autofree char *account = nanogpt_journal_get_account (KEY);
  NanogptJournalEntry *entry = nanogpt_journal_adopt (
      dir, DIGEST, -1, ORIGIN, account, date, obstacle, NULL);

  if (!entry)
    return FALSE;
  nanogpt_journal_entry_free (entry);
  return TRUE;
}

/* This machine's clock was a month behind when the job was submitted, or is a
 * month ahead now. An entry that is too old by that clock alone is adopted. */
static void
test_clock_steps (void)
{
  for (guint dated = 0; dated <= 1; dated++) {
    g_autofree char *dir = fixture_make_dir ();
    gint64 now = g_get_real_time ();
    NanogptJournalEntry *entry = journal_begin (dir, NANOGPT_JOURNAL_SENDING);
    g_autoptr (NanogptJournalRecord) record =
        journal_make_state (entry, NANOGPT_JOURNAL_ACCEPTED);
    NanogptJournalObstacle obstacle;

    record->created -= 31 * DAY;
    record->dated = dated ? now : 0;
    g_assert_true (nanogpt_journal_entry_update (entry, record, NULL));
    nanogpt_journal_entry_free (entry);

    g_assert_false (is_adopted_at (dir, 0, &obstacle));
    g_assert_cmpint (obstacle, ==, NANOGPT_JOURNAL_AGED);
    g_assert_true (is_adopted_at (dir, -1, &obstacle));
    g_assert_true (is_adopted_at (dir, record->created + 7 * DAY, &obstacle));
    g_assert_cmpint (is_adopted_at (dir, now + DAY, &obstacle), ==, dated);
    g_assert_cmpint (obstacle, ==, NANOGPT_JOURNAL_CLEAR);
    g_assert_false (is_adopted_at (dir, now + 8 * DAY, &obstacle));
    g_assert_cmpint (obstacle, ==, NANOGPT_JOURNAL_CLEAR);
  }
}

/* A submit that may have been sent is looked up whatever its age, and one that
 * was not sent costs nothing. Neither is adopted in place of a job that may
 * still be available. */
static void
test_undecided_age (void)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalObstacle obstacle;

  disk.ahead = -31 * DAY;
  journal_make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  disk.ahead = 0;
  g_assert_true (is_adopted_at (dir, 0, &obstacle));

  disk.ahead = -31 * DAY;
  journal_make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  disk.ahead = 0;
  g_assert_false (is_adopted_at (dir, 0, &obstacle));
  g_assert_cmpint (obstacle, ==, NANOGPT_JOURNAL_AGED);
  g_assert_true (is_adopted_at (dir, g_get_real_time (), &obstacle));
}

static void
test_age (void)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalEntry *entry;

  disk.ahead = -7 * DAY - G_USEC_PER_SEC;
  journal_make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  disk.ahead = 0;
  g_assert_null (journal_adopt (dir));
  entry = journal_claim (dir, "vid_1");
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);

  disk.ahead = -fixture_scaled (2) * G_USEC_PER_SEC;
  entry = journal_adopt (dir);
  disk.ahead = 0;
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/journal/states", test_states);
  g_test_add_func ("/journal/round-trip", test_round_trip);
  g_test_add_func ("/journal/strangers", test_strangers);
  g_test_add_func ("/journal/numbers", test_numbers);
  g_test_add_func ("/journal/order", test_order);
  g_test_add_func ("/journal/age", test_age);
  g_test_add_func ("/journal/clock-steps", test_clock_steps);
  g_test_add_func ("/journal/undecided-age", test_undecided_age);
  return g_test_run ();
}
