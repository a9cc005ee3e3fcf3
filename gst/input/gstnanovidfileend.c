/* nanovid: finds the end of a media file that arrives in pieces
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidfileend.h"

#include <gst/gst.h>
#include <string.h>

#define BOX_HEADER_SIZE 8
#define LARGE_BOX_HEADER_SIZE 16

/* Returns: the size of the MP4 box that begins here, 0 if unknown */
static guint64
read_box_size (const guint8 *data, gsize size)
{
  guint32 box_size;

  if (size < BOX_HEADER_SIZE)
    return 0;
  box_size = GST_READ_UINT32_BE (data);
  if (box_size != 1)
    return box_size >= BOX_HEADER_SIZE ? box_size : 0;
  return size >= LARGE_BOX_HEADER_SIZE ? GST_READ_UINT64_BE (data + 8) : 0;
}

/* A file with fragments never counts as complete, because more may follow. */
static gboolean
is_whole_mp4 (const guint8 *data, gsize size)
{
  gboolean has_index = FALSE;
  gboolean has_data = FALSE;
  gsize offset = 0;

  while (offset < size) {
    guint64 box_size = read_box_size (data + offset, size - offset);
    const guint8 *type = data + offset + 4;

    if (box_size == 0 || box_size > size - offset
        || memcmp (type, "moof", 4) == 0)
      return FALSE;
    has_index |= memcmp (type, "moov", 4) == 0;
    has_data |= memcmp (type, "mdat", 4) == 0;
    offset += box_size;
  }
  return has_index && has_data;
}

/* Reads a number whose first byte says, by its leading zeros, how many bytes
 * follow; all ones mean an unknown size. */
static gboolean
read_ebml_size (
    const guint8 *data, gsize size, gsize *offset, guint64 *element_size)
{
  guint length = 1;

  if (*offset >= size || data[*offset] == 0)
    return FALSE;
  while (!(data[*offset] & (0x80 >> (length - 1))))
    length++;
  if (length > size - *offset)
    return FALSE;

  *element_size = data[*offset] & (0xff >> length);
  for (guint i = 1; i < length; i++)
    *element_size = *element_size << 8 | data[*offset + i];
  *offset += length;
  return *element_size != (G_GUINT64_CONSTANT (1) << (7 * length)) - 1;
}

static gboolean
is_whole_matroska (const guint8 *data, gsize size)
{
  static const guint8 header_id[] = { 0x1a, 0x45, 0xdf, 0xa3 };
  static const guint8 segment_id[] = { 0x18, 0x53, 0x80, 0x67 };
  gsize offset = sizeof header_id;
  guint64 element_size;

  if (size < sizeof header_id || memcmp (data, header_id, sizeof header_id) != 0
      || !read_ebml_size (data, size, &offset, &element_size)
      || element_size > size - offset)
    return FALSE;

  offset += element_size;
  if (size - offset < sizeof segment_id
      || memcmp (data + offset, segment_id, sizeof segment_id) != 0)
    return FALSE;
  offset += sizeof segment_id;
  return read_ebml_size (data, size, &offset, &element_size)
      && element_size == size - offset;
}

/* A file written by a streaming muxer has no valid size. */
static gboolean
is_whole_wav (const guint8 *data, gsize size)
{
  guint32 length;

  if (size < 12 || memcmp (data, "RIFF", 4) != 0
      || memcmp (data + 8, "WAVE", 4) != 0)
    return FALSE;
  length = GST_READ_UINT32_LE (data + 4);
  return length > 36 && size == (guint64)length + 8;
}

gboolean
gst_nanovid_file_is_whole (const guint8 *data, gsize size)
{
  return is_whole_mp4 (data, size) || is_whole_matroska (data, size)
      || is_whole_wav (data, size);
}
