/* nanovid: a pipeline of stock elements for one picture or sound
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstNanovidChain:
 * @is_sound: whether error messages speak of sound instead of a picture
 *
 * A pipeline that is used once: source ! stages ! sink.  Initialize with zeros.
 */
typedef struct
{
  gboolean is_sound;

  /*< private >*/
  GstElement *pipeline;
  GstElement *source;
  GstElement *sink;
} GstNanovidChain;

/**
 * gst_nanovid_chain_init:
 * @owner: the element that posts a message for each missing plugin
 * @stages: a pipeline description, as for gst-launch-1.0
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST.
 */
gboolean gst_nanovid_chain_init (GstNanovidChain *chain, GstElement *owner,
    const char *stages, GError **error);
void gst_nanovid_chain_clear (GstNanovidChain *chain);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstNanovidChain, gst_nanovid_chain_clear)

/**
 * gst_nanovid_chain_convert:
 * @input: one buffer with its caps
 *
 * Waits until the pipeline has finished; returns at once when cancelled.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the first output buffer
 */
GstSample *gst_nanovid_chain_convert (GstNanovidChain *chain, GstSample *input,
    GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_chain_encode:
 *
 * Like gst_nanovid_chain_convert(), but returns all output.
 *
 * Returns: (transfer full) (nullable): the contents of all output buffers,
 *   concatenated
 */
GBytes *gst_nanovid_chain_encode (GstNanovidChain *chain, GstSample *input,
    GCancellable *cancellable, GError **error);

/**
 * gst_nanovid_chain_set_error:
 *
 * Sets the error for a failure without an error message.
 */
void gst_nanovid_chain_set_error (const GstNanovidChain *chain, GError **error);

G_END_DECLS
