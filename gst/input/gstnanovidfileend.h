/* nanovid: finds the end of a media file that arrives in pieces
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_file_is_whole:
 * @data: (array length=size): all bytes of the file received so far
 *
 * Returns: whether the file itself shows that it ends here: an MP4 or QuickTime
 *   file with an index and data and without fragments, or a WebM, Matroska or
 *   WAV file that states its size; %FALSE for all others
 */
gboolean gst_nanovid_file_is_whole (const guint8 *data, gsize size);

G_END_DECLS
