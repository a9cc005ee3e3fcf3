/* nanovid: when a channel requests its next clip, and how many at once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/**
 * GstNanovidThrottle:
 * @speed: the factor by which the channel's hours are shortened: 1, except in
 *   tests
 * @length: duration of a clip in nanoseconds, 0 if none has played
 * @slow: time in which nearly all jobs complete, in seconds, 0 if unknown
 * @cost: cost of a clip, negative if unknown
 *
 * A plain struct, used by the feeder's thread only.
 */
typedef struct
{
  guint speed;
  GstClockTime length;
  double slow;
  NanogptMicros cost;

  /*< private >*/
  gint64 not_before;
  gint64 spent_at;
  gint64 refused_until; /* with this budget */
  NanogptMicros refused_budget;
  guint n_failures;
  gboolean is_probing;
  gboolean is_over_budget;
} GstNanovidThrottle;

/**
 * gst_nanovid_throttle_init:
 *
 * Initializes the throttle, with nothing known yet.
 */
void gst_nanovid_throttle_init (GstNanovidThrottle *throttle, guint speed);

/**
 * gst_nanovid_throttle_get_time:
 * @hourly_budget: in USD, 0 for none
 *
 * Returns: the monotonic time before which no clip is to be requested
 */
gint64 gst_nanovid_throttle_get_time (
    const GstNanovidThrottle *throttle, NanogptMicros hourly_budget);

/**
 * gst_nanovid_throttle_get_n_jobs:
 * @hourly_budget: in USD, 0 for none
 * @max_jobs: maximum number of jobs
 *
 * Returns: the number of concurrent jobs with which the channel shows as many
 *   new clips as time and budget allow
 */
guint gst_nanovid_throttle_get_n_jobs (const GstNanovidThrottle *throttle,
    NanogptMicros hourly_budget, guint max_jobs);

/**
 * gst_nanovid_throttle_note_spent:
 * @cost: cost of a clip that was just requested
 *
 * Delays the next request, so that an hourly budget lasts for the hour.
 */
void gst_nanovid_throttle_note_spent (
    GstNanovidThrottle *throttle, NanogptMicros cost);

/**
 * gst_nanovid_throttle_note_failure:
 * @too_many: whether there were so many failures in a row that the service gets
 *   a long pause
 */
void gst_nanovid_throttle_note_failure (
    GstNanovidThrottle *throttle, gboolean too_many);

/**
 * gst_nanovid_throttle_note_over_budget:
 * @retry_after: milliseconds until there is room in the budget, -1 if unknown
 * @hourly_budget: the budget that was exceeded; with another one, there may be
 *   room at once
 *
 * Returns: whether to report it
 */
gboolean gst_nanovid_throttle_note_over_budget (GstNanovidThrottle *throttle,
    gint64 retry_after, NanogptMicros hourly_budget);

/**
 * gst_nanovid_throttle_note_success:
 *
 * Notes that a clip was completed.
 */
void gst_nanovid_throttle_note_success (GstNanovidThrottle *throttle);

G_END_DECLS
