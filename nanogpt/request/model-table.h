/* nanovid: parses models.json
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
  NANOGPT_FIELD_NEGATIVE_PROMPT,
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
  NANOGPT_FIELD_GENERATE_AUDIO,
  NANOGPT_FIELD_OPERATION,
  NANOGPT_N_FIELDS,
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
 * nanogpt_field_get_info:
 *
 * Returns: (transfer none): what is known of @field, whatever the model
 */
const NanogptFieldInfo *nanogpt_field_get_info (NanogptField field);

/**
 * NanogptValues:
 * @words: (array zero-terminated): the values, or the two ends of a range; none
 *   when the model does not have the field
 * @is_range: whether the words are the ends of a range
 */
typedef struct
{
  char **words;
  gboolean is_range;
} NanogptValues;

/**
 * NanogptFieldRule:
 * @is_known: whether the table has anything on the field
 * @taken: (nullable): another value is refused
 * @documented: (nullable): another value is sent, with a warning
 * @wire: (nullable): what the model calls the field, if not as most do
 * @suffix: (nullable): what follows the value in a request
 * @spelling: (nullable): how the values are spelled in a request, as `a{ss}`
 */
typedef struct
{
  gboolean is_known;
  NanogptValues *taken;
  NanogptValues *documented;
  char *wire;
  char *suffix;
  GVariant *spelling;
} NanogptFieldRule;

/**
 * NanogptImageUse:
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
} NanogptImageUse;

/**
 * NanogptModelRules:
 * @slug: the model's slug, or several with `*` and `?` as in file names
 * @image: what it makes of an input image
 * @is_complete: whether all its fields are known
 * @fields: what is known of its fields
 */
typedef struct
{
  char *slug;
  NanogptImageUse image;
  gboolean is_complete;
  NanogptFieldRule fields[NANOGPT_N_FIELDS];
} NanogptModelRules;

/**
 * nanogpt_model_table_parse:
 * @text: an object with the array `models`, of one object for each model:
 *   `slug`; `complete`, true when all its fields are known; `media`, with `image`
 *   and its `use` (`optional`, which it is when nothing is said, `required`,
 *   `advisable`, `refused`); and `fields`, with an object for each that it has,
 *   named as the property. There may be `taken` and `documented`, a list of
 *   strings or a range such as `"5..30"`; and `wire`, `suffix` and `spelling`,
 *   an object of strings. An empty list means that the model does not have the
 *   field, and an empty object that it takes any value.
 * @error: return location for an error, which says what to mend
 *
 * Takes nothing that it does not know, and no row that a row before it hides.
 *
 * Returns: (transfer full) (nullable) (element-type NanogptModelRules): the rows
 */
GPtrArray *nanogpt_model_table_parse (GBytes *text, GError **error);

/**
 * nanogpt_model_table_get:
 *
 * Returns: (transfer none) (element-type NanogptModelRules): the rows of
 *   models.json, the first of which that fits a model counts
 */
GPtrArray *nanogpt_model_table_get (void);

/**
 * nanogpt_model_table_find:
 * @table: (element-type NanogptModelRules): rows
 *
 * Returns: (transfer none) (nullable): the row for the model @slug
 */
const NanogptModelRules *nanogpt_model_table_find (
    GPtrArray *table, const char *slug);

G_END_DECLS
