/* nanovid: nanovid-jobs spending: what was spent, by day and model
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Prints what it has to say, errors included. */
Status command_spending (const Options *options);

G_END_DECLS
