/* nanovid: the signals of nanovidchannel
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_channel_signals_install:
 * @type: the element's type
 * @push_prompt: the handler of the action signal `push-prompt`
 * @end_prompts: the handler of `end-prompts`
 * @forget: the handler of `forget`
 *
 * Installs all signals of the element.  Call while its class is initialized.
 */
void gst_nanovid_channel_signals_install (
    GType type, GCallback push_prompt, GCallback end_prompts, GCallback forget);

G_END_DECLS
