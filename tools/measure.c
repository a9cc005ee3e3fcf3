/* nanovid: nanovid-jobs: a local file as a medium of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "measure.h"

#include <gst/pbutils/pbutils.h>

#define PICTURE_HEAD 64 /* bytes needed to detect the type of a picture */
#define PATIENCE (10 * GST_SECOND)

static double
get_seconds (const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *uri = g_filename_to_uri (absolute, NULL, error);
  g_autoptr (GstDiscoverer) discoverer = NULL;
  g_autoptr (GstDiscovererInfo) info = NULL;
  GstClockTime duration;

  if (!uri)
    return -1;
  gst_init (NULL, NULL);
  discoverer = gst_discoverer_new (PATIENCE, NULL);
  if (!discoverer)
    return -1;
  info = gst_discoverer_discover_uri (discoverer, uri, NULL);
  duration =
      info ? gst_discoverer_info_get_duration (info) : GST_CLOCK_TIME_NONE;
  return GST_CLOCK_TIME_IS_VALID (duration) && duration > 0
      ? (double)duration / GST_SECOND
      : -1;
}

NanogptMedia *
measure_file (NanogptMediaRole role, const char *path, GError **error)
{
  gboolean plays = role == NANOGPT_MEDIA_VIDEO || role == NANOGPT_MEDIA_AUDIO;
  g_autoptr (GBytes) bytes = NULL;
  double seconds = -1;
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, error))
    return NULL;
  bytes = g_bytes_new_take (data, size);
  if (plays) {
    seconds = get_seconds (path, error);
  } else if (size > PICTURE_HEAD) {
    GBytes *head = g_bytes_new (data, PICTURE_HEAD);

    g_bytes_unref (bytes);
    bytes = head;
  }
  return nanogpt_media_new_data (role, bytes, NULL, seconds);
}
