/* nanovid: finds the end of an encoded image by its format
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

typedef enum
{
  GST_NANOVID_IMAGE_PARTIAL, /* more bytes are needed */
  GST_NANOVID_IMAGE_WHOLE,
  GST_NANOVID_IMAGE_BROKEN,  /* more bytes do not help */
  GST_NANOVID_IMAGE_UNKNOWN, /* not a JPEG, PNG or WebP image */
} GstNanovidImageState;

/**
 * GstNanovidImageWalk:
 * @position: how far the data was parsed; the size of the image once it is
 *   complete
 * @has_picture: whether picture data was found, and not only headers
 * @width: in pixels as stored, 0 if not found yet
 * @height: in pixels
 * @components: per pixel of a JPEG image
 * @exif: offset of the Exif block, 0 if there is none
 * @exif_size: its size in bytes
 *
 * The state of parsing an image that arrives in pieces.  Initialize with zeros.
 */
typedef struct
{
  gsize position;
  gboolean has_picture;
  guint width;
  guint height;
  guint components;
  gsize exif;
  gsize exif_size;
} GstNanovidImageWalk;

/**
 * gst_nanovid_image_walk:
 * @data: (array length=size): all bytes of the image received so far
 *
 * Continues where the last call with the same @walk stopped.  Looks only at the
 * structure, and decodes nothing.
 */
GstNanovidImageState gst_nanovid_image_walk (
    GstNanovidImageWalk *walk, const guint8 *data, gsize size);

/**
 * gst_nanovid_image_get_orientation:
 * @walk: a finished walk
 * @image: the image
 *
 * Returns: the orientation in the image's Exif block, if it has one
 */
GstVideoOrientationMethod gst_nanovid_image_get_orientation (
    const GstNanovidImageWalk *walk, GBytes *image);

G_END_DECLS
