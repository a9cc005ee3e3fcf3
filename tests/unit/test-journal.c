/* nanovid: the journal outlives processes, power cuts and full disks
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* unshare(), memmem(), F_OFD_SETLK */

#include "nanogpt/store/files/journal.h"
#include "nanogpt/store/files/journal-damage.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "nanogpt/base/error.h"

#include "disk.h"

#define DIGEST                                                                 \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ORIGIN "https://nano-gpt.com"
#define KEY "sk-very-secret-key-0123456789"
#define DAY ((gint64)24 * 60 * 60 * G_USEC_PER_SEC)

static char *program;

/* Records */

static NanogptJournalRecord *
make_record (void)
{
  NanogptJournalRecord *record = nanogpt_journal_record_new ();

  record->digest = g_strdup (DIGEST);
  record->origin = g_strdup (ORIGIN);
  record->account = nanogpt_journal_get_account (KEY);
  record->model = g_strdup ("seedance-lite-video");
  record->prompt = g_strdup ("a lighthouse at dusk");
  return record;
}

static NanogptJournalRecord *
make_state (const NanogptJournalEntry *entry, NanogptJournalState state)
{
  NanogptJournalRecord *record =
      nanogpt_journal_record_copy (nanogpt_journal_entry_get_record (entry));

  record->state = state;
  if (state >= NANOGPT_JOURNAL_SENDING && !record->sent)
    record->sent = record->created + 1;
  if (state >= NANOGPT_JOURNAL_ACCEPTED && !record->run_id)
    record->run_id = g_strdup ("vid_1");
  return record;
}

static gboolean
advance (NanogptJournalEntry *entry, NanogptJournalState state, GError **error)
{
  g_autoptr (NanogptJournalRecord) record = make_state (entry, state);

  return nanogpt_journal_entry_update (entry, record, error);
}

static NanogptJournalEntry *
begin (const char *dir, NanogptJournalState state)
{
  g_autoptr (NanogptJournalRecord) record = make_record ();
  g_autoptr (GError) error = NULL;
  NanogptJournalEntry *entry = nanogpt_journal_begin (dir, record, &error);

  g_assert_no_error (error);
  g_assert_cmpint (nanogpt_journal_entry_get_record (entry)->state, ==,
      NANOGPT_JOURNAL_INTENT);
  if (state != NANOGPT_JOURNAL_INTENT) {
    advance (entry, state, &error);
    g_assert_no_error (error);
  }
  return entry;
}

static void
make_orphan (const char *dir, NanogptJournalState state)
{
  nanogpt_journal_entry_free (begin (dir, state));
}

static NanogptJournalEntry *
adopt (const char *dir)
{
  g_autofree char *account = nanogpt_journal_get_account (KEY);
  NanogptJournalObstacle obstacle;

  return nanogpt_journal_adopt (dir, DIGEST, -1, ORIGIN, account, 0, &obstacle);
}

static NanogptJournalEntry *
claim (const char *dir, const char *run_id)
{
  g_autofree char *account = nanogpt_journal_get_account (KEY);

  return nanogpt_journal_claim (dir, run_id, ORIGIN, account);
}

/* Returns: the state of the only record, or -1 if there is none */
static int
get_state (const char *dir)
{
  g_autoptr (GPtrArray) records = nanogpt_journal_list (dir);

  g_assert_cmpuint (records->len, <=, 1);
  if (records->len == 0)
    return -1;
  return ((NanogptJournalRecord *)records->pdata[0])->state;
}

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
  g_assert_cmpint (a->sent, ==, b->sent);
  g_assert_cmpstr (a->boot, ==, b->boot);
  g_assert_cmpint (a->uptime, ==, b->uptime);
  g_assert_cmpint (a->patience, ==, b->patience);
  g_assert_cmpint (a->lasted, ==, b->lasted);
}

static char *
get_jobs (const char *dir)
{
  return g_build_filename (dir, "jobs", NULL);
}

/* Returns: (transfer full): the names of all files, in order */
static GPtrArray *
list_files (const char *dir)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *jobs = get_jobs (dir);
  g_autoptr (GDir) entries = g_dir_open (jobs, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries)))
    g_ptr_array_add (names, g_strdup (name));
  return names;
}

static guint
count_files (const char *dir, const char *suffix)
{
  g_autoptr (GPtrArray) names = list_files (dir);
  guint count = 0;

  for (guint i = 0; i < names->len; i++)
    count += g_str_has_suffix (names->pdata[i], suffix);
  return count;
}

static void
put_file (const char *dir, const char *name, const char *text)
{
  g_autofree char *jobs = get_jobs (dir);
  g_autofree char *path = g_build_filename (jobs, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (jobs, 0700), ==, 0);
  g_file_set_contents_full (
      path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static char *
format_age (int days, const char *format)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, -days);

  return g_date_time_format (then, format);
}

/* The text of a record, in the documented format */
static char *
write_text (const char *version, const char *state, int days)
{
  g_autofree char *created = format_age (days, "%Y-%m-%dT%H:%M:%S.%fZ");
  g_autofree char *account = nanogpt_journal_get_account (KEY);

  return g_strdup_printf ("[nanovid-job]\nversion=%s\nstate=%s\ncreated=%s\n"
                          "run-id=vid_1\norigin=" ORIGIN
                          "\naccount=%s\ndigest=" DIGEST "\n",
      version, state, created, account);
}

/* One entry after the other */

