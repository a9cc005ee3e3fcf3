/* nanovid: finds the end of an encoded image by its format
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidimageformat.h"

#include <gst/tag/tag.h>
#include <string.h>

#define JPEG_SIGNATURE "\xff\xd8\xff"
#define PNG_SIGNATURE "\x89PNG\r\n\x1a\n"

/* Number of bytes needed to tell the types apart. */
#define SIGNATURE_SIZE 12

enum
{
  JPEG_TEM = 0x01,
  JPEG_RST0 = 0xd0,
  JPEG_RST7 = 0xd7,
  JPEG_SOI = 0xd8,
  JPEG_EOI = 0xd9,
  JPEG_SOS = 0xda,
  JPEG_APP1 = 0xe1,
};

static void
note_exif (GstNanovidImageWalk *walk, gsize offset, gsize size)
{
  walk->exif = offset;
  walk->exif_size = size;
}

static void
note_size (GstNanovidImageWalk *walk, guint width, guint height)
{
  walk->width = width;
  walk->height = height;
}

/* JPEG: segments that state their length, and between them coded data, in which
 * 0xff is followed only by 0x00, a restart marker or the next segment. */

static gboolean
is_jpeg_marker (guint8 code)
{
  return code != 0x00 && code != 0xff && (code < JPEG_RST0 || code > JPEG_RST7);
}

/* Huffman tables and arithmetic coder settings are in the same range. */
static gboolean
is_jpeg_frame (guint8 code)
{
  return code >= 0xc0 && code <= 0xcf && code != 0xc4 && code != 0xc8
      && code != 0xcc;
}

static gsize
find_jpeg_marker (const guint8 *data, gsize size, gsize position)
{
  while (position + 1 < size) {
    const guint8 *found = memchr (data + position, 0xff, size - 1 - position);

    if (!found)
      return size - 1;
    position = found - data;
    if (is_jpeg_marker (data[position + 1]))
      return position;
    position++;
  }
  return position;
}

static GstNanovidImageState
walk_jpeg (GstNanovidImageWalk *walk, const guint8 *data, gsize size)
{
  walk->position = MAX (walk->position, 2);

  for (;;) {
    gsize p = find_jpeg_marker (data, size, walk->position);
    guint8 marker;
    guint length;

    walk->position = p;
    if (p + 2 > size)
      return GST_NANOVID_IMAGE_PARTIAL;

    marker = data[p + 1];
    if (marker == JPEG_EOI) {
      walk->position = p + 2;
      return walk->has_picture ? GST_NANOVID_IMAGE_WHOLE
                               : GST_NANOVID_IMAGE_BROKEN;
    }
    if (marker == JPEG_SOI)
      return GST_NANOVID_IMAGE_BROKEN;
    if (marker == JPEG_TEM) {
      walk->position = p + 2;
      continue;
    }

    if (p + 4 > size)
      return GST_NANOVID_IMAGE_PARTIAL;
    length = GST_READ_UINT16_BE (data + p + 2);
    if (length < 2)
      return GST_NANOVID_IMAGE_BROKEN;
    if (p + 2 + length > size)
      return GST_NANOVID_IMAGE_PARTIAL;
    if (marker == JPEG_SOS)
      walk->has_picture = TRUE;
    if (is_jpeg_frame (marker) && length >= 8) {
      note_size (walk, GST_READ_UINT16_BE (data + p + 7),
          GST_READ_UINT16_BE (data + p + 5));
      walk->components = data[p + 9];
    }
    if (marker == JPEG_APP1 && length >= 8 && !walk->exif
        && memcmp (data + p + 4, "Exif\0", 6) == 0)
      note_exif (walk, p + 10, length - 8);
    walk->position = p + 2 + length;
  }
}

/* PNG: chunks, from IHDR to IEND. */
static GstNanovidImageState
walk_png (GstNanovidImageWalk *walk, const guint8 *data, gsize size)
{
  walk->position = MAX (walk->position, 8);

  while (walk->position + 8 <= size) {
    gsize p = walk->position;
    guint32 length = GST_READ_UINT32_BE (data + p);
    guint32 type = GST_READ_UINT32_LE (data + p + 4);
    gboolean is_header = type == GST_MAKE_FOURCC ('I', 'H', 'D', 'R');

    if (length > G_MAXINT32 || is_header != (p == 8))
      return GST_NANOVID_IMAGE_BROKEN;
    if (p + 12 + length > size)
      return GST_NANOVID_IMAGE_PARTIAL;

    walk->position = p + 12 + length;
    if (is_header && length >= 8)
      note_size (walk, GST_READ_UINT32_BE (data + p + 8),
          GST_READ_UINT32_BE (data + p + 12));
    if (type == GST_MAKE_FOURCC ('I', 'D', 'A', 'T'))
      walk->has_picture = TRUE;
    if (type == GST_MAKE_FOURCC ('e', 'X', 'I', 'f'))
      note_exif (walk, p + 8, length);
    if (type == GST_MAKE_FOURCC ('I', 'E', 'N', 'D'))
      return walk->has_picture ? GST_NANOVID_IMAGE_WHOLE
                               : GST_NANOVID_IMAGE_BROKEN;
  }
  return GST_NANOVID_IMAGE_PARTIAL;
}

