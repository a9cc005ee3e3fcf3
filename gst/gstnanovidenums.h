/* nanovid: the enumeration types of properties
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * GstNanovidTransformMode:
 * @GST_NANOVID_TRANSFORM_MODE_STREAM: the first input becomes a clip, which is
 *   pushed as a stream of bytes
 * @GST_NANOVID_TRANSFORM_MODE_CLIPS: every buffer becomes a clip, which is
 *   pushed as one buffer
 */
typedef enum
{
  GST_NANOVID_TRANSFORM_MODE_STREAM,
  GST_NANOVID_TRANSFORM_MODE_CLIPS,
} GstNanovidTransformMode;

/**
 * GstNanovidOnError:
 * @GST_NANOVID_ON_ERROR_FAIL: an input without a clip is an error that ends the
 *   stream
 * @GST_NANOVID_ON_ERROR_SKIP: an input without a clip is a warning and a gap
 */
typedef enum
{
  GST_NANOVID_ON_ERROR_FAIL,
  GST_NANOVID_ON_ERROR_SKIP,
} GstNanovidOnError;

/**
 * GstNanovidOutputs:
 * @GST_NANOVID_OUTPUTS_FIRST: of a job with several results, one is pushed
 * @GST_NANOVID_OUTPUTS_ALL: every result is pushed
 */
typedef enum
{
  GST_NANOVID_OUTPUTS_FIRST,
  GST_NANOVID_OUTPUTS_ALL,
} GstNanovidOutputs;

GType gst_nanovid_outputs_get_type (void);

/**
 * GstNanovidContinuity:
 * @GST_NANOVID_CONTINUITY_NONE: each clip is a scene of its own
 * @GST_NANOVID_CONTINUITY_LAST_FRAME: each clip continues from the last frame
 *   of the one before
 */
typedef enum
{
  GST_NANOVID_CONTINUITY_NONE,
  GST_NANOVID_CONTINUITY_LAST_FRAME,
} GstNanovidContinuity;

GType gst_nanovid_transform_mode_get_type (void);
GType gst_nanovid_on_error_get_type (void);
GType gst_nanovid_continuity_get_type (void);

G_END_DECLS
