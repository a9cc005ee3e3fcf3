/* nanovid: queries without a job: models, cost estimates, account balance
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/base/settings.h"
#include "nanogpt/request/request.h"
#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/**
 * nanogpt_inquiry_list_models:
 * @settings: resolved settings
 * @pattern: (nullable): a substring of the slugs, in upper or lower case
 * @error: return location for an error
 *
 * Asks the service, and blocks until it responds; must not be called on the
 * network thread.  Submits nothing.
 *
 * Returns: (transfer full) (nullable): `aa{sv}`, by slug: `model` (s); `media`
 *   (as): the media that it accepts, named as the properties, each with `
 *   (required)` appended if it is; `fields` (as): the listed request fields;
 *   `cost` (d): USD for a clip with all defaults, if known; `price` (s): how
 *   that was estimated, or why it could not be; `pricing` (a{sv}): the
 *   service's price list, if there is one
 */
GVariant *nanogpt_inquiry_list_models (
    const NanogptSettings *settings, const char *pattern, GError **error);

/**
 * nanogpt_inquiry_estimate:
 * @settings: resolved settings
 * @store: the store that has the history
 * @requests: (element-type NanogptRequest): the requests to estimate
 * @error: return location for an error
 *
 * Asks the service for its prices, once, and the store for what such jobs have
 * cost, and blocks until both respond, while the default main context runs.  Must
 * be called on its thread.  Submits nothing.
 *
 * Returns: (transfer full) (nullable): `aa{sv}`, one for each request: `model`
 *   (s); `cost` (d): USD, if known; `price` (s): how it was estimated, or why
 *   it could not be; `warnings` (as): what the service may reject; or only
 *   `model` and `error` (s): why the request would not be sent
 */
GVariant *nanogpt_inquiry_estimate (const NanogptSettings *settings,
    NanogptStore *store, GPtrArray *requests, GError **error);

/**
 * nanogpt_inquiry_get_balance:
 * @settings: resolved settings
 * @error: return location for an error
 *
 * Asks the service, and blocks until it responds; must not be called on the
 * network thread.
 *
 * Returns: the balance of the account in USD; undefined on error
 */
NanogptMicros nanogpt_inquiry_get_balance (
    const NanogptSettings *settings, GError **error);

/**
 * nanogpt_inquiry_to_json:
 *
 * Returns: (transfer full): the result of one of the above as JSON, with a
 *   trailing newline
 */
char *nanogpt_inquiry_to_json (GVariant *variant);

G_END_DECLS
