/* nanovid: simulator: draws the pictures of a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* What a clip looks like. */
typedef struct
{
  char *model;
  char *prompt;
  char *note;       /* a line about the input, or NULL */
  char *image_type; /* png, jpeg or webp, when there is an image */
  GBytes *image;
  int width, height;
  int fps;
  guint n_frames;
  gboolean audio;
} SimScene;

typedef struct _SimPicture SimPicture;

void sim_scene_free (SimScene *scene);

SimPicture *sim_picture_new (const SimScene *scene, GError **error);
GBytes *sim_picture_draw (SimPicture *picture, guint frame);
void sim_picture_free (SimPicture *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimScene, sim_scene_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPicture, sim_picture_free)
