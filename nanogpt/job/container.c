/* nanovid: checks whether a media file is complete, by its container format
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "container.h"

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

/* A size of 0 means "to the end of the file", 1 means a 64-bit size after the
 * type. */
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
  if (*box_size == 1) {
    if (length < LARGE_HEADER_SIZE)
      return FALSE;
    *box_size = read_uint (header + 8, 8);
    return *box_size >= LARGE_HEADER_SIZE;
  }
  return *box_size == 0 || *box_size >= HEADER_SIZE;
}

/* Boxes that a player needs in full. */
static gboolean
is_vital (const char *type)
{
  return strcmp (type, "moov") == 0 || strcmp (type, "mdat") == 0
      || strcmp (type, "moof") == 0;
}

/* Fragments may go on indefinitely, until their index comes at the very end; so
 * may a box without a size.  If a complete index and data are followed by
 * something other than a complete box, that may be padding, or the beginning of
 * a box. */
static NanogptContainerVerdict
judge_mp4 (NanogptClip *clip, guint64 size)
{
  gboolean has_index = FALSE;
  gboolean has_data = FALSE;
  gboolean has_end = TRUE;
  guint64 offset = 0;

  while (offset < size) {
    guint64 box_size = 0;
    char type[5] = "";
    gboolean readable = read_box (clip, offset, size, &box_size, type);

    if (offset == 0 && (!readable || strcmp (type, "ftyp") != 0))
      return NANOGPT_CONTAINER_UNKNOWN;
    if (!readable || box_size > size - offset)
      return has_index && has_data && !is_vital (type)
          ? NANOGPT_CONTAINER_UNKNOWN
          : NANOGPT_CONTAINER_CUT_OFF;
    has_index |= strcmp (type, "moov") == 0;
    has_data |= strcmp (type, "mdat") == 0;
    has_end &= box_size > 0 && strcmp (type, "moof") != 0;
    has_end |= strcmp (type, "mfra") == 0;
    offset = box_size > 0 ? offset + box_size : size;
  }
  if (!has_index || !has_data)
    return NANOGPT_CONTAINER_CUT_OFF;
  return has_end ? NANOGPT_CONTAINER_WHOLE : NANOGPT_CONTAINER_UNKNOWN;
}

#define EBML_ID 0x1a45dfa3
#define SEGMENT_ID 0x18538067

/* A number whose first byte gives, by its leading zeros, how many bytes follow;
 * all ones mean an unknown size. */
static gboolean
read_ebml_size (NanogptClip *clip, guint64 *offset, guint64 *size)
{
  guint8 data[8];
  guint length = 1;

  if (!nanogpt_clip_peek (clip, *offset, data, 1) || data[0] == 0)
    return FALSE;
  while (!(data[0] & (0x80 >> (length - 1))))
    length++;
  if (!nanogpt_clip_peek (clip, *offset, data, length))
    return FALSE;

  data[0] &= 0xff >> length;
  *size = read_uint (data, length);
  *offset += length;
  return *size != (G_GUINT64_CONSTANT (1) << (7 * length)) - 1;
}

static gboolean
read_ebml_id (NanogptClip *clip, guint64 *offset, guint32 id)
{
  guint8 data[4];

  if (!nanogpt_clip_peek (clip, *offset, data, sizeof data)
      || read_uint (data, sizeof data) != id)
    return FALSE;
  *offset += sizeof data;
  return TRUE;
}

static NanogptContainerVerdict
judge_matroska (NanogptClip *clip, guint64 size)
{
  guint64 offset = 0;
  guint64 header_size;
  guint64 segment_size;

  if (!read_ebml_id (clip, &offset, EBML_ID)
      || !read_ebml_size (clip, &offset, &header_size))
    return NANOGPT_CONTAINER_UNKNOWN;
  offset += header_size;
  if (!read_ebml_id (clip, &offset, SEGMENT_ID)
      || !read_ebml_size (clip, &offset, &segment_size))
    return offset >= size ? NANOGPT_CONTAINER_CUT_OFF
                          : NANOGPT_CONTAINER_UNKNOWN;
  return segment_size > size - offset ? NANOGPT_CONTAINER_CUT_OFF
                                      : NANOGPT_CONTAINER_WHOLE;
}

NanogptContainerVerdict
nanogpt_container_judge (NanogptClip *clip, guint64 size)
{
  NanogptContainerVerdict verdict =
      size > 0 ? judge_mp4 (clip, size) : NANOGPT_CONTAINER_UNKNOWN;

  return verdict == NANOGPT_CONTAINER_UNKNOWN ? judge_matroska (clip, size)
                                              : verdict;
}

static void
judge_in_thread (GTask *task, gpointer clip, gpointer size,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  g_task_return_int (
      task, nanogpt_container_judge (clip, *(const guint64 *)size));
}

void
nanogpt_container_judge_async (NanogptClip *clip, guint64 size,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (clip, NULL, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (&size, sizeof size), g_free);
  g_task_run_in_thread (task, judge_in_thread);
}

NanogptContainerVerdict
nanogpt_container_judge_finish (GAsyncResult *result)
{
  return g_task_propagate_int (G_TASK (result), NULL);
}
