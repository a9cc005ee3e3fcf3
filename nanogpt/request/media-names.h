/* nanovid: what requests call their media
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
 * @url: what the documentation names for a URL
 * @data: what the documentation names for a data URL
 * @others: (array zero-terminated): further names that models have for it, that
 *   of the most models first, each for URLs and data URLs
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
 * Returns: (transfer none): the names for @role, whatever the model
 */
const NanogptMediaNames *nanogpt_media_names_get (NanogptMediaRole role);

/**
 * nanogpt_media_names_find:
 * @name: a field of a request
 * @role: (out): what its medium is for
 *
 * Returns: whether it is one of the names that models have for a medium
 */
gboolean nanogpt_media_names_find (const char *name, NanogptMediaRole *role);

/**
 * nanogpt_media_names_is_medium:
 * @node: (nullable): the value of a field that is named as a medium
 *
 * Returns: whether it is one; a boolean is none: some models have a switch named
 *   `audio`
 */
gboolean nanogpt_media_names_is_medium (struct _JsonNode *node);

/**
 * nanogpt_media_names_has:
 * @object: a request, or a part of one
 *
 * Returns: whether @object has a medium for @role, under whichever name
 */
gboolean nanogpt_media_names_has (
    struct _JsonObject *object, NanogptMediaRole role);

/**
 * nanogpt_media_names_choose:
 * @listed: (nullable): the fields that a model takes, by the service's listing
 * @is_url: whether it is sent as a public URL
 *
 * Returns: (nullable): what the model calls a medium of @role; %NULL when it
 *   lists none
 */
const char *nanogpt_media_names_choose (
    struct _JsonObject *listed, NanogptMediaRole role, gboolean is_url);

G_END_DECLS
