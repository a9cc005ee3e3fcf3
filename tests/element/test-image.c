/* nanovid: tests of how an input image is made to fit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"
#include "gst/input/gstnanovidconvert.h"
#include "gst/input/gstnanovidimage.h"
#include "gst/input/gstnanovidimageformat.h"
#include "nanogpt/base/error.h"
#include "nanogpt/request/media.h"

/* An element that posts messages, and the messages */
typedef struct
{
  GstElement *element;
  GstBus *bus;
  GCancellable *cancellable;
} Owner;

static void
owner_init (Owner *owner)
{
  owner->element = gst_bin_new ("owner");
  owner->bus = gst_bus_new ();
  owner->cancellable = g_cancellable_new ();
  gst_element_set_bus (owner->element, owner->bus);
}

static void
owner_clear (Owner *owner)
{
  gst_element_set_bus (owner->element, NULL);
  gst_bus_set_flushing (owner->bus, TRUE);
  gst_object_unref (owner->element);
  gst_object_unref (owner->bus);
  g_object_unref (owner->cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Owner, owner_clear)

static GBytes *
fit (Owner *owner, GstSample *sample, gsize max_size, GError **error)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("fitting", 20);

  return gst_nanovid_image_fit (
      owner->element, sample, max_size, owner->cancellable, error);
}

static GstSample *
create_encoded (GBytes *bytes, const char *caps_text)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (bytes);
  g_autoptr (GstCaps) caps =
      caps_text ? gst_caps_from_string (caps_text) : NULL;

  return gst_sample_new (buffer, caps, NULL, NULL);
}

/* The walk */

static const FixtureMedia images[] = { FIXTURE_MEDIA_JPEG, FIXTURE_MEDIA_PNG,
  FIXTURE_MEDIA_WEBP };

/* In pieces of any size, an image is whole with its last byte, and not before. */
static void
test_walk_pieces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autoptr (GBytes) image = fixture_media_bytes (images[i]);
    gsize size;
    const guint8 *data = g_bytes_get_data (image, &size);

    for (gsize step = 1; step < 5000; step = step * 3 + 1) {
      GstNanovidImageWalk walk = { 0 };
      gsize end;

      for (end = MIN (step, size); end < size; end = MIN (end + step, size)) {
        g_assert_cmpint (gst_nanovid_image_walk (&walk, data, end), ==,
            GST_NANOVID_IMAGE_PARTIAL);
      }
      g_assert_cmpint (gst_nanovid_image_walk (&walk, data, size), ==,
          GST_NANOVID_IMAGE_WHOLE);
      g_assert_cmpuint (walk.position, ==, size);
    }
  }
}

/* Data that follows the image is not part of it. */
static void
test_walk_trailing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autoptr (GBytes) image = fixture_media_bytes (images[i]);
    gsize size = g_bytes_get_size (image);
    g_autofree guint8 *data = g_malloc0 (size + 1000);
    GstNanovidImageWalk walk = { 0 };

    memcpy (data, g_bytes_get_data (image, NULL), size);
    g_assert_cmpint (gst_nanovid_image_walk (&walk, data, size + 1000), ==,
        GST_NANOVID_IMAGE_WHOLE);
    g_assert_cmpuint (walk.position, ==, size);
  }
}

#define PNG "\x89PNG\r\n\x1a\n"

typedef struct
{
  const char *name;
  const char *data;
  gsize size;
  GstNanovidImageState state;
} Piece;

#define PIECE(name, data, state)                                               \
  {                                                                            \
    name, data, sizeof data - 1, GST_NANOVID_IMAGE_##state                     \
  }

