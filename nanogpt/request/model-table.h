/* nanovid: parses models.json
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "media.h"

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
 * @items: (array zero-terminated): the values, or the two ends of a range; none
 *   when the model does not have the field
 * @is_range: whether the items are the ends of a range
 */
typedef struct
{
  char **items;
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
 * @initial: (nullable): what holds when the field is not sent
 */
typedef struct
{
  gboolean is_known;
  NanogptValues *taken;
  NanogptValues *documented;
  char *wire;
  char *suffix;
  GVariant *spelling;
  char *initial;
} NanogptFieldRule;

/**
 * NanogptMediaUse:
 * @NANOGPT_USE_UNKNOWN: the table has nothing on it
 * @NANOGPT_USE_ADVISABLE: the documents disagree on whether it is required
 *
 * What a model makes of a medium.
 */
typedef enum
{
  NANOGPT_USE_UNKNOWN,
  NANOGPT_USE_OPTIONAL,
  NANOGPT_USE_REQUIRED,
  NANOGPT_USE_ADVISABLE,
  NANOGPT_USE_REFUSED,
} NanogptMediaUse;

/**
 * NanogptMediaRule:
 * @use: what the model makes of the medium
 * @wire: (nullable): what the model calls it, if that is known and not as the
 *   documentation has it
 * @maximum: how many there may be, 0 when that is not known
 */
typedef struct
{
  NanogptMediaUse use;
  char *wire;
  guint maximum;
} NanogptMediaRule;

/**
 * NanogptModelRules:
 * @slug: the model's slug, or several with `*` and `?` as in file names
 * @media: what is known of its media
 * @is_complete: whether all its fields are known
 * @fields: what is known of its fields
 */
typedef struct
{
  char *slug;
  NanogptMediaRule media[NANOGPT_N_MEDIA_ROLES];
  gboolean is_complete;
  NanogptFieldRule fields[NANOGPT_N_FIELDS];
} NanogptModelRules;

/**
 * nanogpt_model_table_parse:
 * @text: an object with the array `models`, of one object for each model:
 *   `slug`; `complete`, true when all its fields are known; `media`, with an
 *   object for each that it has, named as the properties: `image`, `last-image`,
 *   `reference-images`, `video`, `audio`. There may be `use` (`required`,
 *   `advisable`, `refused`, or `optional`, which it is when nothing is said),
 *   `wire` and `maximum`, a number; and `fields`, with an object for each that it has,
 *   named as the property. There may be `taken` and `documented`, a list of
 *   strings or a range such as `"5..30"`; `wire`, `suffix` and `spelling`, an
 *   object of strings; and `default`, what holds when nothing is sent. An empty list means that the model does not have the
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
