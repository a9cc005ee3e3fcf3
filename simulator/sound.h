/* nanovid: simulator: makes the sound of a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "scene.h"

typedef struct _SimSound SimSound;

SimSound *sim_sound_new (const SimScene *scene, GError **error);

/* Returns: (nullable) (transfer full): the next samples, native-endian 32-bit
 * floats, interleaved; NULL at the end. @first: number of the first sample. */
GBytes *sim_sound_read (SimSound *sound, guint64 *first);
/* Peak of the sound in the request, from 0 to 1. */
float sim_sound_get_peak (SimSound *sound, double begin, double end);
void sim_sound_free (SimSound *sound);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimSound, sim_sound_free)
