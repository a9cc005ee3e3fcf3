/* nanovid: nanovid-jobs models and estimate: models, and the cost of a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* @word: (nullable): a part of the slugs to list */
Status command_models (const Options *options, const char *word);

/* @pairs: KEY=VALUE, where KEY is a property of the elements */
Status command_estimate (const Options *options, char **pairs);

/* The same for each prompt of the script in @options. */
Status command_estimate_script (const Options *options, char **pairs);

G_END_DECLS
