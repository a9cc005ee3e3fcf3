/* nanovid: nanovid-jobs collect: fetching the clip of a job into a file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Prints all output, including errors.
 * @place: a file; with all results, as for result_name_make() */
Status command_collect (
    const Options *options, const char *run_id, const char *place);

G_END_DECLS
