/* nanovid: encodes a raw sound as WAV or MP3, to fit the upload limit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_sound_is_raw:
 * @input: what arrived at a pad
 *
 * Returns: whether it is for gst_nanovid_sound_fit()
 */
gboolean gst_nanovid_sound_is_raw (GstSample *input);

/**
 * gst_nanovid_sound_fit:
 * @element: the element whose input it is
 * @input: a raw sound, with caps audio/x-raw of an interleaved layout
 * @max_size: bytes that the result may have at most
 * @seconds: (out): how long it plays
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * A WAV file with 16 bits a sample where that fits, else an MP3 file with the
 * highest bit rate that does; of more than two channels, two are made.  Equal
 * sounds give equal files.  Blocks for as long as that takes, while threads of
 * its own do the work.
 *
 * Posts an info message that says what was done, and a missing-plugin message
 * for each element that it lacks.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %NANOGPT_ERROR_UPLOAD_TOO_LARGE,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the file
 */
GBytes *gst_nanovid_sound_fit (GstElement *element, GstSample *input,
    gsize max_size, double *seconds, GCancellable *cancellable, GError **error);

G_END_DECLS
