/* nanovid: explains what an input is that is not an image, and what to do
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_wrong_type_explain:
 * @data: (array length=size): the beginning of data that is not a JPEG, PNG or
 *   WebP image
 *
 * Returns: (transfer full): a sentence for the user
 */
char *gst_nanovid_wrong_type_explain (const guint8 *data, gsize size);

G_END_DECLS
