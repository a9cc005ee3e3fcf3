/* nanovid: makes an input image or frame fit the upload limit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidimage.h"

#include <glib/gi18n-lib.h>
#include <gst/base/gsttypefindhelper.h>
#include <gst/video/video.h>
#include <math.h>

#include "gstnanovidcolorkey.h"
#include "gstnanovidconvert.h"
#include "gstnanovidwrongtype.h"
#include "gstnanovidimageformat.h"
#include "nanogpt/base/error.h"

/* No meaningful upload has more pixels; decoding it would take several
 * gigabytes of memory. */
#define MAX_PIXELS (G_GUINT64_CONSTANT (1) << 28)

/* Below the last one, a smaller picture looks better than a coarser one. */
static const int qualities[] = { 92, 85, 75 };

/* Scales down slightly more than the size requires, since the file does not
 * shrink evenly. */
#define SCALE_MARGIN 0.95
#define MIN_SIDE 16

/* One block of a video codec.  Anything smaller is a mistake that would be paid
 * for. */
#define MIN_INPUT_SIDE 8

/* A raw frame on its way to a JPEG image. */
typedef struct
{
  GstElement *element;
  GCancellable *cancellable;
  GstSample *frame;
  GstVideoOrientationMethod orientation;
  gboolean is_flattened;
  int width; /* of the result, upright and with square pixels */
  int height;
} Job;

static void
job_clear (Job *job)
{
  g_clear_pointer (&job->frame, gst_sample_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static gboolean
set_image_error (GError **error, NanogptError code, const char *message)
{
  g_set_error_literal (error, NANOGPT_ERROR, code, message);
  return FALSE;
}

gboolean
gst_nanovid_image_is_raw (GstSample *input)
{
  GstCaps *caps = gst_sample_get_caps (input);

  return caps
      && gst_structure_has_name (
          gst_caps_get_structure (caps, 0), "video/x-raw");
}

/* Encoded images */

static GBytes *
read_bytes (GstSample *input)
{
  GstBuffer *buffer = gst_sample_get_buffer (input);
  gpointer data;
  gsize size;

  if (gst_buffer_get_size (buffer) == 0)
    return g_bytes_new (NULL, 0);
  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  return g_bytes_new_take (data, size);
}

/* Inputs collected from several buffers have a field that says so. */
static gboolean
is_piece (GstSample *input)
{
  const GstStructure *info = gst_sample_get_info (input);

  return info && gst_structure_has_name (info, GST_NANOVID_IMAGE_INFO)
      && !gst_structure_has_field (info, "collected");
}

static gboolean
check_whole (
    GBytes *bytes, gboolean is_piece, GstNanovidImageWalk *walk, GError **error)
{
  g_autofree char *explanation = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  const NanogptError invalid = NANOGPT_ERROR_INVALID_REQUEST;

  if (size == 0)
    return set_image_error (error, invalid, _ ("The input image is empty"));
  if (size > GST_NANOVID_IMAGE_MAX_INPUT) {
    return set_image_error (error, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
        _ ("The input image is too large even to scale down"));
  }

  switch (gst_nanovid_image_walk (walk, data, size)) {
    case GST_NANOVID_IMAGE_WHOLE:
      return TRUE;
    case GST_NANOVID_IMAGE_PARTIAL:
      return set_image_error (error, invalid,
          is_piece ? _ ("The input image is not complete: with mode=clips, "
                        "each buffer is one image. Put a parser before "
                        "nanovidtransform, for JPEG images jpegparse")
                   : _ ("The input image is broken: its end is missing"));
    case GST_NANOVID_IMAGE_BROKEN:
      return set_image_error (error, invalid, _ ("The input image is broken"));
    case GST_NANOVID_IMAGE_UNKNOWN:
      explanation = gst_nanovid_wrong_type_explain (data, size);
      return set_image_error (error, invalid, explanation);
  }
  g_return_val_if_reached (FALSE);
}

/* No stock decoder converts CMYK to RGB, and no model is known to accept it. */
static gboolean
check_components (const GstNanovidImageWalk *walk, GError **error)
{
  if (walk->components < 4)
    return TRUE;
  return set_image_error (error, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The input image is a JPEG image in CMYK, the colors of print: convert "
         "it to RGB"));
}

/* The size is 0 if the header does not state it. */
static gboolean
check_sides (guint width, guint height, GError **error)
{
  if (width == 0 || height == 0
      || (width >= MIN_INPUT_SIDE && height >= MIN_INPUT_SIDE))
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The input picture of %ux%u is too small for a video: each side "
         "needs at least %d pixels"),
      width, height, MIN_INPUT_SIDE);
  return FALSE;
}

