/* nanovid: tests of how encoded input images are recognized and made to fit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "element/picture.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "gst/input/gstnanovidconvert.h"
#include "gst/input/gstnanovidimageformat.h"
#include "nanogpt/base/error.h"
#include "nanogpt/request/media.h"

static const FixtureMedia images[] = { FIXTURE_MEDIA_JPEG, FIXTURE_MEDIA_PNG,
  FIXTURE_MEDIA_WEBP };

/* The walk */

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
              ? picture_turns[orientation - 1].method
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

/* Encoded images that are too large */

static void
test_encoded_orientation (void)
{
  g_autoptr (GstSample) frame = picture_create_frame ("I420", 320, 240, "");
  g_auto (Owner) encoder = { 0 };
  g_autoptr (GstSample) prepared = NULL;
  g_autoptr (GBytes) image = NULL;

  owner_init (&encoder);
  prepared = gst_nanovid_convert_prepare (encoder.element, frame,
      GST_VIDEO_ORIENTATION_IDENTITY, 320, 240, encoder.cancellable, NULL);
  image = gst_nanovid_convert_encode (
      encoder.element, prepared, 100, encoder.cancellable, NULL);
  g_assert_nonnull (image);
  for (guint i = 0; i < G_N_ELEMENTS (picture_turns); i++) {
    g_autoptr (GBytes) exif = create_exif (picture_turns[i].exif, TRUE);
    g_autoptr (GBytes) tagged = add_exif_to_jpeg (image, exif);
    g_autoptr (GstSample) sample =
        picture_create_encoded (tagged, "image/jpeg");
    g_auto (Owner) owner = { 0 };
    g_autoptr (GBytes) result = NULL;
    g_autoptr (GError) error = NULL;
    gsize max_size = g_bytes_get_size (tagged) - 1;

    owner_init (&owner);
    result = owner_fit (&owner, sample, max_size, &error);
    g_assert_no_error (error);
    picture_assert_jpeg (result, max_size);
    {
      g_auto (Picture) picture = { 0 };
      char first;

      picture_init (&picture, result);
      first = picture_get_color (&picture, 0.25, 0.25);
      g_assert_cmpint (first, ==, picture_turns[i].corners[0]);
      g_assert_true ((GST_VIDEO_FRAME_WIDTH (&picture.frame)
                         < GST_VIDEO_FRAME_HEIGHT (&picture.frame))
          == (picture_turns[i].exif >= 5));
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
    g_autoptr (GstSample) sample = picture_create_encoded (image, "image/jpeg");
    gsize size = g_bytes_get_size (image);
    g_auto (Owner) owner = { 0 };
    g_autoptr (GBytes) same = NULL;
    g_autoptr (GBytes) smaller = NULL;
    g_autoptr (GError) error = NULL;

    owner_init (&owner);
    same = owner_fit (&owner, sample, size, &error);
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (same, image));
    g_assert_cmpuint (count_messages (&owner, GST_MESSAGE_ANY), ==, 0);

    smaller = owner_fit (&owner, sample, size - 1, &error);
    g_assert_no_error (error);
    picture_assert_jpeg (smaller, size - 1);
    g_assert_cmpuint (count_messages (&owner, GST_MESSAGE_INFO), ==, 1);
  }
}

/* Broken inputs */

static void
assert_refused (GBytes *bytes, const char *caps, gsize max_size)
{
  g_autoptr (GstSample) sample = picture_create_encoded (bytes, caps);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = owner_fit (&owner, sample, max_size, &error);
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
  g_autoptr (GstSample) sample = picture_create_encoded (bytes, NULL);
  g_auto (Owner) owner = { 0 };
  g_autoptr (GBytes) image = NULL;
  g_autoptr (GError) error = NULL;

  owner_init (&owner);
  image = owner_fit (&owner, sample, 10, &error);
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE);
  g_assert_null (image);
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
  g_test_add_func ("/image/encoded/limit", test_limit);
  g_test_add_func ("/image/encoded/orientation", test_encoded_orientation);
  g_test_add_func ("/image/encoded/broken", test_broken);
  g_test_add_func ("/image/encoded/undecodable", test_undecodable);
  g_test_add_func ("/image/encoded/huge", test_huge);
  result = g_test_run ();
  /* Waits for work that was left to other threads. */
  gst_deinit ();
  return result;
}
