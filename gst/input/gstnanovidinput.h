/* nanovid: collects what arrives at a sink pad until it is complete
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "nanogpt/request/media.h"

G_BEGIN_DECLS

/* What the pad `sink` of an element takes. */
#define GST_NANOVID_INPUT_CAPS                                                 \
  "image/jpeg; image/png; image/webp; video/x-raw; "                           \
  "text/x-raw, format=(string){ utf8, pango-markup }"

/**
 * gst_nanovid_input_get_role:
 *
 * Returns: the role in the info structure %GST_NANOVID_IMAGE_INFO of @sample;
 *   %NANOGPT_MEDIA_IMAGE without one; not meaningful for text
 */
NanogptMediaRole gst_nanovid_input_get_role (GstSample *sample);

/**
 * GstNanovidInput:
 *
 * One input that is being collected.  Not thread-safe; the owner provides the
 * locking.
 */
typedef struct _GstNanovidInput GstNanovidInput;

/**
 * gst_nanovid_input_new:
 * @role: the role of the input
 */
GstNanovidInput *gst_nanovid_input_new (NanogptMediaRole role);
void gst_nanovid_input_free (GstNanovidInput *input);

/**
 * gst_nanovid_input_clear:
 *
 * Drops everything received, complete or not.
 */
void gst_nanovid_input_clear (GstNanovidInput *input);

/**
 * gst_nanovid_input_seek:
 * @position: offset in the file of the next piece
 *
 * For muxers, which write parts of the beginning last.
 */
void gst_nanovid_input_seek (GstNanovidInput *input, guint64 position);

/**
 * gst_nanovid_input_accepts:
 *
 * Returns: whether data with these caps can belong to the current input; raw
 *   audio cannot change its format
 */
gboolean gst_nanovid_input_accepts (
    const GstNanovidInput *input, GstCaps *caps);

/**
 * gst_nanovid_input_push:
 * @sample: text, a raw frame, a piece of raw audio, or a piece of an encoded
 *   image or media file
 * @by_buffer: whether each buffer of raw audio is an input of its own
 *
 * Returns: whether the input is complete; images and files show that
 *   themselves, raw audio in several buffers is complete at its end only
 */
gboolean gst_nanovid_input_push (
    GstNanovidInput *input, GstSample *sample, gboolean by_buffer);

/**
 * gst_nanovid_input_end:
 *
 * Marks the end of the input, which is then complete even if it ended too
 * early.
 */
void gst_nanovid_input_end (GstNanovidInput *input);

/**
 * gst_nanovid_input_is_empty:
 *
 * Returns: whether nothing was received
 */
gboolean gst_nanovid_input_is_empty (const GstNanovidInput *input);

/**
 * gst_nanovid_input_get_whole:
 *
 * Returns: (transfer none) (nullable): the input, if it is complete
 */
GstSample *gst_nanovid_input_get_whole (const GstNanovidInput *input);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidInput, gst_nanovid_input_free)

G_END_DECLS
