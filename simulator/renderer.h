/* nanovid: simulator: renders clips in the background, and keeps them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "picture.h"

/* A clip that was or will be rendered. Owned by its renderer. */
typedef struct _SimClip SimClip;
typedef struct _SimRenderer SimRenderer;

SimRenderer *sim_renderer_new (SimContainer container, const char *media_file,
    const char *cache_dir, GError **error);
void sim_renderer_free (SimRenderer *renderer);

SimClip *sim_renderer_request (SimRenderer *renderer, SimScene *scene);
gboolean sim_clip_is_done (SimClip *clip);
GBytes *sim_clip_get_bytes (SimClip *clip);
const char *sim_clip_get_error (SimClip *clip);
const char *sim_clip_get_etag (SimClip *clip);
const char *sim_clip_get_content_type (SimClip *clip);
const char *sim_clip_get_extension (SimClip *clip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimRenderer, sim_renderer_free)
