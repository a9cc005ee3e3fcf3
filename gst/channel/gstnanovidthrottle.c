/* nanovid: when a channel requests its next clip, and how many at once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidthrottle.h"

#include <math.h>

#define HOUR ((gint64)3600 * G_TIME_SPAN_SECOND)

/* Pause after too many failures in a row. */
#define PAUSE (600 * G_TIME_SPAN_SECOND)

/* Assumed duration of a clip until one has played. */
#define USUAL_LENGTH (5 * GST_SECOND)

void
gst_nanovid_throttle_init (GstNanovidThrottle *self, guint speed)
{
  *self = (GstNanovidThrottle){ .speed = speed, .cost = NANOGPT_MONEY_UNKNOWN };
}

static void
wait_for (GstNanovidThrottle *self, gint64 span)
{
  gint64 time = g_get_monotonic_time () + span / self->speed;

  self->not_before = MAX (self->not_before, time);
}

/* Returns: microseconds until that much may be spent again */
static double
get_spacing (NanogptMicros cost, NanogptMicros hourly_budget)
{
  if (hourly_budget <= 0 || cost <= 0)
    return 0;
  return (double)HOUR * cost / hourly_budget;
}

gint64
gst_nanovid_throttle_get_time (
    const GstNanovidThrottle *self, NanogptMicros hourly_budget)
{
  gint64 spacing =
      (gint64)(get_spacing (self->cost, hourly_budget) / self->speed);
  gint64 time = MAX (self->not_before, self->spent_at + spacing);

  return hourly_budget == self->refused_budget ? MAX (time, self->refused_until)
                                               : time;
}

guint
gst_nanovid_throttle_get_n_jobs (
    const GstNanovidThrottle *self, NanogptMicros hourly_budget, guint max_jobs)
{
  double length = (self->length ? self->length : USUAL_LENGTH) / GST_USECOND;
  double spacing = MAX (length, get_spacing (self->cost, hourly_budget));
  double n_jobs = ceil (self->slow * G_TIME_SPAN_SECOND / spacing);

  return self->is_probing ? 1 : (guint)CLAMP (n_jobs, 1, max_jobs);
}

void
gst_nanovid_throttle_note_spent (GstNanovidThrottle *self, NanogptMicros cost)
{
  self->cost = cost;
  self->spent_at = g_get_monotonic_time ();
}

/* The same prompt is likely to fail again immediately, so wait longer each
 * time. */
static void
back_off (GstNanovidThrottle *self)
{
  gint64 span = G_TIME_SPAN_SECOND << MIN (self->n_failures, 30);

  self->n_failures++;
  wait_for (self, MIN (span, PAUSE));
}

void
gst_nanovid_throttle_note_failure (GstNanovidThrottle *self, gboolean too_many)
{
  back_off (self);
  self->is_probing = too_many;
  if (too_many)
    wait_for (self, PAUSE);
}

gboolean
gst_nanovid_throttle_note_over_budget (
    GstNanovidThrottle *self, gint64 retry_after, NanogptMicros hourly_budget)
{
  gboolean is_news = retry_after < 0 && !self->is_over_budget;

  self->is_over_budget |= is_news;
  /* The reason may be that the prices could not be queried. */
  if (retry_after < 0) {
    back_off (self);
  } else {
    self->refused_until = g_get_monotonic_time ()
        + retry_after * G_TIME_SPAN_MILLISECOND / self->speed;
    self->refused_budget = hourly_budget;
  }
  return is_news;
}

void
gst_nanovid_throttle_note_success (GstNanovidThrottle *self)
{
  self->n_failures = 0;
  self->is_probing = self->is_over_budget = FALSE;
}