static void
test_states (void)
{
  g_autofree char *dir = fixture_make_dir ();

  for (int state = NANOGPT_JOURNAL_INTENT; state <= NANOGPT_JOURNAL_DELIVERED;
       state++) {
    NanogptJournalEntry *entry = begin (dir, state);
    g_autoptr (GPtrArray) live = nanogpt_journal_list (dir);
    g_autoptr (GPtrArray) orphans = NULL;
    const NanogptJournalRecord *record = live->pdata[0];

    g_assert_cmpuint (live->len, ==, 1);
    g_assert_true (record->live);
    assert_same (record, nanogpt_journal_entry_get_record (entry));
    g_assert_null (adopt (dir));
    g_assert_null (claim (dir, "vid_1"));

    nanogpt_journal_entry_free (entry);
    orphans = nanogpt_journal_list (dir);
    g_assert_false (((NanogptJournalRecord *)orphans->pdata[0])->live);
    assert_same (orphans->pdata[0], record);

    entry = adopt (dir);
    if (state == NANOGPT_JOURNAL_DELIVERED) {
      g_assert_null (entry);
      entry = claim (dir, "vid_1");
    }
    g_assert_nonnull (entry);
    assert_same (nanogpt_journal_entry_get_record (entry), record);
    g_assert_null (adopt (dir));

    nanogpt_journal_entry_remove (entry);
    g_assert_cmpint (get_state (dir), ==, -1);
    g_assert_cmpuint (count_files (dir, ""), ==, 0);
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
  NanogptJournalEntry *entry = begin (dir, NANOGPT_JOURNAL_ACCEPTED);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (NanogptJournalRecord) record =
        make_state (entry, NANOGPT_JOURNAL_ACCEPTED);
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
    nanogpt_journal_entry_update (entry, record, &error);
    g_assert_no_error (error);
    records = nanogpt_journal_list (dir);
    g_assert_cmpuint (records->len, ==, 1);
    assert_same (records->pdata[0], record);
  }
  nanogpt_journal_entry_free (entry);
}

static void
assert_mode (const char *path, mode_t mode)
{
  struct stat status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, mode);
}

static void
test_files (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "a", "b", NULL);
  g_autofree char *parent = g_path_get_dirname (dir);
  g_autofree char *jobs = get_jobs (dir);
  mode_t mask = umask (0);
  NanogptJournalEntry *entry = begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  g_autoptr (GPtrArray) names = list_files (dir);
  g_autofree char *fingerprint = nanogpt_journal_get_account (KEY);
  g_autofree char *other = nanogpt_journal_get_account (KEY "0");

  umask (mask);
  assert_mode (parent, 0700);
  assert_mode (dir, 0700);
  assert_mode (jobs, 0700);
  g_assert_cmpuint (names->len, ==, 3);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (jobs, names->pdata[i], NULL);
    g_autofree char *text = NULL;

    assert_mode (path, 0600);
    g_assert_true (
        g_regex_match_simple ("^\\d{8}T\\d{6}Z-[0-9a-f]{8}\\.(job|lock|spare)$",
            names->pdata[i], 0, 0));
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_assert_null (strstr (text, KEY));
    if (g_str_has_suffix (path, ".job")) {
      g_assert_nonnull (strstr (text, "\nversion=1\nstate=accepted\n"));
      g_assert_nonnull (strstr (text, "\nrun-id=vid_1\n"));
      g_assert_nonnull (strstr (text, "\nprompt=a lighthouse at dusk\n"));
      g_assert_true (g_regex_match_simple (
          "\ncreated=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\n",
          text, 0, 0));
    }
  }
  g_assert_cmpuint (strlen (fingerprint), ==, 16);
  g_assert_cmpstr (fingerprint, !=, other);
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

  g_assert_null (adopt (empty));
  g_assert_cmpint (get_state (empty), ==, -1);

  make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_null (
      nanogpt_journal_adopt (dir, "ff", -1, ORIGIN, mine, 0, &obstacle));
  g_assert_null (
      nanogpt_journal_adopt (dir, DIGEST, -1, "http://a", mine, 0, &obstacle));
  g_assert_null (
      nanogpt_journal_adopt (dir, DIGEST, -1, ORIGIN, other, 0, &obstacle));
  g_assert_null (nanogpt_journal_claim (dir, "vid_2", ORIGIN, mine));
  g_assert_null (nanogpt_journal_claim (dir, "vid_1", "http://a", mine));
  g_assert_null (nanogpt_journal_claim (dir, "vid_1", ORIGIN, other));
  entry = nanogpt_journal_adopt (dir, DIGEST, -1, ORIGIN, mine, 0, &obstacle);
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
    g_autoptr (NanogptJournalRecord) record = make_record ();
    g_autoptr (GError) error = NULL;

    record->number = made[i];
    nanogpt_journal_entry_free (nanogpt_journal_begin (dir, record, &error));
    g_assert_no_error (error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++) {
    NanogptJournalObstacle obstacle;
    NanogptJournalEntry *entry = nanogpt_journal_adopt (
        dir, DIGEST, asked[i].wanted, ORIGIN, mine, 0, &obstacle);

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
    make_orphan (dir, made[i].state);
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

    entries[i] = adopt (dir);
    g_assert_nonnull (entries[i]);
    record = nanogpt_journal_entry_get_record (entries[i]);
    for (guint j = 0; j < G_N_ELEMENTS (made); j++)
      if (made[j].rank == i)
        assert_same (record, records->pdata[j]);
  }
  g_assert_null (adopt (dir));
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    nanogpt_journal_entry_free (entries[i]);
}

/* Returns: whether an entry is adopted at that time of the service's clock */
static gboolean
is_adopted_at (const char *dir, gint64 date, NanogptJournalObstacle *obstacle)
{
  g_autofree char *account = nanogpt_journal_get_account (KEY);
  NanogptJournalEntry *entry =
      nanogpt_journal_adopt (dir, DIGEST, -1, ORIGIN, account, date, obstacle);

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
    NanogptJournalEntry *entry = begin (dir, NANOGPT_JOURNAL_SENDING);
    g_autoptr (NanogptJournalRecord) record =
        make_state (entry, NANOGPT_JOURNAL_ACCEPTED);
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
  make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  disk.ahead = 0;
  g_assert_true (is_adopted_at (dir, 0, &obstacle));

  disk.ahead = -31 * DAY;
  make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
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
  make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  disk.ahead = 0;
  g_assert_null (adopt (dir));
  entry = claim (dir, "vid_1");
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);

  disk.ahead = -fixture_scaled (2) * G_USEC_PER_SEC;
  entry = adopt (dir);
  disk.ahead = 0;
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);
}

/* Files that are not ours, or not for us */

