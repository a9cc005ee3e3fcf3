/* nanovid: nanovid-jobs fetch: generating the clip of a URI
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

Status command_fetch (const Options *options, const char *uri);

G_END_DECLS
