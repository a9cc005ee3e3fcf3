/* nanovid: the files of the ledger: their contents, damage to them, and failing disks
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fixture/env.h"
#include "nanogpt/base/error.h"

#include "disk.h"
#include "spending-ledger.h"

#define HEADER "nanovid-spending 1\n"

static guint
count_lines (const char *text)
{
  guint count = 0;

  for (; *text; text++)
    count += *text == '\n';
  return count;
}

static void
test_files (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "a", "b", NULL);
  g_autofree char *parent = g_build_filename (dir, "spending", NULL);
  mode_t mask = umask (0);
  g_autofree char *id = ledger_reserve (dir, 300000, 1000000);
  g_autofree char *path = ledger_get_log (dir);
  g_autofree char *text = NULL;

  ledger_charge (dir, id, 250000, "XNO");
  umask (mask);
  fixture_assert_mode (dir, 0700);
  fixture_assert_mode (parent, 0700);
  fixture_assert_mode (path, 0600);

  text = ledger_read_log (dir);
  g_assert_true (g_regex_match_simple (
      "^nanovid-spending 1\n"
      "(\\d{4}-\\d\\d-\\d\\d)T12:\\d\\d:\\d\\dZ (\\1-[0-9a-f]{8}) reserve 0.3 "
      "USD seedance-lite-video -\n"
      "\\1T12:\\d\\d:\\d\\dZ \\2 charge 0.25 XNO seedance-lite-video vid_1\n\\z",
      text, 0, 0));
}

/* Text from the service can neither break a line nor imitate one. */
static void
test_strange_texts (void)
{
  static const char *const texts[] = { "", " ", "-", "--", "a b", "a\nb c",
    "100%", "%2D", "\xf0\x9f\x98\xba", "\xff", "\x01\r\t", "vendor/model:v1" };
  g_autofree char *dir = fixture_make_dir ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    const char *text = texts[i];
    NanogptReservation wanted = {
      .model = text, .estimate = 100000, .spender = text
    };
    g_autofree char *id = nanogpt_ledger_reserve (dir, &wanted, NULL);
    g_autoptr (GPtrArray) sums = NULL;
    gboolean found = FALSE;

    g_assert_nonnull (id);
    g_assert_true (nanogpt_ledger_charge (dir, id, 100000, text, text, NULL));
    sums = nanogpt_ledger_list (dir, 0);
    g_assert_cmpuint (sums->len, ==, i + 1);
    for (guint j = 0; j < sums->len; j++) {
      const NanogptLedgerSum *sum = sums->pdata[j];

      if (g_str_equal (sum->model, text)) {
        found = TRUE;
        g_assert_cmpstr (sum->currency, ==, *text ? text : "USD");
        g_assert_cmpuint (sum->n_charged, ==, 1);
      }
    }
    g_assert_true (found);
  }
}

