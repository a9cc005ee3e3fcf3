/* nanovid: tests of transparent pictures
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "gst/input/gstnanovidconvert.h"
#include "gst/input/gstnanovidimage.h"
#include "nanogpt/request/media.h"

#define WIDTH 64
#define HEIGHT 48

/* Four quarters: red, green, blue and black; the first and the third are
 * transparent, and the last one is half transparent. */
static const guint8 colors[4][4] = { { 255, 0, 0, 0 }, { 0, 255, 0, 255 },
  { 0, 0, 255, 0 }, { 0, 0, 0, 128 } };

static guint
get_quarter (guint x, guint y)
{
  return (y >= HEIGHT / 2) * 2 + (x >= WIDTH / 2);
}

static GstSample *
create_frame (const char *format, gboolean is_opaque)
{
  g_autofree char *text = g_strdup_printf ("video/x-raw,format=%s", format);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_autoptr (GstCaps) rgba = NULL;
  g_autoptr (GstSample) base = NULL;
  g_autoptr (GError) error = NULL;
  guint8 *data = g_malloc (WIDTH * HEIGHT * 4);
  g_autoptr (GstBuffer) buffer =
      gst_buffer_new_wrapped (data, WIDTH * HEIGHT * 4);
  GstSample *frame;
  GstVideoInfo info;

  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    memcpy (data + i * 4, colors[get_quarter (i % WIDTH, i / WIDTH)], 4);
  for (guint i = 3; is_opaque && i < WIDTH * HEIGHT * 4; i += 4)
    data[i] = 255;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_RGBA, WIDTH, HEIGHT);
  info.fps_n = 0;
  info.fps_d = 1;
  rgba = gst_video_info_to_caps (&info);
  base = gst_sample_new (buffer, rgba, NULL, NULL);
  frame = gst_video_convert_sample (base, caps, 10 * GST_SECOND, &error);
  g_assert_no_error (error);
  return frame;
}

/* What was sent */

typedef struct
{
  GstElement *element;
  GstBus *bus;
  GBytes *image;
} Result;

static void
result_init (Result *result, GstSample *input, gsize max_size)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("fitting", 20);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  result->element = gst_bin_new ("owner");
  result->bus = gst_bus_new ();
  gst_element_set_bus (result->element, result->bus);
  result->image = gst_nanovid_image_fit (
      result->element, input, max_size, cancellable, &error);
  g_assert_no_error (error);
}

static void
result_clear (Result *result)
{
  gst_element_set_bus (result->element, NULL);
  gst_bus_set_flushing (result->bus, TRUE);
  gst_object_unref (result->element);
  gst_object_unref (result->bus);
  g_bytes_unref (result->image);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static gboolean
says_transparent (Result *result)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (result->bus, GST_MESSAGE_INFO);
  g_autofree char *text = NULL;

  g_assert_nonnull (message);
  gst_message_parse_info (message, NULL, &text);
  return strstr (text, "transparent") != NULL;
}

/* @quarters: the color in the middle of each */
static void
assert_quarters (Result *result, const guint8 quarters[4][3])
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (result->image);
  g_autoptr (GstCaps) jpeg = gst_caps_from_string ("image/jpeg");
  g_autoptr (GstCaps) rgb = gst_caps_from_string ("video/x-raw,format=RGBx");
  g_autoptr (GstSample) encoded = gst_sample_new (buffer, jpeg, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GstSample) decoded = gst_nanovid_convert_decode (
      result->element, encoded, cancellable, &error);
  g_autoptr (GstSample) plain =
      gst_video_convert_sample (decoded, rgb, 10 * GST_SECOND, &error);
  GstMapInfo map;

  g_assert_no_error (error);
  g_assert_cmpstr (nanogpt_media_get_type (NANOGPT_MEDIA_IMAGE, result->image),
      ==, "image/jpeg");
  g_assert_true (
      gst_buffer_map (gst_sample_get_buffer (plain), &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, WIDTH * HEIGHT * 4);
  for (guint i = 0; i < 4; i++) {
    guint x = WIDTH / 4 + i % 2 * WIDTH / 2;
    guint y = HEIGHT / 4 + i / 2 * HEIGHT / 2;

    for (guint c = 0; c < 3; c++)
      g_assert_cmpint (
          ABS (map.data[(y * WIDTH + x) * 4 + c] - quarters[i][c]), <, 20);
  }
  gst_buffer_unmap (gst_sample_get_buffer (plain), &map);
}