static void
test_unrelated_files (void)
{
  static const char *const required[] = { "version", "state", "created",
    "run-id", "origin", "account", "digest" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = get_jobs (dir);
  g_autofree char *good = write_text ("1", "accepted", 0);
  g_autofree char *newer = write_text ("2", "accepted", 0);
  g_autofree char *unknown = write_text ("1", "archived", 0);
  g_autofree char *fifo =
      g_build_filename (jobs, "20260101T000000Z-00000009.job", NULL);
  g_autofree char *directory =
      g_build_filename (jobs, "20260101T000000Z-0000000a.job", NULL);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (required); i++) {
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autofree char *name =
        g_strdup_printf ("20260101T000000Z-1000000%u.job", i);
    g_autofree char *text = NULL;

    g_assert_true (
        g_key_file_load_from_data (file, good, -1, G_KEY_FILE_NONE, NULL));
    g_assert_true (
        g_key_file_remove_key (file, "nanovid-job", required[i], NULL));
    text = g_key_file_to_data (file, NULL, NULL);
    put_file (dir, name, text);
  }
  put_file (dir, "20260101T000000Z-00000001.job", newer);
  put_file (dir, "20260101T000000Z-00000002.job", unknown);
  put_file (dir, "20260101T000000Z-00000003.job", "");
  put_file (dir, "20260101T000000Z-00000004.job", "\xff\xfe garbage \x01 [\n");
  put_file (dir, "20260101T000000Z-00000005.job.aaaaaa.tmp", good);
  put_file (dir, "20260101T000000Z-00000006.jobs", good);
  put_file (dir, "20260101T000000Z-\xc3\xa4\xc3\xa4\xc3\xa4\xc3.job", good);
  put_file (dir, "2026", good);
  put_file (dir, "notes.job", good);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);

  before = list_files (dir);
  g_assert_cmpint (get_state (dir), ==, -1);
  g_assert_null (adopt (dir));
  g_assert_null (claim (dir, "vid_1"));
  after = list_files (dir);
  g_assert_cmpuint (after->len, ==, before->len);

  /* The same text is valid under a valid name. */
  put_file (dir, "20260101T000000Z-00000007.job", good);
  g_assert_cmpint (get_state (dir), ==, NANOGPT_JOURNAL_ACCEPTED);
}

static int
lock_file (const char *dir, const char *name)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  g_autofree char *jobs = get_jobs (dir);
  g_autofree char *path = g_build_filename (jobs, name, NULL);
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fcntl (fd, F_OFD_SETLK, &whole), ==, 0);
  return fd;
}

static const struct
{
  int days;
  const char *suffix;
  const char *state; /* state and version of the record */
  const char *version;
  gboolean locked;
  gboolean stays;
} pruned[] = {
  { 8, ".job", "delivered", "1", FALSE, FALSE },
  { 8, ".job", "delivered", "1", TRUE, TRUE },
  { 400, ".job", "accepted", "1", FALSE, TRUE },
  { 400, ".job", "sending", "1", FALSE, TRUE },
  { 400, ".job", "intent", "1", FALSE, TRUE },
  { 400, ".job", "delivered", "2", FALSE, TRUE },
  { 400, ".job", "garbage", "1", FALSE, TRUE },
  { 2, ".job.aaaaaa.tmp", NULL, NULL, FALSE, FALSE },
  { 2, ".job.bbbbbb.tmp", NULL, NULL, TRUE, TRUE },
  { 0, ".job.cccccc.tmp", NULL, NULL, FALSE, TRUE },
  { 2, ".lock", NULL, NULL, FALSE, FALSE },
  { 2, ".lock", NULL, NULL, TRUE, TRUE },
  { 0, ".lock", NULL, NULL, FALSE, TRUE },
};

