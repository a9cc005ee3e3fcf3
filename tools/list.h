/* nanovid: nanovid-jobs list: the jobs that are in the journal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Prints all output, including errors. */
Status command_list (const Options *options);

/* Returns: whether @state is the name of a state */
gboolean list_knows_state (const char *state);

/* Returns: whether the options select this job */
gboolean list_takes (
    const Options *options, const NanogptJournalRecord *record);

G_END_DECLS
