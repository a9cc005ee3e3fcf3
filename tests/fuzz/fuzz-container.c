/* nanovid: ends of media files, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "nanogpt/job/container.h"

static gboolean
is_matroska (const guint8 *data, gsize size)
{
  return size >= 4 && memcmp (data, "\x1a\x45\xdf\xa3", 4) == 0;
}

/* Whether the data begins like an MP4 file. A first box with 12 bytes or more
 * cannot have a size of 1 to 7. */
static gboolean
begins_mp4 (const guint8 *data, gsize size)
{
  guint32 box_size;

  if (size < 12 || memcmp (data + 4, "ftyp", 4) != 0)
    return FALSE;
  memcpy (&box_size, data, 4);
  box_size = GUINT32_FROM_BE (box_size);
  return box_size == 0 || box_size >= 8;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (NanogptClip) clip =
      nanogpt_clip_new_from_fd (fuzz_make_file (data, size), size);
  gboolean cut_off =
      nanogpt_container_judge (clip, size) == NANOGPT_CONTAINER_CUT_OFF;

  /* A file that is neither Matroska nor MP4 is never reported as cut off. */
  if (!is_matroska (data, size)
      && (size < 8 || memcmp (data + 4, "ftyp", 4) != 0))
    g_assert_false (cut_off);
  /* No file consists of its first box alone, or of a part of it. */
  if (begins_mp4 (data, size))
    g_assert_cmpint (
        nanogpt_container_judge (clip, 12), ==, NANOGPT_CONTAINER_CUT_OFF);
  return 0;
}
