/* nanovid: one pad of a film: pushes clips, and what is shown between them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidpacer.h"
#include "gstnanovidslate.h"
#include "gstnanovidturn.h"

G_BEGIN_DECLS

/* Shared by the joiner and its two tracks only. */

/* A channel that was delayed by more than this continues at the current
 * time. */
#define GST_NANOVID_TRACK_PATIENCE GST_SECOND

/* A clip at its position, or a stretch of a channel without a clip. */
typedef struct
{
  GstNanovidTurn info;
  GstNanovidDeck *deck; /* (nullable) */
  gboolean holds;       /* without a clip: show the last frame, not the slate */
  guint64 first_frame;
  guint64 n_frames; /* grows while there is no clip */
  gboolean begun;   /* the owner of a channel was notified */
  gboolean ended;
} GstNanovidStretch;

typedef struct
{
  GstNanovidJoiner *joiner;
  GstPad *pad;
  GstFlowReturn (*play) (GstNanovidJoiner *joiner, GstNanovidStretch *turn);
  GstNanovidPacer *pacer;

  /* Used by its own thread only */
  gboolean started;
  GstClockTime end;    /* of the data pushed; initially invalid */
  GstClockTime resume; /* after a delay, nothing earlier is pushed */
  gboolean over;

  /* Guarded by the bell's lock */
  guint64 turn; /* number of the turn that it plays or wants */
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
  GstNanovidSlate *slate; /* of a channel */

  GstNanovidBell bell;
  /* Guarded by the bell's lock */
  GQueue turns;  /* of GstNanovidStretch, at their positions */
  GQueue loaded; /* of GstNanovidStretch, not at a position yet */
  guint64 n_turns;
  guint64 n_frames;   /* where the next turn begins */
  gboolean has_slate; /* the slate is ready, so a channel can begin */
  gint64 begin_at;    /* monotonic time at which it begins at the latest */
  gboolean has_begun; /* the channel has begun */
  gboolean opening;   /* the next clip is being opened */
  GstNanovidTimes times;
  gboolean complete; /* there are no more scenes */
  gboolean ended;    /* only EOS is still to be pushed */
  GError *reason;
};

/**
 * gst_nanovid_track_get_time:
 *
 * Returns: the start time of @frame, in nanoseconds
 */
GstClockTime gst_nanovid_track_get_time (
    GstNanovidJoiner *joiner, guint64 frame);

/**
 * gst_nanovid_track_get_now:
 *
 * Returns: the running time of the channel, in nanoseconds
 */
GstClockTime gst_nanovid_track_get_now (GstNanovidJoiner *joiner);

/**
 * gst_nanovid_track_find:
 *
 * Call with the bell's lock held.
 *
 * Returns: (transfer none) (nullable): the first turn with @number or a higher
 *   one
 */
GstNanovidStretch *gst_nanovid_track_find (
    GstNanovidJoiner *joiner, guint64 number);

/**
 * gst_nanovid_track_is_leading:
 *
 * Returns: whether @track is the one of the two that reports progress to the
 *   owner
 */
gboolean gst_nanovid_track_is_leading (
    GstNanovidJoiner *joiner, GstNanovidTrack *track);

/**
 * gst_nanovid_track_play_picture:
 *
 * Pushes all of the video of @turn.
 */
GstFlowReturn gst_nanovid_track_play_picture (
    GstNanovidJoiner *joiner, GstNanovidStretch *turn);

/**
 * gst_nanovid_track_play_sound:
 *
 * Pushes all of the audio of @turn, and silence where there is none.
 */
GstFlowReturn gst_nanovid_track_play_sound (
    GstNanovidJoiner *joiner, GstNanovidStretch *turn);

G_END_DECLS
