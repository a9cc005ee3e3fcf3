/* nanovid: the enumerations among the properties
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
 * @GST_NANOVID_ON_ERROR_FAIL: an input without a clip is an error and the end
 * @GST_NANOVID_ON_ERROR_SKIP: it is a warning, and a gap
 */
typedef enum
{
  GST_NANOVID_ON_ERROR_FAIL,
  GST_NANOVID_ON_ERROR_SKIP,
} GstNanovidOnError;

/**
 * GstNanovidOutputs:
 * @GST_NANOVID_OUTPUTS_FIRST: one result of a job that has several leaves
 * @GST_NANOVID_OUTPUTS_ALL: every result leaves
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
 * @GST_NANOVID_CONTINUITY_LAST_FRAME: each clip goes on where the one before ends
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
