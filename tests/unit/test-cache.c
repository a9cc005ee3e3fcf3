/* nanovid: the cache returns complete clips or none
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/store/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "nanogpt/base/error.h"

#include "disk.h"

#define DIGEST                                                                 \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define DAY ((gint64)24 * 60 * 60)
#define MIB (1024 * 1024)

static char *program;

/* Returns: (transfer full): a complete clip of @size bytes, derived from
 *   @seed */
static NanogptClip *
make_clip (guint seed, gsize size)
{
  guint8 *data = g_malloc (size + 1);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);
  g_autoptr (GError) error = NULL;
  NanogptClip *clip = nanogpt_clip_new (NULL, g_get_tmp_dir (), 64 * MIB);

  g_assert_no_error (error);
  for (gsize i = 0; i < size; i++)
    data[i] = seed + i * 7 + i / 251;
  nanogpt_clip_set_size (clip, size, &error);
  g_assert_no_error (error);
  nanogpt_clip_write (clip, 0, bytes, &error);
  g_assert_no_error (error);
  return clip;
}

static void
assert_same (NanogptClip *a, NanogptClip *b)
{
  gint64 size = nanogpt_clip_get_size (a);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  g_assert_true (nanogpt_clip_is_complete (a));
  g_assert_true (nanogpt_clip_is_complete (b));
  g_assert_cmpint (size, ==, nanogpt_clip_get_size (b));
  if (size == 0)
    return;
  first = nanogpt_clip_read (a, 0, size, NULL);
  second = nanogpt_clip_read (b, 0, size, NULL);
  g_assert_true (g_bytes_equal (first, second));
}

static gboolean
store (const char *dir, NanogptClip *clip, GError **error)
{
  g_autoptr (NanogptCacheInfo) info = nanogpt_cache_info_new ();

  info->run_id = g_strdup ("vid_1");
  info->cost = 150000;
  return nanogpt_cache_store (dir, DIGEST, clip, info, error);
}

static guint
count_files (const char *dir)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  guint count = 0;

  while (entries && g_dir_read_name (entries))
    count++;
  return count;
}

static void
put (const char *dir, guint seed, gsize size)
{
  g_autoptr (NanogptClip) clip = make_clip (seed, size);
  g_autoptr (GError) error = NULL;

  store (dir, clip, &error);
  g_assert_no_error (error);
}

/* Returns: (transfer full) (nullable): the clip; a missing clip is not an error */
static NanogptClip *
look_up (const char *dir)
{
  g_autoptr (GError) error = NULL;
  NanogptClip *clip = nanogpt_cache_lookup (dir, DIGEST, NULL, &error);

  g_assert_no_error (error);
  return clip;
}

static gboolean
has (const char *dir)
{
  g_autoptr (NanogptClip) clip = look_up (dir);

  return clip != NULL;
}

static void
assert_found (const char *dir, guint seed, gsize size)
{
  g_autoptr (NanogptClip) expected = make_clip (seed, size);
  g_autoptr (NanogptClip) clip = look_up (dir);

  g_assert_nonnull (clip);
  assert_same (clip, expected);
}

static char *
get_path (const char *dir)
{
  return g_build_filename (dir, DIGEST ".clip", NULL);
}

static void
test_round_trip (void)
{
  static const gsize sizes[] = { 0, 1, 4096, MIB - 1, MIB, 2 * MIB + 12345 };
  g_autofree char *root = fixture_make_dir ();
  g_autofree char *dir = g_build_filename (root, "a", "b", NULL);
  g_autofree char *parent = g_path_get_dirname (dir);
  g_autofree char *path = get_path (dir);
  mode_t mask = umask (0);

  g_assert_null (look_up (dir));
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    put (dir, i, sizes[i]);
    assert_found (dir, i, sizes[i]);
    g_assert_cmpuint (count_files (dir), ==, 1);
  }
  umask (mask);
  fixture_assert_mode (parent, 0700);
  fixture_assert_mode (dir, 0700);
  fixture_assert_mode (path, 0600);

  nanogpt_cache_remove (dir, DIGEST);
  g_assert_null (look_up (dir));
  g_assert_cmpuint (count_files (dir), ==, 0);
}

