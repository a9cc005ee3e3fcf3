/* nanovid: frames and images to be made to fit, and checks of the results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* An element that posts messages, and the messages */
typedef struct
{
  GstElement *element;
  GstBus *bus;
  GCancellable *cancellable;
} Owner;

void owner_init (Owner *owner);
void owner_clear (Owner *owner);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Owner, owner_clear)

/* Calls gst_nanovid_image_fit(), and waits at most 20 seconds (scaled).
 * Returns: (transfer full) (nullable): the image */
GBytes *owner_fit (
    Owner *owner, GstSample *sample, gsize max_size, GError **error);

/* @caps_text: (nullable): caps of the sample
 * Returns: (transfer full): an encoded image */
GstSample *picture_create_encoded (GBytes *bytes, const char *caps_text);

/* Red, green over blue, white: this distinguishes all orientations.
 * @more: more fields of the caps, after a comma
 * Returns: (transfer full): a frame */
GstSample *picture_create_frame (
    const char *format, int width, int height, const char *more);

/* The corners of the frame after each orientation */
typedef struct
{
  GstVideoOrientationMethod method;
  guint exif;
  const char *corners;
} PictureTurn;

extern const PictureTurn picture_turns[8];

/* A decoded picture, to be read by the caller. */
typedef struct
{
  GstSample *sample;
  GstVideoFrame frame;
} Picture;

void picture_init (Picture *picture, GBytes *image);
void picture_clear (Picture *picture);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

/* @x, @y: from 0 to 1
 * Returns: one of R, G, B, W, or ? for another color */
char picture_get_color (Picture *picture, double x, double y);

/* @corners: top left, top right, bottom left, bottom right */
void picture_assert (GBytes *image, int width, int height, const char *corners);

/* Checks that @image is a JPEG of at most @max_size bytes, without Exif. */
void picture_assert_jpeg (GBytes *image, gsize max_size);

G_END_DECLS
