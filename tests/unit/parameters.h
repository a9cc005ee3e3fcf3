/* nanovid: request parameters as text, for tables
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/request/request.h"

/* Lines of NAME=VALUE; those of media are skipped. */
NanogptParameters *parameters_from_text (const char *text);

/* The media in such lines: those of NAME-url, and of reference-images with one URL. */
GPtrArray *media_from_text (const char *text);

/* The request of such lines, with @image inline if there is one. */
NanogptRequest *request_from_text (
    const char *text, GBytes *image, GError **error);
