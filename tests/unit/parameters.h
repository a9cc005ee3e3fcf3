/* nanovid: request parameters written down as text, for tables
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/request/request.h"

/* Lines of NAME=VALUE. */
NanogptParameters *parameters_from_text (const char *text);
