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
 * nanogpt_model_knows_wire_name:
 *
 * Returns: whether the table says what @model calls @field; if not, the
 *   service's listing may
 */
gboolean nanogpt_model_knows_wire_name (const char *model, NanogptField field);

/**
 * nanogpt_model_get_default:
 *
 * Returns: (nullable): what holds at @model when @field is not sent, where the
 *   table says so
 */
const char *nanogpt_model_get_default (const char *model, NanogptField field);

/**
 * nanogpt_model_get_media_name:
 * @is_url: whether it is sent as a public URL
 *
 * Returns: (nullable): what @model calls a medium in a request; %NULL when only
 *   the service's listing can tell
 */
const char *nanogpt_model_get_media_name (
    const char *model, NanogptMediaRole role, gboolean is_url);

/**
 * nanogpt_model_refuse_media:
 *
 * Says that @model is not known to take media of @role, which models do, and how
 * to send it all the same.
 */
void nanogpt_model_refuse_media (
    const char *model, NanogptMediaRole role, GError **error);

/**
 * nanogpt_model_check_media:
 * @n: how many media of @role are sent, those in the property parameters left
 *   out
 * @warnings: (element-type utf8): as in nanogpt_model_check_field()
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST when there are too many.
 */
gboolean nanogpt_model_check_media (const char *model, NanogptMediaRole role,
    guint n, GPtrArray *warnings, GError **error);

/**
 * nanogpt_model_check_use:
 * @has: whether the request has such a medium, wherever it comes from
 * @warnings: (element-type utf8): as in nanogpt_model_check_field()
 *
 * Errors: %NANOGPT_ERROR_IMAGE_REQUIRED when @model needs an image,
 * %NANOGPT_ERROR_INVALID_REQUEST when it needs another medium, or takes none.
 */
gboolean nanogpt_model_check_use (const char *model, NanogptMediaRole role,
    gboolean has, GPtrArray *warnings, GError **error);

G_END_DECLS
