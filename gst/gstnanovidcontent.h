/* nanovid: detects the caps of a clip from its first bytes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_content_is_media:
 * @caps: (nullable): the type that typefinding detected
 *
 * Returns: whether the clip is a playable media file, and not a web page, a
 *   picture or text
 */
gboolean gst_nanovid_content_is_media (GstCaps *caps);

/**
 * gst_nanovid_content_fits:
 * @caps: the caps that downstream accepts
 *
 * Returns: whether a clip can have these caps
 */
gboolean gst_nanovid_content_fits (GstCaps *caps);

/**
 * gst_nanovid_content_describe_fault:
 * @caps: (nullable): the type that typefinding detected for data that is not a
 *   media file
 *
 * Returns: (transfer full): a sentence for the user
 */
char *gst_nanovid_content_describe_fault (GstCaps *caps);

/**
 * gst_nanovid_content_needs_size:
 * @head: the first bytes of the clip
 *
 * A demuxer can read an MP4 file whose index comes after the media data only by
 * seeking.  If it does not know the size when it gets the first buffer, it
 * decides that it cannot seek.
 *
 * Returns: whether the clip is such a file
 */
gboolean gst_nanovid_content_needs_size (GBytes *head);

G_END_DECLS
