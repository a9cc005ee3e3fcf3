/* nanovid: whether an MP4 file is whole, by its boxes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mp4.h"

#include <string.h>

#define HEADER_SIZE 8
#define LARGE_HEADER_SIZE 16

static guint64
read_uint (const guint8 *data, guint bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < bytes; i++)
    value = value << 8 | data[i];
  return value;
}

/* A size of 0 stands for "to the end of the file", 1 for a 64-bit size behind
 * the type. */
static gboolean
read_box (NanogptClip *clip, guint64 offset, guint64 size, guint64 *box_size,
    char type[5])
{
  guint8 header[LARGE_HEADER_SIZE];
  gsize length = MIN (size - offset, sizeof header);

  if (length < HEADER_SIZE || !nanogpt_clip_peek (clip, offset, header, length))
    return FALSE;

  memcpy (type, header + 4, 4);
  type[4] = '\0';
  *box_size = read_uint (header, 4);
  if (*box_size == 0) {
    *box_size = size - offset;
  } else if (*box_size == 1) {
    if (length < LARGE_HEADER_SIZE)
      return FALSE;
    *box_size = read_uint (header + 8, 8);
    return *box_size >= LARGE_HEADER_SIZE;
  }
  return *box_size >= HEADER_SIZE;
}

gboolean
nanogpt_mp4_is_cut_off (NanogptClip *clip, guint64 size)
{
  gboolean has_index = FALSE;
  gboolean has_data = FALSE;
  guint64 offset = 0;

  while (offset < size) {
    guint64 box_size;
    char type[5];
    gboolean readable = read_box (clip, offset, size, &box_size, type);

    if (offset == 0 && (!readable || strcmp (type, "ftyp") != 0))
      return FALSE;
    if (!readable || box_size > size - offset)
      return TRUE;
    has_index |= strcmp (type, "moov") == 0;
    has_data |= strcmp (type, "mdat") == 0;
    offset += box_size;
  }
  return !has_index || !has_data;
}
