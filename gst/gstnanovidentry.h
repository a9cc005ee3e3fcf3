/* nanovid: one of many inputs on its way to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidformers.h"
#include "gstnanovidreader.h"

G_BEGIN_DECLS

/**
 * GstNanovidEntry:
 * @place: which input it is
 * @duration: the input's, which may be unknown
 * @segment: the input's
 * @reader: (nullable): the job
 * @former: (nullable): what is to be remembered of the job
 * @error: (nullable): why there is no job
 * @fatal: whether no later input could do better
 *
 * Has either a job or an error.  Reference counted.
 */
typedef struct
{
  GstNanovidPlace place;
  GstClockTime duration;
  GstSegment segment;
  GstNanovidReader *reader;
  GstNanovidFormer *former;
  GError *error;
  gboolean fatal;
} GstNanovidEntry;

/**
 * gst_nanovid_entry_new:
 * @sample: a whole input, with the segment it is in
 * @index: its number
 */
GstNanovidEntry *gst_nanovid_entry_new (GstSample *sample, guint64 index);
GstNanovidEntry *gst_nanovid_entry_ref (GstNanovidEntry *entry);
void gst_nanovid_entry_unref (GstNanovidEntry *entry);

/**
 * gst_nanovid_entry_get_job:
 *
 * Returns: (transfer none) (nullable): the job, if it came to one
 */
NanogptJob *gst_nanovid_entry_get_job (const GstNanovidEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidEntry, gst_nanovid_entry_unref)

G_END_DECLS
