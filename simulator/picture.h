/* nanovid: simulator: draws the pictures of a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "scene.h"

#include <gio/gio.h>

typedef struct _SimPicture SimPicture;

SimPicture *sim_picture_new (const SimScene *scene, GError **error);
GBytes *sim_picture_draw (SimPicture *picture, guint frame);
void sim_picture_free (SimPicture *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPicture, sim_picture_free)
