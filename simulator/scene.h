/* nanovid: simulator: what a clip shows
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "clip-format.h"
#include "input.h"

/* Duration in seconds of the flash and the beep at the start of each clip. */
#define SIM_SYNC_MARK 0.1

typedef struct
{
  char *model;
  char *prompt;
  char *note;      /* a line about the input, or NULL */
  SimInput *image; /* inputs of the request, all with data, or NULL */
  SimInput *last_image;
  SimInput *video;
  SimInput *audio;
  GPtrArray *references; /* of SimInput */
  guint number;          /* number among several results, from 1, or 0 */
  SimClipFormat format;  /* with size and rate set */
  guint n_frames;
} SimScene;

void sim_scene_free (SimScene *scene);

/* Returns: the start time of @frame in nanoseconds. */
guint64 sim_scene_get_time (const SimScene *scene, guint frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimScene, sim_scene_free)