static void
test_pruning (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = get_jobs (dir);
  g_autofree char *notes = g_build_filename (jobs, "notes.lock", NULL);
  char *stems[G_N_ELEMENTS (pruned)];
  int locks[G_N_ELEMENTS (pruned)];

  for (guint i = 0; i < G_N_ELEMENTS (pruned); i++) {
    g_autofree char *time = format_age (pruned[i].days, "%Y%m%dT%H%M%SZ");
    g_autofree char *name = NULL;
    g_autofree char *lock = NULL;
    g_autofree char *text = pruned[i].state
        ? write_text (pruned[i].version, pruned[i].state, pruned[i].days)
        : g_strdup ("");

    stems[i] = g_strdup_printf ("%s-%08x", time, i);
    name = g_strconcat (stems[i], pruned[i].suffix, NULL);
    put_file (dir, name, text);
    lock = g_strconcat (stems[i], ".lock", NULL);
    if (pruned[i].state)
      put_file (dir, lock, "");
    locks[i] = pruned[i].locked ? lock_file (dir, lock) : -1;
  }
  put_file (dir, "notes.lock", "");

  make_orphan (dir, NANOGPT_JOURNAL_INTENT);

  g_assert_true (g_file_test (notes, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < G_N_ELEMENTS (pruned); i++) {
    g_autofree char *path = g_strconcat (jobs, "/", stems[i], NULL);
    g_autofree char *file = g_strconcat (path, pruned[i].suffix, NULL);
    g_autofree char *lock = g_strconcat (path, ".lock", NULL);

    g_test_message ("%d days, %s", pruned[i].days, pruned[i].suffix);
    g_assert_cmpint (
        g_file_test (file, G_FILE_TEST_EXISTS), ==, pruned[i].stays);
    if (!strstr (file, ".tmp"))
      g_assert_cmpint (
          g_file_test (lock, G_FILE_TEST_EXISTS), ==, pruned[i].stays);
    else if (!pruned[i].stays)
      g_assert_false (g_file_test (lock, G_FILE_TEST_EXISTS));
    if (locks[i] >= 0)
      close (locks[i]);
    g_free (stems[i]);
  }
}

static char *
make_day (const char *dir, const char *stem)
{
  g_autofree char *day = g_strndup (stem, 8);

  return g_build_filename (dir, "delivered", day, NULL);
}

/* A delivered entry is moved out of the way of the next start, and can still be
 * found until it is old. */
static void
test_set_aside (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = NULL;
  g_autofree char *day = NULL;
  NanogptJournalEntry *entry = begin (dir, NANOGPT_JOURNAL_DELIVERED);
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;

  id = g_strdup (nanogpt_journal_entry_get_record (entry)->id);
  day = make_day (dir, id);
  make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  g_assert_false (g_file_test (day, G_FILE_TEST_EXISTS));

  nanogpt_journal_entry_free (entry);
  make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  g_assert_cmpuint (count_files (dir, ".job"), ==, 2);
  g_assert_true (g_file_test (day, G_FILE_TEST_IS_DIR));
  records = nanogpt_journal_list (dir);
  g_assert_cmpuint (records->len, ==, 3);

  entry = claim (dir, "vid_1");
  g_assert_cmpstr (nanogpt_journal_entry_get_record (entry)->id, ==, id);
  g_assert_null (nanogpt_journal_open (dir, id, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
  g_clear_error (&error);
  advance (entry, NANOGPT_JOURNAL_DELIVERED, &error);
  g_assert_no_error (error);
  disk.ahead = 9 * DAY;
  make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  g_assert_true (g_file_test (day, G_FILE_TEST_EXISTS));
  nanogpt_journal_entry_free (entry);

  entry = nanogpt_journal_open (dir, id, &error);
  g_assert_no_error (error);
  nanogpt_journal_entry_free (entry);
  make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  disk.ahead = 0;
  g_assert_false (g_file_test (day, G_FILE_TEST_EXISTS));
  g_assert_false (nanogpt_journal_forget (dir, id, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_error_free (error);
}

/* Moving an entry also works if a process of an older version has written it
 * into the directory of live entries again, or if another process lists all
 * entries while it is moved. */
static void
test_set_aside_twice (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = get_jobs (dir);
  g_autofree char *text = write_text ("1", "delivered", 1);
  g_autofree char *time = format_age (1, "%Y%m%dT%H%M%SZ");
  g_autofree char *name = g_strconcat (time, "-00000001.job", NULL);
  g_autofree char *id = g_strconcat (time, "-00000001", NULL);
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;

  put_file (dir, name, text);
  make_orphan (dir, NANOGPT_JOURNAL_INTENT);
  g_assert_cmpuint (count_files (dir, ".job"), ==, 1);
  put_file (dir, name, text);
  records = nanogpt_journal_list (dir);
  g_assert_cmpuint (records->len, ==, 2);
  make_orphan (dir, NANOGPT_JOURNAL_INTENT);
  g_assert_cmpuint (count_files (dir, ".job"), ==, 2);
  g_assert_true (nanogpt_journal_forget (dir, id, &error));
  g_assert_no_error (error);
  g_assert_false (nanogpt_journal_forget (dir, id, NULL));
}

static void
test_thousands (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = get_jobs (dir);
  g_autofree char *text = write_text ("1", "delivered", 1);
  g_autofree char *wanted = write_text ("1", "sending", 1);
  g_autoptr (GPtrArray) records = NULL;
  NanogptJournalEntry *entry;

  for (guint i = 0; i < 5000; i++) {
    g_autofree char *name = g_strdup_printf ("20260101T000000Z-%08x.job", i);

    put_file (dir, name, i == 3000 ? wanted : text);
  }

  records = nanogpt_journal_list (dir);
  g_assert_cmpuint (records->len, ==, 5000);
  entry = adopt (dir);
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);

  /* A few starts later, none of them has to be read anymore. */
  for (guint i = 0; i < 6; i++)
    make_orphan (dir, NANOGPT_JOURNAL_INTENT);
  g_assert_cmpuint (count_files (dir, ".job"), ==, 7);
}

/* Entries that cannot be read */

/* Returns: the domain of the error that a start with @digest gets, or 0 */
static GQuark
check_damaged (const char *dir, const char *digest)
{
  g_autoptr (NanogptJournalRecord) wanted = make_record ();
  g_autoptr (GError) error = NULL;

  g_free (wanted->digest);
  wanted->digest = g_strdup (digest);
  if (nanogpt_journal_check_damaged (dir, wanted, &error))
    return 0;
  g_assert_nonnull (strstr (error->message, "nanovid-jobs forget 20"));
  if (error->domain == NANOGPT_ERROR) {
    g_assert_cmpint (error->code, ==, NANOGPT_ERROR_SUBMIT_UNKNOWN);
    g_assert_true (nanogpt_error_get_details (error)->may_have_been_charged);
  }
  return error->domain;
}

/* Returns: (transfer full): the path of the only file with @suffix */
static char *
get_file (const char *dir, const char *suffix)
{
  g_autoptr (GPtrArray) names = list_files (dir);
  g_autofree char *jobs = get_jobs (dir);

  for (guint i = 0; i < names->len; i++) {
    if (g_str_has_suffix (names->pdata[i], suffix))
      return g_build_filename (jobs, names->pdata[i], NULL);
  }
  g_assert_not_reached ();
}

static void
damage (const char *path, const char *text, gsize length)
{
  g_assert_true (g_file_set_contents (path, text, length, NULL));
}

/* Wherever a file was cut off, its entry is not ignored. */
static void
test_cut_off (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *job = NULL;
  g_autofree char *spare = NULL;
  g_autofree char *text = NULL;
  const char *digest;

  make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  job = get_file (dir, ".job");
  spare = get_file (dir, ".spare");
  g_assert_true (g_file_get_contents (job, &text, NULL, NULL));
  g_strchomp (text);
  digest = strstr (text, "digest=");

  for (int has_spare = TRUE; has_spare >= FALSE; has_spare--) {
    for (gsize length = 0; length < strlen (text); length += 3) {
      gboolean is_known =
          has_spare || length > (gsize)(strchr (digest, '\n') - text);
      gboolean is_read;
      NanogptJournalEntry *entry;

      damage (job, text, length);
      entry = adopt (dir);
      is_read = entry != NULL;
      g_clear_pointer (&entry, nanogpt_journal_entry_free);
      g_test_message ("%d, %zu", has_spare, length);
      g_assert_true (check_damaged (dir, DIGEST)
          == (is_read        ? 0
                  : is_known ? NANOGPT_ERROR
                             : G_FILE_ERROR));
      g_assert_true (check_damaged (dir, "another")
          == (is_read || is_known ? 0 : G_FILE_ERROR));
    }
    g_unlink (spare);
  }
}

static void
test_damaged (void)
{
  static const struct
  {
    const char *text;
    GQuark (*domain) (void);
  } damages[] = {
    { "", g_file_error_quark },
    { "no key file at all", g_file_error_quark },
    { "[nanovid-job]\nversion=1\nstate=lost\ndigest=" DIGEST "\n",
        nanogpt_error_quark },
    { "\xff\xfe\n=\n\ndigest=" DIGEST "\n", nanogpt_error_quark },
    { "[nanovid-job]\nversion=2\nstate=accepted\ndigest=" DIGEST "\n",
        nanogpt_error_quark },
    { "[nanovid-job]\nversion=1\nstate=intent\n", NULL },
    { "[nanovid-job]\nversion=1\nstate=delivered\ndigest=" DIGEST "\n", NULL },
    { "[nanovid-job]\nversion=1\norigin=https://other.example\n", NULL },
    { "[nanovid-job]\nversion=1\naccount=another\n", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autofree char *dir = fixture_make_dir ();
    g_autoptr (GPtrArray) records = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *name = NULL;
    const NanogptJournalRecord *record;
    int lock;

    put_file (dir, "20260101T000000Z-00000001.job", damages[i].text);
    g_assert_true (check_damaged (dir, DIGEST)
        == (damages[i].domain ? damages[i].domain () : 0));
    g_assert_cmpint (get_state (dir), ==, -1);
    records = nanogpt_journal_list_damaged (dir);
    g_assert_cmpuint (records->len, ==, 1);
    record = records->pdata[0];
    g_assert_true (record->damaged);
    g_assert_cmpstr (record->id, ==, "20260101T000000Z-00000001");

    /* The process that holds the lock will write the file. */
    name = g_strconcat (record->id, ".lock", NULL);
    put_file (dir, name, "");
    lock = lock_file (dir, name);
    g_assert_true (check_damaged (dir, DIGEST) == 0);
    g_assert_false (nanogpt_journal_forget (dir, record->id, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
    close (lock);
    g_assert_true (nanogpt_journal_forget (dir, record->id, NULL));
    g_assert_true (check_damaged (dir, DIGEST) == 0);
    g_assert_cmpuint (count_files (dir, ""), ==, 0);
  }
}

/* Failing disks */

static void
check_failing_begin (int code)
{
  g_autofree char *root = fixture_make_dir ();
  guint failures = 0;
  guint at = 0;

  do {
    g_autofree char *name = g_strdup_printf ("%u", ++at);
    g_autofree char *dir = g_build_filename (root, name, NULL);
    g_autoptr (NanogptJournalRecord) record = make_record ();
    g_autoptr (GError) error = NULL;
    NanogptJournalEntry *entry;

    disk_watch (root);
    disk.fail_at = at;
    disk.code = code;
    entry = nanogpt_journal_begin (dir, record, &error);
    disk_unwatch ();
    g_assert_cmpuint (count_files (dir, ".tmp"), ==, 0);
    if (entry) {
      /* Either nothing has failed, or only the optional sync of a parent. */
      g_assert_cmpint (get_state (dir), ==, NANOGPT_JOURNAL_INTENT);
      nanogpt_journal_entry_remove (entry);
    } else {
      failures++;
      g_assert_error (
          error, G_FILE_ERROR, (gint)g_file_error_from_errno (code));
    }
    g_assert_cmpuint (count_files (dir, ""), ==, 0);
  } while (disk.count >= at);

  /* Two directories created in three attempts; then one file written, synced
   * and renamed, another one written and synced, and their names synced. */
  g_assert_cmpuint (failures, ==, 9);
}

static void
check_failing_update (int code)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalEntry *entry = begin (dir, NANOGPT_JOURNAL_INTENT);

  for (int state = NANOGPT_JOURNAL_SENDING; state <= NANOGPT_JOURNAL_DELIVERED;
       state++) {
    gboolean done;
    guint at = 0;

    do {
      g_autoptr (GError) error = NULL;

      disk_watch (dir);
      disk.fail_at = ++at;
      disk.code = code;
      done = advance (entry, state, &error);
      disk_unwatch ();
      if (state < NANOGPT_JOURNAL_DELIVERED)
        g_assert_cmpuint (count_files (dir, ""), ==, 3);
      if (done)
        break;

      g_assert_error (
          error, G_FILE_ERROR, (gint)g_file_error_from_errno (code));
      g_assert_cmpint (
          nanogpt_journal_entry_get_record (entry)->state, ==, state - 1);
      if (at < 4)
        g_assert_cmpint (get_state (dir), ==, state - 1);
    } while (TRUE);

    g_assert_cmpint (get_state (dir), ==, state);
    g_assert_cmpuint (at, ==, 5);
  }
  g_assert_cmpuint (count_files (dir, ""), ==, 2);
  nanogpt_journal_entry_free (entry);
}

static void
test_failures (void)
{
  static const int codes[] = { ENOSPC, EIO, EDQUOT };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    check_failing_begin (codes[i]);
    check_failing_update (codes[i]);
  }
}

static void
assert_no_begin (const char *dir, int code)
{
  g_autoptr (NanogptJournalRecord) record = make_record ();
  g_autoptr (GError) error = NULL;

  g_assert_null (nanogpt_journal_begin (dir, record, &error));
  g_assert_error (error, G_FILE_ERROR, (gint)g_file_error_from_errno (code));
  g_assert_nonnull (strstr (error->message, dir));
}

static void
test_nowhere (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autofree char *below = g_build_filename (file, "state", NULL);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  assert_no_begin (below, ENOTDIR);
  assert_no_begin ("/proc/nanovid", ENOENT);
  g_assert_null (adopt (below));
  g_assert_cmpint (get_state (below), ==, -1);
}

static void
fill_up (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "ballast", NULL);
  int fd = g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  char bytes[4096] = "";

  while (write (fd, bytes, sizeof (bytes)) > 0)
    continue;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

/* A private file system that no other process sees */
static gboolean
mount_small (const char *dir)
{
  return unshare (CLONE_NEWNS) == 0
      && mount ("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0
      && mount ("none", dir, "tmpfs", 0, "size=64k") == 0;
}

static void
test_full_and_read_only (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *ballast = g_build_filename (dir, "ballast", NULL);
  NanogptJournalEntry *entry;
  NanogptJournalEntry *other;

  if (!mount_small (dir)) {
    g_test_skip ("this needs the right to mount a file system");
    return;
  }

  /* Once there is an entry, all of its updates succeed. */
  entry = begin (dir, NANOGPT_JOURNAL_INTENT);
  fill_up (dir);
  assert_no_begin (dir, ENOSPC);
  for (int state = NANOGPT_JOURNAL_SENDING; state <= NANOGPT_JOURNAL_DELIVERED;
       state++) {
    g_assert_true (advance (entry, state, NULL));
    /* Space that was freed by the update is used up at once. */
    fill_up (dir);
    g_assert_cmpint (get_state (dir), ==, state);
  }
  g_assert_cmpuint (count_files (dir, ""), ==, 2);
  nanogpt_journal_entry_remove (entry);

  g_unlink (ballast);
  other = begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  nanogpt_journal_entry_free (other);
  g_assert_cmpint (
      mount ("none", dir, "none", MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
  assert_no_begin (dir, EROFS);
  g_assert_cmpint (get_state (dir), ==, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_null (adopt (dir));

  g_assert_cmpint (umount2 (dir, MNT_DETACH), ==, 0);
}

/* Power cuts */

typedef struct
{
  GByteArray *written;
  GByteArray *synced;
} ModelFile;

/* The possible contents of a file system after a power cut: names and contents
 * can reach the disk at any time, and are certain to be there once they are synced. */
typedef struct
{
  GHashTable *names; /* base name to ModelFile */
  GHashTable *synced_names;
} Model;

static void
model_file_clear (gpointer data)
{
  ModelFile *file = data;

  g_byte_array_unref (file->written);
  g_byte_array_unref (file->synced);
}

static void
model_file_unref (gpointer data)
{
  g_rc_box_release_full (data, model_file_clear);
}

static GHashTable *
new_names (void)
{
  return g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, model_file_unref);
}

static GHashTable *
copy_names (GHashTable *names)
{
  GHashTable *copy = new_names ();
  GHashTableIter iter;
  gpointer name;
  gpointer file;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, &file))
    g_hash_table_insert (copy, g_strdup (name), g_rc_box_acquire (file));
  return copy;
}

static ModelFile *
model_get_file (Model *model, const char *name)
{
  ModelFile *file = g_hash_table_lookup (model->names, name);

  if (!file) {
    file = g_rc_box_new0 (ModelFile);
    file->written = g_byte_array_new ();
    file->synced = g_byte_array_new ();
    g_hash_table_insert (model->names, g_strdup (name), file);
  }
  return file;
}

static void
model_apply (Model *model, const DiskStep *step)
{
  g_autofree char *name = g_path_get_basename (step->path);
  g_autofree char *target = NULL;
  ModelFile *file;

  switch (step->operation) {
    case DISK_WRITE:
      /* One call replaces the whole record. */
      file = model_get_file (model, name);
      g_byte_array_set_size (file->written, 0);
      g_byte_array_append (file->written, g_bytes_get_data (step->bytes, NULL),
          g_bytes_get_size (step->bytes));
      break;
    case DISK_SYNC:
      file = model_get_file (model, name);
      g_byte_array_set_size (file->synced, 0);
      g_byte_array_append (
          file->synced, file->written->data, file->written->len);
      break;
    case DISK_RENAME:
      file = g_rc_box_acquire (model_get_file (model, name));
      g_hash_table_remove (model->names, name);
      g_hash_table_insert (
          model->names, g_path_get_basename (step->target), file);
      break;
    case DISK_EXCHANGE:
      file = g_rc_box_acquire (model_get_file (model, name));
      target = g_path_get_basename (step->target);
      g_hash_table_replace (model->names, g_strdup (name),
          g_rc_box_acquire (model_get_file (model, target)));
      g_hash_table_replace (model->names, g_steal_pointer (&target), file);
      break;
    case DISK_REMOVE:
      g_hash_table_remove (model->names, name);
      break;
    case DISK_SYNC_DIR:
      g_hash_table_unref (model->synced_names);
      model->synced_names = copy_names (model->names);
      break;
    case DISK_MAKE_DIR: /* It already exists. */
      break;
  }
}

/* Returns: the state that is read after a power cut; the disk has only the
 *   names that were synced if @synced_names is set, and likewise for the
 *   contents */
static int
cut (Model *model, gboolean synced_names, gboolean synced_contents)
{
  g_autofree char *dir = fixture_make_dir ();
  GHashTableIter iter;
  gpointer name;
  gpointer data;

  g_hash_table_iter_init (
      &iter, synced_names ? model->synced_names : model->names);
  while (g_hash_table_iter_next (&iter, &name, &data)) {
    ModelFile *file = data;
    GByteArray *bytes = synced_contents ? file->synced : file->written;
    g_autofree char *text = bytes->len
        ? g_strndup ((char *)bytes->data, bytes->len)
        : g_strdup ("");

    put_file (dir, name, text);
  }
  return get_state (dir);
}

static void
test_power_cuts (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = get_jobs (dir);
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (disk_step_free);
  Model model = { new_names (), new_names () };
  NanogptJournalEntry *entry = NULL;
  guint ends[5]; /* number of steps at the end of each function */
  guint calls = 0;
  int before = -1;
  int after = NANOGPT_JOURNAL_INTENT;

  g_assert_cmpint (g_mkdir (jobs, 0700), ==, 0);
  disk.steps = steps;
  disk_watch (jobs);
  for (int state = NANOGPT_JOURNAL_INTENT; state <= NANOGPT_JOURNAL_DELIVERED;
       state++) {
    if (state == NANOGPT_JOURNAL_INTENT)
      entry = begin (dir, state);
    else
      g_assert_true (advance (entry, state, NULL));
    ends[state] = steps->len;
  }
  nanogpt_journal_entry_remove (entry);
  ends[4] = steps->len;
  disk_unwatch ();
  disk.steps = NULL;

  for (guint i = 0; i < steps->len; i++) {
    model_apply (&model, steps->pdata[i]);
    for (guint j = 0; j < 4; j++) {
      int state = cut (&model, j & 1, j & 2);

      if (i + 1 == ends[calls])
        g_assert_cmpint (state, ==, after);
      else
        g_assert_true (state == before || state == after);
    }
    if (i + 1 == ends[calls]) {
      calls++;
      before = after;
      after = calls == 4 ? -1 : after + 1;
    }
  }
  g_assert_cmpuint (calls, ==, 5);
  g_hash_table_unref (model.names);
  g_hash_table_unref (model.synced_names);
}

/* The names of the directories are durable, too. */
static void
test_durable_directories (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "a", "b", NULL);
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (disk_step_free);
  guint made = 0;

  disk.steps = steps;
  disk_watch (root);
  make_orphan (dir, NANOGPT_JOURNAL_INTENT);
  disk_unwatch ();
  disk.steps = NULL;

  for (guint i = 0; i < steps->len; i++) {
    const DiskStep *step = steps->pdata[i];
    const DiskStep *next = i + 1 < steps->len ? steps->pdata[i + 1] : NULL;
    g_autofree char *parent = g_path_get_dirname (step->path);
    gboolean there = g_str_equal (step->path, root);

    if (step->operation != DISK_MAKE_DIR || there || !next
        || next->operation == DISK_MAKE_DIR)
      continue;
    g_assert_cmpint (next->operation, ==, DISK_SYNC_DIR);
    g_assert_cmpstr (next->path, ==, parent);
    made++;
  }
  g_assert_cmpuint (made, ==, 3);
}

/* Other processes */

/* Performs all steps and dies before one of the operations. */
static int
run_dying (const char *dir, guint at)
{
  NanogptJournalEntry *entry;

  disk_watch (dir);
  disk.kill_at = at;
  entry = begin (dir, NANOGPT_JOURNAL_INTENT);
  for (int state = NANOGPT_JOURNAL_SENDING; state <= NANOGPT_JOURNAL_DELIVERED;
       state++)
    g_assert_true (advance (entry, state, NULL));
  nanogpt_journal_entry_remove (entry);
  return 0;
}

/* Handles "adopt DIR TIME", "deliver DIR TIME" and "remove DIR TIME", which
 * adopt an entry at that time and print whether there was one, and "hold DIR
 * 0", which creates one. */
static int
run_contender (void)
{
  NanogptJournalEntry *entry = NULL;
  char action[16];
  char dir[4096];
  gint64 time;

  while (scanf ("%15s %4095s %" G_GINT64_FORMAT, action, dir, &time) == 3) {
    gboolean won;

    g_clear_pointer (&entry, nanogpt_journal_entry_free);
    while (g_get_monotonic_time () < time)
      continue;
    entry = g_str_equal (action, "hold") ? begin (dir, NANOGPT_JOURNAL_ACCEPTED)
                                         : adopt (dir);
    won = entry != NULL;
    if (won && g_str_equal (action, "deliver")) {
      g_assert_true (advance (entry, NANOGPT_JOURNAL_DELIVERED, NULL));
      g_clear_pointer (&entry, nanogpt_journal_entry_free);
    } else if (won && g_str_equal (action, "remove"))
      g_clear_pointer (&entry, nanogpt_journal_entry_remove);
    printf ("%s\n", won ? "won" : "lost");
    fflush (stdout);
  }
  return 0;
}

static GSubprocess *
spawn (const char *role, const char *dir, const char *number)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      program, role, dir, number, NULL);

  g_assert_no_error (error);
  return process;
}

static void
tell (GSubprocess *process, const char *action, const char *dir, gint64 time)
{
  g_autofree char *line =
      g_strdup_printf ("%s %s %" G_GINT64_FORMAT "\n", action, dir, time);

  g_assert_true (
      g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), line,
          strlen (line), NULL, NULL, NULL));
}

static gboolean
has_won (GSubprocess *process)
{
  GInputStream *pipe = g_subprocess_get_stdout_pipe (process);
  GString *line = g_string_new (NULL);
  gboolean won;
  char c;

  while (g_input_stream_read (pipe, &c, 1, NULL, NULL) == 1 && c != '\n')
    g_string_append_c (line, c);
  won = g_str_equal (line->str, "won");
  g_assert_true (won || g_str_equal (line->str, "lost"));
  g_string_free (line, TRUE);
  return won;
}

static void
finish (GSubprocess *process)
{
  g_assert_true (g_output_stream_close (
      g_subprocess_get_stdin_pipe (process), NULL, NULL));
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
  g_object_unref (process);
}

static void
test_kills (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("processes that are killed", 50);
  gboolean seen[4] = { FALSE };
  gboolean done = FALSE;
  int last = -1;
  guint at;

  for (at = 1; !done; at++) {
    g_autofree char *dir = fixture_make_dir ();
    g_autofree char *number = g_strdup_printf ("%u", at);
    g_autoptr (GSubprocess) process = spawn ("dying", dir, number);
    NanogptJournalEntry *entry;
    int state;

    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    done = g_subprocess_get_if_exited (process);
    if (done)
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
    else
      g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);

    /* The states come one after the other, and then there is none. */
    state = get_state (dir);
    if (state != last && state != -1)
      g_assert_cmpint (state, ==, last + 1);
    if (state == -1)
      g_assert_true (last == -1 || last == NANOGPT_JOURNAL_DELIVERED);
    if (state >= 0)
      seen[state] = TRUE;
    last = state == -1 && last >= 0 ? NANOGPT_JOURNAL_DELIVERED : state;

    entry = adopt (dir);
    g_assert_cmpint (
        entry != NULL, ==, state != -1 && state != NANOGPT_JOURNAL_DELIVERED);
    g_clear_pointer (&entry, nanogpt_journal_entry_free);
  }
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_true (seen[i]);
  g_assert_cmpint (last, ==, NANOGPT_JOURNAL_DELIVERED);
  g_assert_cmpuint (at, >, 4 * 4);
}

