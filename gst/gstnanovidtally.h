/* nanovid: what the clips of mode=clips have cost so far
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/job/job-status.h"

G_BEGIN_DECLS

/* @spent: USD, for what left and what failed; 0 before anything */
typedef struct
{
  NanogptMicros spent;
} GstNanovidTally;

/**
 * gst_nanovid_tally_add:
 * @status: of a job whose first clip is about to leave, or that has failed
 */
void gst_nanovid_tally_add (
    GstNanovidTally *tally, const NanogptJobStatus *status);

/**
 * gst_nanovid_tally_tell:
 * @entries: (element-type GstNanovidEntry): all; a clip of the first one leaves
 *
 * Counts it, and tells of it by an INFO message.
 */
void gst_nanovid_tally_tell (
    GstNanovidTally *tally, GstElement *element, GPtrArray *entries);

G_END_DECLS
