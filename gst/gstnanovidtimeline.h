/* nanovid: what goes out between the clips of many inputs: segment, caps, gaps
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

/**
 * GstNanovidTimeline:
 * @element: (transfer none): the element
 * @has_segment: whether any input has set the segment since the start or a flush
 * @segment: the current one, as it came in
 *
 * The streaming thread's.
 */
typedef struct
{
  GstBaseSrc *element;
  gboolean has_segment;
  GstSegment segment;
} GstNanovidTimeline;

/**
 * gst_nanovid_timeline_announce:
 * @segment: that of the clip's input
 * @caps: what kind of file the clip is
 * @tags: (transfer full): what is to be said of it
 *
 * Call before the clip is pushed.
 */
void gst_nanovid_timeline_announce (GstNanovidTimeline *timeline,
    const GstSegment *segment, GstCaps *caps, GstTagList *tags);

/**
 * gst_nanovid_timeline_push_gap:
 * @segment: that of the input without a clip
 * @pts: where the input was, which may be unknown
 * @duration: how long it was, which may be unknown
 */
void gst_nanovid_timeline_push_gap (GstNanovidTimeline *timeline,
    const GstSegment *segment, GstClockTime pts, GstClockTime duration);

G_END_DECLS