static void
test_live (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a process that holds an entry", 20);
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (GSubprocess) process = spawn ("contender", "-", "0");
  g_autoptr (GPtrArray) records = NULL;
  NanogptJournalEntry *entry;

  tell (process, "hold", dir, 0);
  g_assert_true (has_won (process));
  g_assert_null (adopt (dir));
  g_assert_null (claim (dir, "vid_1"));
  records = nanogpt_journal_list (dir);
  g_assert_true (((NanogptJournalRecord *)records->pdata[0])->live);

  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  entry = adopt (dir);
  g_assert_nonnull (entry);
  g_assert_cmpint (nanogpt_journal_entry_get_record (entry)->state, ==,
      NANOGPT_JOURNAL_ACCEPTED);
  nanogpt_journal_entry_free (entry);
}

static const char *contested;

static void
deliver_first (void)
{
  NanogptJournalEntry *entry = adopt (contested);

  g_assert_true (advance (entry, NANOGPT_JOURNAL_DELIVERED, NULL));
  nanogpt_journal_entry_free (entry);
}

static void
remove_first (void)
{
  nanogpt_journal_entry_remove (adopt (contested));
}

/* An entry is not adopted if another process finishes with it after it was
 * found and before it is locked. */
static void
test_overtaken (void)
{
  g_autofree char *dir = fixture_make_dir ();

  contested = dir;
  make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  disk.before_lock = deliver_first;
  g_assert_null (adopt (dir));
  g_assert_null (disk.before_lock);
  g_assert_cmpint (get_state (dir), ==, NANOGPT_JOURNAL_DELIVERED);
}

