/* nanovid: the element nanovidtransform, from an input to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidbase.h"

G_BEGIN_DECLS

#define GST_TYPE_NANOVID_TRANSFORM (gst_nanovid_transform_get_type ())
G_DECLARE_FINAL_TYPE (GstNanovidTransform, gst_nanovid_transform, GST,
    NANOVID_TRANSFORM, GstNanovidBase)

GST_ELEMENT_REGISTER_DECLARE (nanovidtransform)

G_END_DECLS
