/* nanovid: forwards the API client's log to GStreamer's
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_log_init:
 *
 * Makes the API client log in the debug category `nanogpt`.  May be called more
 * than once, and from any thread.
 */
void gst_nanovid_log_init (void);

G_END_DECLS
