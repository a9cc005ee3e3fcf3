/* nanovid: tests of finding the end of media files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/job/container.h"

#include <unistd.h>

#define FTYP                                                                   \
  "\0\0\0\x0c"                                                                 \
  "ftypisom"
#define MOOV                                                                   \
  "\0\0\0\x0c"                                                                 \
  "moov...."
#define MDAT                                                                   \
  "\0\0\0\x0c"                                                                 \
  "mdat...."
#define LARGE_MDAT "\0\0\0\1mdat\0\0\0\0\0\0\0\x12.."
#define ENDLESS_MDAT "\0\0\0\0mdat...."
#define FREE                                                                   \
  "\0\0\0\x0c"                                                                 \
  "free...."
#define MOOF                                                                   \
  "\0\0\0\x0c"                                                                 \
  "moof...."
#define MFRA                                                                   \
  "\0\0\0\x0c"                                                                 \
  "mfra...."
#define WEBM "\x1a\x45\xdf\xa3\x82.."
#define SEGMENT "\x18\x53\x80\x67\x84...."
#define ENDLESS_SEGMENT "\x18\x53\x80\x67\xff...."

typedef struct
{
  const char *name;
  const char *data;
  gsize size;
  gboolean whole;
  gboolean cut_off; /* if neither is set, the file does not show it */
} File;

#define FILE_OF(data) data, sizeof (data) - 1

static const File files[] = {
  { "mp4", FILE_OF (FTYP MOOV MDAT), TRUE, FALSE },
  { "mp4/index-last", FILE_OF (FTYP MDAT MOOV), TRUE, FALSE },
  { "mp4/padded", FILE_OF (FTYP MOOV MDAT FREE), TRUE, FALSE },
  { "mp4/large-size", FILE_OF (FTYP MOOV LARGE_MDAT), TRUE, FALSE },
  { "mp4/no-index", FILE_OF (FTYP MDAT), FALSE, TRUE },
  { "mp4/no-data", FILE_OF (FTYP MOOV), FALSE, TRUE },
  { "mp4/cut-in-data", FILE_OF (FTYP MOOV "\0\0\0\x0cmdat.."), FALSE, TRUE },
  { "mp4/cut-in-index", FILE_OF (FTYP MDAT "\0\0\0\x0cmoov.."), FALSE, TRUE },
  { "mp4/cut-in-header", FILE_OF (FTYP MOOV "\0\0\0\x0cmd"), FALSE, TRUE },
  { "mp4/cut-in-more-data", FILE_OF (FTYP MOOV MDAT "\0\0\0\x0cmdat.."), FALSE,
      TRUE },
  { "mp4/cut-in-large-size", FILE_OF (FTYP MOOV "\0\0\0\1mdat\0\0"), FALSE,
      TRUE },
  { "mp4/one-byte-more", FILE_OF (FTYP MOOV MDAT "\0"), FALSE, FALSE },
  { "mp4/three-bytes-more", FILE_OF (FTYP MOOV MDAT "\0\0\0"), FALSE, FALSE },
  { "mp4/seven-bytes-more", FILE_OF (FTYP MOOV MDAT "garbage"), FALSE, FALSE },
  { "mp4/zeros", FILE_OF (FTYP MOOV MDAT "\0\0\0\0\0\0\0\0\0\0"), FALSE,
      FALSE },
  { "mp4/garbage", FILE_OF (FTYP MDAT MOOV "garbage, and more"), FALSE, FALSE },
  { "mp4/no-size", FILE_OF (FTYP MOOV MDAT "\0\0\0\5free."), FALSE, FALSE },
  { "mp4/cut-in-padding",
      FILE_OF (FTYP MOOV MDAT "\0\0\0\x0c"
                              "free"),
      FALSE, FALSE },
  { "mp4/to-the-end", FILE_OF (FTYP MOOV ENDLESS_MDAT), FALSE, FALSE },
  { "mp4/fragments", FILE_OF (FTYP MOOV MOOF MDAT), FALSE, FALSE },
  { "mp4/fragments-with-index", FILE_OF (FTYP MOOV MOOF MDAT MFRA), TRUE,
      FALSE },
  { "mp4/cut-in-fragment", FILE_OF (FTYP MOOV MOOF MDAT "\0\0\0\x0cmoof"),
      FALSE, TRUE },
  { "webm", FILE_OF (WEBM SEGMENT), TRUE, FALSE },
  { "webm/garbage", FILE_OF (WEBM SEGMENT "garbage"), TRUE, FALSE },
  { "webm/cut", FILE_OF (WEBM "\x18\x53\x80\x67\x84..."), FALSE, TRUE },
  { "webm/no-size", FILE_OF (WEBM ENDLESS_SEGMENT "garbage"), FALSE, FALSE },
  { "other", FILE_OF ("RIFF....AVI "), FALSE, FALSE },
};

static void
test_file (gconstpointer data)
{
  const File *file = data;
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptClip) clip = NULL;
  int fd = g_file_open_tmp (NULL, &name, &error);
  NanogptContainerVerdict verdict;

  g_assert_no_error (error);
  g_assert_cmpint (unlink (name), ==, 0);
  g_assert_cmpint (write (fd, file->data, file->size), ==, (gssize)file->size);
  clip = nanogpt_clip_new_from_fd (fd, file->size);
  verdict = nanogpt_container_judge (clip, file->size);
  g_assert_cmpint (verdict == NANOGPT_CONTAINER_WHOLE, ==, file->whole);
  g_assert_cmpint (verdict == NANOGPT_CONTAINER_CUT_OFF, ==, file->cut_off);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_strconcat ("/container/", files[i].name, NULL);

    g_test_add_data_func (path, &files[i], test_file);
  }
  return g_test_run ();
}
