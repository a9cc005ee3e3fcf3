/* nanovid: requests that are kept under a name
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_preset_interface_init:
 * @iface: the #GstPresetInterface of a #GstNanovidBase
 *
 * A preset keeps what was set of what to generate: no key, no address, no limit,
 * no file and no run id; and loading it leaves all else as it is.
 */
void gst_nanovid_preset_interface_init (gpointer iface, gpointer data);

G_END_DECLS