static const Piece pieces[] = {
  PIECE ("nothing", "", PARTIAL),
  PIECE ("text", "a red boat", UNKNOWN),
  PIECE ("page", "<!DOCTYPE html><html></html>", UNKNOWN),
  PIECE ("gif", "GIF89a\x01\x00\x01\x00\x00\x00\x00", UNKNOWN),
  PIECE ("wave", "RIFF\x24\x00\x00\x00WAVEfmt ", UNKNOWN),
  PIECE ("jpeg-begin", "\xff\xd8", PARTIAL),
  PIECE ("jpeg-zeros", "\xff\xd8\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00",
      PARTIAL),
  PIECE ("jpeg-no-picture",
      "\xff\xd8\xff\xe0\x00\x06JFIF\xff\xd9\x00\x00\x00\x00", BROKEN),
  PIECE ("jpeg-length", "\xff\xd8\xff\xe0\x00\x01JFIF\xff\xd9\x00\x00\x00\x00",
      BROKEN),
  PIECE ("jpeg-second-start",
      "\xff\xd8\xff\xe0\x00\x06JFIF\xff\xd8\xff\xd9\x00\x00", BROKEN),
  PIECE ("png-begin", "\x89P", PARTIAL),
  PIECE ("png-other-chunk", PNG "\x00\x00\x00\x00IDAT\x00\x00\x00\x00", BROKEN),
  PIECE ("png-length", PNG "\xff\x00\x00\x00IHDR\x00\x00\x00\x00", BROKEN),
  PIECE ("webp-begin", "RIFF", PARTIAL),
  PIECE ("webp-empty", "RIFF\x04\x00\x00\x00WEBP", BROKEN),
  PIECE ("webp-length", "RIFF\x0c\x00\x00\x00WEBPVP8 \xff\xff\x00\x00", BROKEN),
};

static void
test_walk_piece (gconstpointer data)
{
  const Piece *piece = data;
  GstNanovidImageWalk walk = { 0 };

  g_assert_cmpint (
      gst_nanovid_image_walk (&walk, (const guint8 *)piece->data, piece->size),
      ==, piece->state);
}

/* Exif */

/* The corners of the frame after each orientation */
static const struct
{
  GstVideoOrientationMethod method;
  guint exif;
  const char *corners;
} turns[] = {
  { GST_VIDEO_ORIENTATION_IDENTITY, 1, "RGBW" },
  { GST_VIDEO_ORIENTATION_HORIZ, 2, "GRWB" },
  { GST_VIDEO_ORIENTATION_180, 3, "WBGR" },
  { GST_VIDEO_ORIENTATION_VERT, 4, "BWRG" },
  { GST_VIDEO_ORIENTATION_UL_LR, 5, "RBGW" },
  { GST_VIDEO_ORIENTATION_90R, 6, "BRWG" },
  { GST_VIDEO_ORIENTATION_UR_LL, 7, "WGBR" },
  { GST_VIDEO_ORIENTATION_90L, 8, "GWRB" },
};

/* An Exif block whose only entry is an orientation; the little-endian one has a
 * gap after its header. */
