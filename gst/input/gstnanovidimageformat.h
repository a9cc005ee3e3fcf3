/* nanovid: finds the end of an encoded image by its format
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

typedef enum
{
  GST_NANOVID_IMAGE_PARTIAL, /* more bytes have to come */
  GST_NANOVID_IMAGE_WHOLE,
  GST_NANOVID_IMAGE_BROKEN,  /* however many come */
  GST_NANOVID_IMAGE_UNKNOWN, /* no JPEG, PNG or WebP image */
} GstNanovidImageState;

/**
 * GstNanovidImageWalk:
 * @position: how far the structure is understood; the image's size once it is
 *   whole
 * @has_picture: whether the picture itself was met, beyond headers
 * @width: in pixels as they are stored, 0 when it was not met
 * @height: in pixels
 * @components: of each pixel of a JPEG image
 * @exif: where the Exif block begins, 0 when there was none
 * @exif_size: its size in bytes
 *
 * A walk along an image that arrives piece by piece.  Begins as all zeros.
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
 * @data: (array length=size): the image's bytes so far, from the first one on
 *
 * Goes on where the last call with the same @walk ended.  Looks at the
 * structure only and decodes nothing.
 */
GstNanovidImageState gst_nanovid_image_walk (
    GstNanovidImageWalk *walk, const guint8 *data, gsize size);

/**
 * gst_nanovid_image_get_orientation:
 * @walk: a walk that ended
 * @image: the image
 *
 * Returns: the orientation that the image's Exif block tells, if it has one
 */
GstVideoOrientationMethod gst_nanovid_image_get_orientation (
    const GstNanovidImageWalk *walk, GBytes *image);

G_END_DECLS