static void
check_frame (const char *format)
{
  static const guint8 on_white[4][3] = { { 255, 255, 255 }, { 0, 255, 0 },
    { 255, 255, 255 }, { 127, 127, 127 } };
  g_autoptr (GstSample) frame = create_frame (format, FALSE);
  g_auto (Result) result = { 0 };

  result_init (&result, frame, NANOGPT_IMAGE_MAX_SIZE);
  assert_quarters (&result, on_white);
  g_assert_true (says_transparent (&result));
}

/* Every format with alpha is sent on white, whatever the hidden colors are, and
 * a message says so. */
static void
test_frames (void)
{
  guint count = 0;
  g_autoptr (GstCaps) all =
      gst_caps_from_string (GST_VIDEO_CAPS_MAKE (GST_VIDEO_FORMATS_ALL));
  const GValue *formats =
      gst_structure_get_value (gst_caps_get_structure (all, 0), "format");

  for (guint i = 0; i < gst_value_list_get_size (formats); i++) {
    const char *name =
        g_value_get_string (gst_value_list_get_value (formats, i));
    const GstVideoFormatInfo *format =
        gst_video_format_get_info (gst_video_format_from_string (name));

    /* There is no conversion to palettes, and two bits cannot express half. */
    if (!GST_VIDEO_FORMAT_INFO_HAS_ALPHA (format)
        || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format)
        || GST_VIDEO_FORMAT_INFO_DEPTH (format, GST_VIDEO_COMP_A) < 8)
      continue;
    count++;
    /* Only some formats are tested where each takes long. */
    if (fixture_scaled (1) > 1 && count % 5 != 1)
      continue;
    g_test_message ("%s", name);
    check_frame (name);
  }
  g_assert_cmpuint (count, >=, 15);
}

/* No message is posted for an opaque frame in a format with alpha. */
static void
test_opaque_frame (void)
{
  static const guint8 as_is[4][3] = { { 255, 0, 0 }, { 0, 255, 0 },
    { 0, 0, 255 }, { 0, 0, 0 } };
  g_autoptr (GstSample) frame = create_frame ("RGBA", TRUE);
  g_auto (Result) result = { 0 };

  result_init (&result, frame, NANOGPT_IMAGE_MAX_SIZE);
  assert_quarters (&result, as_is);
  g_assert_false (says_transparent (&result));
}

/* Files: every PNG form of transparency */

