/* nanovid: nanovid-jobs spending: what was spent, by day and model
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Prints all output, including errors. */
Status command_spending (const Options *options);

G_END_DECLS
