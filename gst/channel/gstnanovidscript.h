/* nanovid: reads a script, a prompt per line
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidprompt.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_script_load:
 * @location: a text file, in the encoding of file names
 * @prompts: receives the prompts, without numbers
 * @error: return location for an error
 *
 * Skips blank lines and lines that begin with `#`.  An invalid line becomes a
 * prompt with an error.  May block on disk access.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST.
 */
gboolean gst_nanovid_script_load (
    const char *location, GQueue *prompts, GError **error);

G_END_DECLS