static GBytes *
create_exif (guint8 orientation, gboolean big_endian)
{
  static const guint8 big[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12,
    0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  static const guint8 little[] = { 'I', 'I', 42, 0, 10, 0, 0, 0, 0, 0, 1, 0,
    0x12, 0x01, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  guint8 block[sizeof big];

  memcpy (block, big_endian ? big : little, sizeof block);
  block[big_endian ? 19 : 20] = orientation;
  return g_bytes_new (block, sizeof block);
}

static GBytes *
add_exif_to_jpeg (GBytes *image, GBytes *exif)
{
  const guint8 *data = g_bytes_get_data (image, NULL);
  gsize size = g_bytes_get_size (exif);
  const guint8 head[] = { 0xff, 0xe1, (size + 8) >> 8, (size + 8) & 0xff, 'E',
    'x', 'i', 'f', 0, 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, data, 2);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, g_bytes_get_data (exif, NULL), size);
  g_byte_array_append (bytes, data + 2, g_bytes_get_size (image) - 2);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static GBytes *
add_exif_to_png (GBytes *image, GBytes *exif)
{
  const guint8 *data = g_bytes_get_data (image, NULL);
  gsize size = g_bytes_get_size (exif);
  const gsize after_header = 8 + 12 + 13;
  const guint8 head[] = { 0, 0, 0, size, 'e', 'X', 'I', 'f' };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, data, after_header);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, g_bytes_get_data (exif, NULL), size);
  g_byte_array_append (bytes, (const guint8 *)"\0\0\0\0", 4);
  g_byte_array_append (
      bytes, data + after_header, g_bytes_get_size (image) - after_header);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static GBytes *
add_exif_to_webp (GBytes *image, GBytes *exif)
{
  gsize size = g_bytes_get_size (exif);
  const guint8 head[] = { 'E', 'X', 'I', 'F', size, 0, 0, 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (
      bytes, g_bytes_get_data (image, NULL), g_bytes_get_size (image));
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, g_bytes_get_data (exif, NULL), size);
  GST_WRITE_UINT32_LE (bytes->data + 4, bytes->len - 8);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static GstVideoOrientationMethod
get_orientation (GBytes *image)
{
  GstNanovidImageWalk walk = { 0 };
  gsize size;
  const guint8 *data = g_bytes_get_data (image, &size);

  g_assert_cmpint (
      gst_nanovid_image_walk (&walk, data, size), ==, GST_NANOVID_IMAGE_WHOLE);
  return gst_nanovid_image_get_orientation (&walk, image);
}

static void
test_exif (void)
{
  GBytes *(*const add[]) (GBytes *, GBytes *) = { add_exif_to_jpeg,
    add_exif_to_png, add_exif_to_webp };

  for (guint i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autoptr (GBytes) image = fixture_media_bytes (images[i]);

    g_assert_cmpuint (
        get_orientation (image), ==, GST_VIDEO_ORIENTATION_IDENTITY);
    for (guint n = 0; n < 2 * 10; n++) {
      guint orientation = n / 2;
      g_autoptr (GBytes) exif = create_exif (orientation, n % 2);
      g_autoptr (GBytes) tagged = add[i](image, exif);

      g_assert_cmpuint (get_orientation (tagged), ==,
          orientation >= 1 && orientation <= 8
              ? turns[orientation - 1].method
              : GST_VIDEO_ORIENTATION_IDENTITY);
    }
  }
}

/* Blocks may end anywhere, and offsets may point anywhere. */
static void
test_exif_broken (void)
{
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_JPEG);
  g_autoptr (GBytes) exif = create_exif (6, TRUE);
  gsize size = g_bytes_get_size (exif);

  for (gsize i = 0; i < size; i++) {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (exif, 0, i);
    g_autoptr (GBytes) cut_image = add_exif_to_jpeg (image, cut);
    g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (exif, NULL), size);
    g_autoptr (GBytes) changed = NULL;
    g_autoptr (GBytes) changed_image = NULL;

    get_orientation (cut_image);
    data[i] ^= 0xff;
    changed = g_bytes_new (data, size);
    changed_image = add_exif_to_jpeg (image, changed);
    get_orientation (changed_image);
  }
}

/* Frames */

/* Red, green over blue, white: this distinguishes all orientations. */
static GstSample *
create_frame (const char *format, int width, int height, const char *more)
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

/* A decoded picture, to be read by the caller. */
typedef struct
{
  GstSample *sample;
  GstVideoFrame frame;
} Picture;

