/* nanovid: tests of finding the end and duration of a media file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/gst.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "gst/input/gstnanovidfileend.h"
#include "gst/input/gstnanovidimage.h"
#include "gst/input/gstnanovidmeasure.h"
#include "gst/input/gstnanovidsound.h"
#include "nanogpt/base/error.h"

static double
measure (GBytes *file)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  return gst_nanovid_measure_seconds (file, cancellable);
}

static const FixtureMedia videos[] = { FIXTURE_MEDIA_MP4,
  FIXTURE_MEDIA_MP4_INDEX_LAST, FIXTURE_MEDIA_MP4_AUDIO,
  FIXTURE_MEDIA_MP4_FRAGMENTED, FIXTURE_MEDIA_WEBM, FIXTURE_MEDIA_WEBM_AUDIO };

static void
test_videos (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (videos); i++) {
    g_autoptr (GBytes) file = fixture_media_bytes (videos[i]);

    g_assert_cmpfloat_with_epsilon (measure (file), 2, 0.05);
  }
}

static void
test_unknown (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) text = g_bytes_new_static ("a red boat", 10);
  g_autoptr (GBytes) video = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (video, 0, 200);
  g_autoptr (GBytes) picture = fixture_media_bytes (FIXTURE_MEDIA_JPEG);
  GBytes *files[] = { nothing, text, cut, picture };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_cmpfloat (measure (files[i]), ==, -1);
}

static void
test_cancelled (void)
{
  g_autoptr (GBytes) file = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_cmpfloat (gst_nanovid_measure_seconds (file, cancellable), ==, -1);
}

/* The end of a file */

static const FixtureMedia whole[] = { FIXTURE_MEDIA_MP4,
  FIXTURE_MEDIA_MP4_INDEX_LAST, FIXTURE_MEDIA_MP4_AUDIO, FIXTURE_MEDIA_WEBM };

/* A file is whole with its last byte, and not before. */
static void
test_end (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (whole); i++) {
    g_autoptr (GBytes) file = fixture_media_bytes (whole[i]);
    gsize size;
    const guint8 *data = g_bytes_get_data (file, &size);

    for (gsize part = 0; part < size; part += 1 + part / 7)
      g_assert_false (gst_nanovid_file_is_whole (data, part));
    g_assert_false (gst_nanovid_file_is_whole (data, size - 1));
    g_assert_true (gst_nanovid_file_is_whole (data, size));
  }
}

/* More fragments may follow, so a fragmented file is never known to be whole. */
static void
test_no_end (void)
{
  g_autoptr (GBytes) file = fixture_media_bytes (FIXTURE_MEDIA_MP4_FRAGMENTED);
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  g_assert_false (gst_nanovid_file_is_whole (data, size));
}

/* The end of such a sound was not collected, so its beginning is not sent. */
static void
test_sound_too_large (void)
{
  g_autoptr (GstBuffer) buffer =
      gst_buffer_new_allocate (NULL, GST_NANOVID_IMAGE_MAX_INPUT + 4, NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2");
  g_autoptr (GstSample) sample = gst_sample_new (buffer, caps, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (GError) error = NULL;
  double seconds;

  g_assert_null (gst_nanovid_sound_fit (
      element, sample, 3000000, &seconds, cancellable, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/measure/videos", test_videos);
  g_test_add_func ("/measure/unknown", test_unknown);
  g_test_add_func ("/measure/cancelled", test_cancelled);
  g_test_add_func ("/measure/end", test_end);
  g_test_add_func ("/measure/no-end", test_no_end);
  g_test_add_func ("/measure/sound-too-large", test_sound_too_large);
  return g_test_run ();
}
