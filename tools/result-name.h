/* nanovid: nanovid-jobs: names of the files of a job's results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/clip.h"

G_BEGIN_DECLS

/**
 * result_name_make:
 * @place: (nullable): a directory; or a file name, with %d or %0Nd where the
 *   number goes, else it goes before the extension; %NULL for the current
 *   directory
 * @run_id: the job's id, which names the files in a directory
 * @index: the result's number
 * @clip: a complete clip, whose first bytes say what extension it gets there
 *
 * Returns: (transfer full): a file name
 */
char *result_name_make (
    const char *place, const char *run_id, guint index, NanogptClip *clip);

G_END_DECLS
