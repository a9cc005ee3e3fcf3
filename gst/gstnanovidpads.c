/* nanovid: collects the inputs of nanovidtransform's sink pads
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidpads.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gst/input/gstnanovidinput.h"
#include "nanogpt/base/error.h"

GST_DEBUG_CATEGORY_EXTERN (gst_nanovid_transform_debug);
#define GST_CAT_DEFAULT gst_nanovid_transform_debug

/* Number of inputs that a further pad may be ahead of the main one. */
#define MAX_AHEAD 16

/* The inputs of one pad. */
typedef struct
{
  GstNanovidSinkPad *pad;
  gulong unlinked_id;
  GstNanovidInput *input; /* the one being received */
  GstClockTime time;      /* running time of its start */
  GQueue given;           /* of Given, with many jobs, oldest first */
  gboolean ended;
  gboolean flushing;
} Lane;

typedef struct
{
  GstSample *sample;
  GstClockTime time; /* running time or GST_CLOCK_TIME_NONE */
} Given;

struct _GstNanovidPads
{
  GMutex lock; /* guards the fields below */
  GCond cond;
  GPtrArray *lanes;      /* of Lane: the main one, then the others by name */
  GstClockTime position; /* with many jobs, running time of the last one */
  gboolean many;
  gboolean finished; /* nothing more is needed */
};

static void
given_free (Given *given)
{
  gst_sample_unref (given->sample);
  g_free (given);
}

static void
lane_clear (Lane *lane)
{
  gst_nanovid_input_clear (lane->input);
  g_queue_clear_full (&lane->given, (GDestroyNotify)given_free);
  lane->ended = FALSE;
}

static void
lane_free (Lane *lane)
{
  lane_clear (lane);
  gst_nanovid_input_free (lane->input);
  g_signal_handler_disconnect (lane->pad, lane->unlinked_id);
  gst_object_unref (lane->pad);
  g_free (lane);
}

GstNanovidPads *
gst_nanovid_pads_new (void)
{
  GstNanovidPads *self = g_new0 (GstNanovidPads, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify)lane_free);
  self->position = GST_CLOCK_TIME_NONE;
  return self;
}

void
gst_nanovid_pads_free (GstNanovidPads *self)
{
  g_ptr_array_unref (self->lanes);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Call with the lock held.
 * Returns: (nullable): NULL if the pad was removed in the meantime */
static Lane *
find_lane (GstNanovidPads *self, GstNanovidSinkPad *pad)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    Lane *lane = self->lanes->pdata[i];

    if (lane->pad == pad)
      return lane;
  }
  return NULL;
}

/* Sorts reference_10 after reference_9. */
static int
compare_names (const char *a, const char *b)
{
  gsize length_a = strlen (a);
  gsize length_b = strlen (b);

  if (length_a != length_b && g_str_has_prefix (a, "reference_")
      && g_str_has_prefix (b, "reference_"))
    return length_a < length_b ? -1 : 1;
  return strcmp (a, b);
}

static void
on_unlinked (
    GstPad *pad G_GNUC_UNUSED, GstPad *peer G_GNUC_UNUSED, GstNanovidPads *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_cond_broadcast (&self->cond);
}

void
gst_nanovid_pads_add (GstNanovidPads *self, GstNanovidSinkPad *pad)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Lane *lane = g_new0 (Lane, 1);
  guint index = MIN (1, self->lanes->len);

  lane->pad = gst_object_ref (pad);
  lane->input = gst_nanovid_input_new (gst_nanovid_sink_pad_get_role (pad));
  g_queue_init (&lane->given);
  while (index < self->lanes->len
      && compare_names (GST_PAD_NAME (((Lane *)self->lanes->pdata[index])->pad),
             GST_PAD_NAME (pad))
          < 0)
    index++;
  g_ptr_array_insert (self->lanes, index, lane);
  lane->unlinked_id =
      g_signal_connect (pad, "unlinked", G_CALLBACK (on_unlinked), self);
}

void
gst_nanovid_pads_remove (GstNanovidPads *self, GstNanovidSinkPad *pad)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_ptr_array_remove (self->lanes, find_lane (self, pad));
  g_cond_broadcast (&self->cond);
}

void
gst_nanovid_pads_start (GstNanovidPads *self, gboolean many)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->many = many;
  self->finished = FALSE;
  self->position = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < self->lanes->len; i++) {
    Lane *lane = self->lanes->pdata[i];

    lane_clear (lane);
    lane->flushing = FALSE;
    gst_nanovid_sink_pad_reset (lane->pad);
  }
}

void
gst_nanovid_pads_finish (GstNanovidPads *self, gboolean finished)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->finished = finished;
  g_cond_broadcast (&self->cond);
}

gboolean
gst_nanovid_pads_is_late (GstNanovidPads *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->finished && !self->many;
}

