/* nanovid: applies the models' rules to request fields
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "model-table.h"

G_BEGIN_DECLS

/**
 * nanogpt_model_get_wire_name:
 *
 * Returns: the name of @field in a request to @model
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
 * @warnings: (element-type utf8): a sentence is added if @value is not
 *   documented for @model, or the documents disagree about it
 *
 * Unknown models accept anything.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if @model is documented not to accept
 * @value, or not to have @field.
 */
gboolean nanogpt_model_check_field (const char *model, NanogptField field,
    const char *value, GPtrArray *warnings, GError **error);

/**
 * nanogpt_model_knows_wire_name:
 *
 * Returns: whether the table has the name of @field for @model; if not, the
 *   service's listing may have it
 */
gboolean nanogpt_model_knows_wire_name (const char *model, NanogptField field);

/**
 * nanogpt_model_get_default:
 *
 * Returns: (nullable): the default of @model for @field, if the table has it
 */
const char *nanogpt_model_get_default (const char *model, NanogptField field);

/**
 * nanogpt_model_get_media_name:
 * @is_url: whether it is sent as a public URL
 *
 * Returns: (nullable): the name of a medium in a request to @model; %NULL if
 *   only the service's listing can have it
 */
const char *nanogpt_model_get_media_name (
    const char *model, NanogptMediaRole role, gboolean is_url);

/**
 * nanogpt_model_refuse_media:
 *
 * Sets an error that says that @model is not known to accept media of @role,
 * which models do, and how to send it anyway.
 */
void nanogpt_model_refuse_media (
    const char *model, NanogptMediaRole role, GError **error);

/**
 * nanogpt_model_check_media:
 * @n: number of media of @role that are sent, without those in the property
 *   parameters
 * @warnings: (element-type utf8): as in nanogpt_model_check_field()
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if there are too many.
 */
gboolean nanogpt_model_check_media (const char *model, NanogptMediaRole role,
    guint n, GPtrArray *warnings, GError **error);

/**
 * nanogpt_model_check_use:
 * @has: whether the request has such a medium, from any source
 * @warnings: (element-type utf8): as in nanogpt_model_check_field()
 *
 * Errors: %NANOGPT_ERROR_IMAGE_REQUIRED if @model needs an image,
 * %NANOGPT_ERROR_INVALID_REQUEST if it needs another medium, or accepts none.
 */
gboolean nanogpt_model_check_use (const char *model, NanogptMediaRole role,
    gboolean has, GPtrArray *warnings, GError **error);

G_END_DECLS
