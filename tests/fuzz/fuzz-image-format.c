/* nanovid: images that arrive piece by piece, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include "gst/input/gstnanovidimageformat.h"

static void
check (const GstNanovidImageWalk *walk, gsize size)
{
  g_assert_cmpuint (walk->position, <=, size);
  g_assert_cmpuint (walk->exif, <=, size);
  g_assert_cmpuint (walk->exif_size, <=, size - walk->exif);
}

/* The first byte determines which fraction of the rest arrives first. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GstNanovidImageWalk at_once = { 0 };
  GstNanovidImageWalk in_pieces = { 0 };
  g_autofree guint8 *piece = NULL;
  GstNanovidImageState state;
  GstNanovidImageState early;
  gsize length;

  if (size < 2)
    return 0;
  length = data[0] * (size - 1) / 256;
  piece = g_memdup2 (data + 1, MAX (length, 1));
  data++;
  size--;

  state = gst_nanovid_image_walk (&at_once, data, size);
  check (&at_once, size);
  early = gst_nanovid_image_walk (&in_pieces, piece, length);
  check (&in_pieces, length);
  if (early != GST_NANOVID_IMAGE_PARTIAL) {
    /* More bytes do not change a result that is certain. */
    g_assert_cmpint (early, ==, state);
    return 0;
  }
  g_assert_cmpint (gst_nanovid_image_walk (&in_pieces, data, size), ==, state);
  if (state == GST_NANOVID_IMAGE_WHOLE)
    g_assert_cmpuint (in_pieces.position, ==, at_once.position);
  g_assert_cmpuint (in_pieces.exif, ==, at_once.exif);
  return 0;
}
