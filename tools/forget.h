/* nanovid: nanovid-jobs forget: removing a job from the journal
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Prints all output, including errors. */
Status command_forget (const Options *options, const char *id);

G_END_DECLS
