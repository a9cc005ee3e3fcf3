/* nanovid: what is shown while there is no clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanoviddeck.h"

G_BEGIN_DECLS

/**
 * GstNanovidSlate:
 *
 * The last frame of the clip before, black before the first; or a picture.  It may be
 * loaded on one thread while another one, always the same, shows it.
 */
typedef struct _GstNanovidSlate GstNanovidSlate;

/**
 * gst_nanovid_slate_new:
 * @format: (transfer none): what its frames are; must outlive it
 */
GstNanovidSlate *gst_nanovid_slate_new (const GstNanovidFormat *format);
void gst_nanovid_slate_free (GstNanovidSlate *slate);

/**
 * gst_nanovid_slate_load:
 * @location: the name of a file that a picture can be decoded from
 * @bell: interrupts the wait
 * @error: return location for an error
 *
 * Waits for the file.
 *
 * Errors: as gst_nanovid_reel_pull()
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
 * @holds: whether the last frame stands, even if there is a picture
 *
 * Returns: (transfer full): a writable frame, its time not set
 */
GstBuffer *gst_nanovid_slate_create_frame (
    GstNanovidSlate *slate, gboolean holds);

G_END_DECLS
