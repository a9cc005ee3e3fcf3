/* nanovid: the one color of a PNG image that stands for nothing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_color_key_whiten:
 * @image: a whole image of any type
 * @frame: (inout): what it was decoded to
 *
 * A PNG image without an alpha channel may name a color that is not to be seen,
 * and pngdec takes no notice of that.  Makes it white in @frame.
 *
 * Returns: whether there was such a pixel
 */
gboolean gst_nanovid_color_key_whiten (GBytes *image, GstSample **frame);

G_END_DECLS
