/* nanovid: collects what arrives at a sink pad until it is complete
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/request/media.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_input_get_role:
 *
 * Returns: what @sample is for, by its info %GST_NANOVID_IMAGE_INFO; without
 *   one, %NANOGPT_MEDIA_IMAGE; of a text it means nothing
 */
NanogptMediaRole gst_nanovid_input_get_role (GstSample *sample);

/**
 * GstNanovidInput:
 *
 * One input in the making.  Not locked: the owner guards it.
 */
typedef struct _GstNanovidInput GstNanovidInput;

/**
 * gst_nanovid_input_new:
 * @role: what it is for
 */
GstNanovidInput *gst_nanovid_input_new (NanogptMediaRole role);
void gst_nanovid_input_free (GstNanovidInput *input);

/**
 * gst_nanovid_input_clear:
 *
 * Drops what has come, whole or not.
 */
void gst_nanovid_input_clear (GstNanovidInput *input);

/**
 * gst_nanovid_input_seek:
 * @position: byte of the file at which the next piece belongs
 *
 * For muxers, which write some of the beginning last.
 */
void gst_nanovid_input_seek (GstNanovidInput *input, guint64 position);

/**
 * gst_nanovid_input_accepts:
 *
 * Returns: whether what comes with these caps can be part of what has come: a
 *   raw sound has one format
 */
gboolean gst_nanovid_input_accepts (
    const GstNanovidInput *input, GstCaps *caps);

/**
 * gst_nanovid_input_push:
 * @sample: text, a raw frame, a piece of a raw sound, or a piece of an encoded
 *   image or of a media file
 * @by_buffer: whether a raw sound has no more than this one buffer
 *
 * Returns: whether the input is whole now; an encoded image or a file is when it
 *   says so itself, a sound that is raw in several buffers is not before its end
 */
gboolean gst_nanovid_input_push (
    GstNanovidInput *input, GstSample *sample, gboolean by_buffer);

/**
 * gst_nanovid_input_end:
 *
 * Nothing more comes: what is there is all, whether it ended too early or not.
 */
void gst_nanovid_input_end (GstNanovidInput *input);

/**
 * gst_nanovid_input_is_empty:
 *
 * Returns: whether nothing has come
 */
gboolean gst_nanovid_input_is_empty (const GstNanovidInput *input);

/**
 * gst_nanovid_input_get_whole:
 *
 * Returns: (transfer none) (nullable): the input, when it is whole
 */
GstSample *gst_nanovid_input_get_whole (const GstNanovidInput *input);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidInput, gst_nanovid_input_free)

G_END_DECLS