static void
test_removed_meanwhile (void)
{
  g_autofree char *dir = fixture_make_dir ();

  contested = dir;
  make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
  disk.before_lock = remove_first;
  g_assert_null (adopt (dir));
  g_assert_null (disk.before_lock);
  g_assert_cmpuint (count_files (dir, ""), ==, 0);
}

static void
prune_first (void)
{
  disk.ahead = 2 * DAY;
  make_orphan (contested, NANOGPT_JOURNAL_DELIVERED);
  disk.ahead = 0;
}

/* An entry is locked even if its new lock file, which looks stale because the
 * clock has jumped, is removed before it is locked. */
static void
test_lock_removed_meanwhile (void)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalEntry *entry;

  contested = dir;
  disk.before_lock = prune_first;
  entry = begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_null (disk.before_lock);
  g_assert_null (adopt (dir));
  nanogpt_journal_entry_free (entry);
}

/* If two processes want the same orphan, exactly one gets it, even if that one
 * is done with the entry before the other has looked at it. */
static void
test_races (void)
{
  static const char *const actions[] = { "adopt", "deliver", "remove" };
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("a race for an orphan", 50);
  GSubprocess *first = spawn ("contender", "-", "0");
  GSubprocess *second = spawn ("contender", "-", "0");

  for (guint i = 0; i < 75; i++) {
    g_autofree char *dir = fixture_make_dir ();
    const char *action = actions[i % 3];
    gint64 time;
    gboolean won;

    make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
    time = g_get_monotonic_time () + 1000;
    tell (first, action, dir, time);
    tell (second, action, dir, time);
    won = has_won (first);
    g_assert_cmpint (has_won (second), ==, !won);
    if (g_str_equal (action, "remove"))
      g_assert_cmpuint (count_files (dir, ""), ==, 0);
  }
  finish (first);
  finish (second);
}