static void
test_info (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptClip) clip = make_clip (1, 1000);
  g_autoptr (NanogptClip) found = NULL;
  g_autoptr (NanogptCacheInfo) info = nanogpt_cache_info_new ();
  g_autoptr (NanogptCacheInfo) read = NULL;
  g_autoptr (NanogptCacheInfo) bare = NULL;
  gint64 before = g_get_real_time ();
  g_autoptr (GError) error = NULL;

  info->run_id = g_strdup (" vid \"1\"\n");
  info->model = g_strdup ("m\xc3\xb6"
                          "del");
  info->payment_source = g_strdup ("USD");
  info->cost = 300000;
  g_assert_true (nanogpt_cache_store (dir, DIGEST, clip, info, &error));
  found = nanogpt_cache_lookup (dir, DIGEST, &read, &error);
  g_assert_nonnull (found);
  g_assert_cmpstr (read->run_id, ==, info->run_id);
  g_assert_cmpstr (read->model, ==, info->model);
  g_assert_cmpstr (read->payment_source, ==, "USD");
  g_assert_cmpint (read->cost, ==, info->cost);
  g_assert_cmpint (read->created, >=, before);
  g_assert_cmpint (read->created, <=, g_get_real_time ());

  /* A stored clip can be stored again, without any details. */
  bare = nanogpt_cache_info_new ();
  g_assert_true (nanogpt_cache_store (dir, OTHER, found, bare, &error));
  g_clear_pointer (&read, nanogpt_cache_info_free);
  g_clear_object (&found);
  found = nanogpt_cache_lookup (dir, OTHER, &read, &error);
  assert_same (found, clip);
  g_assert_null (read->run_id);
  g_assert_null (read->model);
  g_assert_null (read->payment_source);
  g_assert_cmpint (read->cost, <, 0);

  g_clear_pointer (&read, nanogpt_cache_info_free);
  nanogpt_cache_remove (dir, DIGEST);
  g_assert_null (nanogpt_cache_lookup (dir, DIGEST, &read, &error));
  g_assert_null (read);
  g_assert_no_error (error);
}

/* A clip stays readable while its file in the cache is replaced and removed. */
static void
test_removed_while_read (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptClip) expected = make_clip (1, MIB);
  g_autoptr (NanogptClip) clip = NULL;

  put (dir, 1, MIB);
  clip = look_up (dir);
  put (dir, 2, 100);
  nanogpt_cache_remove (dir, DIGEST);
  assert_same (clip, expected);
  g_assert_cmpuint (nanogpt_clip_get_available (clip, MIB - 1), ==, 1);
  g_assert_cmpuint (nanogpt_clip_get_available (clip, MIB), ==, 0);
}

/* A clip that is spooled in the cache's directory is linked instead of copied,
 * and remains readable. Storing it again creates another file. */
static void
test_linked (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = get_path (dir);
  g_autoptr (NanogptClip) expected = make_clip (1, MIB);
  g_autoptr (NanogptClip) clip = nanogpt_clip_new (dir, "/nowhere", 2 * MIB);
  g_autoptr (GBytes) bytes = nanogpt_clip_read (expected, 0, MIB, NULL);
  g_autoptr (GError) error = NULL;
  struct stat own;
  struct stat there;

  /* The size is overstated at first. */
  g_assert_true (nanogpt_clip_set_size (clip, MIB + 10, NULL));
  g_assert_true (nanogpt_clip_write (clip, 0, bytes, NULL));
  g_assert_cmpuint (count_files (dir), ==, 0);
  g_assert_true (nanogpt_clip_set_size (clip, MIB, NULL));

  for (guint i = 0; i < 2; i++) {
    store (dir, clip, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (count_files (dir), ==, 1);
    assert_same (clip, expected);
    assert_found (dir, 1, MIB);
    g_assert_cmpint (fstat (nanogpt_clip_get_spool (clip), &own), ==, 0);
    g_assert_cmpint (stat (path, &there), ==, 0);
    g_assert_cmpint (own.st_ino == there.st_ino, ==, i == 0);
  }
}

/* If the clip cannot be spooled in the first directory, it is stored from the
 * fallback directory. */
static void
test_spooled_elsewhere (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptClip) clip =
      nanogpt_clip_new ("/nowhere", g_get_tmp_dir (), MIB);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("clip", 4);

  g_assert_true (nanogpt_clip_set_size (clip, 4, NULL));
  g_assert_true (nanogpt_clip_write (clip, 0, bytes, NULL));
  g_assert_true (store (dir, clip, NULL));
  g_assert_true (has (dir));
}

/* If the file of a clip is truncated, its readers are not killed and never get
 * bytes that do not belong to the clip. */
static void
test_truncated_while_read (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = get_path (dir);
  g_autoptr (NanogptClip) clip = NULL;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GError) error = NULL;
  guint8 byte;

  put (dir, 1, MIB);
  clip = look_up (dir);
  before = nanogpt_clip_read (clip, 0, MIB, &error);
  g_assert_no_error (error);
  g_assert_cmpint (truncate (path, MIB / 2), ==, 0);

  kept = nanogpt_clip_read (clip, 0, MIB / 2, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (before, NULL), MIB / 2,
      g_bytes_get_data (kept, NULL), g_bytes_get_size (kept));
  g_assert_null (nanogpt_clip_read (clip, MIB / 2 - 1, 2, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  g_assert_false (nanogpt_clip_peek (clip, MIB / 2, &byte, 1));
}

static void
put_file (const char *path, const char *bytes, gsize length)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  g_assert_cmpint (write (fd, bytes, length), ==, length);
  close (fd);
}