/* Typefinding sets the dimensions for JPEG images, but not for PNG images.  A
 * WebP image cannot be that large. */
static void
add_png_dimensions (GstCaps *caps, GBytes *bytes)
{
  const guint8 *header = g_bytes_get_data (bytes, NULL);

  if (!gst_structure_has_name (gst_caps_get_structure (caps, 0), "image/png"))
    return;

  gst_caps_set_simple (caps, "width", G_TYPE_INT,
      (int)MIN (GST_READ_UINT32_BE (header + 16), G_MAXINT32), "height",
      G_TYPE_INT, (int)MIN (GST_READ_UINT32_BE (header + 20), G_MAXINT32),
      NULL);
}

static gboolean
check_dimensions (GstCaps *caps, GError **error)
{
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  int width, height;

  if (!gst_structure_get_int (structure, "width", &width)
      || !gst_structure_get_int (structure, "height", &height)
      || (guint64)width * height <= MAX_PIXELS)
    return TRUE;

  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      _ ("The input image of %dx%d is too large even to scale down"), width,
      height);
  return FALSE;
}

static GstSample *
decode_image (GstElement *element, GBytes *bytes, GCancellable *cancellable,
    GError **error)
{
  g_autoptr (GstCaps) found = gst_type_find_helper_for_data (
      NULL, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (bytes);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstSample) sample = NULL;

  if (!found) {
    set_image_error (
        error, NANOGPT_ERROR_INVALID_REQUEST, _ ("The input image is broken"));
    return NULL;
  }
  caps = gst_caps_copy (found);
  add_png_dimensions (caps, bytes);
  if (!check_dimensions (caps, error))
    return NULL;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  return gst_nanovid_convert_decode (element, sample, cancellable, error);
}

/* Raw frames */

static GstVideoOrientationMethod
get_frame_orientation (GstSample *frame)
{
  const GstStructure *info = gst_sample_get_info (frame);
  int orientation = GST_VIDEO_ORIENTATION_IDENTITY;

  if (info && gst_structure_has_name (info, GST_NANOVID_IMAGE_INFO))
    gst_structure_get_enum (
        info, "orientation", GST_TYPE_VIDEO_ORIENTATION_METHOD, &orientation);
  return orientation;
}

static gboolean
is_sideways (GstVideoOrientationMethod orientation)
{
  return orientation == GST_VIDEO_ORIENTATION_90R
      || orientation == GST_VIDEO_ORIENTATION_90L
      || orientation == GST_VIDEO_ORIENTATION_UL_LR
      || orientation == GST_VIDEO_ORIENTATION_UR_LL;
}

/* The converters accept a frame that is smaller than its caps say, so check
 * here. */
