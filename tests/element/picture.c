/* nanovid: frames and images to be made to fit, and checks of the results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/picture.h"

#include <string.h>

#include "fixture/watchdog.h"
#include "gst/input/gstnanovidconvert.h"
#include "gst/input/gstnanovidimage.h"
#include "nanogpt/request/media.h"

void
owner_init (Owner *owner)
{
  owner->element = gst_bin_new ("owner");
  owner->bus = gst_bus_new ();
  owner->cancellable = g_cancellable_new ();
  gst_element_set_bus (owner->element, owner->bus);
}

void
owner_clear (Owner *owner)
{
  gst_element_set_bus (owner->element, NULL);
  gst_bus_set_flushing (owner->bus, TRUE);
  gst_object_unref (owner->element);
  gst_object_unref (owner->bus);
  g_object_unref (owner->cancellable);
}

GBytes *
owner_fit (Owner *owner, GstSample *sample, gsize max_size, GError **error)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("fitting", 20);

  return gst_nanovid_image_fit (
      owner->element, sample, max_size, owner->cancellable, error);
}

GstSample *
picture_create_encoded (GBytes *bytes, const char *caps_text)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (bytes);
  g_autoptr (GstCaps) caps =
      caps_text ? gst_caps_from_string (caps_text) : NULL;

  return gst_sample_new (buffer, caps, NULL, NULL);
}

GstSample *
picture_create_frame (
    const char *format, int width, int height, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "video/x-raw,format=%s,width=%d,height=%d,framerate=0/1%s", format, width,
      height, more);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_autoptr (GstCaps) base_caps = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstSample) base = NULL;
  g_autoptr (GError) error = NULL;
  GstSample *frame;
  GstVideoInfo info;
  GstMapInfo map;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_RGBx, width, height);
  info.fps_n = 0;
  info.fps_d = 1;
  base_caps = gst_video_info_to_caps (&info);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      static const guint32 colors[2][2] = { { 0xff0000ff, 0x00ff00ff },
        { 0x0000ffff, 0xffffffff } };

      GST_WRITE_UINT32_BE (map.data + (y * width + x) * 4,
          colors[y >= height / 2][x >= width / 2]);
    }
  }
  gst_buffer_unmap (buffer, &map);
  base = gst_sample_new (buffer, base_caps, NULL, NULL);
  frame = gst_video_convert_sample (base, caps, 10 * GST_SECOND, &error);
  g_assert_no_error (error);
  return frame;
}

const PictureTurn picture_turns[8] = {
  { GST_VIDEO_ORIENTATION_IDENTITY, 1, "RGBW" },
  { GST_VIDEO_ORIENTATION_HORIZ, 2, "GRWB" },
  { GST_VIDEO_ORIENTATION_180, 3, "WBGR" },
  { GST_VIDEO_ORIENTATION_VERT, 4, "BWRG" },
  { GST_VIDEO_ORIENTATION_UL_LR, 5, "RBGW" },
  { GST_VIDEO_ORIENTATION_90R, 6, "BRWG" },
  { GST_VIDEO_ORIENTATION_UR_LL, 7, "WGBR" },
  { GST_VIDEO_ORIENTATION_90L, 8, "GWRB" },
};

void
picture_clear (Picture *picture)
{
  gst_video_frame_unmap (&picture->frame);
  gst_sample_unref (picture->sample);
}

void
picture_init (Picture *picture, GBytes *image)
{
  g_autoptr (GstSample) encoded = picture_create_encoded (
      image, nanogpt_media_get_type (NANOGPT_MEDIA_IMAGE, image));
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw,format=RGBx");
  g_autoptr (GstSample) decoded = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Owner) owner = { 0 };
  GstVideoInfo info;

  owner_init (&owner);
  decoded = gst_nanovid_convert_decode (
      owner.element, encoded, owner.cancellable, &error);
  g_assert_no_error (error);
  picture->sample =
      gst_video_convert_sample (decoded, caps, 10 * GST_SECOND, &error);
  g_assert_no_error (error);
  g_assert_true (
      gst_video_info_from_caps (&info, gst_sample_get_caps (picture->sample)));
  g_assert_true (gst_video_frame_map (&picture->frame, &info,
      gst_sample_get_buffer (picture->sample), GST_MAP_READ));
}

char
picture_get_color (Picture *picture, double x, double y)
{
  const GstVideoFrame *frame = &picture->frame;
  const guint8 *pixel = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA (frame, 0)
      + (int)(y * GST_VIDEO_FRAME_HEIGHT (frame))
          * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0)
      + (int)(x * GST_VIDEO_FRAME_WIDTH (frame)) * 4;
  guint bits = 0;

  for (guint i = 0; i < 3; i++) {
    if (pixel[i] > 235)
      bits |= 4 >> i;
    else if (pixel[i] > 20)
      return '?';
  }
  return bits == 4 ? 'R'
      : bits == 2  ? 'G'
      : bits == 1  ? 'B'
      : bits == 7  ? 'W'
                   : '?';
}

void
picture_assert (GBytes *image, int width, int height, const char *corners)
{
  g_auto (Picture) picture = { 0 };
  char found[5] = { 0 };

  picture_init (&picture, image);
  g_assert_cmpint (GST_VIDEO_FRAME_WIDTH (&picture.frame), ==, width);
  g_assert_cmpint (GST_VIDEO_FRAME_HEIGHT (&picture.frame), ==, height);
  for (guint i = 0; i < 4; i++)
    found[i] =
        picture_get_color (&picture, i % 2 ? 0.75 : 0.25, i / 2 ? 0.75 : 0.25);
  g_assert_cmpstr (found, ==, corners);
}

void
picture_assert_jpeg (GBytes *image, gsize max_size)
{
  gsize size;
  const char *data = g_bytes_get_data (image, &size);

  g_assert_cmpstr (
      nanogpt_media_get_type (NANOGPT_MEDIA_IMAGE, image), ==, "image/jpeg");
  g_assert_cmpuint (size, <=, max_size);
  g_assert_null (g_strstr_len (data, MIN (size, 1000), "Exif"));
}
