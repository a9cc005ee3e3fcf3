/* nanovid: encodes a raw sound as WAV or MP3, to fit the upload limit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_sound_is_raw:
 * @input: an input from a pad
 *
 * Returns: whether @input is raw audio, for gst_nanovid_sound_fit()
 */
gboolean gst_nanovid_sound_is_raw (GstSample *input);

/**
 * gst_nanovid_sound_fit:
 * @element: the element whose input it is
 * @input: raw audio, with caps audio/x-raw of an interleaved layout
 * @max_size: maximum size of the result in bytes
 * @seconds: (out): its duration
 * @cancellable: ends the work early
 * @error: return location for an error
 *
 * Encodes the audio as a WAV file with 16 bits per sample if that fits, else as
 * an MP3 file with the highest bit rate that does.  More than two channels are
 * mixed down.  Equal inputs give equal files.  Blocks while threads of its own
 * do the work.
 *
 * Posts an info message about the conversion, and a missing-plugin message for
 * each missing element.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %NANOGPT_ERROR_UPLOAD_TOO_LARGE,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the file
 */
GBytes *gst_nanovid_sound_fit (GstElement *element, GstSample *input,
    gsize max_size, double *seconds, GCancellable *cancellable, GError **error);

G_END_DECLS
