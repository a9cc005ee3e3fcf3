/* nanovid: one of many inputs on its way to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidentry.h"

GstNanovidEntry *
gst_nanovid_entry_new (GstSample *sample, guint64 index)
{
  GstNanovidEntry *self = g_atomic_rc_box_new0 (GstNanovidEntry);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  const GstSegment *segment = gst_sample_get_segment (sample);

  self->place.index = index;
  self->place.pts = GST_BUFFER_PTS (buffer);
  self->duration = GST_BUFFER_DURATION (buffer);
  if (segment->format == GST_FORMAT_TIME)
    self->segment = *segment;
  else
    gst_segment_init (&self->segment, GST_FORMAT_TIME);
  return self;
}

GstNanovidEntry *
gst_nanovid_entry_ref (GstNanovidEntry *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_entry (gpointer data)
{
  GstNanovidEntry *self = data;

  g_clear_pointer (&self->reader, gst_nanovid_reader_unref);
  g_clear_pointer (&self->former, gst_nanovid_former_free);
  g_clear_error (&self->error);
}

void
gst_nanovid_entry_unref (GstNanovidEntry *self)
{
  g_atomic_rc_box_release_full (self, clear_entry);
}

NanogptJob *
gst_nanovid_entry_get_job (const GstNanovidEntry *self)
{
  return self->reader ? gst_nanovid_reader_get_job (self->reader) : NULL;
}
