/* nanovid: what is known of the models' request fields
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NanogptField:
 *
 * The fields of #NanogptParameters that depend on the model.
 */
typedef enum
{
  NANOGPT_FIELD_NEGATIVE_PROMPT = 1,
  NANOGPT_FIELD_DURATION,
  NANOGPT_FIELD_ASPECT_RATIO,
  NANOGPT_FIELD_RESOLUTION,
  NANOGPT_FIELD_SEED,
  NANOGPT_FIELD_NUM_FRAMES,
  NANOGPT_FIELD_FRAMES_PER_SECOND,
  NANOGPT_FIELD_NUM_INFERENCE_STEPS,
  NANOGPT_FIELD_CFG_SCALE,
  NANOGPT_FIELD_PRO_MODE,
  NANOGPT_FIELD_CAMERA_FIXED,
  NANOGPT_FIELD_SHOW_EXPLICIT_CONTENT,
} NanogptField;

/**
 * NanogptVerdict:
 * @NANOGPT_REFUSE: an error, and nothing is sent
 * @NANOGPT_WARN: a warning, and it is sent
 */
typedef enum
{
  NANOGPT_REFUSE,
  NANOGPT_WARN,
} NanogptVerdict;

/**
 * NanogptFieldInfo:
 * @property: what users call the field
 * @wire: what most models call it in a request
 * @unlisted: what becomes of it at a model whose list of fields is known and
 *   does not have it
 */
typedef struct
{
  const char *property;
  const char *wire;
  NanogptVerdict unlisted;
} NanogptFieldInfo;

/**
 * NanogptFieldRule:
 * @field: the field, 0 for a rule that is not used
 * @values: (nullable): a list such as `5|10`, a range such as `81..100`, or
 *   %NULL for any value; an empty string when the field is not to be expected
 * @otherwise: what becomes of another value
 * @wire: (nullable): what the model calls the field, if not as most do
 */
typedef struct
{
  NanogptField field;
  const char *values;
  NanogptVerdict otherwise;
  const char *wire;
} NanogptFieldRule;

/**
 * NanogptImageRule:
 * @NANOGPT_IMAGE_ADVISABLE: the documents disagree on whether it is required
 *
 * What a model makes of an input image.
 */
typedef enum
{
  NANOGPT_IMAGE_OPTIONAL,
  NANOGPT_IMAGE_REQUIRED,
  NANOGPT_IMAGE_ADVISABLE,
  NANOGPT_IMAGE_REFUSED,
} NanogptImageRule;

/**
 * NanogptModelRules:
 * @slugs: the model's slug, or several with `*` and `?` as in file names
 * @image: what it makes of an input image
 * @complete: whether all its fields are known
 * @rules: what is known of its fields; of several rules for one field each
 *   holds
 */
typedef struct
{
  const char *slugs;
  NanogptImageRule image;
  gboolean complete;
  NanogptFieldRule rules[9];
} NanogptModelRules;

/**
 * nanogpt_models_get_rules:
 * @n_models: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_models): what is known of the
 *   models; the first whose `slugs` fit a model counts
 */
const NanogptModelRules *nanogpt_models_get_rules (guint *n_models);

/**
 * nanogpt_field_get_info:
 *
 * Returns: (transfer none) (nullable): what is known of @field, %NULL after the
 *   last one
 */
const NanogptFieldInfo *nanogpt_field_get_info (NanogptField field);

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