static void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint size)
{
  guint32 crc = G_MAXUINT32;
  guint begin = png->len + 4;
  guint8 word[4];

  GST_WRITE_UINT32_BE (word, size);
  g_byte_array_append (png, word, 4);
  g_byte_array_append (png, (const guint8 *)type, 4);
  if (size > 0)
    g_byte_array_append (png, data, size);
  for (guint i = begin; i < png->len; i++) {
    crc ^= png->data[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  GST_WRITE_UINT32_BE (word, ~crc);
  g_byte_array_append (png, word, 4);
}

static void
append_pixels (GByteArray *png, GByteArray *rows)
{
  g_autoptr (GZlibCompressor) compressor =
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1);
  guint room = rows->len + 1000;
  g_autofree guint8 *data = g_malloc (room);
  gsize read, written;

  g_assert_cmpint (
      g_converter_convert (G_CONVERTER (compressor), rows->data, rows->len,
          data, room, G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
      ==, G_CONVERTER_FINISHED);
  append_chunk (png, "IDAT", data, written);
}

typedef struct
{
  const char *name;
  guint8 depth;
  guint8 type;
  guint size;            /* of a pixel, in bytes */
  const char *pixels[4]; /* of the quarters */
  const char *alphas;    /* (nullable): content of tRNS */
  guint alphas_size;
  guint8 quarters[4][3]; /* as they should look */
} Png;

#define W                                                                      \
  {                                                                            \
    255, 255, 255                                                              \
  }
#define G                                                                      \
  {                                                                            \
    0, 255, 0                                                                  \
  }
#define K                                                                      \
  {                                                                            \
    0, 0, 0                                                                    \
  }

static const Png pngs[] = {
  { "rgba", 8, 6, 4,
      { "\xff\0\0\0", "\0\xff\0\xff", "\0\0\xff\0", "\0\0\0\xff" }, NULL, 0,
      { W, G, W, K } },
  { "rgba-16", 16, 6, 8,
      { "\xff\xff\0\0\0\0\0\0", "\0\0\xff\xff\0\0\xff\xff",
          "\0\0\0\0\xff\xff\0\0", "\0\0\0\0\0\0\xff\xff" },
      NULL, 0, { W, G, W, K } },
  { "gray-alpha", 8, 4, 2, { "\0\0", "\0\xff", "\x80\0", "\xff\xff" }, NULL, 0,
      { W, K, W, W } },
  { "gray-alpha-16", 16, 4, 4,
      { "\0\0\0\0", "\0\0\xff\xff", "\x80\0\0\0", "\xff\xff\xff\xff" }, NULL, 0,
      { W, K, W, W } },
  { "palette", 8, 3, 1, { "\0", "\1", "\2", "\3" }, "\0\xff\0", 3,
      { W, G, W, K } },
  { "rgb-key", 8, 2, 3, { "\xff\0\0", "\0\xff\0", "\xff\0\0", "\0\0\0" },
      "\0\xff\0\0\0", 6, { W, G, W, K } },
  { "gray-key", 8, 0, 1, { "\x80", "\0", "\x80", "\0" }, "\0\x80", 2,
      { W, K, W, K } },
  { "gray-16-key", 16, 0, 2, { "\x80\x12", "\0\0", "\x80\x12", "\0\0" },
      "\x80\x12", 2, { W, K, W, K } },
  { "all", 8, 6, 4, { "\xff\0\0\0", "\0\xff\0\0", "\0\0\xff\0", "\0\0\0\0" },
      NULL, 0, { W, W, W, W } },
};

static GBytes *
create_png (const Png *kind)
{
  static const guint8 palette[] = { 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0 };
  static const guint8 padding[20000];
  guint8 header[13] = { 0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, kind->depth,
    kind->type };
  g_autoptr (GByteArray) rows = g_byte_array_new ();
  GByteArray *png = g_byte_array_new ();

  for (guint y = 0; y < HEIGHT; y++) {
    g_byte_array_append (rows, (const guint8 *)"", 1);
    for (guint x = 0; x < WIDTH; x++)
      g_byte_array_append (
          rows, (const guint8 *)kind->pixels[get_quarter (x, y)], kind->size);
  }
  g_byte_array_append (png, (const guint8 *)"\x89PNG\r\n\x1a\n", 8);
  append_chunk (png, "IHDR", header, sizeof header);
  if (kind->type == 3)
    append_chunk (png, "PLTE", palette, sizeof palette);
  if (kind->alphas)
    append_chunk (png, "tRNS", (const guint8 *)kind->alphas, kind->alphas_size);
  append_chunk (png, "paDd", padding, sizeof padding);
  append_pixels (png, rows);
  append_chunk (png, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (png);
}

/* A file that fits is sent unchanged; others are sent on white. */
static void
check_file (GBytes *file, const guint8 quarters[4][3])
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (file);
  g_autoptr (GstSample) encoded = gst_sample_new (buffer, NULL, NULL, NULL);
  gsize size = g_bytes_get_size (file);
  g_auto (Result) same = { 0 };
  g_auto (Result) other = { 0 };

  result_init (&same, encoded, size);
  g_assert_true (g_bytes_equal (same.image, file));
  result_init (&other, encoded, size - 1);
  assert_quarters (&other, quarters);
  g_assert_true (says_transparent (&other));
}

static void
test_png (gconstpointer data)
{
  const Png *kind = data;
  g_autoptr (GBytes) file = create_png (kind);

  check_file (file, kind->quarters);
}

int
main (int argc, char **argv)
{
  int result;

  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  gst_pb_utils_init ();

  g_test_add_func ("/transparency/frames", test_frames);
  g_test_add_func ("/transparency/opaque-frame", test_opaque_frame);
  for (guint i = 0; i < G_N_ELEMENTS (pngs); i++) {
    g_autofree char *path =
        g_strconcat ("/transparency/png/", pngs[i].name, NULL);

    g_test_add_data_func (path, &pngs[i], test_png);
  }
  result = g_test_run ();
  gst_deinit ();
  return result;
}
