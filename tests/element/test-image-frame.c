/* nanovid: tests of how a raw frame becomes an input image
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>
#include <string.h>

#include "element/picture.h"
#include "fixture/env.h"
#include "gst/input/gstnanovidimage.h"
#include "nanogpt/base/error.h"
#include "nanogpt/request/media.h"

static GstSample *
create_noise (int width, int height)
{
  g_autoptr (GstBuffer) buffer =
      gst_buffer_new_allocate (NULL, width * height * 4, NULL);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  GstVideoInfo info;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  for (gsize i = 0; i < map.size; i += 4)
    GST_WRITE_UINT32_LE (map.data + i, g_rand_int (random));
  gst_buffer_unmap (buffer, &map);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_RGBx, width, height);
  caps = gst_video_info_to_caps (&info);
  return gst_sample_new (buffer, caps, NULL, NULL);
}

static GstSample *
with_info (GstSample *sample, GstVideoOrientationMethod orientation)
{
  return gst_sample_new (gst_sample_get_buffer (sample),
      gst_sample_get_caps (sample), NULL,
      gst_structure_new (GST_NANOVID_IMAGE_INFO, "orientation",
          GST_TYPE_VIDEO_ORIENTATION_METHOD, orientation, NULL));
}

/* Every video format keeps its colors. */
static void
test_formats (void)
{
  g_autoptr (GstCaps) caps =
      gst_caps_from_string (GST_VIDEO_CAPS_MAKE (GST_VIDEO_FORMATS_ALL));
  const GValue *formats =
      gst_structure_get_value (gst_caps_get_structure (caps, 0), "format");

  /* Only some formats are tested where each takes long. */
  guint step = fixture_scaled (1) > 1 ? 9 : 1;

  g_assert_cmpuint (gst_value_list_get_size (formats), >, 50);
  for (guint i = 0; i < gst_value_list_get_size (formats); i += step) {
    const char *format =
        g_value_get_string (gst_value_list_get_value (formats, i));
    g_auto (Owner) owner = { 0 };
    g_autoptr (GstSample) frame = NULL;
    g_autoptr (GBytes) image = NULL;
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", format);
    frame = picture_create_frame (format, 64, 48, "");
    owner_init (&owner);
    image = owner_fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
    g_assert_no_error (error);
    picture_assert_jpeg (image, NANOGPT_IMAGE_MAX_SIZE);
    /* For grayscale and palettes, only the size is checked. */
    if (g_str_has_prefix (format, "GRAY") || strcmp (format, "RGB8P") == 0) {
      g_auto (Picture) picture = { 0 };

      picture_init (&picture, image);
      g_assert_cmpint (GST_VIDEO_FRAME_WIDTH (&picture.frame), ==, 64);
    } else {
      picture_assert (image, 64, 48, "RGBW");
    }
  }
}

typedef struct
{
  const char *name;
  int width;
  int height;
  const char *more;
  int result_width;
  int result_height;
} Shape;

static const Shape shapes[] = {
  { "small", 8, 8, "", 8, 8 },
  { "odd", 101, 55, "", 101, 55 },
  { "wide-pixels", 720, 576, ",pixel-aspect-ratio=16/15", 720, 540 },
  { "narrow-pixels", 720, 480, ",pixel-aspect-ratio=8/9", 640, 480 },
  { "full-range", 64, 48, ",colorimetry=1:4:0:0", 64, 48 },
  { "hd-colors", 64, 48, ",colorimetry=bt709", 64, 48 },
};

static void
test_shape (gconstpointer data)
{
  const Shape *shape = data;
  g_autoptr (GstSample) frame =
      picture_create_frame ("I420", shape->width, shape->height, shape->more);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = owner_fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_no_error (error);
  picture_assert (image, shape->result_width, shape->result_height, "RGBW");
}

