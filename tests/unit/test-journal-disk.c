/* nanovid: the journal outlives power cuts and full disks
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* unshare() */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fixture/env.h"

#include "disk.h"
#include "journal-dir.h"

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
    g_autoptr (NanogptJournalRecord) record = journal_make_record ();
    g_autoptr (GError) error = NULL;
    NanogptJournalEntry *entry;

    disk_watch (root);
    disk.fail_at = at;
    disk.code = code;
    entry = nanogpt_journal_begin (dir, record, &error);
    disk_unwatch ();
    g_assert_cmpuint (journal_count_files (dir, ".tmp"), ==, 0);
    if (entry) {
      /* Either nothing has failed, or only the optional sync of a parent. */
      g_assert_cmpint (journal_get_state (dir), ==, NANOGPT_JOURNAL_INTENT);
      nanogpt_journal_entry_remove (entry);
    } else {
      failures++;
      g_assert_error (
          error, G_FILE_ERROR, (gint)g_file_error_from_errno (code));
    }
    g_assert_cmpuint (journal_count_files (dir, ""), ==, 0);
  } while (disk.count >= at);

  /* Two directories created in three attempts; then one file written, synced
   * and renamed, another one written and synced, and their names synced. */
  g_assert_cmpuint (failures, ==, 9);
}

static void
check_failing_update (int code)
{
  g_autofree char *dir = fixture_make_dir ();
  NanogptJournalEntry *entry = journal_begin (dir, NANOGPT_JOURNAL_INTENT);

  for (int state = NANOGPT_JOURNAL_SENDING; state <= NANOGPT_JOURNAL_DELIVERED;
       state++) {
    gboolean done;
    guint at = 0;

    do {
      g_autoptr (GError) error = NULL;

      disk_watch (dir);
      disk.fail_at = ++at;
      disk.code = code;
      done = journal_advance (entry, state, &error);
      disk_unwatch ();
      if (state < NANOGPT_JOURNAL_DELIVERED)
        g_assert_cmpuint (journal_count_files (dir, ""), ==, 3);
      if (done)
        break;

      g_assert_error (
          error, G_FILE_ERROR, (gint)g_file_error_from_errno (code));
      g_assert_cmpint (
          nanogpt_journal_entry_get_record (entry)->state, ==, state - 1);
      if (at < 4)
        g_assert_cmpint (journal_get_state (dir), ==, state - 1);
    } while (TRUE);

    g_assert_cmpint (journal_get_state (dir), ==, state);
    g_assert_cmpuint (at, ==, 5);
  }
  g_assert_cmpuint (journal_count_files (dir, ""), ==, 2);
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
  g_autoptr (NanogptJournalRecord) record = journal_make_record ();
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
  g_assert_null (journal_adopt (below));
  g_assert_cmpint (journal_get_state (below), ==, -1);
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
  entry = journal_begin (dir, NANOGPT_JOURNAL_INTENT);
  fill_up (dir);
  assert_no_begin (dir, ENOSPC);
  for (int state = NANOGPT_JOURNAL_SENDING; state <= NANOGPT_JOURNAL_DELIVERED;
       state++) {
    g_assert_true (journal_advance (entry, state, NULL));
    /* Space that was freed by the update is used up at once. */
    fill_up (dir);
    g_assert_cmpint (journal_get_state (dir), ==, state);
  }
  g_assert_cmpuint (journal_count_files (dir, ""), ==, 2);
  nanogpt_journal_entry_remove (entry);

  g_unlink (ballast);
  other = journal_begin (dir, NANOGPT_JOURNAL_ACCEPTED);
  nanogpt_journal_entry_free (other);
  g_assert_cmpint (
      mount ("none", dir, "none", MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
  assert_no_begin (dir, EROFS);
  g_assert_cmpint (journal_get_state (dir), ==, NANOGPT_JOURNAL_ACCEPTED);
  g_assert_null (journal_adopt (dir));

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

    journal_put_file (dir, name, text);
  }
  return journal_get_state (dir);
}

static void
test_power_cuts (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *jobs = journal_get_jobs (dir);
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
      entry = journal_begin (dir, state);
    else
      g_assert_true (journal_advance (entry, state, NULL));
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
  journal_make_orphan (dir, NANOGPT_JOURNAL_INTENT);
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

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/journal/failures", test_failures);
  g_test_add_func ("/journal/nowhere", test_nowhere);
  g_test_add_func ("/journal/full-and-read-only", test_full_and_read_only);
  g_test_add_func ("/journal/power-cuts", test_power_cuts);
  g_test_add_func ("/journal/durable-directories", test_durable_directories);
  return g_test_run ();
}
