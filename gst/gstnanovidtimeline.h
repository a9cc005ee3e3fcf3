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
 * @gaps: (element-type GstEvent): gaps before the first clip, each after its
 *   segment
 *
 * Used by the streaming thread only.
 */
typedef struct
{
  GstBaseSrc *element;
  gboolean has_segment;
  GstSegment segment;
  GQueue gaps;
} GstNanovidTimeline;

/**
 * gst_nanovid_timeline_reset:
 *
 * Forgets all inputs, for a new start or after a flush.
 */
void gst_nanovid_timeline_reset (GstNanovidTimeline *timeline);

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
 *
 * The gap is held back until there are caps, which come with the first clip.
 */
void gst_nanovid_timeline_push_gap (GstNanovidTimeline *timeline,
    const GstSegment *segment, GstClockTime pts, GstClockTime duration);

/**
 * gst_nanovid_timeline_finish:
 *
 * Pushes the gaps that were held back.  Call before EOS.
 */
void gst_nanovid_timeline_finish (GstNanovidTimeline *timeline);

G_END_DECLS
