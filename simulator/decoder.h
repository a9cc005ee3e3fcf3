/* nanovid: simulator: decodes the video or the sound of a media file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

typedef struct _SimDecoder SimDecoder;

/* @media: the stream to decode, "video" or "audio"
 * @caps: the raw caps to decode to */
SimDecoder *sim_decoder_new (
    GBytes *file, const char *media, const char *caps, GError **error);

/* Returns: (nullable) (transfer full): the next buffer, NULL at the end. */
GstSample *sim_decoder_pull (SimDecoder *decoder);
/* Returns: the duration of a media file in seconds, -1 if it cannot be
 *   determined */
double sim_decoder_measure (GBytes *file);
void sim_decoder_free (SimDecoder *decoder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDecoder, sim_decoder_free)
