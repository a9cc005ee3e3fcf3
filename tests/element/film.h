/* nanovid: an element that joins a list of clips, and checks of its output
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/channel/gstnanoviddeck.h"
#include "gst/channel/gstnanovidjoiner.h"

G_BEGIN_DECLS

/* The element "testfilm", with the pads video_src and audio_src. */
#define FILM_TYPE (film_get_type ())
G_DECLARE_FINAL_TYPE (Film, film, FILM, ELEMENT, GstBin)

/* The output of one pad, all of which follows from counters as long as it is
 * correct. */
typedef struct
{
  guint64 end; /* the next frame or sample */
  guint n_starts, n_caps, n_segments, n_tags, n_eos;
  GArray
      *onsets; /* guint64, frames or samples: dark to bright, still to loud */
} FilmTrack;

struct _Film
{
  GstBin parent;
  GstPad *video_pad, *audio_pad;
  GstNanovidJoiner *joiner;
  GstCaps *video_caps, *audio_caps;

  /* What to play: paths, repeated up to @n_scenes */
  char **paths;
  guint n_scenes;
  gboolean drop_first_frames;
  gboolean waits; /* no more scenes arrive after the last one */

  GMutex lock; /* guards the fields below */
  GCond cond;
  gboolean stopped;
  guint n_next;
  guint n_failed;
  guint n_ended;
  guint n_finished;
  GArray *turns; /* GstNanovidTurn, without scene */
  FilmTrack video, audio;
  GArray *lumas;    /* guint8, of the middle of each frame */
  guint64 n_silent; /* samples before the next onset */
};

/* Registers the element for gst_parse_launch(). */
void film_register (void);

/* Creates a pipeline with an element "testfilm name=c", which plays @n_scenes
 * clips. */
GstElement *film_launch (
    const char *line, const char *const *paths, guint n_scenes, Film **film);

/* Plays the pipeline to the end, within @seconds. */
void film_play (GstElement *pipeline, double seconds);

G_END_DECLS
