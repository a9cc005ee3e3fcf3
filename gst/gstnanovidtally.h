/* nanovid: what the clips of mode=clips have cost so far
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/job/job-status.h"

G_BEGIN_DECLS

/* @spent: in USD, for pushed clips and failed jobs; initially 0 */
typedef struct
{
  NanogptMicros spent;
} GstNanovidTally;

/**
 * gst_nanovid_tally_add:
 * @status: status of a job that has failed, or whose first clip is about to be
 *   pushed
 */
void gst_nanovid_tally_add (
    GstNanovidTally *tally, const NanogptJobStatus *status);

/**
 * gst_nanovid_tally_tell:
 * @entries: (element-type GstNanovidEntry): all entries; a clip of the first
 *   one is about to be pushed
 *
 * Adds the cost of the clip's job, and posts an INFO message about it.
 */
void gst_nanovid_tally_tell (
    GstNanovidTally *tally, GstElement *element, GPtrArray *entries);

G_END_DECLS