/* A child that shares the file descriptors does not keep the entry locked. */
static void
test_forked (void)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalEntry *entry = begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  pid_t child = fork ();

  if (child == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
      pause ();
  }
  g_assert_cmpint (child, >, 0);
  nanogpt_journal_entry_free (entry);
  entry = adopt (dir);
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "dying"))
    return run_dying (argv[2], atoi (argv[3]));
  if (argc == 4 && g_str_equal (argv[1], "contender"))
    return run_contender ();

  fixture_init (&argc, &argv);
  g_test_add_func ("/journal/states", test_states);
  g_test_add_func ("/journal/round-trip", test_round_trip);
  g_test_add_func ("/journal/files", test_files);
  g_test_add_func ("/journal/strangers", test_strangers);
  g_test_add_func ("/journal/numbers", test_numbers);
  g_test_add_func ("/journal/order", test_order);
  g_test_add_func ("/journal/age", test_age);
  g_test_add_func ("/journal/clock-steps", test_clock_steps);
  g_test_add_func ("/journal/undecided-age", test_undecided_age);
  g_test_add_func ("/journal/unrelated-files", test_unrelated_files);
  g_test_add_func ("/journal/pruning", test_pruning);
  g_test_add_func ("/journal/set-aside", test_set_aside);
  g_test_add_func ("/journal/set-aside-twice", test_set_aside_twice);
  g_test_add_func ("/journal/thousands", test_thousands);
  g_test_add_func ("/journal/cut-off", test_cut_off);
  g_test_add_func ("/journal/damaged", test_damaged);
  g_test_add_func ("/journal/failures", test_failures);
  g_test_add_func ("/journal/nowhere", test_nowhere);
  g_test_add_func ("/journal/full-and-read-only", test_full_and_read_only);
  g_test_add_func ("/journal/power-cuts", test_power_cuts);
  g_test_add_func ("/journal/durable-directories", test_durable_directories);
  g_test_add_func ("/journal/kills", test_kills);
  g_test_add_func ("/journal/live", test_live);
  g_test_add_func ("/journal/races", test_races);
  g_test_add_func ("/journal/overtaken", test_overtaken);
  g_test_add_func ("/journal/removed-meanwhile", test_removed_meanwhile);
  g_test_add_func (
      "/journal/lock-removed-meanwhile", test_lock_removed_meanwhile);
  g_test_add_func ("/journal/forked", test_forked);
  return g_test_run ();
}
