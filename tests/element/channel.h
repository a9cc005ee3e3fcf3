/* nanovid: a live channel with its own simulator, and records of its output
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "element/player.h"

G_BEGIN_DECLS

#define CHANNEL_FRAME (GST_SECOND / 25)
#define CHANNEL_SINKS                                                          \
  " source.video_src ! queue ! fakesink name=picture async=false"              \
  " source.audio_src ! queue ! fakesink name=sound async=false"

/* The output of one pad. */
typedef struct
{
  GstElement *element;
  GMutex lock; /* guards the fields below */
  GCond cond;
  gboolean blocked;
  GstClockTime first, end; /* of the pushed data */
  GstClockTime pushed;     /* total duration of the pushed data */
  GstClockTime latest;     /* maximum delay of a buffer */
  GstClockTime largest;    /* maximum interval between two buffers */
  gint64 before;           /* when the previous buffer arrived */
  guint n_buffers, n_disconts, n_tags, n_eos;
  GArray *lumas;  /* guint8, of the middle of each frame */
  GArray *onsets; /* gint64, frames or samples: dark to bright, still to loud */
  guint n_still;  /* frames or samples before the next onset */
} Track;

typedef struct
{
  Player *player;
  Track video, audio;
} Channel;

/* The clip that is the result of every job: 0.48 s, with a flash and a beep at
 * its start.
 * Returns: (transfer full): its path */
char *channel_get_clip (void);

/* Options with which a job takes 0.2 s and has that clip as its result. */
void channel_options_init (NanogptSimulatorOptions *options);

/* @options: (nullable): NULL for those of channel_options_init()
 * @sinks: (nullable): NULL for CHANNEL_SINKS
 * @properties: properties of the channel, which has a nearly unlimited
 * budget */
Channel *channel_new_with (const NanogptSimulatorOptions *options,
    const char *sinks, const char *properties);
Channel *channel_new (const char *properties);
void channel_free (Channel *self);

/* Blocks pushes while @blocked. */
void track_set_blocked (Track *track, gboolean blocked);

/* Waits until @seconds of running time. */
void track_wait (Track *track, double seconds);

/* Waits until both tracks are at @seconds. */
void channel_play (Channel *self, double seconds);

/* Returns: the number of clips of @origin that have begun */
guint channel_count_clips (Channel *self, const char *origin);
void channel_wait_for_clips (Channel *self, const char *origin, guint count);

/* Returns: (transfer full): a field of everything that has begun, or `-` */
char *channel_list_clips (Channel *self, const char *field);

guint64 channel_get_stat (Channel *self, const char *name);

/* Sets the factor by which the hours of its budget are shortened. */
void channel_set_speed (Channel *self, guint speed);
void channel_add_fault (Channel *self, const char *rule);

/* Whether the build is fast enough for a channel to keep pace with the
 * clock. */
gboolean channel_keeps_pace (void);

/* Checks that nothing was left out and nothing was late. */
void track_check (const Track *track);

/* Does the same for both tracks, and checks that audio and video are equally
 * long.  Stops the channel. */
void channel_check (Channel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Channel, channel_free)

G_END_DECLS
