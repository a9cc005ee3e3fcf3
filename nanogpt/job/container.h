/* nanovid: checks whether a media file is complete, by its container format
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/clip.h"

G_BEGIN_DECLS

/**
 * nanogpt_container_is_cut_off:
 * @clip: a clip whose size nobody has told
 * @size: how many bytes have arrived, from the first one on, without a gap
 *
 * For bodies whose end only the connection marks, which also ends when it
 * breaks.
 *
 * Returns: whether @clip is an MP4 or QuickTime file that ends within or before
 *   its index or its data, or a WebM or Matroska file that is shorter than it
 *   says; %FALSE for whatever is no such file or does not say
 */
gboolean nanogpt_container_is_cut_off (NanogptClip *clip, guint64 size);

/**
 * nanogpt_container_is_whole:
 *
 * Returns: whether @clip says of itself that it ends where @size does; %FALSE
 *   for whatever does not say
 */
gboolean nanogpt_container_is_whole (NanogptClip *clip, guint64 size);

G_END_DECLS
