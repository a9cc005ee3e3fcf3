/* nanovid: checks whether a media file is complete, by its container format
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/clip.h"

G_BEGIN_DECLS

/**
 * NanogptContainerVerdict:
 * @NANOGPT_CONTAINER_UNKNOWN: not an MP4, QuickTime, WebM or Matroska file, or
 *   one that does not show its end
 * @NANOGPT_CONTAINER_CUT_OFF: the file ends within or before its index or its
 *   data, or is shorter than it claims to be
 * @NANOGPT_CONTAINER_WHOLE: the file itself shows that this is its end
 */
typedef enum
{
  NANOGPT_CONTAINER_UNKNOWN,
  NANOGPT_CONTAINER_CUT_OFF,
  NANOGPT_CONTAINER_WHOLE,
} NanogptContainerVerdict;

/**
 * nanogpt_container_judge:
 * @clip: a clip whose size is not known
 * @size: number of bytes that have arrived, from the first one on, without a
 *   gap
 *
 * For bodies whose end is only marked by the end of the connection, which a
 * broken connection has, too.  Blocks on the disk.
 *
 * Returns: what @clip shows about its end
 */
NanogptContainerVerdict nanogpt_container_judge (
    NanogptClip *clip, guint64 size);

/**
 * nanogpt_container_judge_async:
 *
 * Like nanogpt_container_judge(), on a thread that may block on the disk.
 */
void nanogpt_container_judge_async (NanogptClip *clip, guint64 size,
    GAsyncReadyCallback callback, gpointer user_data);
NanogptContainerVerdict nanogpt_container_judge_finish (GAsyncResult *result);

G_END_DECLS
