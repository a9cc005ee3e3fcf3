/* nanovid: the models' rules for request fields
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "model-table.h"

G_BEGIN_DECLS

/**
 * nanogpt_model_get_wire_name:
 *
 * Returns: what @model calls @field in a request
 */
const char *nanogpt_model_get_wire_name (const char *model, NanogptField field);

/**
 * nanogpt_model_dup_wire_value:
 * @value: the value of a field that is sent as a string
 *
 * Returns: (transfer full): @value as @model spells it
 */
char *nanogpt_model_dup_wire_value (
    const char *model, NanogptField field, const char *value);

/**
 * nanogpt_model_check_field:
 * @value: the value as text
 * @warnings: (element-type utf8): a sentence is added when @value is not
 *   documented for @model, or the documents disagree about it
 *
 * Models that are not known take anything.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST when @model is documented not to take
 * @value, or not to have @field.
 */
gboolean nanogpt_model_check_field (const char *model, NanogptField field,
    const char *value, GPtrArray *warnings, GError **error);

/**
 * nanogpt_model_check_image:
 * @has_image: whether the request has an input image
 * @warnings: (element-type utf8): as in nanogpt_model_check_field()
 *
 * Errors: %NANOGPT_ERROR_IMAGE_REQUIRED when @model needs an image,
 * %NANOGPT_ERROR_INVALID_REQUEST when it takes none.
 */
gboolean nanogpt_model_check_image (
    const char *model, gboolean has_image, GPtrArray *warnings, GError **error);

G_END_DECLS
