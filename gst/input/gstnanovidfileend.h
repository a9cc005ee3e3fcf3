/* nanovid: finds the end of a media file that arrives in pieces
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_file_is_whole:
 * @data: (array length=size): the file's bytes so far, from the first one on
 *
 * Returns: whether the file says itself that it ends here: an MP4 or QuickTime
 *   file with an index and data and no fragments, a WebM or Matroska file or a
 *   WAV file that tells its size; %FALSE for all others
 */
gboolean gst_nanovid_file_is_whole (const guint8 *data, gsize size);

G_END_DECLS