void
gst_nanovid_pads_set_flushing (
    GstNanovidPads *self, GstNanovidSinkPad *pad, gboolean flushing)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = 0; i < self->lanes->len; i++) {
    Lane *lane = self->lanes->pdata[i];

    if (!pad || lane->pad == pad)
      lane->flushing = flushing;
  }
  g_cond_broadcast (&self->cond);
}

void
gst_nanovid_pads_flush (GstNanovidPads *self, GstNanovidSinkPad *pad)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Lane *lane = find_lane (self, pad);

  if (!lane)
    return;
  if (self->many || !gst_nanovid_input_get_whole (lane->input))
    lane_clear (lane);
  lane->ended = FALSE;
}

void
gst_nanovid_pads_seek (
    GstNanovidPads *self, GstNanovidSinkPad *pad, const GstSegment *segment)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Lane *lane = find_lane (self, pad);

  if (lane && segment->format == GST_FORMAT_BYTES)
    gst_nanovid_input_seek (lane->input, segment->start);
}

gboolean
gst_nanovid_pads_accepts (
    GstNanovidPads *self, GstNanovidSinkPad *pad, GstCaps *caps)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Lane *lane = find_lane (self, pad);

  return lane && gst_nanovid_input_accepts (lane->input, caps);
}

/* The threads that bring inputs */

static GstClockTime
get_running_time (GstSample *sample)
{
  const GstSegment *segment = gst_sample_get_segment (sample);

  return segment->format == GST_FORMAT_TIME
      ? gst_segment_to_running_time (segment, GST_FORMAT_TIME,
          GST_BUFFER_PTS (gst_sample_get_buffer (sample)))
      : GST_CLOCK_TIME_NONE;
}

static gboolean
is_later (GstClockTime time, GstClockTime other)
{
  return GST_CLOCK_TIME_IS_VALID (time)
      && (!GST_CLOCK_TIME_IS_VALID (other) || time > other);
}

/* Drops all inputs before @kept. */
static void
drop_before (Lane *lane, const Given *kept)
{
  while (g_queue_peek_head (&lane->given) != kept)
    given_free (g_queue_pop_head (&lane->given));
}

/* An input without a time stamp replaces all earlier ones. */
static void
keep_given (Lane *lane)
{
  Given *given = g_new0 (Given, 1);

  given->sample = gst_sample_ref (gst_nanovid_input_get_whole (lane->input));
  given->time = lane->time;
  gst_nanovid_input_clear (lane->input);
  g_queue_push_tail (&lane->given, given);
  if (!GST_CLOCK_TIME_IS_VALID (given->time))
    drop_before (lane, given);
}

/* Whether the pad is as far ahead as it may be.  The first input that is kept
 * does not count, because the next job may use it. */
static gboolean
is_far_ahead (GstNanovidPads *self, Lane *lane)
{
  const Given *newest = g_queue_peek_tail (&lane->given);

  return g_queue_get_length (&lane->given) > MAX_AHEAD
      && is_later (newest->time, self->position);
}

static GstFlowReturn
get_flow (GstNanovidPads *self, const Lane *lane)
{
  if (!lane || lane->flushing)
    return GST_FLOW_FLUSHING;
  if (self->finished
      || (!self->many && gst_nanovid_input_get_whole (lane->input)))
    return GST_FLOW_EOS;
  return GST_FLOW_OK;
}

GstFlowReturn
gst_nanovid_pads_push (
    GstNanovidPads *self, GstNanovidSinkPad *pad, GstSample *sample)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Lane *lane = find_lane (self, pad);
  GstFlowReturn flow;

  while ((flow = get_flow (self, lane)) == GST_FLOW_OK && self->many
      && is_far_ahead (self, lane)) {
    g_cond_wait (&self->cond, &self->lock);
    lane = find_lane (self, pad);
  }
  if (flow != GST_FLOW_OK)
    return flow;

  if (gst_nanovid_input_is_empty (lane->input))
    lane->time = get_running_time (sample);
  if (!gst_nanovid_input_push (lane->input, sample, self->many))
    return GST_FLOW_OK;
  if (self->many)
    keep_given (lane);
  g_cond_broadcast (&self->cond);
  return get_flow (self, lane);
}

void
gst_nanovid_pads_end (GstNanovidPads *self, GstNanovidSinkPad *pad)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Lane *lane = find_lane (self, pad);

  if (!lane)
    return;
  gst_nanovid_input_end (lane->input);
  if (self->many && gst_nanovid_input_get_whole (lane->input))
    keep_given (lane);
  lane->ended = TRUE;
  g_cond_broadcast (&self->cond);
}

/* The thread that waits */

static GstSample *
get_input (Lane *lane)
{
  const Given *given = g_queue_peek_head (&lane->given);

  return given ? given->sample : gst_nanovid_input_get_whole (lane->input);
}