static void
test_truncation (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = get_path (dir);
  g_autofree char *whole = NULL;
  gsize length;

  put (dir, 1, 300);
  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
  for (gsize kept = 0; kept < length; kept++) {
    put_file (path, whole, kept);
    g_assert_null (look_up (dir));
    g_assert_cmpuint (count_files (dir), ==, 0);
  }
  put_file (path, whole, length);
  assert_found (dir, 1, 300);
}

static void
test_bit_flips (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = get_path (dir);
  g_autofree char *whole = NULL;
  gsize length;

  put (dir, 1, 300);
  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
  for (gsize at = 0; at < length; at++) {
    whole[at] ^= 1 << at % 8;
    put_file (path, whole, length);
    whole[at] ^= 1 << at % 8;
    g_assert_null (look_up (dir));
    g_assert_cmpuint (count_files (dir), ==, 0);
  }
}

/* Damage is detected after the first piece of a large file, too. */
static void
test_large_damage (void)
{
  static const goffset places[] = { 0, MIB - 1, MIB, 2 * MIB + 4999 };
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = get_path (dir);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    int fd;
    char c;

    put (dir, 1, 2 * MIB + 5000);
    fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
    g_assert_cmpint (pread (fd, &c, 1, places[i]), ==, 1);
    c ^= 0x10;
    g_assert_cmpint (pwrite (fd, &c, 1, places[i]), ==, 1);
    close (fd);
    g_assert_null (look_up (dir));
  }
}

