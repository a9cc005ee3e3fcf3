/* nanovid: one model of the service's list, read tolerantly
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_model_info_get_parameters:
 *
 * Returns: (nullable): the fields that the model takes, images and texts left
 *   out as a rule; %NULL when they are not listed
 */
JsonObject *nanogpt_model_info_get_parameters (JsonObject *info);

/**
 * NanogptModelInfoField:
 * @is_listed: whether the model's list of fields has this one
 * @options: (element-type utf8): values that are listed; empty when any value
 *   in the range is taken
 * @min: lower end of the range, negative infinity when there is none
 * @max: upper end of the range, infinity when there is none
 * @initial: (nullable): what holds when the field is not sent
 * @has_two_initials: whether the listing contradicts itself about @initial
 */
typedef struct
{
  gboolean is_listed;
  GPtrArray *options;
  double min;
  double max;
  char *initial;
  gboolean has_two_initials;
} NanogptModelInfoField;

NanogptModelInfoField *nanogpt_model_info_field_new (
    JsonObject *info, const char *name);

/**
 * nanogpt_model_info_length_new:
 * @pricing: a model's price list
 *
 * Returns: (transfer full): the seconds that the price list has prices for, and
 *   those of the usual clip
 */
NanogptModelInfoField *nanogpt_model_info_length_new (JsonObject *pricing);

void nanogpt_model_info_field_free (NanogptModelInfoField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    NanogptModelInfoField, nanogpt_model_info_field_free)

/**
 * nanogpt_model_info_field_takes:
 *
 * Returns: whether @value is one that the model takes, as far as it is listed
 */
gboolean nanogpt_model_info_field_takes (
    const NanogptModelInfoField *field, const char *value);

/**
 * nanogpt_model_info_dup_scalar:
 * @node: (nullable): any value
 *
 * Returns: (transfer full) (nullable): a string, number or boolean as text
 */
char *nanogpt_model_info_dup_scalar (JsonNode *node);

/**
 * nanogpt_model_info_dup_number:
 *
 * Returns: (transfer full): @number as the listing would have it, in any locale
 */
char *nanogpt_model_info_dup_number (double number);

/**
 * nanogpt_model_info_parse_number:
 * @number: (out): the number, left alone when there is none
 *
 * Takes plain numbers, and seconds such as `5s`.
 */
gboolean nanogpt_model_info_parse_number (const char *text, double *number);

/**
 * nanogpt_model_info_is_same:
 *
 * Returns: whether two values mean the same: `5` and `5s`, `4k` and `4K`
 */
gboolean nanogpt_model_info_is_same (const char *a, const char *b);

/**
 * nanogpt_model_info_find_strange_key:
 * @pricing: a model's price list
 * @keys: (array zero-terminated): keys of one way to list a price
 * @fits: (out): whether it has one of @keys
 *
 * Returns: (nullable): a price in it that is none of @keys, those of inputs left
 *   out
 */
const char *nanogpt_model_info_find_strange_key (
    JsonObject *pricing, const char *const *keys, gboolean *fits);

/**
 * nanogpt_model_info_find_input_key:
 * @pricing: a model's price list
 *
 * Returns: (nullable): a price in it for what goes in, of a kind that is not
 *   understood
 */
const char *nanogpt_model_info_find_input_key (JsonObject *pricing);

G_END_DECLS
