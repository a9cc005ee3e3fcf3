/* nanovid: what a joiner plays, asks and tells
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidscene.h"

G_BEGIN_DECLS

/**
 * GstNanovidTurn:
 * @scene: (nullable): what is played; %NULL for a stretch without a clip
 * @number: the how manieth it is, from 0
 * @running_time: when its first frame is shown, in nanoseconds
 * @duration: how long it lasts, in nanoseconds; of a stretch without a clip, how
 *   long it has lasted so far
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
 * @fresh: of clips that were played for the first time
 * @replayed: of clips that were played again
 * @slate: of what was shown in between
 *
 * How much was pushed, in nanoseconds.
 */
typedef struct
{
  GstClockTime fresh;
  GstClockTime replayed;
  GstClockTime slate;
} GstNanovidTimes;

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
 * or that of the sound when the picture's pad is not linked; in a channel whichever
 * comes first.  No lock is held.
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

G_END_DECLS
