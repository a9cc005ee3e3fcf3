/* nanovid: names of the media fields in requests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "media.h"

struct _JsonNode;
struct _JsonObject;

G_BEGIN_DECLS

/**
 * NanogptMediaNames:
 * @url: the documented name for a URL
 * @data: the documented name for a data URL
 * @others: (array zero-terminated): further names that models use, the most
 *   common one first, each for both URLs and data URLs
 */
typedef struct
{
  const char *url;
  const char *data;
  const char *const *others;
} NanogptMediaNames;

/**
 * nanogpt_media_names_get:
 *
 * Returns: (transfer none): the names for @role, for any model
 */
const NanogptMediaNames *nanogpt_media_names_get (NanogptMediaRole role);

/**
 * nanogpt_media_names_find:
 * @name: a field of a request
 * @role: (out): the role of its medium
 *
 * Returns: whether it is one of the names that models have for a medium
 */
gboolean nanogpt_media_names_find (const char *name, NanogptMediaRole *role);

/**
 * nanogpt_media_names_is_medium:
 * @node: (nullable): the value of a field that is named like a medium
 *
 * Returns: whether it is a medium; a boolean is not, because some models have a
 *   switch named `audio`
 */
gboolean nanogpt_media_names_is_medium (struct _JsonNode *node);

/**
 * nanogpt_media_names_has:
 * @object: a request, or a part of one
 *
 * Returns: whether @object has a medium for @role, under any name
 */
gboolean nanogpt_media_names_has (
    struct _JsonObject *object, NanogptMediaRole role);

/**
 * nanogpt_media_names_choose:
 * @listed: (nullable): the fields that a model accepts, according to the
 *   service's listing
 * @is_url: whether it is sent as a public URL
 *
 * Returns: (nullable): the model's name for a medium of @role; %NULL if it
 *   lists none
 */
const char *nanogpt_media_names_choose (
    struct _JsonObject *listed, NanogptMediaRole role, gboolean is_url);

G_END_DECLS
