/* nanovid: simulator: what a clip shows
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "clip-format.h"
#include "input.h"

/* A flash and a beep, from the beginning of each clip, in seconds. */
#define SIM_SYNC_MARK 0.1

typedef struct
{
  char *model;
  char *prompt;
  char *note;      /* a line about the input, or NULL */
  SimInput *image; /* what the request brought, all of it with data, or NULL */
  SimInput *last_image;
  SimInput *video;
  SimInput *audio;
  GPtrArray *references; /* of SimInput */
  guint number;          /* of several results, from 1, or 0 */
  SimClipFormat format;  /* without zeros for size and rate */
  guint n_frames;
} SimScene;

void sim_scene_free (SimScene *scene);

/* Returns: when @frame begins, in nanoseconds. */
guint64 sim_scene_get_time (const SimScene *scene, guint frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimScene, sim_scene_free)
