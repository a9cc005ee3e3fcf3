/* nanovid: tests of the growing file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/store/clip.h"

#include "fixture/env.h"
#include "nanogpt/base/error.h"

#define PIECE 10000
#define SIZE (4 * PIECE)

static guint8
byte_at (guint64 offset)
{
  return offset * 7 + offset / 251;
}

static GBytes *
make_bytes (guint64 offset, gsize length)
{
  guint8 *data = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    data[i] = byte_at (offset + i);
  return g_bytes_new_take (data, length);
}

static void
write_piece (NanogptClip *clip, guint64 offset, gsize length)
{
  g_autoptr (GBytes) bytes = make_bytes (offset, length);
  g_autoptr (GError) error = NULL;

  nanogpt_clip_write (clip, offset, bytes, &error);
  g_assert_no_error (error);
}

static GBytes *
read_piece (NanogptClip *clip, guint64 offset, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) expected = make_bytes (offset, length);
  GBytes *bytes = nanogpt_clip_read (clip, offset, length, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bytes, expected));
  return bytes;
}

static void
check_piece (NanogptClip *clip, guint64 offset, gsize length)
{
  g_bytes_unref (read_piece (clip, offset, length));
}

static NanogptClip *
make_clip (void)
{
  return nanogpt_clip_new (NULL, g_get_tmp_dir (), SIZE);
}

static NanogptClip *
make_sized_clip (void)
{
  g_autoptr (GError) error = NULL;
  NanogptClip *clip = make_clip ();

  nanogpt_clip_set_size (clip, SIZE, &error);
  g_assert_no_error (error);
  return clip;
}

/* The bytes are the same whether they come from memory or from the file. */
static void
test_reads_what_was_written (void)
{
  g_autoptr (NanogptClip) clip = make_sized_clip ();

  for (guint64 offset = 0; offset < SIZE; offset += PIECE) {
    write_piece (clip, offset, PIECE);
    check_piece (clip, offset, PIECE);
    check_piece (clip, offset + 1, PIECE - 1);
    check_piece (clip, offset, 1);
    check_piece (clip, offset + PIECE - 1, 1);
    check_piece (clip, 0, offset + PIECE);
    check_piece (clip, offset / 2, offset / 2 + PIECE);
  }
  g_assert_true (nanogpt_clip_is_complete (clip));
}

/* A reader that keeps up with the writer gets the bytes without a copy. A
 * complete clip keeps nothing in memory. */
static void
test_hands_on_the_latest_bytes (void)
{
  g_autoptr (NanogptClip) clip = make_sized_clip ();
  g_autoptr (GBytes) first = make_bytes (0, PIECE);
  g_autoptr (GBytes) rest = make_bytes (PIECE, SIZE - PIECE);
  g_autoptr (GBytes) read_first = NULL;
  g_autoptr (GBytes) read_rest = NULL;
  const guint8 *data = g_bytes_get_data (first, NULL);

  g_assert_true (nanogpt_clip_write (clip, 0, first, NULL));
  read_first = read_piece (clip, 5, PIECE - 5);
  g_assert_true (g_bytes_get_data (read_first, NULL) == data + 5);

  g_assert_true (nanogpt_clip_write (clip, PIECE, rest, NULL));
  read_rest = read_piece (clip, PIECE, SIZE - PIECE);
  g_assert_true (
      g_bytes_get_data (read_rest, NULL) != g_bytes_get_data (rest, NULL));
}

static void
test_bytes_outlive_the_clip (void)
{
  NanogptClip *clip = make_sized_clip ();
  g_autoptr (GBytes) expected = make_bytes (0, PIECE);
  g_autoptr (GBytes) latest = NULL;
  g_autoptr (GBytes) stored = NULL;

  write_piece (clip, 0, PIECE);
  latest = read_piece (clip, 0, PIECE);
  write_piece (clip, PIECE, PIECE);
  stored = read_piece (clip, 0, PIECE);
  g_object_unref (clip);
  g_assert_true (g_bytes_equal (latest, expected));
  g_assert_true (g_bytes_equal (stored, expected));
}

/* Bytes that were read once never change. Data that differs from them is
 * rejected before any of the data behind it is stored. */
static void
test_bytes_never_change (void)
{
  g_autoptr (NanogptClip) clip = make_sized_clip ();
  g_autofree guint8 *other = g_malloc0 (3 * PIECE);
  g_autoptr (GBytes) zeros = g_bytes_new_static (other, 3 * PIECE);
  g_autoptr (GError) error = NULL;

  write_piece (clip, PIECE, PIECE);
  g_assert_false (nanogpt_clip_write (clip, PIECE, zeros, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG);
  check_piece (clip, PIECE, PIECE);
  g_assert_cmpuint (nanogpt_clip_get_bytes (clip), ==, PIECE);
  write_piece (clip, PIECE / 2, 2 * PIECE);
  check_piece (clip, PIECE / 2, 2 * PIECE);
  g_assert_false (nanogpt_clip_write (clip, 0, zeros, NULL));
  check_piece (clip, PIECE / 2, 2 * PIECE);
}

/* Bytes that the server sends beyond the end of the file are dropped. */
static void
test_drops_what_is_beyond_the_size (void)
{
  g_autoptr (NanogptClip) clip = make_sized_clip ();

  write_piece (clip, PIECE, SIZE);
  g_assert_cmpuint (nanogpt_clip_get_available (clip, PIECE), ==, SIZE - PIECE);
  check_piece (clip, PIECE, SIZE - PIECE);
}

static void
test_max_size (void)
{
  g_autoptr (NanogptClip) clip = make_clip ();
  g_autoptr (GBytes) bytes = make_bytes (PIECE, SIZE);
  g_autoptr (GError) error = NULL;

  g_assert_false (nanogpt_clip_write (clip, PIECE, bytes, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_RESULT_TOO_LARGE);
  g_assert_cmpuint (nanogpt_clip_get_bytes (clip), ==, 0);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/clip/reads-what-was-written", test_reads_what_was_written);
  g_test_add_func (
      "/clip/hands-on-the-latest-bytes", test_hands_on_the_latest_bytes);
  g_test_add_func ("/clip/bytes-outlive-the-clip", test_bytes_outlive_the_clip);
  g_test_add_func ("/clip/bytes-never-change", test_bytes_never_change);
  g_test_add_func ("/clip/drops-what-is-beyond-the-size",
      test_drops_what_is_beyond_the_size);
  g_test_add_func ("/clip/max-size", test_max_size);
  return g_test_run ();
}
