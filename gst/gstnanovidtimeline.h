/* nanovid: events between the clips of many inputs: segment, caps, gaps
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

/**
 * GstNanovidTimeline:
 * @element: (transfer none): the element
 * @has_segment: whether an input has set the segment since the start or the
 *   last flush
 * @segment: the current segment, as received
 *
 * Used by the streaming thread only.
 */
typedef struct
{
  GstBaseSrc *element;
  gboolean has_segment;
  GstSegment segment;
} GstNanovidTimeline;

/**
 * gst_nanovid_timeline_announce:
 * @segment: the segment of the clip's input
 * @caps: the caps of the clip
 * @tags: (transfer full): tags for the clip
 *
 * Sets caps, segment and tags.  Call before pushing the clip.
 */
void gst_nanovid_timeline_announce (GstNanovidTimeline *timeline,
    const GstSegment *segment, GstCaps *caps, GstTagList *tags);

/**
 * gst_nanovid_timeline_push_gap:
 * @segment: the segment of the input without a clip
 * @pts: time stamp of the input, which may be unknown
 * @duration: duration of the input, which may be unknown
 */
void gst_nanovid_timeline_push_gap (GstNanovidTimeline *timeline,
    const GstSegment *segment, GstClockTime pts, GstClockTime duration);

G_END_DECLS
