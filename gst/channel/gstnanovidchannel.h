/* nanovid: the element nanovidchannel, from prompts to a film
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_NANOVID_CHANNEL (gst_nanovid_channel_get_type ())
G_DECLARE_FINAL_TYPE (
    GstNanovidChannel, gst_nanovid_channel, GST, NANOVID_CHANNEL, GstBin)

GST_ELEMENT_REGISTER_DECLARE (nanovidchannel);

/**
 * GST_NANOVID_CHANNEL_SPEED:
 *
 * Name of the object data that tests set, see g_object_set_data(): the factor
 * by which the hours of the budget and the pause after failures are shortened.
 */
#define GST_NANOVID_CHANNEL_SPEED "nanovid-speed"

G_END_DECLS
