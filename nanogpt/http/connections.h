/* nanovid: tracks HTTP/2 connections and closes dead ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* libsoup 3.2 ends an HTTP/2 message that still waits for its response only
 * when something arrives on its connection, for any message.  Canceling the
 * message has no effect before that.  And every new message goes to the same
 * connection, dead or alive.  So a connection on which nothing arrives must be
 * cut.
 *
 * All of this must be called on the network thread. */

/**
 * nanogpt_connections_watch:
 * @session: a session that has no connection yet
 *
 * Keeps track of the connections that @session opens from now on.
 */
void nanogpt_connections_watch (SoupSession *session);

/**
 * nanogpt_connections_cut:
 * @message: a message of @session that got no response in time
 *
 * Cuts the connection of @message, if it uses HTTP/2, no response has begun and
 * @session is watched.  Other messages on it fail, or are restarted by libsoup.
 */
void nanogpt_connections_cut (SoupSession *session, SoupMessage *message);

/**
 * nanogpt_connections_is_open:
 * @message: a message of @session whose response has ended
 *
 * Returns: whether the connection of @message is certainly open, and nothing
 *   has arrived on it since
 */
gboolean nanogpt_connections_is_open (
    SoupSession *session, SoupMessage *message);

/**
 * nanogpt_connections_cut_all:
 *
 * Cuts all connections of @session that are still open.
 */
void nanogpt_connections_cut_all (SoupSession *session);

G_END_DECLS
