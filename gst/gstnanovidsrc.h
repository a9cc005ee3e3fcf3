/* nanovid: the element nanovidsrc, from a prompt to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidbase.h"

G_BEGIN_DECLS

#define GST_TYPE_NANOVID_SRC (gst_nanovid_src_get_type ())
G_DECLARE_FINAL_TYPE (
    GstNanovidSrc, gst_nanovid_src, GST, NANOVID_SRC, GstNanovidBase)

GST_ELEMENT_REGISTER_DECLARE (nanovidsrc)

G_END_DECLS
