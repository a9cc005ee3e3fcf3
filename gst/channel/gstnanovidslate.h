/* nanovid: what is shown while there is no clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanoviddeck.h"

G_BEGIN_DECLS

/**
 * GstNanovidSlate:
 *
 * Shows a picture, or the last frame of the clip before, or black before the
 * first clip.  The picture may be loaded on one thread while another thread,
 * always the same, shows the slate.
 */
typedef struct _GstNanovidSlate GstNanovidSlate;

/**
 * gst_nanovid_slate_new:
 * @format: (transfer none): the format of its frames; must outlive the slate
 */
GstNanovidSlate *gst_nanovid_slate_new (const GstNanovidFormat *format);
void gst_nanovid_slate_free (GstNanovidSlate *slate);

/**
 * gst_nanovid_slate_load:
 * @location: the name of a file with a picture that can be decoded
 * @bell: interrupts the wait
 * @error: return location for an error
 *
 * Loads the picture.  Waits for the file.
 *
 * Errors: as for gst_nanovid_reel_pull()
 */
gboolean gst_nanovid_slate_load (GstNanovidSlate *slate, const char *location,
    GstNanovidBell *bell, GError **error);
gboolean gst_nanovid_slate_has_picture (GstNanovidSlate *slate);

/**
 * gst_nanovid_slate_keep:
 * @frame: (transfer none): the last frame of a clip
 */
void gst_nanovid_slate_keep (GstNanovidSlate *slate, GstBuffer *frame);

/**
 * gst_nanovid_slate_create_frame:
 * @holds: whether to show the last frame even if there is a picture
 *
 * Returns: (transfer full): a writable frame without time stamps
 */
GstBuffer *gst_nanovid_slate_create_frame (
    GstNanovidSlate *slate, gboolean holds);

G_END_DECLS