/* In an extended file, the canvas size comes first. */
static void
note_webp_size (
    GstNanovidImageWalk *walk, guint32 type, const guint8 *chunk, gsize length)
{
  guint32 bits;

  if (walk->width > 0 || length < 10)
    return;
  if (type == GST_MAKE_FOURCC ('V', 'P', '8', 'X')) {
    note_size (walk, GST_READ_UINT24_LE (chunk + 4) + 1,
        GST_READ_UINT24_LE (chunk + 7) + 1);
  } else if (type == GST_MAKE_FOURCC ('V', 'P', '8', ' ')) {
    note_size (walk, GST_READ_UINT16_LE (chunk + 6) & 0x3fff,
        GST_READ_UINT16_LE (chunk + 8) & 0x3fff);
  } else if (type == GST_MAKE_FOURCC ('V', 'P', '8', 'L')) {
    bits = GST_READ_UINT32_LE (chunk + 1);
    note_size (walk, (bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
  }
}

/* WebP: a RIFF file, which states its length at the start. */
static GstNanovidImageState
walk_webp (GstNanovidImageWalk *walk, const guint8 *data, gsize size)
{
  gsize end = (gsize)GST_READ_UINT32_LE (data + 4) + 8;
  gsize p = SIGNATURE_SIZE;

  if (size < end)
    return GST_NANOVID_IMAGE_PARTIAL;

  while (p + 8 <= end) {
    guint32 type = GST_READ_UINT32_LE (data + p);
    gsize length = GST_READ_UINT32_LE (data + p + 4);

    if (length > end - p - 8)
      return GST_NANOVID_IMAGE_BROKEN;
    note_webp_size (walk, type, data + p + 8, length);
    if (type == GST_MAKE_FOURCC ('V', 'P', '8', ' ')
        || type == GST_MAKE_FOURCC ('V', 'P', '8', 'L')
        || type == GST_MAKE_FOURCC ('A', 'N', 'M', 'F'))
      walk->has_picture = TRUE;
    if (type == GST_MAKE_FOURCC ('E', 'X', 'I', 'F'))
      note_exif (walk, p + 8, length);
    p += 8 + length + (length & 1);
  }

  walk->position = end;
  return walk->has_picture ? GST_NANOVID_IMAGE_WHOLE : GST_NANOVID_IMAGE_BROKEN;
}

/* Compares as many bytes as the shorter one has. */
static gboolean
begins_with (const guint8 *data, gsize size, const char *signature)
{
  return size == 0
      || memcmp (data, signature, MIN (size, strlen (signature))) == 0;
}

GstNanovidImageState
gst_nanovid_image_walk (
    GstNanovidImageWalk *walk, const guint8 *data, gsize size)
{
  gboolean is_jpeg = begins_with (data, size, JPEG_SIGNATURE);
  gboolean is_png = begins_with (data, size, PNG_SIGNATURE);
  gboolean is_webp = begins_with (data, size, "RIFF")
      && (size <= 8 || begins_with (data + 8, size - 8, "WEBP"));

  if (!is_jpeg && !is_png && !is_webp)
    return GST_NANOVID_IMAGE_UNKNOWN;
  if (size < SIGNATURE_SIZE)
    return GST_NANOVID_IMAGE_PARTIAL;
  if (is_jpeg)
    return walk_jpeg (walk, data, size);
  if (is_png)
    return walk_png (walk, data, size);
  return walk_webp (walk, data, size);
}

/* Exif is a TIFF file, whose header has the offset of the tags.  The header
 * parser of the tag library assumes that they follow immediately. */
GstVideoOrientationMethod
gst_nanovid_image_get_orientation (
    const GstNanovidImageWalk *walk, GBytes *image)
{
  GstVideoOrientationMethod orientation = GST_VIDEO_ORIENTATION_IDENTITY;
  const guint8 *tiff =
      (const guint8 *)g_bytes_get_data (image, NULL) + walk->exif;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstTagList) tags = NULL;
  gboolean is_big;
  guint32 offset;

  if (walk->exif_size < 8)
    return orientation;
  is_big = tiff[0] == 'M';
  offset =
      is_big ? GST_READ_UINT32_BE (tiff + 4) : GST_READ_UINT32_LE (tiff + 4);
  if (offset > walk->exif_size)
    return orientation;

  bytes = g_bytes_new_from_bytes (
      image, walk->exif + offset, walk->exif_size - offset);
  buffer = gst_buffer_new_wrapped_bytes (bytes);
  tags = gst_tag_list_from_exif_buffer (
      buffer, is_big ? G_BIG_ENDIAN : G_LITTLE_ENDIAN, offset);
  if (tags)
    gst_video_orientation_from_tag (tags, &orientation);
  return orientation;
}
