/* nanovid: nanovid-jobs list: the jobs that are in the journal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Prints what it has to say, errors included. */
Status command_list (const Options *options);

/* Returns: whether there are jobs in a state of this name */
gboolean list_knows_state (const char *state);

/* Returns: whether the options ask for such a job */
gboolean list_takes (
    const Options *options, const NanogptJournalRecord *record);

G_END_DECLS
