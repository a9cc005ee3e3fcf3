/* nanovid: account at the service: base URL, API key, session, rate limiter
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "network.h"

G_BEGIN_DECLS

/**
 * NanogptAccount:
 *
 * What every message to the service needs.  Network thread only.
 */
#define NANOGPT_TYPE_ACCOUNT (nanogpt_account_get_type ())
G_DECLARE_FINAL_TYPE (
    NanogptAccount, nanogpt_account, NANOGPT, ACCOUNT, GObject)

/**
 * nanogpt_account_new:
 * @network: the network on whose thread this is called
 * @settings: resolved settings
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for settings that cannot be used.
 *
 * Returns: (transfer full) (nullable): the account
 */
NanogptAccount *nanogpt_account_new (
    NanogptNetwork *network, const NanogptSettings *settings, GError **error);

GUri *nanogpt_account_get_base_url (NanogptAccount *account);
SoupSession *nanogpt_account_get_session (NanogptAccount *account);
NanogptRateLimiter *nanogpt_account_get_rate_limiter (NanogptAccount *account);

/**
 * nanogpt_account_is_same:
 *
 * Returns: whether both have the same key for the same service
 */
gboolean nanogpt_account_is_same (
    NanogptAccount *account, NanogptAccount *other);

/**
 * nanogpt_account_new_message:
 * @url: the URL to request
 *
 * Returns: (transfer full): a message that carries the key if and only if @url
 *   has the origin of the base URL
 */
SoupMessage *nanogpt_account_new_message (
    NanogptAccount *account, const char *method, GUri *url);

/**
 * nanogpt_account_redact:
 * @text: (nullable) (transfer full): text from the service
 *
 * Returns: (transfer full) (nullable): @text without the key
 */
char *nanogpt_account_redact (NanogptAccount *account, char *text);

/**
 * nanogpt_account_redact_error:
 *
 * Removes the key from the texts of @error.
 */
void nanogpt_account_redact_error (NanogptAccount *account, GError *error);

G_END_DECLS
