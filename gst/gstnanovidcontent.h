/* nanovid: detects the caps of a clip from its first bytes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_content_is_media:
 * @caps: (nullable): what typefinding made of the clip
 *
 * Returns: whether that is something to play, and no page, picture or text
 */
gboolean gst_nanovid_content_is_media (GstCaps *caps);

/**
 * gst_nanovid_content_fits:
 * @caps: what somebody takes
 *
 * Returns: whether a clip may turn out to be of these caps
 */
gboolean gst_nanovid_content_fits (GstCaps *caps);

/**
 * gst_nanovid_content_describe_fault:
 * @caps: (nullable): what typefinding made of what is not a media file
 *
 * Returns: (transfer full): a sentence for a user
 */
char *gst_nanovid_content_describe_fault (GstCaps *caps);

/**
 * gst_nanovid_content_needs_size:
 * @head: the first bytes of the clip
 *
 * A demuxer can read an MP4 whose index comes after the media data only by
 * seeking, and decides with the first buffer that it cannot when it does not
 * know the size then.
 *
 * Returns: whether the clip is such a file
 */
gboolean gst_nanovid_content_needs_size (GBytes *head);

G_END_DECLS
