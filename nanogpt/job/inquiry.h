/* nanovid: what models the service has and what a request would cost, without a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/base/settings.h"
#include "nanogpt/request/request.h"

G_BEGIN_DECLS

/**
 * nanogpt_inquiry_list_models:
 * @settings: resolved settings
 * @pattern: (nullable): a part of the slugs, in any case
 * @error: return location for an error
 *
 * Asks the service, and waits for it; not for the network thread.  Submits
 * nothing.
 *
 * Returns: (transfer full) (nullable): `aa{sv}`, by slug: `model` (s); `media`
 *   (as): the media that it takes, named as the properties, each with
 *   ` (required)` behind it if it is; `fields` (as): the request fields that are
 *   listed; `cost` (d): USD of a clip with all defaults, when it is known; `price`
 *   (s): how that was estimated, or why it could not be; `pricing` (a{sv}): the
 *   service's price list, when there is one
 */
GVariant *nanogpt_inquiry_list_models (
    const NanogptSettings *settings, const char *pattern, GError **error);

/**
 * nanogpt_inquiry_estimate:
 * @settings: resolved settings
 * @requests: (element-type NanogptRequest): what would be asked for
 * @error: return location for an error
 *
 * Asks the service for its prices, once, and waits for it; not for the network
 * thread.  Submits nothing.
 *
 * Returns: (transfer full) (nullable): `aa{sv}`, one for each: `model` (s); `cost`
 *   (d): USD, when it is known; `price` (s): how it was estimated, or why it could
 *   not be; `warnings` (as): what the service may not take; or only `model` and
 *   `error` (s): why the request would not be sent
 */
GVariant *nanogpt_inquiry_estimate (
    const NanogptSettings *settings, GPtrArray *requests, GError **error);

/**
 * nanogpt_inquiry_get_balance:
 * @settings: resolved settings
 * @error: return location for an error
 *
 * Asks the service, and waits for it; not for the network thread.
 *
 * Returns: what the account has, USD; without a meaning on error
 */
NanogptMicros nanogpt_inquiry_get_balance (
    const NanogptSettings *settings, GError **error);

/**
 * nanogpt_inquiry_to_json:
 *
 * Returns: (transfer full): one of the above as JSON, with a line's end
 */
char *nanogpt_inquiry_to_json (GVariant *variant);

G_END_DECLS
