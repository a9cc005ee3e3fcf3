/* nanovid: joins clips to one picture and one sound without a seam
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanoviddeck.h"

G_BEGIN_DECLS

/**
 * GstNanovidTurn:
 * @scene: what is played
 * @number: the how manieth it is, from 0
 * @running_time: when its first frame is shown, in nanoseconds
 * @duration: how long it lasts, in nanoseconds
 */
typedef struct
{
  GstNanovidScene *scene;
  guint64 number;
  GstClockTime running_time;
  GstClockTime duration;
} GstNanovidTurn;

/**
 * GstNanovidJoinerNext:
 * @error: return location for what ends the film
 *
 * Waits for the next scene, on a thread that does nothing else.  The owner makes
 * it return before it stops the joiner.
 *
 * Returns: (transfer full) (nullable): it, or %NULL when there is none to come
 */
typedef GstNanovidScene *(*GstNanovidJoinerNext) (
    gpointer data, GError **error);

/**
 * GstNanovidJoinerCallbacks:
 * @next: as above
 * @begun: the first frame of a clip is about to be pushed
 * @ended: its last frame was pushed
 * @failed: a clip cannot be played, and was left out; on the thread of @next,
 *   before that is called again.  @error is of %NANOGPT_ERROR
 * @finished: the last frame of all was pushed, and EOS is about to be; @error is
 *   what @next returned, or %NULL
 *
 * Each but @next and @failed is called on a streaming thread: that of the picture,
 * or that of the sound when the picture's pad is not linked.  No lock is held.
 */
typedef struct
{
  GstNanovidJoinerNext next;
  void (*begun) (const GstNanovidTurn *turn, gpointer data);
  void (*ended) (const GstNanovidTurn *turn, gpointer data);
  void (*failed) (GstNanovidScene *scene, const GError *error, gpointer data);
  void (*finished) (const GError *error, gpointer data);
} GstNanovidJoinerCallbacks;

/**
 * GstNanovidJoiner:
 *
 * Frame n is at n / frame rate and sample s at s / rate, by counters alone: what
 * a clip says of time decides only which of its pictures and samples are taken.
 * A clip lasts as many frames as it has, and its sound is made as long.  So
 * picture and sound cannot drift, and neither needs to wait for the other.
 *
 * It owns what happens on two source pads: their tasks, events and queries.
 */
typedef struct _GstNanovidJoiner GstNanovidJoiner;

/**
 * gst_nanovid_joiner_new:
 * @element: (transfer none): who owns the pads, and posts errors of flow
 * @video_pad: (transfer none): a source pad of @element
 * @audio_pad: (transfer none): another one
 * @callbacks: (transfer none): must outlive the joiner
 * @data: for @callbacks
 */
GstNanovidJoiner *gst_nanovid_joiner_new (GstElement *element,
    GstPad *video_pad, GstPad *audio_pad,
    const GstNanovidJoinerCallbacks *callbacks, gpointer data);

/* When it is stopped */
void gst_nanovid_joiner_free (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_joiner_start:
 * @video_caps: what the picture's pad gives from first to last
 * @audio_caps: what the sound's pad gives
 *
 * Begins from time zero.  Call when the pads are active.
 *
 * Returns: whether the caps can be given at all
 */
gboolean gst_nanovid_joiner_start (
    GstNanovidJoiner *joiner, GstCaps *video_caps, GstCaps *audio_caps);

/**
 * gst_nanovid_joiner_end:
 *
 * EOS after the buffers that are being pushed, without @finished; any thread.
 */
void gst_nanovid_joiner_end (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_joiner_stop:
 *
 * Ends it at once, deactivates the pads, and returns when no thread is left.
 */
void gst_nanovid_joiner_stop (GstNanovidJoiner *joiner);

G_END_DECLS
