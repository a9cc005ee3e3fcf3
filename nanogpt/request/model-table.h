/* nanovid: parses models.json, the table of the models' rules
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
 * @property: the user's name for the field
 * @wire: its name in a request to most models
 * @unlisted: what happens to it with a model whose list of fields is known and
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
 * Returns: (transfer none): what is known of @field for any model
 */
const NanogptFieldInfo *nanogpt_field_get_info (NanogptField field);

/**
 * NanogptValues:
 * @items: (array zero-terminated): the values, or the two ends of a range; none
 *   if the model does not have the field
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
 * @taken: (nullable): the accepted values; any other is refused
 * @documented: (nullable): the documented values; any other is sent, with a
 *   warning
 * @wire: (nullable): the model's name for the field, if different from most
 *   models
 * @suffix: (nullable): what follows the value in a request
 * @spelling: (nullable): how the values are spelled in a request, as `a{ss}`
 * @initial: (nullable): the default when the field is not sent
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
 * @NANOGPT_USE_UNKNOWN: the table says nothing about it
 * @NANOGPT_USE_ADVISABLE: the documents disagree on whether it is required
 *
 * How a model treats a medium.
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
 * @use: how the model treats the medium
 * @wire: (nullable): the model's name for it, if known and different from the
 *   documented one
 * @maximum: the maximum number, 0 if unknown
 */
typedef struct
{
  NanogptMediaUse use;
  char *wire;
  guint maximum;
} NanogptMediaRule;

/**
 * NanogptModelRules:
 * @slug: the model's slug, or a pattern for several, with `*` and `?` as in
 *   file names
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
 * @text: an object with the array `models`, which has one object for each
 *   model: `slug`; `complete`, true if all its fields are known; `media`, with
 *   an object for each medium that the model has, named like the properties:
 *   `image`, `last-image`, `reference-images`, `video`, `audio`, which may have
 *   `use` (`required`, `advisable`, `refused`, or `optional`, the default),
 *   `wire` and `maximum`, a number; and `fields`, with an object for each field
 *   that the model has, named like the property, which may have `taken` and
 *   `documented`, a list of strings or a range such as `"5..30"`; `wire`,
 *   `suffix` and `spelling`, an object of strings; and `default`, the value
 *   when nothing is sent.  An empty list means that the model does not have the
 *   field, and an empty object that it accepts any value.
 * @error: return location for an error, which says what to fix
 *
 * Refuses anything unknown, and any row that is hidden by an earlier one.
 *
 * Returns: (transfer full) (nullable) (element-type NanogptModelRules): the rows
 */
GPtrArray *nanogpt_model_table_parse (GBytes *text, GError **error);

/**
 * nanogpt_model_table_get:
 *
 * Returns: (transfer none) (element-type NanogptModelRules): the rows of
 *   models.json; the first one that matches a model counts
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
