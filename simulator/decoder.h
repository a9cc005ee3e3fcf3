/* nanovid: simulator: decodes the video or the sound of a media file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

typedef struct _SimDecoder SimDecoder;

/* @media: "video" or "audio", the stream that is decoded
 * @caps: raw caps that it comes in */
SimDecoder *sim_decoder_new (
    GBytes *file, const char *media, const char *caps, GError **error);

/* Returns: (nullable) (transfer full): the next one, NULL at the end. */
GstSample *sim_decoder_pull (SimDecoder *decoder);
/* Returns: how many seconds a media file plays, -1 when it cannot be found out */
double sim_decoder_measure (GBytes *file);
void sim_decoder_free (SimDecoder *decoder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDecoder, sim_decoder_free)