static void
test_mistaken (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = get_path (dir);
  g_autofree char *other = g_build_filename (dir, OTHER ".clip", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  put (dir, 1, 300);
  g_assert_cmpint (rename (path, other), ==, 0);
  g_assert_null (nanogpt_cache_lookup (dir, OTHER, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_files (dir), ==, 0);

  text = g_strnfill (5000, 'x');
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_null (look_up (dir));
  g_assert_cmpuint (count_files (dir), ==, 0);

  /* A directory is not a file, so it is kept, and the lookup does not hang. */
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_null (look_up (dir));
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (look_up (dir));
}

static void
test_nowhere (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autofree char *below = g_build_filename (file, "cache", NULL);
  g_autofree char *loop = get_path (dir);
  g_autoptr (NanogptClip) clip = make_clip (1, 100);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (look_up (below));
  g_assert_false (store (below, clip, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
  g_clear_error (&error);
  g_assert_false (store ("/proc/nanovid", clip, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);

  g_assert_cmpint (symlink (loop, loop), ==, 0);
  g_assert_null (nanogpt_cache_lookup (dir, DIGEST, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_LOOP);
}

static void
test_age (void)
{
  g_autofree char *dir = fixture_make_dir ();

  g_autoptr (NanogptClip) clip = make_clip (2, 100);
  g_autoptr (NanogptCacheInfo) info = nanogpt_cache_info_new ();

  put (dir, 1, 100);
  disk.ahead = 400 * DAY * G_USEC_PER_SEC;
  g_assert_true (has (dir));
  g_assert_true (nanogpt_cache_store (dir, OTHER, clip, info, NULL));
  g_assert_true (has (dir));
  disk.ahead = 0;
}

static void
leave_behind (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
}

static void
test_pruning (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptClip) clip = make_clip (1, 100);
  g_autoptr (NanogptCacheInfo) info = nanogpt_cache_info_new ();

  put (dir, 1, 100);
  leave_behind (dir, OTHER ".clip.abcdef.tmp");
  leave_behind (dir, "notes.clip");
  leave_behind (dir, OTHER ".txt");

  disk.ahead = (DAY - 60) * G_USEC_PER_SEC;
  g_assert_true (nanogpt_cache_store (dir, OTHER, clip, info, NULL));
  g_assert_cmpuint (count_files (dir), ==, 5);

  disk.ahead = (DAY + 60) * G_USEC_PER_SEC;
  g_assert_true (nanogpt_cache_store (dir, OTHER, clip, info, NULL));
  g_assert_cmpuint (count_files (dir), ==, 4);
  g_assert_true (has (dir));
  disk.ahead = 0;
}

/* Returns: (transfer full): a clip with a file of its own if @own is set, or
 *   else one that has to be copied */
static NanogptClip *
make_latter (gboolean own)
{
  g_autofree char *dir = fixture_make_dir ();

  if (own)
    return make_clip (2, MIB + 5);
  put (dir, 2, MIB + 5);
  return look_up (dir);
}

/* If any operation fails, the previous clip is kept, and no other file is left. */
static void
test_failures (gconstpointer data)
{
  g_autofree char *dir = fixture_make_dir ();
  gboolean own = GPOINTER_TO_INT (data);
  /* One check of the directory, the writes, and three operations to commit. */
  guint operations = 1 + (own ? 2 : 4) + 3;
  gboolean done;
  guint at = 0;

  put (dir, 1, 100);
  do {
    g_autoptr (NanogptClip) clip = make_latter (own);
    g_autoptr (GError) error = NULL;

    disk_watch (dir);
    disk.fail_at = ++at;
    disk.code = ENOSPC;
    done = store (dir, clip, &error);
    disk_unwatch ();
    g_assert_cmpuint (count_files (dir), ==, 1);
    if (!done)
      g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    /* The last operation makes the new name durable. */
    if (at < operations)
      assert_found (dir, 1, 100);
    else
      assert_found (dir, 2, MIB + 5);
  } while (!done);
  g_assert_cmpuint (at, ==, operations + 1);
}

static int
run_dying (const char *dir, guint at)
{
  disk_watch (dir);
  disk.kill_at = at;
  put (dir, 2, MIB + 5);
  return 0;
}

static void
test_kills (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("processes that are killed", 30);
  g_autofree char *dir = fixture_make_dir ();
  g_autoptr (NanogptClip) former = make_clip (1, 100);
  g_autoptr (NanogptClip) latter = make_clip (2, MIB + 5);
  gboolean done = FALSE;
  guint at;

  put (dir, 1, 100);
  for (at = 1; !done; at++) {
    g_autofree char *number = g_strdup_printf ("%u", at);
    g_autoptr (GError) error = NULL;
    g_autoptr (GSubprocess) process = g_subprocess_new (
        G_SUBPROCESS_FLAGS_NONE, &error, program, "dying", dir, number, NULL);
    g_autoptr (NanogptClip) clip = NULL;

    g_assert_no_error (error);
    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    done = g_subprocess_get_if_exited (process);
    clip = look_up (dir);
    assert_same (clip, at < 6 ? former : latter);
  }
  g_assert_cmpuint (at, ==, 1 + 2 + 3 + 2);
}

typedef struct
{
  const char *dir;
  guint seed;
  gint *running;
} Writer;

static gpointer
write_often (gpointer data)
{
  Writer *writer = data;

  for (guint i = 0; i < 10; i++)
    put (writer->dir, writer->seed, MIB + writer->seed);
  g_atomic_int_add (writer->running, -1);
  return NULL;
}

static void
test_concurrency (void)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("writers of one clip", 50);
  g_autofree char *dir = fixture_make_dir ();
  NanogptClip *clips[3];
  Writer writers[3];
  GThread *threads[3];
  gint running = 3;
  guint lookups = 0;

  for (guint i = 0; i < 3; i++)
    clips[i] = make_clip (i, MIB + i);
  put (dir, 0, MIB);
  for (guint i = 0; i < 3; i++) {
    writers[i] = (Writer){ dir, i, &running };
    threads[i] = g_thread_new ("writer", write_often, &writers[i]);
  }

  do {
    g_autoptr (NanogptClip) clip = look_up (dir);

    g_assert_nonnull (clip);
    assert_same (clip, clips[nanogpt_clip_get_size (clip) - MIB]);
    lookups++;
  } while (g_atomic_int_get (&running) > 0);
  for (guint i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (lookups, >, 1);
  g_assert_cmpuint (count_files (dir), ==, 1);
  for (guint i = 0; i < 3; i++)
    g_object_unref (clips[i]);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "dying"))
    return run_dying (argv[2], atoi (argv[3]));

  fixture_init (&argc, &argv);
  g_test_add_func ("/cache/round-trip", test_round_trip);
  g_test_add_func ("/cache/info", test_info);
  g_test_add_func ("/cache/removed-while-read", test_removed_while_read);
  g_test_add_func ("/cache/truncated-while-read", test_truncated_while_read);
  g_test_add_func ("/cache/linked", test_linked);
  g_test_add_func ("/cache/spooled-elsewhere", test_spooled_elsewhere);
  g_test_add_func ("/cache/truncation", test_truncation);
  g_test_add_func ("/cache/bit-flips", test_bit_flips);
  g_test_add_func ("/cache/large-damage", test_large_damage);
  g_test_add_func ("/cache/mistaken", test_mistaken);
  g_test_add_func ("/cache/nowhere", test_nowhere);
  g_test_add_func ("/cache/age", test_age);
  g_test_add_func ("/cache/pruning", test_pruning);
  g_test_add_data_func (
      "/cache/failures/linked", GINT_TO_POINTER (TRUE), test_failures);
  g_test_add_data_func (
      "/cache/failures/copied", GINT_TO_POINTER (FALSE), test_failures);
  g_test_add_func ("/cache/kills", test_kills);
  g_test_add_func ("/cache/concurrency", test_concurrency);
  return g_test_run ();
}
