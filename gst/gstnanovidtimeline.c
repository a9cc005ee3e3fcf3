/* nanovid: events between the clips of many inputs: segment, caps, gaps
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidtimeline.h"

#include "gstnanovidmessages.h"

void
gst_nanovid_timeline_reset (GstNanovidTimeline *self)
{
  self->has_segment = FALSE;
  g_queue_clear_full (&self->gaps, (GDestroyNotify)gst_event_unref);
}

static void
use_segment (GstNanovidTimeline *self, const GstSegment *segment)
{
  if (self->has_segment && gst_segment_is_equal (&self->segment, segment))
    return;

  self->has_segment = TRUE;
  self->segment = *segment;
  gst_base_src_new_segment (self->element, segment);
}

void
gst_nanovid_timeline_announce (GstNanovidTimeline *self,
    const GstSegment *segment, GstCaps *caps, GstTagList *tags)
{
  GstElement *element = GST_ELEMENT (self->element);
  g_autoptr (GstCaps) current =
      gst_pad_get_current_caps (GST_BASE_SRC_PAD (element));

  if (!current || !gst_caps_is_equal (current, caps))
    gst_base_src_set_caps (self->element, caps);
  gst_nanovid_timeline_finish (self);
  use_segment (self, segment);
  gst_element_post_message (element,
      gst_message_new_tag (GST_OBJECT (element), gst_tag_list_ref (tags)));
  gst_nanovid_queue_tags (element, tags);
}

/* The base class would push the segment with the next clip, which may never
 * come. */
static void
push_segment (GstNanovidTimeline *self)
{
  GstPad *pad = GST_BASE_SRC_PAD (self->element);
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *current = NULL;

  if (event)
    gst_event_parse_segment (event, &current);
  if (!current || !gst_segment_is_equal (current, &self->segment))
    gst_pad_push_event (pad, gst_event_new_segment (&self->segment));
}

void
gst_nanovid_timeline_push_gap (GstNanovidTimeline *self,
    const GstSegment *segment, GstClockTime pts, GstClockTime duration)
{
  GstPad *pad = GST_BASE_SRC_PAD (self->element);

  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return;

  if (!gst_pad_has_current_caps (pad)) {
    g_queue_push_tail (&self->gaps, gst_event_new_segment (segment));
    g_queue_push_tail (&self->gaps, gst_event_new_gap (pts, duration));
    return;
  }
  use_segment (self, segment);
  push_segment (self);
  gst_pad_push_event (pad, gst_event_new_gap (pts, duration));
}

void
gst_nanovid_timeline_finish (GstNanovidTimeline *self)
{
  GstEvent *event;

  while ((event = g_queue_pop_head (&self->gaps)))
    gst_pad_push_event (GST_BASE_SRC_PAD (self->element), event);
}
