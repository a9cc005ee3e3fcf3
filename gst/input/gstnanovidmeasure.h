/* nanovid: how long an encoded video or sound plays
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_measure_seconds:
 * @file: a complete media file
 * @cancellable: ends the work early
 *
 * Determines the duration with GStreamer's demuxers and parsers.  Blocks while
 * threads of its own do the work.
 *
 * Returns: the duration in seconds, rounded to milliseconds; -1 if it cannot be
 *   determined
 */
double gst_nanovid_measure_seconds (GBytes *file, GCancellable *cancellable);

G_END_DECLS
