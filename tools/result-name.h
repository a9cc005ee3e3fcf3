/* nanovid: nanovid-jobs: names of the files of a job's results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/clip.h"

G_BEGIN_DECLS

/**
 * result_name_make:
 * @place: (nullable): a directory; or a file name, with %d or %0Nd as a
 *   placeholder for the number, which otherwise goes before the extension;
 *   %NULL for the current directory
 * @run_id: the run ID, used for the file names in a directory
 * @index: the number of the result
 * @clip: a complete clip, whose first bytes determine the extension in a
 *   directory
 *
 * Returns: (transfer full): a file name
 */
char *result_name_make (
    const char *place, const char *run_id, guint index, NanogptClip *clip);

G_END_DECLS
