/* nanovid: nanovid-jobs: a local file as a medium of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/request/media.h"

G_BEGIN_DECLS

/**
 * measure_file:
 * @role: the role of the file
 * @path: a local file
 * @error: return location for an error
 *
 * For a picture, only the type is determined: an element makes it fit.
 *
 * Returns: (transfer full) (nullable): the medium; for video or audio with its
 *   duration, if GStreamer can determine it
 */
NanogptMedia *measure_file (
    NanogptMediaRole role, const char *path, GError **error);

G_END_DECLS