static void
test_interlaced (void)
{
  g_autoptr (GstSample) frame = picture_create_frame ("I420", 64, 48, "");
  g_autoptr (GstCaps) caps = gst_caps_copy (gst_sample_get_caps (frame));
  g_autoptr (GstSample) interlaced = NULL;
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  gst_caps_set_simple (caps, "interlace-mode", G_TYPE_STRING, "interleaved",
      "field-order", G_TYPE_STRING, "top-field-first", NULL);
  interlaced = gst_sample_new (gst_sample_get_buffer (frame), caps, NULL, NULL);
  owner_init (&owner);
  image = owner_fit (&owner, interlaced, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_no_error (error);
  picture_assert (image, 64, 48, "RGBW");
}

/* An unfinished job is found by its image: the same frame gives the same image,
 * whatever the memory held before. */
static void
test_repeatable (void)
{
  static const int sizes[][2] = { { 64, 48 }, { 65, 48 }, { 101, 55 },
    { 107, 9 }, { 8, 8 }, { 17, 17 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GstSample) frame = create_noise (sizes[i][0], sizes[i][1]);
    g_autoptr (GBytes) first = NULL;

    for (guint n = 0; n < 10; n++) {
      g_auto (Owner) owner = { 0 };
      g_autoptr (GBytes) image = NULL;
      g_autoptr (GError) error = NULL;
      gsize size = sizes[i][0] * sizes[i][1] * 2 + 5000;
      g_autofree guint8 *dirt = g_malloc (size);

      memset (dirt, n * 25, size);
      g_clear_pointer (&dirt, g_free);
      owner_init (&owner);
      image = owner_fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
      g_assert_no_error (error);
      if (first)
        g_assert_true (g_bytes_equal (image, first));
      else
        first = g_steal_pointer (&image);
    }
  }
}

static void
test_frame_orientation (void)
{
  g_autoptr (GstSample) frame = picture_create_frame ("NV12", 64, 48, "");

  for (guint i = 0; i < G_N_ELEMENTS (picture_turns); i++) {
    g_autoptr (GstSample) turned = with_info (frame, picture_turns[i].method);
    g_auto (Owner) owner = { 0 };
    g_autoptr (GBytes) image = NULL;
    g_autoptr (GError) error = NULL;

    owner_init (&owner);
    image = owner_fit (&owner, turned, NANOGPT_IMAGE_MAX_SIZE, &error);
    g_assert_no_error (error);
    picture_assert (image, picture_turns[i].exif >= 5 ? 48 : 64,
        picture_turns[i].exif >= 5 ? 64 : 48, picture_turns[i].corners);
  }
}

/* Noise compresses worst: the picture is still as large as the limit allows. */
static void
test_noise (void)
{
  const gsize max_size = 180000;
  g_autoptr (GstSample) frame = create_noise (960, 540);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Picture) picture = { 0 };

  owner_init (&owner);
  image = owner_fit (&owner, frame, max_size, &error);
  g_assert_no_error (error);
  picture_assert_jpeg (image, max_size);
  g_assert_cmpuint (g_bytes_get_size (image), >, max_size / 2);
  picture_init (&picture, image);
  g_assert_cmpint (GST_VIDEO_FRAME_WIDTH (&picture.frame), <, 960);
  g_assert_cmpfloat_with_epsilon ((double)GST_VIDEO_FRAME_WIDTH (&picture.frame)
          / GST_VIDEO_FRAME_HEIGHT (&picture.frame),
      960.0 / 540, 0.005);
}

static void
test_impossible (void)
{
  g_autoptr (GstSample) frame = create_noise (320, 240);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = owner_fit (&owner, frame, 200, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE);
  g_assert_null (image);
}

/* The frame is shorter than its caps say. */
static void
test_short_frame (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 100, NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "video/x-raw,format=I420,width=320,height=240,framerate=0/1");
  g_autoptr (GstSample) sample = gst_sample_new (buffer, caps, NULL, NULL);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = owner_fit (&owner, sample, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_null (image);
}

int
main (int argc, char **argv)
{
  int result;

  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  gst_pb_utils_init ();

  g_test_add_func ("/image/frame/formats", test_formats);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autofree char *path = g_strconcat ("/image/frame/", shapes[i].name, NULL);

    g_test_add_data_func (path, &shapes[i], test_shape);
  }
  g_test_add_func ("/image/frame/interlaced", test_interlaced);
  g_test_add_func ("/image/frame/orientation", test_frame_orientation);
  g_test_add_func ("/image/frame/repeatable", test_repeatable);
  g_test_add_func ("/image/frame/noise", test_noise);
  g_test_add_func ("/image/frame/impossible", test_impossible);
  g_test_add_func ("/image/frame/short", test_short_frame);
  result = g_test_run ();
  /* Waits for work that was left to other threads. */
  gst_deinit ();
  return result;
}
