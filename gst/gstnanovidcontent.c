/* nanovid: detects the caps of a clip from its first bytes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidcontent.h"

#include <glib/gi18n-lib.h>

/* File types, as named by typefinding, that contain video.  At present, the
 * service returns MP4 and WebM. */
static GstStaticCaps video_files = GST_STATIC_CAPS (
    "video/quicktime; video/mj2; audio/x-m4a; application/x-3gp; "
    "video/webm; video/x-matroska; video/x-matroska-3d; audio/x-matroska; "
    "audio/webm; video/mpegts; video/mpeg, systemstream=(boolean)true; "
    "application/ogg; video/ogg; audio/ogg; video/x-msvideo; "
    "video/x-ms-asf; video/x-flv; video/x-ivf; application/mxf");

gboolean
gst_nanovid_content_is_media (GstCaps *caps)
{
  static const char *const others[] = { "application/ogg", "application/mxf",
    "application/x-3gp", "application/x-id3", NULL };
  const char *name;

  if (!caps)
    return FALSE;

  name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  return g_str_has_prefix (name, "video/") || g_str_has_prefix (name, "audio/")
      || g_strv_contains (others, name);
}

gboolean
gst_nanovid_content_fits (GstCaps *caps)
{
  g_autoptr (GstCaps) files = gst_static_caps_get (&video_files);

  return gst_caps_can_intersect (caps, files);
}

char *
gst_nanovid_content_describe_fault (GstCaps *caps)
{
  if (!caps)
    return g_strdup (_ ("The service's result is not a media file"));
  return g_strdup_printf (
      /* Translators: %s is a type, such as text/html. */
      _ ("The service's result is not a media file, but %s"),
      gst_structure_get_name (gst_caps_get_structure (caps, 0)));
}

gboolean
gst_nanovid_content_needs_size (GBytes *head)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (head, &size);
  guint64 offset = 0;

  while (offset + 16 <= size) {
    guint64 length = GST_READ_UINT32_BE (data + offset);
    guint32 type = GST_READ_UINT32_LE (data + offset + 4);

    if (type == GST_MAKE_FOURCC ('m', 'd', 'a', 't'))
      return TRUE;
    if (type == GST_MAKE_FOURCC ('m', 'o', 'o', 'v') || length < 8)
      return FALSE;
    offset += length;
  }
  return FALSE;
}
