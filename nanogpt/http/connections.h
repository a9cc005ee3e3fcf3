/* nanovid: tracks HTTP/2 connections, to cut dead ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A message that has HTTP/2 and still waits for its response is ended by
 * libsoup 3.2 only when something arrives on its connection, for whomever:
 * canceling it does nothing before.  And each message to come goes to the same
 * connection, alive or not.  So a connection from which nothing comes has to
 * be cut.
 *
 * All of this is to be called on the network thread. */

/**
 * nanogpt_connections_watch:
 * @session: a session that has no connection yet
 *
 * Notes from now on which connections @session opens.
 */
void nanogpt_connections_watch (SoupSession *session);

/**
 * nanogpt_connections_cut:
 * @message: a message of @session that got no response in time
 *
 * Cuts the connection that @message is on, if it has HTTP/2, no response has
 * begun and @session is watched.  What shares it fails, or is started over by
 * libsoup.
 */
void nanogpt_connections_cut (SoupSession *session, SoupMessage *message);

/**
 * nanogpt_connections_is_open:
 * @message: a message of @session whose response has ended
 *
 * Returns: whether the connection that @message was on is certainly open, and
 *   nothing has come of it since
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
