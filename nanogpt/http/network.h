/* nanovid: the network thread and its SoupSessions
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

#include "rate-limiter.h"
#include "nanogpt/base/settings.h"

G_BEGIN_DECLS

/**
 * NanogptNetwork:
 *
 * One thread with a #GMainContext of its own, on which nothing may block.  It
 * exists as long as there are references to it.
 */
typedef struct _NanogptNetwork NanogptNetwork;

/**
 * nanogpt_network_get:
 *
 * Returns: (transfer full): the process's network, started if there is none
 */
NanogptNetwork *nanogpt_network_get (void);
void nanogpt_network_unref (NanogptNetwork *network);

/**
 * nanogpt_network_run:
 * @function: called once on the network thread, soon; its result is ignored
 * @data: passed to @function
 * @notify: (nullable): frees @data afterwards
 *
 * May be called from any thread.
 */
void nanogpt_network_run (NanogptNetwork *network, GSourceFunc function,
    gpointer data, GDestroyNotify notify);

/**
 * nanogpt_network_load_authorities:
 * @tls_ca_file: as in #NanogptSettings
 *
 * Reads what nanogpt_network_get_session() would otherwise have to read from
 * disk.  May be called on any thread that may block.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST.
 */
gboolean nanogpt_network_load_authorities (
    NanogptNetwork *network, const char *tls_ca_file, GError **error);

/**
 * nanogpt_network_get_session:
 * @settings: names proxy and certificate authorities
 * @error: return location for an error
 *
 * Must be called on the network thread. libsoup has no proxy and no authorities
 * per message, so there is one session for each pair.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if one of them cannot be used.
 *
 * Returns: (transfer full) (nullable): the session, without cookies
 */
SoupSession *nanogpt_network_get_session (
    NanogptNetwork *network, const NanogptSettings *settings, GError **error);

/**
 * nanogpt_network_get_rate_limiter:
 * @base: a base URL
 *
 * Must be called on the network thread.
 *
 * Returns: (transfer none): the rate limiter of all jobs to the origin of
 *   @base, which lives as long as the network
 */
NanogptRateLimiter *nanogpt_network_get_rate_limiter (
    NanogptNetwork *network, GUri *base);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptNetwork, nanogpt_network_unref)

G_END_DECLS
