/* nanovid: explains what an input is that is not an image, and what to do
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidwrongtype.h"

#include <glib/gi18n-lib.h>
#include <gst/base/gsttypefindhelper.h>
#include <string.h>

static const struct
{
  const char *caps;
  const char *name;
} images[] = {
  { "image/avif", "AVIF" },
  { "image/bmp", "BMP" },
  { "image/gif", "GIF" },
  { "image/heic", "HEIC" },
  { "image/heif", "HEIF" },
  { "image/jp2", "JPEG 2000" },
  { "image/jxl", "JPEG XL" },
  { "image/svg+xml", "SVG" },
  { "image/tiff", "TIFF" },
};

/* Not all versions of GStreamer tell these images from videos. */
static const struct
{
  const char *brand;
  const char *caps;
} brands[] = {
  { "avif", "image/avif" },
  { "avis", "image/avif" },
  { "heic", "image/heic" },
  { "heix", "image/heic" },
  { "heim", "image/heic" },
  { "hevc", "image/heic" },
  { "mif1", "image/heif" },
  { "msf1", "image/heif" },
};

static const char *
find_brand (const guint8 *data, gsize size)
{
  if (size < 12 || memcmp (data + 4, "ftyp", 4) != 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (brands); i++)
    if (memcmp (data + 8, brands[i].brand, 4) == 0)
      return brands[i].caps;
  return NULL;
}

static char *
find_type (const guint8 *data, gsize size)
{
  const char *brand = find_brand (data, size);
  g_autoptr (GstCaps) caps = NULL;

  if (brand)
    return g_strdup (brand);
  if (size > 0)
    caps = gst_type_find_helper_for_data (NULL, data, size, NULL);
  return caps
      ? g_strdup (gst_structure_get_name (gst_caps_get_structure (caps, 0)))
      : g_strdup ("");
}

static char *
explain_image (const char *type)
{
  const char *name = type + strlen ("image/");

  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    if (g_str_equal (type, images[i].caps))
      name = images[i].name;
  return g_strdup_printf (
      _ ("The input image is %s, but the service takes JPEG, PNG and WebP. "
         "Decode it, as in: filesrc location=FILE ! decodebin ! "
         "nanovidtransform"),
      name);
}

static gboolean
is_text (const char *type, const guint8 *data, gsize size)
{
  const char *end;

  if (g_str_has_prefix (type, "text/"))
    return TRUE;
  /* The last character may be cut off. */
  return *type == '\0' && size > 0 && !memchr (data, '\0', size)
      && (g_utf8_validate_len ((const char *)data, size, &end)
          || (const char *)data + size - end < 4);
}

char *
gst_nanovid_wrong_type_explain (const guint8 *data, gsize size)
{
  g_autofree char *type = find_type (data, size);

  if (g_str_has_prefix (type, "image/"))
    return explain_image (type);
  if (g_str_has_prefix (type, "application/x-subtitle"))
    return g_strdup (_ (
        "The input is a file of subtitles, not a JPEG, PNG or WebP image. Put subparse "
        "before nanovidtransform, as in: filesrc location=FILE ! subparse ! "
        "nanovidtransform mode=clips"));
  if (is_text (type, data, size))
    return g_strdup (_ (
        "The input is text, not a JPEG, PNG or WebP image. For subtitles, put subparse "
        "before nanovidtransform; for a text that is the prompt, put the "
        "caps text/x-raw,format=utf8 there"));
  if (g_str_has_prefix (type, "video/"))
    return g_strdup (_ (
        "The input is a video, not a JPEG, PNG or WebP image. To send it, use the property "
        "video-location or the pad video of nanovidtransform; for its first "
        "frame, put decodebin before nanovidtransform"));
  if (g_str_has_prefix (type, "audio/"))
    return g_strdup (_ (
        "The input is sound, not a JPEG, PNG or WebP image. To send it, use the property "
        "audio-location or the pad audio of nanovidtransform"));
  return g_strdup (_ ("The input is not a JPEG, PNG or WebP image"));
}