static void
picture_clear (Picture *picture)
{
  gst_video_frame_unmap (&picture->frame);
  gst_sample_unref (picture->sample);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static void
picture_init (Picture *picture, GBytes *image)
{
  g_autoptr (GstSample) encoded = create_encoded (
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

/* Returns: one of R, G, B, W, or ? for another color */
static char
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

/* @corners: top left, top right, bottom left, bottom right */
static void
assert_picture (GBytes *image, int width, int height, const char *corners)
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

static void
assert_jpeg (GBytes *image, gsize max_size)
{
  gsize size;
  const char *data = g_bytes_get_data (image, &size);

  g_assert_cmpstr (
      nanogpt_media_get_type (NANOGPT_MEDIA_IMAGE, image), ==, "image/jpeg");
  g_assert_cmpuint (size, <=, max_size);
  g_assert_null (g_strstr_len (data, MIN (size, 1000), "Exif"));
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
    frame = create_frame (format, 64, 48, "");
    owner_init (&owner);
    image = fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
    g_assert_no_error (error);
    assert_jpeg (image, NANOGPT_IMAGE_MAX_SIZE);
    /* For grayscale and palettes, only the size is checked. */
    if (g_str_has_prefix (format, "GRAY") || strcmp (format, "RGB8P") == 0) {
      g_auto (Picture) picture = { 0 };

      picture_init (&picture, image);
      g_assert_cmpint (GST_VIDEO_FRAME_WIDTH (&picture.frame), ==, 64);
    } else {
      assert_picture (image, 64, 48, "RGBW");
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
      create_frame ("I420", shape->width, shape->height, shape->more);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_no_error (error);
  if (shape->width > 8)
    assert_picture (image, shape->result_width, shape->result_height, "RGBW");
}

static void
test_interlaced (void)
{
  g_autoptr (GstSample) frame = create_frame ("I420", 64, 48, "");
  g_autoptr (GstCaps) caps = gst_caps_copy (gst_sample_get_caps (frame));
  g_autoptr (GstSample) interlaced = NULL;
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  gst_caps_set_simple (caps, "interlace-mode", G_TYPE_STRING, "interleaved",
      "field-order", G_TYPE_STRING, "top-field-first", NULL);
  interlaced = gst_sample_new (gst_sample_get_buffer (frame), caps, NULL, NULL);
  owner_init (&owner);
  image = fit (&owner, interlaced, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_no_error (error);
  assert_picture (image, 64, 48, "RGBW");
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
      image = fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
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
  g_autoptr (GstSample) frame = create_frame ("NV12", 64, 48, "");

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++) {
    g_autoptr (GstSample) turned = with_info (frame, turns[i].method);
    g_auto (Owner) owner = { 0 };
    g_autoptr (GBytes) image = NULL;
    g_autoptr (GError) error = NULL;

    owner_init (&owner);
    image = fit (&owner, turned, NANOGPT_IMAGE_MAX_SIZE, &error);
    g_assert_no_error (error);
    assert_picture (image, turns[i].exif >= 5 ? 48 : 64,
        turns[i].exif >= 5 ? 64 : 48, turns[i].corners);
  }
}

/* Encoded images that are too large */

static void
test_encoded_orientation (void)
{
  g_autoptr (GstSample) frame = create_frame ("I420", 320, 240, "");
  g_auto (Owner) encoder = { 0 };
  g_autoptr (GstSample) prepared = NULL;
  g_autoptr (GBytes) image = NULL;

  owner_init (&encoder);
  prepared = gst_nanovid_convert_prepare (encoder.element, frame,
      GST_VIDEO_ORIENTATION_IDENTITY, 320, 240, encoder.cancellable, NULL);
  image = gst_nanovid_convert_encode (
      encoder.element, prepared, 100, encoder.cancellable, NULL);
  g_assert_nonnull (image);
  for (guint i = 0; i < G_N_ELEMENTS (turns); i++) {
    g_autoptr (GBytes) exif = create_exif (turns[i].exif, TRUE);
    g_autoptr (GBytes) tagged = add_exif_to_jpeg (image, exif);
    g_autoptr (GstSample) sample = create_encoded (tagged, "image/jpeg");
    g_auto (Owner) owner = { 0 };
    g_autoptr (GBytes) result = NULL;
    g_autoptr (GError) error = NULL;
    gsize max_size = g_bytes_get_size (tagged) - 1;

    owner_init (&owner);
    result = fit (&owner, sample, max_size, &error);
    g_assert_no_error (error);
    assert_jpeg (result, max_size);
    {
      g_auto (Picture) picture = { 0 };
      char first;

      picture_init (&picture, result);
      first = picture_get_color (&picture, 0.25, 0.25);
      g_assert_cmpint (first, ==, turns[i].corners[0]);
      g_assert_true ((GST_VIDEO_FRAME_WIDTH (&picture.frame)
                         < GST_VIDEO_FRAME_HEIGHT (&picture.frame))
          == (turns[i].exif >= 5));
    }
  }
}

static guint
count_messages (Owner *owner, GstMessageType type)
{
  guint count = 0;
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (owner->bus, type))) {
    count++;
    gst_message_unref (message);
  }
  return count;
}

/* Images within the limit are sent as they are, whatever the caps say; others shrink. */
static void
test_limit (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autoptr (GBytes) image = fixture_media_bytes (images[i]);
    g_autoptr (GstSample) sample = create_encoded (image, "image/jpeg");
    gsize size = g_bytes_get_size (image);
    g_auto (Owner) owner = { 0 };
    g_autoptr (GBytes) same = NULL;
    g_autoptr (GBytes) smaller = NULL;
    g_autoptr (GError) error = NULL;

    owner_init (&owner);
    same = fit (&owner, sample, size, &error);
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (same, image));
    g_assert_cmpuint (count_messages (&owner, GST_MESSAGE_ANY), ==, 0);

    smaller = fit (&owner, sample, size - 1, &error);
    g_assert_no_error (error);
    assert_jpeg (smaller, size - 1);
    g_assert_cmpuint (count_messages (&owner, GST_MESSAGE_INFO), ==, 1);
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
  image = fit (&owner, frame, max_size, &error);
  g_assert_no_error (error);
  assert_jpeg (image, max_size);
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
  image = fit (&owner, frame, 200, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE);
  g_assert_null (image);
}

/* Broken inputs */

static void
assert_refused (GBytes *bytes, const char *caps, gsize max_size)
{
  g_autoptr (GstSample) sample = create_encoded (bytes, caps);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = fit (&owner, sample, max_size, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_null (image);
}

static void
test_broken (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  assert_refused (nothing, "image/png", NANOGPT_IMAGE_MAX_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GBytes) bytes =
        g_bytes_new_static (pieces[i].data, pieces[i].size);

    assert_refused (bytes, NULL, NANOGPT_IMAGE_MAX_SIZE);
  }
  for (guint i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autoptr (GBytes) image = fixture_media_bytes (images[i]);
    g_autoptr (GBytes) cut =
        g_bytes_new_from_bytes (image, 0, g_bytes_get_size (image) - 1);

    assert_refused (cut, NULL, NANOGPT_IMAGE_MAX_SIZE);
  }
}

/* The image is too large, and no decoder accepts it. */
static void
test_undecodable (void)
{
  g_autoptr (GBytes) image = fixture_media_bytes (FIXTURE_MEDIA_JPEG);
  gsize size = g_bytes_get_size (image);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (image, NULL), size);
  g_autoptr (GBytes) broken = NULL;

  for (gsize i = 0; i + 5 < size; i++) {
    /* In the frame header, set seven bits per sample. */
    if (data[i] == 0xff && data[i + 1] == 0xc0) {
      data[i + 4] = 7;
      break;
    }
  }
  broken = g_bytes_new (data, size);
  assert_refused (broken, "image/jpeg", size - 1);
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
  image = fit (&owner, sample, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_null (image);
}

static GBytes *
create_huge_png (void)
{
  static const guint8 header[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
    0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 1, 0, 0, 0, 1, 0, 0, 8, 2, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 4, 'I', 'D', 'A', 'T', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    'I', 'E', 'N', 'D', 0, 0, 0, 0 };

  return g_bytes_new_static (header, sizeof header);
}

/* A few bytes claim to be an image of four gigapixels. */
static void
test_huge (void)
{
  g_autoptr (GBytes) bytes = create_huge_png ();
  g_autoptr (GstSample) sample = create_encoded (bytes, NULL);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = fit (&owner, sample, 10, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE);
  g_assert_null (image);
}

/* Ending early */

static void
test_cancelled_before (void)
{
  g_autoptr (GstSample) frame = create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  g_cancellable_cancel (owner.cancellable);
  image = fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (image);
}

/* Missing plugins */

static void
take_away (const char *name)
{
  GstRegistry *registry = gst_registry_get ();
  GstPluginFeature *feature = gst_registry_lookup_feature (registry, name);

  if (!feature)
    return;
  gst_registry_remove_feature (registry, feature);
  gst_object_unref (feature);
}

static void
assert_missing (Owner *owner, const char *description)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (owner->bus, GST_MESSAGE_ELEMENT);
  g_autofree char *text = NULL;

  g_assert_nonnull (message);
  g_assert_true (gst_is_missing_plugin_message (message));
  text = gst_missing_plugin_message_get_description (message);
  g_assert_nonnull (strstr (text, description));
}