static void
test_strange_ids (void)
{
  static const char *const ids[] = { "", "-", "x", "../../../etc/passwd",
    "2026-01-01", "2026-01-01-0123456g", "2026-01-01-01234567\n",
    "2026-01-01-012345678", "\n2026-01-01-01234567", "2026-01-01/01234567",
    "2026/01/01-01234567", "\xff" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *spending = g_build_filename (dir, "spending", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (
        nanogpt_ledger_charge (dir, ids[i], 1000000, "USD", NULL, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_false (nanogpt_ledger_release (dir, ids[i], NULL));
  }
  g_assert_false (g_file_test (spending, G_FILE_TEST_EXISTS));

  /* A charge counts even if its reservation is no longer in the ledger. */
  ledger_release (dir, "2026-01-01-01234567");
  ledger_assert_sum (dir, 0, 0, 0, 0);
  ledger_charge (dir, "2026-01-01-01234567", 500000, "USD");
  ledger_assert_sum (dir, 1, 500000, 0, 0);
}

/* Damaged files */

static void
test_torn (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = ledger_reserve (dir, 500000, 1000000);
  g_autofree char *text = NULL;
  gsize length;

  ledger_charge (dir, id, 750000, "USD");
  text = ledger_read_log (dir);
  length = strlen (text);

  for (gsize size = 0; size <= length; size++) {
    g_autofree char *whole = NULL;
    g_autofree char *mended = NULL;
    g_autofree char *kept = g_strndup (text, size);
    guint lines = count_lines (kept);

    ledger_write_log (dir, text, size);
    ledger_assert_sum (dir, lines == 3, lines == 3 ? 750000 : 0, lines == 2,
        lines == 2 ? 500000 : 0);
    g_free (ledger_reserve (dir, 250000, 1000000));

    mended = ledger_read_log (dir);
    whole = g_strndup (
        mended, strrchr (kept, '\n') ? strrchr (kept, '\n') + 1 - kept : 0);
    g_assert_true (g_str_has_prefix (kept, whole));
    g_assert_true (g_str_has_prefix (mended, HEADER));
    g_assert_cmpuint (count_lines (mended), ==, MAX (lines, 1) + 1);
    ledger_assert_sum (dir, lines == 3, lines == 3 ? 750000 : 0,
        1 + (lines == 2), 250000 + (lines == 2 ? 500000 : 0));
  }
}

/* After a power cut, there may be a hole in place of a line. */
static void
test_holes (void)
{
  static const char hole[] = "\0\0\0\0charge 0.1 USD a b\n";
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = ledger_reserve (dir, 500000, 1000000);
  g_autofree char *text = ledger_read_log (dir);
  g_autoptr (GString) damaged = g_string_new (text);
  g_autofree char *mended = NULL;

  g_string_append_len (damaged, hole, sizeof (hole) - 1);
  ledger_write_log (dir, damaged->str, damaged->len);
  ledger_assert_sum (dir, 0, 0, 1, 500000);
  g_free (ledger_reserve (dir, 500000, 1000000));
  ledger_assert_sum (dir, 0, 0, 2, 1000000);
  mended = ledger_read_log (dir);
  g_assert_true (g_str_has_prefix (mended, text));
  g_assert_cmpuint (count_lines (mended), ==, 3);
}

static void
test_nonsense (void)
{
  static const char *const lines[] = { "nonsense", "",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1 USD a",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1 USD a b c d",
    "2026-01-01T00:00 2026-01-01-01234567 charge 0.1 USD a b c",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge -0.1 USD a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge inf USD a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1x USD a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 charge 0.1 %GG a b",
    "2026-01-01T00:00:00Z 2026-01-01-01234567 gift 0.1 USD a b" };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = ledger_reserve (dir, 500000, 1000000);
  g_autofree char *text = ledger_read_log (dir);
  g_autofree char *path = ledger_get_log (dir);

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *damaged =
        g_strconcat (HEADER, lines[i], "\n", text + strlen (HEADER), NULL);
    g_autofree char *expected = g_strdup_printf (
        "The daily budget cannot be checked: line 2 of \"%s\" is not valid",
        path);
    g_autofree char *after = NULL;

    ledger_write_log (dir, damaged, strlen (damaged));
    ledger_assert_refused (dir, 100000, 10000000, expected);
    g_free (ledger_reserve (dir, 100000, 0));
    after = ledger_read_log (dir);
    g_assert_true (g_str_has_prefix (after, damaged));
    ledger_assert_sum (dir, 0, 0, 2, 600000);
  }
}

static void
test_later_version (void)
{
  static const char later[] = "nanovid-spending 2\nsomething else\n";
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *id = ledger_reserve (dir, 500000, 1000000);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  ledger_write_log (dir, later, strlen (later));
  ledger_assert_refused (
      dir, 100000, 10000000, "The daily budget cannot be checked: ");
  ledger_assert_refused (dir, 100000, 10000000, "has another version");
  g_assert_null (ledger_try_reserve (dir, 100000, 0, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_false (nanogpt_ledger_charge (dir, id, 100000, NULL, NULL, NULL));
  ledger_assert_sum (dir, 0, 0, 0, 0);
  after = ledger_read_log (dir);
  g_assert_cmpstr (after, ==, later);
}

/* Failing disks */

static void
test_nowhere (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autofree char *dir = g_build_filename (file, "state", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", -1, NULL));
  ledger_assert_refused (
      dir, 100000, 1000000, "The daily budget cannot be checked: \"");
  ledger_assert_refused (dir, 100000, 1000000, "Not a directory");
  g_assert_null (ledger_try_reserve (dir, 100000, 0, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
  ledger_assert_sum (dir, 0, 0, 0, 0);
}

/* Every operation fails, one at a time. */
static void
check_failures (int code)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "state", NULL);
  g_autofree char *id = NULL;
  guint failures = 0;

  for (guint at = 1;; at++) {
    g_autoptr (GError) error = NULL;

    disk_watch (root);
    disk.fail_at = at;
    disk.code = code;
    id = ledger_try_reserve (dir, 500000, 500000, &error);
    disk_unwatch ();
    if (id && disk.count < at)
      break;
    if (id) {
      /* The operation is optional: the sync of a parent directory. */
      g_clear_pointer (&id, g_free);
      fixture_remove_tree (dir);
      continue;
    }
    failures++;
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET);
    g_assert_nonnull (strstr (error->message, g_strerror (code)));
    ledger_assert_sum (dir, 0, 0, 0, 0);
  }
  g_assert_cmpuint (failures, >=, 4);

  failures = 0;
  for (guint at = 1;; at++) {
    g_autoptr (GError) error = NULL;
    gboolean charged;

    disk_watch (root);
    disk.fail_at = at;
    disk.code = code;
    charged = nanogpt_ledger_charge (dir, id, 400000, NULL, NULL, &error);
    disk_unwatch ();
    if (charged)
      break;
    failures++;
    g_assert_error (error, G_FILE_ERROR, (gint)g_file_error_from_errno (code));
    ledger_assert_sum (dir, 0, 0, 1, 500000);
  }
  g_assert_cmpuint (failures, >=, 2);
  ledger_assert_sum (dir, 1, 400000, 0, 0);
}

static void
test_failures (void)
{
  check_failures (ENOSPC);
  check_failures (EIO);
}

static void
assert_step (DiskOperation operation, const char *name)
{
  g_autofree char *base = NULL;
  const DiskStep *step;

  g_assert_cmpuint (disk.steps->len, >, 0);
  step = disk.steps->pdata[0];
  base = g_path_get_basename (step->path);
  g_assert_cmpint (step->operation, ==, operation);
  g_assert_cmpstr (base, ==, name);
  g_ptr_array_remove_index (disk.steps, 0);
}

/* A reservation is on disk, under its final name, before the clip can be requested. */
static void
test_durable (void)
{
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "state", NULL);
  g_autofree char *log = ledger_get_log (dir);
  g_autofree char *name = g_path_get_basename (log);
  g_autofree char *top = g_path_get_basename (root);
  g_autofree char *id = NULL;

  disk.steps = g_ptr_array_new_with_free_func (disk_step_free);
  disk_watch (root);
  id = ledger_reserve (dir, 500000, 1000000);
  ledger_charge (dir, id, 500000, "USD");
  disk_unwatch ();

  assert_step (DISK_MAKE_DIR, "spending");
  assert_step (DISK_MAKE_DIR, "state");
  assert_step (DISK_SYNC_DIR, top);
  assert_step (DISK_MAKE_DIR, "spending");
  assert_step (DISK_SYNC_DIR, "state");
  assert_step (DISK_SYNC_DIR, "spending");
  assert_step (DISK_WRITE, name);
  assert_step (DISK_SYNC, name);
  assert_step (DISK_MAKE_DIR, "spending");
  assert_step (DISK_WRITE, name);
  assert_step (DISK_SYNC, name);
  g_assert_cmpuint (disk.steps->len, ==, 0);
  g_clear_pointer (&disk.steps, g_ptr_array_unref);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  /* Prevents a change of the day. */
  disk_set_time_of_day (DAY / 2);
  g_test_add_func ("/spending/files", test_files);
  g_test_add_func ("/spending/strange-texts", test_strange_texts);
  g_test_add_func ("/spending/strange-ids", test_strange_ids);
  g_test_add_func ("/spending/torn", test_torn);
  g_test_add_func ("/spending/holes", test_holes);
  g_test_add_func ("/spending/nonsense", test_nonsense);
  g_test_add_func ("/spending/later-version", test_later_version);
  g_test_add_func ("/spending/nowhere", test_nowhere);
  g_test_add_func ("/spending/failures", test_failures);
  g_test_add_func ("/spending/durable", test_durable);
  return g_test_run ();
}
