/* nanovid: the transparent color of a PNG image
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_color_key_whiten:
 * @image: a complete image of any type
 * @frame: (inout): the decoded frame
 *
 * A PNG image without an alpha channel may name a color that is to be
 * transparent, which pngdec ignores.  Makes pixels of that color white in
 * @frame.
 *
 * Returns: whether there was such a pixel
 */
gboolean gst_nanovid_color_key_whiten (GBytes *image, GstSample **frame);

G_END_DECLS
