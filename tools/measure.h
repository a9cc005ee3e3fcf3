/* nanovid: nanovid-jobs: a local file as a medium of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/request/media.h"

G_BEGIN_DECLS

/**
 * measure_file:
 * @role: what it is for
 * @path: a local file
 * @error: return location for an error
 *
 * Of a picture, only its type is looked at: an element makes it fit.
 *
 * Returns: (transfer full) (nullable): the file; of a video or a sound with its
 *   length, where GStreamer can tell it
 */
NanogptMedia *measure_file (
    NanogptMediaRole role, const char *path, GError **error);

G_END_DECLS
