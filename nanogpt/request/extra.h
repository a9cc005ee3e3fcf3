/* nanovid: the property "parameters": additional request fields as JSON
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "parameters.h"

struct _JsonObject;

G_BEGIN_DECLS

/**
 * nanogpt_extra_parse:
 * @text: (nullable): a JSON object, or nothing
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, also for a `model` in it,
 * %NANOGPT_ERROR_UPLOAD_TOO_LARGE.
 *
 * Returns: (transfer full) (nullable): its fields, none if there is no text
 */
struct _JsonObject *nanogpt_extra_parse (const char *text, GError **error);

/**
 * nanogpt_extra_load_files:
 * @extra: the result of nanogpt_extra_parse()
 * @parameters: the parameters with the loader
 * @loaded: (element-type NanogptMedia): receives the loaded media, each in the
 *   role of its field; a file in a field without a role stays in that of its
 *   kind
 *
 * Replaces each `file://` URI with the data URL of the file, because the
 * service cannot reach local files.  Adds the field `audioDuration` for a sound
 * whose length is known.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST, and those of the loader.
 */
gboolean nanogpt_extra_load_files (struct _JsonObject *extra,
    const NanogptParameters *parameters, GPtrArray *loaded, GError **error);

/**
 * nanogpt_extra_check_size:
 * @size: bytes of a request's body, or of a part of it
 *
 * Errors: %NANOGPT_ERROR_UPLOAD_TOO_LARGE.
 */
gboolean nanogpt_extra_check_size (gsize size, GError **error);

G_END_DECLS
