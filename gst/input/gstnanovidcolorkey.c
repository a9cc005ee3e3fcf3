/* nanovid: the transparent color of a PNG image
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidcolorkey.h"

#include <gst/video/video.h>
#include <string.h>

#define PNG_SIGNATURE "\x89PNG\r\n\x1a\n"
#define FIRST_CHUNK 8

/* IHDR starts with length, type, width and height, followed by these. */
#define DEPTH_OFFSET 24
#define COLOR_TYPE_OFFSET 25
#define COLOR_TYPE_GRAY 0
#define COLOR_TYPE_RGB 2

/* The color as stored in a frame. */
typedef struct
{
  guint8 bytes[3];
  guint size;
} Key;

/* Returns: (nullable): the values of tRNS, 16 bits each */
static const guint8 *
find_transparency (const guint8 *data, gsize size, guint expected)
{
  gsize offset = FIRST_CHUNK;

  while (size - offset >= 12) {
    guint32 length = GST_READ_UINT32_BE (data + offset);
    const guint8 *type = data + offset + 4;

    if (length > size - offset - 12 || memcmp (type, "IDAT", 4) == 0)
      return NULL;
    if (memcmp (type, "tRNS", 4) == 0)
      return length == expected ? type + 4 : NULL;
    offset += 12 + length;
  }
  return NULL;
}

/* Converts the color as pngdec does: gray with few bits is scaled to eight.
 * 16-bit RGB is not supported, because pngdec never decodes it as the format
 * requires. */
static gboolean
find_key (GBytes *image, Key *key)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (image, &size);
  const guint8 *color;
  guint type, depth, max, n_colors;

  if (size <= COLOR_TYPE_OFFSET || memcmp (data, PNG_SIGNATURE, FIRST_CHUNK))
    return FALSE;
  type = data[COLOR_TYPE_OFFSET];
  depth = data[DEPTH_OFFSET];
  if (depth == 0 || depth > (type == COLOR_TYPE_GRAY ? 16 : 8)
      || (type != COLOR_TYPE_GRAY && type != COLOR_TYPE_RGB))
    return FALSE;
  max = (1 << depth) - 1;
  n_colors = type == COLOR_TYPE_RGB ? 3 : 1;
  color = find_transparency (data, size, n_colors * 2);
  if (!color)
    return FALSE;

  key->size = n_colors * (depth == 16 ? 2 : 1);
  for (guint i = 0; i < n_colors; i++) {
    guint16 value = GST_READ_UINT16_BE (color + 2 * i);

    if (depth == 16)
      GST_WRITE_UINT16_BE (key->bytes + 2 * i, value);
    else
      key->bytes[i] = (value & max) * 255 / max;
  }
  return TRUE;
}

static gboolean
whiten_key (GstVideoFrame *frame, const Key *key)
{
  guint pixel_size = GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0);
  gboolean changed = FALSE;

  for (int y = 0; y < GST_VIDEO_FRAME_HEIGHT (frame); y++) {
    guint8 *pixel = (guint8 *)GST_VIDEO_FRAME_PLANE_DATA (frame, 0)
        + y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

    for (int x = 0; x < GST_VIDEO_FRAME_WIDTH (frame); x++) {
      if (memcmp (pixel, key->bytes, key->size) == 0) {
        memset (pixel, 0xff, key->size);
        changed = TRUE;
      }
      pixel += pixel_size;
    }
  }
  return changed;
}

gboolean
gst_nanovid_color_key_whiten (GBytes *image, GstSample **frame)
{
  GstCaps *caps = gst_sample_get_caps (*frame);
  g_autoptr (GstBuffer) buffer = NULL;
  GstSample *white;
  GstVideoInfo info;
  GstVideoFrame pixels;
  gboolean changed;
  Key key;

  if (!gst_video_info_from_caps (&info, caps) || !find_key (image, &key)
      || (guint)GST_VIDEO_INFO_COMP_PSTRIDE (&info, 0) != key.size)
    return FALSE;

  buffer = gst_buffer_copy_deep (gst_sample_get_buffer (*frame));
  if (!gst_video_frame_map (&pixels, &info, buffer, GST_MAP_READWRITE))
    return FALSE;
  changed = whiten_key (&pixels, &key);
  gst_video_frame_unmap (&pixels);

  white = gst_sample_new (buffer, caps, NULL, NULL);
  gst_sample_unref (*frame);
  *frame = white;
  return changed;
}