static gboolean
check_frame (GstSample *sample, GstVideoInfo *info, GError **error)
{
  GstVideoFrame frame;

  if (!gst_video_info_from_caps (info, gst_sample_get_caps (sample))
      || !gst_video_frame_map (
          &frame, info, gst_sample_get_buffer (sample), GST_MAP_READ)) {
    return set_image_error (error, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The input frame does not match its caps"));
  }
  gst_video_frame_unmap (&frame);
  return TRUE;
}

/* To get square pixels, one side is shortened; none is lengthened. */
static void
find_size (Job *job, const GstVideoInfo *info)
{
  int width = GST_VIDEO_INFO_WIDTH (info);
  int height = GST_VIDEO_INFO_HEIGHT (info);

  if (GST_VIDEO_INFO_PAR_N (info) > GST_VIDEO_INFO_PAR_D (info)) {
    height = gst_util_uint64_scale_int_round (
        height, GST_VIDEO_INFO_PAR_D (info), GST_VIDEO_INFO_PAR_N (info));
  } else {
    width = gst_util_uint64_scale_int_round (
        width, GST_VIDEO_INFO_PAR_N (info), GST_VIDEO_INFO_PAR_D (info));
  }

  job->width = MAX (1, is_sideways (job->orientation) ? height : width);
  job->height = MAX (1, is_sideways (job->orientation) ? width : height);
}

static void
post_result (Job *job, gsize size, int quality)
{
  GstStructure *structure =
      gst_caps_get_structure (gst_sample_get_caps (job->frame), 0);
  int width = 0, height = 0;
  g_autofree char *text = NULL;

  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  text =
      g_strdup_printf (_ ("The input picture of %dx%d is sent as a JPEG image "
                          "of %dx%d, quality %d, %.2f MB%s"),
          width, height, job->width, job->height, quality, size / 1e6,
          job->is_flattened ? _ (", with white where it was transparent") : "");
  /* gst-launch-1.0 shows only the debug text. */
  GST_ELEMENT_INFO (job->element, STREAM, ENCODE, ("%s", text), ("%s", text));
}

static void
scale_down (Job *job, double factor)
{
  job->width = MAX (1, (int)round (job->width * factor));
  job->height = MAX (1, (int)round (job->height * factor));
}

/* Encodes at one size, with the best quality that fits, or else the lowest.
 * Returns: (nullable): the image, which may be too large */
static GBytes *
encode (Job *job, gsize max_size, guint *step, GError **error)
{
  g_autoptr (GstSample) frame =
      gst_nanovid_convert_prepare (job->element, job->frame, job->orientation,
          job->width, job->height, job->cancellable, error);

  for (; frame; ++*step) {
    g_autoptr (GBytes) image = gst_nanovid_convert_encode (
        job->element, frame, qualities[*step], job->cancellable, error);

    if (!image || g_bytes_get_size (image) <= max_size
        || *step + 1 == G_N_ELEMENTS (qualities))
      return g_steal_pointer (&image);
  }
  return NULL;
}

/* A JPEG image has no transparency, and the colors of transparent pixels must
 * not show.  Flatten before scaling, or those colors would bleed. */
static gboolean
flatten (Job *job, const GstVideoInfo *info, GError **error)
{
  g_autoptr (GstSample) flat = NULL;
  gboolean changed;

  if (!GST_VIDEO_INFO_HAS_ALPHA (info))
    return TRUE;

  flat = gst_nanovid_convert_flatten (
      job->element, job->frame, &changed, job->cancellable, error);
  if (!flat)
    return FALSE;
  job->is_flattened |= changed;
  gst_sample_unref (job->frame);
  job->frame = g_steal_pointer (&flat);
  return TRUE;
}

/* Finds the best quality that fits at full size, or else the largest size that
 * fits at the lowest acceptable quality. */
static GBytes *
encode_to_fit (Job *job, gsize max_size, GError **error)
{
  guint step = 0;

  do {
    g_autoptr (GBytes) image = encode (job, max_size, &step, error);
    gsize size;

    if (!image)
      return NULL;

    size = g_bytes_get_size (image);
    if (size <= max_size) {
      post_result (job, size, qualities[step]);
      return g_steal_pointer (&image);
    }
    scale_down (job, SCALE_MARGIN * sqrt ((double)max_size / size));
  } while (MAX (job->width, job->height) >= MIN_SIDE);

  set_image_error (error, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      _ ("The input picture cannot be made small enough for the request"));
  return NULL;
}

GBytes *
gst_nanovid_image_fit (GstElement *element, GstSample *input, gsize max_size,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Job) job = { .element = element, .cancellable = cancellable };
  GstNanovidImageWalk walk = { 0 };
  GstVideoInfo info;

  if (gst_nanovid_image_is_raw (input)) {
    job.frame = gst_sample_ref (input);
    job.orientation = get_frame_orientation (input);
  } else {
    bytes = read_bytes (input);
    if (!check_whole (bytes, is_piece (input), &walk, error)
        || !check_components (&walk, error)
        || !check_sides (walk.width, walk.height, error))
      return NULL;
    if (g_bytes_get_size (bytes) <= max_size)
      return g_steal_pointer (&bytes);

    job.orientation = gst_nanovid_image_get_orientation (&walk, bytes);
    job.frame = decode_image (element, bytes, cancellable, error);
    if (!job.frame)
      return NULL;
    job.is_flattened = gst_nanovid_color_key_whiten (bytes, &job.frame);
  }

  if (!check_frame (job.frame, &info, error))
    return NULL;
  if (!check_sides (
          GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info), error))
    return NULL;
  find_size (&job, &info);
  if (!flatten (&job, &info, error))
    return NULL;
  return encode_to_fit (&job, max_size, error);
}
