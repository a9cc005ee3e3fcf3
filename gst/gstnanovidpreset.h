/* nanovid: which properties a preset keeps
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_preset_interface_init:
 * @iface: the #GstPresetInterface of a #GstNanovidBase
 *
 * A preset stores the model and its settings, but no text, key, address, limit,
 * file or run ID.  Loading a preset leaves those properties unchanged.
 */
void gst_nanovid_preset_interface_init (gpointer iface, gpointer data);

G_END_DECLS
