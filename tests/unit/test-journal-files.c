/* nanovid: the files of the journal: its own, unrelated, old and damaged ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* F_OFD_SETLK */

#include "nanogpt/store/files/journal-damage.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture/env.h"
#include "nanogpt/base/error.h"

#include "disk.h"
#include "journal-dir.h"

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

static void
test_files (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "a", "b", NULL);
  g_autofree char *parent = g_path_get_dirname (dir);
  g_autofree char *jobs = journal_get_jobs (dir);
  mode_t mask = umask (0);
  NanogptJournalEntry *entry = journal_begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  g_autoptr (GPtrArray) names = journal_list_files (dir);
  g_autofree char *fingerprint = nanogpt_journal_get_account (KEY);
  g_autofree char *other = nanogpt_journal_get_account (KEY "0");

  umask (mask);
  fixture_assert_mode (parent, 0700);
  fixture_assert_mode (dir, 0700);
  fixture_assert_mode (jobs, 0700);
  g_assert_cmpuint (names->len, ==, 3);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (jobs, names->pdata[i], NULL);
    g_autofree char *text = NULL;

    fixture_assert_mode (path, 0600);
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

/* Files that are not ours, or not for us */

static void
test_unrelated_files (void)
{
  static const char *const required[] = { "version", "state", "created",
    "run-id", "origin", "account", "digest" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = journal_get_jobs (dir);
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
    journal_put_file (dir, name, text);
  }
  journal_put_file (dir, "20260101T000000Z-00000001.job", newer);
  journal_put_file (dir, "20260101T000000Z-00000002.job", unknown);
  journal_put_file (dir, "20260101T000000Z-00000003.job", "");
  journal_put_file (
      dir, "20260101T000000Z-00000004.job", "\xff\xfe garbage \x01 [\n");
  journal_put_file (dir, "20260101T000000Z-00000005.job.aaaaaa.tmp", good);
  journal_put_file (dir, "20260101T000000Z-00000006.jobs", good);
  journal_put_file (
      dir, "20260101T000000Z-\xc3\xa4\xc3\xa4\xc3\xa4\xc3.job", good);
  journal_put_file (dir, "2026", good);
  journal_put_file (dir, "notes.job", good);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);

  before = journal_list_files (dir);
  g_assert_cmpint (journal_get_state (dir), ==, -1);
  g_assert_null (journal_adopt (dir));
  g_assert_null (journal_claim (dir, "vid_1"));
  after = journal_list_files (dir);
  g_assert_cmpuint (after->len, ==, before->len);

  /* The same text is valid under a valid name. */
  journal_put_file (dir, "20260101T000000Z-00000007.job", good);
  g_assert_cmpint (journal_get_state (dir), ==, NANOGPT_JOURNAL_ACCEPTED);
}

