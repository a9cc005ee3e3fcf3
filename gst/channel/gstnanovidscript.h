/* nanovid: reads a script, a prompt per line
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidprompt.h"

G_BEGIN_DECLS

/**
 * gst_nanovid_script_load:
 * @location: a text file, in the encoding of file names
 * @prompts: where the prompts are appended, without numbers
 * @error: return location for an error
 *
 * Blank lines and those that begin with `#` are none.  A line that cannot be used
 * becomes a prompt with an error.  Waits for the disk.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST.
 */
gboolean gst_nanovid_script_load (
    const char *location, GQueue *prompts, GError **error);

G_END_DECLS