static void
check_missing (void)
{
  g_autoptr (GBytes) png = fixture_media_bytes (FIXTURE_MEDIA_PNG);
  g_autoptr (GstSample) encoded = create_encoded (png, "image/png");
  g_autoptr (GstSample) frame = create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  take_away ("pngdec");
  take_away ("avdec_png");
  take_away ("gdkpixbufdec");
  image = fit (&owner, encoded, g_bytes_get_size (png) - 1, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_nonnull (strstr (error->message, "image/png"));
  g_assert_null (image);
  assert_missing (&owner, "PNG");
  g_clear_error (&error);

  /* An image that fits needs no plugin. */
  image = fit (&owner, encoded, g_bytes_get_size (png), &error);
  g_assert_no_error (error);
  g_clear_pointer (&image, g_bytes_unref);

  take_away ("jpegenc");
  image = fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_nonnull (strstr (error->message, "jpegenc"));
  g_assert_null (image);
  assert_missing (&owner, "jpegenc");
}

/* A removed feature stays removed in its process, so this runs in a subprocess. */
static void
test_missing (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  check_missing ();
}
/* An encoder that blocks until it is stopped */

typedef struct
{
  GstElement parent;
  GMutex lock;
  GCond cond;
  gboolean stopped;
} Stuck;

typedef GstElementClass StuckClass;

static GType stuck_get_type (void);
G_DEFINE_TYPE (Stuck, stuck, GST_TYPE_ELEMENT)

static gint n_at_it;

static GstFlowReturn
stuck_chain (GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstBuffer *buffer)
{
  Stuck *self = (Stuck *)parent;

  gst_buffer_unref (buffer);
  g_mutex_lock (&self->lock);
  g_atomic_int_inc (&n_at_it);
  while (!self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return GST_FLOW_FLUSHING;
}

static GstStateChangeReturn
stuck_change_state (GstElement *element, GstStateChange transition)
{
  Stuck *self = (Stuck *)element;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    g_mutex_lock (&self->lock);
    self->stopped = TRUE;
    g_cond_broadcast (&self->cond);
    g_mutex_unlock (&self->lock);
  }
  return GST_ELEMENT_CLASS (stuck_parent_class)
      ->change_state (element, transition);
}

static void
stuck_finalize (GObject *object)
{
  Stuck *self = (Stuck *)object;

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (stuck_parent_class)->finalize (object);
}

static void
stuck_set_property (GObject *object G_GNUC_UNUSED, guint id G_GNUC_UNUSED,
    const GValue *value G_GNUC_UNUSED, GParamSpec *pspec G_GNUC_UNUSED)
{
}

static void
stuck_class_init (StuckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = stuck_set_property;
  object_class->finalize = stuck_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = stuck_change_state;
  g_object_class_install_property (object_class, 1,
      g_param_spec_int ("quality", "Quality", "Of nothing", 0, 100, 85,
          G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Stuck", "Test", "Never ends", "nanovid");
}

static void
stuck_init (Stuck *self)
{
  GstPad *sink = gst_pad_new ("sink", GST_PAD_SINK);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  gst_pad_set_chain_function (sink, stuck_chain);
  gst_element_add_pad (GST_ELEMENT (self), sink);
  gst_element_add_pad (GST_ELEMENT (self), gst_pad_new ("src", GST_PAD_SRC));
}

/* A converter that fails to start without an error message */

typedef GstElement Mute;
typedef GstElementClass MuteClass;

static GType mute_get_type (void);
G_DEFINE_TYPE (Mute, mute, GST_TYPE_ELEMENT)

static GstStateChangeReturn
mute_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    return GST_STATE_CHANGE_FAILURE;
  return GST_ELEMENT_CLASS (mute_parent_class)
      ->change_state (element, transition);
}

static void
mute_class_init (MuteClass *klass)
{
  GST_ELEMENT_CLASS (klass)->change_state = mute_change_state;
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Mute", "Test", "Never starts", "nanovid");
}

static void
mute_init (Mute *self)
{
  gst_element_add_pad (self, gst_pad_new ("sink", GST_PAD_SINK));
  gst_element_add_pad (self, gst_pad_new ("src", GST_PAD_SRC));
}

static void
check_mute (void)
{
  g_autoptr (GstSample) frame = create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  take_away ("videoconvert");
  g_assert_true (gst_element_register (
      NULL, "videoconvert", GST_RANK_NONE, mute_get_type ()));
  owner_init (&owner);
  image = fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  g_assert_null (image);
}

static void
test_mute (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  check_mute ();
}

static gpointer
cancel_when_at_it (gpointer cancellable)
{
  while (!g_atomic_int_get (&n_at_it))
    g_usleep (1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
check_cancelled_meanwhile (void)
{
  g_autoptr (GstSample) frame = create_frame ("I420", 64, 48, "");
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  take_away ("jpegenc");
  g_assert_true (
      gst_element_register (NULL, "jpegenc", GST_RANK_NONE, stuck_get_type ()));
  owner_init (&owner);
  thread = g_thread_new ("cancel", cancel_when_at_it, owner.cancellable);
  image = fit (&owner, frame, NANOGPT_IMAGE_MAX_SIZE, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (image);
  g_thread_join (thread);
}

static void
test_cancelled_meanwhile (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  check_cancelled_meanwhile ();
}

int
main (int argc, char **argv)
{
  int result;

  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  gst_pb_utils_init ();

  g_test_add_func ("/image/walk/pieces", test_walk_pieces);
  g_test_add_func ("/image/walk/trailing", test_walk_trailing);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autofree char *path = g_strconcat ("/image/walk/", pieces[i].name, NULL);

    g_test_add_data_func (path, &pieces[i], test_walk_piece);
  }
  g_test_add_func ("/image/exif/orientation", test_exif);
  g_test_add_func ("/image/exif/broken", test_exif_broken);
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
  g_test_add_func ("/image/encoded/limit", test_limit);
  g_test_add_func ("/image/encoded/orientation", test_encoded_orientation);
  g_test_add_func ("/image/encoded/broken", test_broken);
  g_test_add_func ("/image/encoded/undecodable", test_undecodable);
  g_test_add_func ("/image/encoded/huge", test_huge);
  g_test_add_func ("/image/cancelled/before", test_cancelled_before);
  g_test_add_func ("/image/cancelled/meanwhile", test_cancelled_meanwhile);
  g_test_add_func ("/image/missing", test_missing);
  g_test_add_func ("/image/mute", test_mute);
  result = g_test_run ();
  /* Waits for work that was left to other threads. */
  gst_deinit ();
  return result;
}
