/* nanovid: how long an encoded video or sound plays
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_measure_seconds:
 * @file: a whole media file
 * @cancellable: ends the work early
 *
 * Asks GStreamer's demuxers and parsers.  Blocks while threads of its own do the
 * work.
 *
 * Returns: seconds, in whole milliseconds; -1 when that cannot be found
 */
double gst_nanovid_measure_seconds (GBytes *file, GCancellable *cancellable);

G_END_DECLS
