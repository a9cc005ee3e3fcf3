/* nanovid: when a channel asks for its next clip, and for how many at once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/**
 * GstNanovidThrottle:
 * @speed: how many times faster than others the channel's hours pass: 1, but for
 *   tests
 * @length: how long a clip plays, in nanoseconds, 0 when none has
 * @slow: seconds in which nearly every job is done, 0 when unknown
 * @cost: what a clip costs, negative when unknown
 *
 * A plain value of the feeder's thread.
 */
typedef struct
{
  guint speed;
  GstClockTime length;
  double slow;
  NanogptMicros cost;

  /*< private >*/
  gint64 not_before;
  guint n_failures;
  gboolean is_probing;
  gboolean is_over_budget;
} GstNanovidThrottle;

/**
 * gst_nanovid_throttle_init:
 *
 * Nothing is known yet.
 */
void gst_nanovid_throttle_init (GstNanovidThrottle *throttle, guint speed);

/**
 * gst_nanovid_throttle_get_time:
 *
 * Returns: the monotonic time before which nothing is to be asked for
 */
gint64 gst_nanovid_throttle_get_time (const GstNanovidThrottle *throttle);

/**
 * gst_nanovid_throttle_get_n_jobs:
 * @hourly_budget: USD, 0 for none
 * @max_jobs: how many there may be
 *
 * Returns: how many jobs have to be under way for a channel that is as new as time
 *   and money allow
 */
guint gst_nanovid_throttle_get_n_jobs (const GstNanovidThrottle *throttle,
    NanogptMicros hourly_budget, guint max_jobs);

/**
 * gst_nanovid_throttle_note_spent:
 * @cost: of a clip that was just asked for
 *
 * The next one is for later, so that the hour's budget lasts for the hour.
 */
void gst_nanovid_throttle_note_spent (GstNanovidThrottle *throttle,
    NanogptMicros cost, NanogptMicros hourly_budget);

/**
 * gst_nanovid_throttle_note_failure:
 * @too_many: whether so many failed in a row that the service is left alone
 */
void gst_nanovid_throttle_note_failure (
    GstNanovidThrottle *throttle, gboolean too_many);

/**
 * gst_nanovid_throttle_note_over_budget:
 * @retry_after: milliseconds until there is room, -1 when that is not known
 *
 * Returns: whether that is worth telling
 */
gboolean gst_nanovid_throttle_note_over_budget (
    GstNanovidThrottle *throttle, gint64 retry_after);

/**
 * gst_nanovid_throttle_note_success:
 *
 * There is a clip.
 */
void gst_nanovid_throttle_note_success (GstNanovidThrottle *throttle);

G_END_DECLS