static int
lock_file (const char *dir, const char *name)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  g_autofree char *jobs = journal_get_jobs (dir);
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
  g_autofree char *jobs = journal_get_jobs (dir);
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
    journal_put_file (dir, name, text);
    lock = g_strconcat (stems[i], ".lock", NULL);
    if (pruned[i].state)
      journal_put_file (dir, lock, "");
    locks[i] = pruned[i].locked ? lock_file (dir, lock) : -1;
  }
  journal_put_file (dir, "notes.lock", "");

  journal_make_orphan (dir, NANOGPT_JOURNAL_INTENT);

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
  NanogptJournalEntry *entry = journal_begin (dir, NANOGPT_JOURNAL_DELIVERED);
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;

  id = g_strdup (nanogpt_journal_entry_get_record (entry)->id);
  day = make_day (dir, id);
  journal_make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  g_assert_false (g_file_test (day, G_FILE_TEST_EXISTS));

  nanogpt_journal_entry_free (entry);
  journal_make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  g_assert_cmpuint (journal_count_files (dir, ".job"), ==, 2);
  g_assert_true (g_file_test (day, G_FILE_TEST_IS_DIR));
  records = nanogpt_journal_list (dir);
  g_assert_cmpuint (records->len, ==, 3);

  entry = journal_claim (dir, "vid_1");
  g_assert_cmpstr (nanogpt_journal_entry_get_record (entry)->id, ==, id);
  g_assert_null (nanogpt_journal_open (dir, id, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
  g_clear_error (&error);
  journal_advance (entry, NANOGPT_JOURNAL_DELIVERED, &error);
  g_assert_no_error (error);
  disk.ahead = 9 * DAY;
  journal_make_orphan (dir, NANOGPT_JOURNAL_SENDING);
  g_assert_true (g_file_test (day, G_FILE_TEST_EXISTS));
  nanogpt_journal_entry_free (entry);

  entry = nanogpt_journal_open (dir, id, &error);
  g_assert_no_error (error);
  nanogpt_journal_entry_free (entry);
  journal_make_orphan (dir, NANOGPT_JOURNAL_SENDING);
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
  g_autofree char *jobs = journal_get_jobs (dir);
  g_autofree char *text = write_text ("1", "delivered", 1);
  g_autofree char *time = format_age (1, "%Y%m%dT%H%M%SZ");
  g_autofree char *name = g_strconcat (time, "-00000001.job", NULL);
  g_autofree char *id = g_strconcat (time, "-00000001", NULL);
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;

  journal_put_file (dir, name, text);
  journal_make_orphan (dir, NANOGPT_JOURNAL_INTENT);
  g_assert_cmpuint (journal_count_files (dir, ".job"), ==, 1);
  journal_put_file (dir, name, text);
  records = nanogpt_journal_list (dir);
  g_assert_cmpuint (records->len, ==, 2);
  journal_make_orphan (dir, NANOGPT_JOURNAL_INTENT);
  g_assert_cmpuint (journal_count_files (dir, ".job"), ==, 2);
  g_assert_true (nanogpt_journal_forget (dir, id, &error));
  g_assert_no_error (error);
  g_assert_false (nanogpt_journal_forget (dir, id, NULL));
}

static void
test_thousands (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = journal_get_jobs (dir);
  g_autofree char *text = write_text ("1", "delivered", 1);
  g_autofree char *wanted = write_text ("1", "sending", 1);
  g_autoptr (GPtrArray) records = NULL;
  NanogptJournalEntry *entry;

  for (guint i = 0; i < 5000; i++) {
    g_autofree char *name = g_strdup_printf ("20260101T000000Z-%08x.job", i);

    journal_put_file (dir, name, i == 3000 ? wanted : text);
  }

  records = nanogpt_journal_list (dir);
  g_assert_cmpuint (records->len, ==, 5000);
  entry = journal_adopt (dir);
  g_assert_nonnull (entry);
  nanogpt_journal_entry_free (entry);

  /* A few starts later, none of them has to be read anymore. */
  for (guint i = 0; i < 6; i++)
    journal_make_orphan (dir, NANOGPT_JOURNAL_INTENT);
  g_assert_cmpuint (journal_count_files (dir, ".job"), ==, 7);
}

/* Entries that cannot be read */

/* Returns: the domain of the error that a start with @digest gets, or 0 */
static GQuark
check_damaged (const char *dir, const char *digest)
{
  g_autoptr (NanogptJournalRecord) wanted = journal_make_record ();
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
  g_autoptr (GPtrArray) names = journal_list_files (dir);
  g_autofree char *jobs = journal_get_jobs (dir);

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

  journal_make_orphan (dir, NANOGPT_JOURNAL_ACCEPTED);
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
      entry = journal_adopt (dir);
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

    journal_put_file (dir, "20260101T000000Z-00000001.job", damages[i].text);
    g_assert_true (check_damaged (dir, DIGEST)
        == (damages[i].domain ? damages[i].domain () : 0));
    g_assert_cmpint (journal_get_state (dir), ==, -1);
    records = nanogpt_journal_list_damaged (dir);
    g_assert_cmpuint (records->len, ==, 1);
    record = records->pdata[0];
    g_assert_true (record->damaged);
    g_assert_cmpstr (record->id, ==, "20260101T000000Z-00000001");

    /* The process that holds the lock will write the file. */
    name = g_strconcat (record->id, ".lock", NULL);
    journal_put_file (dir, name, "");
    lock = lock_file (dir, name);
    g_assert_true (check_damaged (dir, DIGEST) == 0);
    g_assert_false (nanogpt_journal_forget (dir, record->id, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
    close (lock);
    g_assert_true (nanogpt_journal_forget (dir, record->id, NULL));
    g_assert_true (check_damaged (dir, DIGEST) == 0);
    g_assert_cmpuint (journal_count_files (dir, ""), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/journal/files", test_files);
  g_test_add_func ("/journal/unrelated-files", test_unrelated_files);
  g_test_add_func ("/journal/pruning", test_pruning);
  g_test_add_func ("/journal/set-aside", test_set_aside);
  g_test_add_func ("/journal/set-aside-twice", test_set_aside_twice);
  g_test_add_func ("/journal/thousands", test_thousands);
  g_test_add_func ("/journal/cut-off", test_cut_off);
  g_test_add_func ("/journal/damaged", test_damaged);
  return g_test_run ();
}
