/* nanovid: a live channel on a simulator of its own, and all that comes out of it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "element/player.h"

G_BEGIN_DECLS

#define CHANNEL_FRAME (GST_SECOND / 25)
#define CHANNEL_SINKS                                                          \
  " source.video_src ! queue ! fakesink name=picture async=false"              \
  " source.audio_src ! queue ! fakesink name=sound async=false"

/* What came out of one of the pads. */
typedef struct
{
  GstElement *element;
  GMutex lock; /* guards what follows */
  GCond cond;
  gboolean blocked;
  GstClockTime first, end; /* of what was pushed */
  GstClockTime pushed;     /* how much that is */
  GstClockTime latest;     /* how much later than its time a buffer came */
  GstClockTime largest;    /* between two buffers that came */
  gint64 before;           /* when the one before came */
  guint n_buffers, n_disconts, n_tags, n_eos;
  GArray *lumas;  /* guint8, of the middle of each frame */
  GArray *onsets; /* gint64, frames or samples: dark to bright, still to loud */
  guint n_still;  /* frames or samples before the next one */
} Track;

typedef struct
{
  Player *player;
  Track video, audio;
} Channel;

/* The clip that every job ends in: 0.48 s, with a flash and a beep at its start.
 * Returns: (transfer full): its path */
char *channel_get_clip (void);

/* Options that make a job take 0.2 s, and end in that clip. */
void channel_options_init (NanogptSimulatorOptions *options);

/* @options: (nullable): for those of channel_options_init()
 * @sinks: (nullable): for CHANNEL_SINKS
 * @properties: of the channel, which has nearly no budget to keep to */
Channel *channel_new_with (const NanogptSimulatorOptions *options,
    const char *sinks, const char *properties);
Channel *channel_new (const char *properties);
void channel_free (Channel *self);

/* Whoever pushes waits until it is no longer so. */
void track_set_blocked (Track *track, gboolean blocked);

/* Until it has come to @seconds of running time. */
void track_wait (Track *track, double seconds);

/* Both have come to @seconds. */
void channel_play (Channel *self, double seconds);

/* Returns: how many clips of @origin have begun */
guint channel_count_clips (Channel *self, const char *origin);
void channel_wait_for_clips (Channel *self, const char *origin, guint count);

/* Returns: (transfer full): a field of all that has begun, or `-` */
char *channel_list_clips (Channel *self, const char *field);

guint64 channel_get_stat (Channel *self, const char *name);

/* How many times faster the hours of its budget pass. */
void channel_set_speed (Channel *self, guint speed);
void channel_add_fault (Channel *self, const char *rule);

/* What is many times slower than the clock cannot keep its pace. */
gboolean channel_keeps_pace (void);

/* Nothing was left out, and nothing was late. */
void track_check (const Track *track);

/* The same, and sound and picture are as long.  Stops it. */
void channel_check (Channel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Channel, channel_free)

G_END_DECLS
