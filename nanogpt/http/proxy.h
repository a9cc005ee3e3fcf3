/* nanovid: proxy setup and proxy authentication for a SoupSession
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * nanogpt_proxy_set_up:
 * @session: a session that has sent nothing yet
 * @proxy: (nullable): the proxy's URI, or its host and port; %NULL for the
 *   system's settings
 * @error: return location for an error
 *
 * Sends https requests through the proxy, in a tunnel, and http requests never:
 * http is used only with this machine, and would show the API key to the proxy.
 * A user name and a password in the proxy's URI are sent only to the proxy, as
 * Basic authentication, when a tunnel is requested.  No challenge of a proxy or
 * a server is ever answered.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if @proxy cannot be used.
 */
gboolean nanogpt_proxy_set_up (
    SoupSession *session, const char *proxy, GError **error);

/**
 * nanogpt_proxy_get_name:
 * @message: a message of a session that was set up
 *
 * Returns: (transfer none) (nullable): host and port of the proxy that @message
 *   goes through, or was to go through; %NULL without one
 */
const char *nanogpt_proxy_get_name (SoupMessage *message);

/**
 * nanogpt_proxy_has_refused:
 *
 * Returns: whether the status of @message is not a response to it, but that of
 *   a proxy that made no tunnel for it
 */
gboolean nanogpt_proxy_has_refused (SoupMessage *message);

/**
 * nanogpt_proxy_refusal_new:
 * @message: a message that a proxy has refused
 *
 * Returns: (transfer full): the cause, in the domain %G_IO_ERROR
 */
GError *nanogpt_proxy_refusal_new (SoupMessage *message);

G_END_DECLS
