/* nanovid: the types that a joiner and its owner share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidscene.h"

G_BEGIN_DECLS

/**
 * GstNanovidTurn:
 * @scene: (nullable): the scene to play; %NULL for a stretch without a clip
 * @number: its position in the sequence of turns, from 0
 * @running_time: start time of its first frame, in nanoseconds
 * @duration: its duration in nanoseconds; for a stretch without a clip, the
 *   duration so far
 */
typedef struct
{
  GstNanovidScene *scene;
  guint64 number;
  GstClockTime running_time;
  GstClockTime duration;
} GstNanovidTurn;

/**
 * GstNanovidTimes:
 * @fresh: time of clips that were played for the first time
 * @replayed: time of clips that were played again
 * @slate: time of what was shown in between
 *
 * The amounts of data that were pushed, in nanoseconds.
 */
typedef struct
{
  GstClockTime fresh;
  GstClockTime replayed;
  GstClockTime slate;
} GstNanovidTimes;

/**
 * GstNanovidJoinerNext:
 * @error: return location for the error that ends the film
 *
 * Waits for the next scene.  Called on a thread of its own.  The owner has to
 * make it return before stopping the joiner.
 *
 * Returns: (transfer full) (nullable): the scene, or %NULL if there are no more
 */
typedef GstNanovidScene *(*GstNanovidJoinerNext) (
    gpointer data, GError **error);

/**
 * GstNanovidJoinerCallbacks:
 * @next: gets the next scene
 * @begun: the first frame of a clip is about to be pushed
 * @ended: its last frame was pushed
 * @failed: a clip cannot be played, and was skipped; called on the thread of
 *   @next, before that is called again.  @error is in the domain %NANOGPT_ERROR
 * @finished: the very last frame was pushed, and EOS follows; @error is what
 *   @next set, or %NULL
 *
 * All except @next and @failed are called on a streaming thread: that of the
 * video pad, or that of the audio pad if the video pad is not linked; in a
 * channel, on whichever gets there first.  No lock is held.
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
 * Frame n is at n / frame rate and sample s at s / rate, determined by counters
 * only.  The time stamps of a clip only decide which of its frames and samples
 * are used.  A clip lasts as many frames as it has, and its audio is cut or
 * extended to the same length.  So video and audio cannot drift, and neither
 * needs to wait for the other.
 *
 * The joiner handles the tasks, events and queries of two source pads.
 */
typedef struct _GstNanovidJoiner GstNanovidJoiner;

G_END_DECLS
