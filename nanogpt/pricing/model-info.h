/* nanovid: tolerant parser for one model in the service's list
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_model_info_get_parameters:
 *
 * Returns: (nullable): the fields that the model accepts, usually without
 *   images and texts; %NULL if they are not listed
 */
JsonObject *nanogpt_model_info_get_parameters (JsonObject *info);

/**
 * NanogptModelInfoField:
 * @is_listed: whether the model's list of fields has this one
 * @options: (element-type utf8): the listed values; empty if any value in the
 *   range is accepted
 * @min: lower end of the range, negative infinity if there is none
 * @max: upper end of the range, infinity if there is none
 * @initial: (nullable): the default when the field is not sent
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
 * Returns: (transfer full): the lengths in seconds that have a price, and that
 *   of the usual clip
 */
NanogptModelInfoField *nanogpt_model_info_length_new (JsonObject *pricing);

void nanogpt_model_info_field_free (NanogptModelInfoField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    NanogptModelInfoField, nanogpt_model_info_field_free)

/**
 * nanogpt_model_info_field_takes:
 *
 * Returns: whether the model accepts @value, as far as it is listed
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
 * Returns: (transfer full): @number as the listing would write it, in any
 *   locale
 */
char *nanogpt_model_info_dup_number (double number);

/**
 * nanogpt_model_info_parse_number:
 * @number: (out): the number, unchanged if there is none
 *
 * Accepts plain numbers, and seconds such as `5s`.
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
 * Returns: (nullable): a price in it that is not one of @keys, ignoring those
 *   of inputs
 */
const char *nanogpt_model_info_find_strange_key (
    JsonObject *pricing, const char *const *keys, gboolean *fits);

/**
 * nanogpt_model_info_find_input_key:
 * @pricing: a model's price list
 *
 * Returns: (nullable): a price in it for an input, of a kind that is not
 *   understood
 */
const char *nanogpt_model_info_find_input_key (JsonObject *pricing);

G_END_DECLS
