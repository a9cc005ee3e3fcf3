/* nanovid: one pad of a film: how what is in its place is pushed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidpacer.h"
#include "gstnanovidslate.h"
#include "gstnanovidturn.h"

G_BEGIN_DECLS

/* What the joiner and its two tracks share; for these alone. */

/* A channel goes on with now, if it was held up for longer than that. */
#define GST_NANOVID_TRACK_PATIENCE GST_SECOND

/* A clip in its place, or a stretch of a channel without a clip. */
typedef struct
{
  GstNanovidTurn info;
  GstNanovidDeck *deck; /* (nullable) */
  gboolean holds;       /* without a clip: the last frame, and not the slate */
  guint64 first_frame;
  guint64 n_frames; /* grows as long as there is no clip */
  gboolean begun;   /* a channel's owner was notified */
  gboolean ended;
} GstNanovidStretch;

typedef struct
{
  GstNanovidJoiner *joiner;
  GstPad *pad;
  GstFlowReturn (*play) (GstNanovidJoiner *joiner, GstNanovidStretch *turn);
  GstNanovidPacer *pacer;

  /* Its own thread's */
  gboolean started;
  GstClockTime end;    /* of what was pushed, invalid before anything */
  GstClockTime resume; /* nothing earlier is pushed, as it was held up */
  gboolean over;

  /* Guarded by the bell's lock */
  guint64 turn; /* the number of the one that it plays, or wants */
  gboolean follows;
  GstClockTime position;
} GstNanovidTrack;

struct _GstNanovidJoiner
{
  GstElement *element;
  const GstNanovidJoinerCallbacks *callbacks;
  gpointer data;
  GstNanovidFormat *format;
  GThread *loader;
  guint group_id;
  GstNanovidTrack video;
  GstNanovidTrack audio;
  gboolean live;
  char *slate_location;
  GstNanovidSlate *slate; /* a channel's */

  GstNanovidBell bell;
  /* Guarded by its lock */
  GQueue turns;  /* of GstNanovidStretch, in their places */
  GQueue loaded; /* of GstNanovidStretch, which begin when they are wanted */
  guint64 n_turns;
  guint64 n_frames;   /* where the next turn begins */
  gboolean has_slate; /* a channel can begin */
  gint64 begin_at;    /* and does by then, monotonic */
  gboolean has_begun; /* it has */
  gboolean opening;   /* the next clip is known */
  GstNanovidTimes times;
  gboolean complete; /* no more scenes come */
  gboolean ended;    /* nothing more is pushed but EOS */
  GError *reason;
};

/**
 * gst_nanovid_track_get_time:
 *
 * Returns: when @frame begins, in nanoseconds
 */
GstClockTime gst_nanovid_track_get_time (
    GstNanovidJoiner *joiner, guint64 frame);

/**
 * gst_nanovid_track_get_now:
 *
 * Returns: a channel's running time, in nanoseconds
 */
GstClockTime gst_nanovid_track_get_now (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_track_find:
 *
 * Call with the bell's lock held.
 *
 * Returns: (transfer none) (nullable): the first turn from @number on
 */
GstNanovidStretch *gst_nanovid_track_find (
    GstNanovidJoiner *joiner, guint64 number);

/**
 * gst_nanovid_track_is_leading:
 *
 * Returns: whether @track tells the owner how far it is, as one of the two does
 */
gboolean gst_nanovid_track_is_leading (
    GstNanovidJoiner *joiner, GstNanovidTrack *track);

/**
 * gst_nanovid_track_play_picture:
 *
 * Pushes all of the picture of @turn.
 */
GstFlowReturn gst_nanovid_track_play_picture (
    GstNanovidJoiner *joiner, GstNanovidStretch *turn);

/**
 * gst_nanovid_track_play_sound:
 *
 * Pushes all of the sound of @turn, and silence where there is none.
 */
GstFlowReturn gst_nanovid_track_play_sound (
    GstNanovidJoiner *joiner, GstNanovidStretch *turn);

G_END_DECLS