/* The main pad is always wanted while it is the only pad. */
static gboolean
is_wanted (GstNanovidPads *self, guint index)
{
  Lane *lane = self->lanes->pdata[index];
  gboolean any_further = FALSE;

  if (gst_pad_is_linked (GST_PAD (lane->pad)) || get_input (lane))
    return TRUE;
  for (guint i = 1; i < self->lanes->len; i++)
    any_further |=
        gst_pad_is_linked (GST_PAD (((Lane *)self->lanes->pdata[i])->pad));
  return index == 0 && !any_further;
}

static void
set_end_error (GError **error, Lane *lane, gboolean is_main)
{
  NanogptMediaRole role = gst_nanovid_sink_pad_get_role (lane->pad);
  gboolean is_file = role == NANOGPT_MEDIA_VIDEO || role == NANOGPT_MEDIA_AUDIO;

  if (is_main) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_IMAGE_REQUIRED,
        _ ("The stream at the sink pad ended without an image, a frame or text"));
    return;
  }
  g_set_error (error, NANOGPT_ERROR,
      is_file ? NANOGPT_ERROR_INVALID_REQUEST : NANOGPT_ERROR_IMAGE_REQUIRED,
      is_file
          ? _ ("The stream at the pad %s ended without data")
          : _ ("The stream at the pad %s ended without an image or a frame"),
      GST_PAD_NAME (lane->pad));
}

/* Checks the pads from @first on.
 * Returns: whether there is nothing to wait for, because all inputs have
 *   arrived or @error is set */
static gboolean
check_inputs (GstNanovidPads *self, guint first, GError **error)
{
  const Lane *missing = NULL;

  for (guint i = first; i < self->lanes->len; i++) {
    Lane *lane = self->lanes->pdata[i];

    if (!is_wanted (self, i) || get_input (lane))
      continue;
    if (lane->ended) {
      set_end_error (error, lane, i == 0);
      return TRUE;
    }
    if (!missing)
      missing = lane;
  }
  if (missing)
    GST_DEBUG_OBJECT (missing->pad, "waiting for its input");
  return !missing;
}

static void
wake (GCancellable *cancellable G_GNUC_UNUSED, GstNanovidPads *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_cond_broadcast (&self->cond);
}

/* Drops all inputs before the one that is used with the job. */
static void
choose_given (GstNanovidPads *self, Lane *lane)
{
  Given *chosen = g_queue_peek_head (&lane->given);

  for (GList *l = lane->given.head; l; l = l->next) {
    Given *given = l->data;

    if (!GST_CLOCK_TIME_IS_VALID (self->position)
        || !is_later (given->time, self->position))
      chosen = given;
  }
  if (chosen)
    drop_before (lane, chosen);
}

static GPtrArray *
take_inputs (GstNanovidPads *self, guint first)
{
  GPtrArray *inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_sample_unref);

  for (guint i = first; i < self->lanes->len; i++) {
    Lane *lane = self->lanes->pdata[i];

    choose_given (self, lane);
    if (get_input (lane))
      g_ptr_array_add (inputs, gst_sample_ref (get_input (lane)));
  }
  g_cond_broadcast (&self->cond);
  return inputs;
}

static GPtrArray *
wait_and_take (GstNanovidPads *self, guint first, GstClockTime position,
    GCancellable *cancellable, GError **error)
{
  gulong id =
      g_cancellable_connect (cancellable, G_CALLBACK (wake), self, NULL);
  g_autoptr (GError) reason = NULL;
  GPtrArray *inputs = NULL;

  g_mutex_lock (&self->lock);
  while (!g_cancellable_is_cancelled (cancellable)
      && !check_inputs (self, first, &reason))
    g_cond_wait (&self->cond, &self->lock);
  if (!reason && !g_cancellable_set_error_if_cancelled (cancellable, &reason)) {
    self->position = position;
    self->finished |= !self->many;
    inputs = take_inputs (self, first);
  }
  g_mutex_unlock (&self->lock);
  /* Waits for wake(), which takes the lock, so do not hold it here. */
  g_cancellable_disconnect (cancellable, id);

  if (reason)
    g_propagate_error (error, g_steal_pointer (&reason));
  return inputs;
}

GPtrArray *
gst_nanovid_pads_wait (
    GstNanovidPads *self, GCancellable *cancellable, GError **error)
{
  return wait_and_take (self, 0, GST_CLOCK_TIME_NONE, cancellable, error);
}

GPtrArray *
gst_nanovid_pads_wait_with (GstNanovidPads *self, GstSample *sample,
    GCancellable *cancellable, GError **error)
{
  GPtrArray *inputs =
      wait_and_take (self, 1, get_running_time (sample), cancellable, error);

  if (inputs)
    g_ptr_array_insert (inputs, 0, gst_sample_ref (sample));
  return inputs;
}
