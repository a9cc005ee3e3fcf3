/* nanovid: a GET for a file from some byte on, and its body in pieces
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "account.h"

G_BEGIN_DECLS

/**
 * NanogptRangeRequest:
 *
 * Follows redirects by hand, and reads on while its owner stores a piece.
 * Network thread only.
 */
typedef struct _NanogptRangeRequest NanogptRangeRequest;

/**
 * NanogptRangeRequestEvents:
 * @responded: there are headers, and no redirect; the body waits until
 *   nanogpt_range_request_read() asks for it
 * @arrived: the next piece of the body; @bytes are (transfer full)
 * @ended: the body is over, and nothing tells that it was cut off
 * @failed: there is no (more) response; @error is (transfer full)
 *
 * What a request tells its owner.  None is called after
 * nanogpt_range_request_stop(), which each of them may call.
 */
typedef struct
{
  void (*responded) (gpointer owner, guint status);
  void (*arrived) (gpointer owner, GBytes *bytes);
  void (*ended) (gpointer owner);
  void (*failed) (gpointer owner, GError *error);
} NanogptRangeRequestEvents;

/**
 * nanogpt_range_request_start:
 * @account: whose session and key are used, the key for its own origin only
 * @url: where the file is
 * @offset: the first byte that is asked for
 * @if_range: (nullable): the strong ETag of the file that is meant
 * @patience: seconds that nothing may arrive, 0 for any
 * @owner: for @events; has to stay until nanogpt_range_request_stop()
 *
 * Returns: (transfer full): the request, to be stopped
 */
NanogptRangeRequest *nanogpt_range_request_start (NanogptAccount *account,
    GUri *url, guint64 offset, const char *if_range, guint patience,
    const NanogptRangeRequestEvents *events, gpointer owner);

/**
 * nanogpt_range_request_stop:
 * @request: (transfer full): a request in whatever state
 */
void nanogpt_range_request_stop (NanogptRangeRequest *request);

/**
 * nanogpt_range_request_read:
 *
 * Asks for what comes next of the body: one of `arrived`, `ended` and `failed`
 * is called, at once or later.
 */
void nanogpt_range_request_read (NanogptRangeRequest *request);

/**
 * nanogpt_range_request_get_message:
 *
 * Returns: (transfer none): the request, with the response's headers
 */
SoupMessage *nanogpt_range_request_get_message (NanogptRangeRequest *request);

/**
 * nanogpt_range_request_can_decode:
 *
 * Returns: whether libsoup decodes the body, which depends on how that was built
 */
gboolean nanogpt_range_request_can_decode (NanogptRangeRequest *request);

/**
 * nanogpt_range_request_was_ended:
 *
 * Returns: whether a body that is over, and whose length was not given, ended
 *   where its server ends it
 */
gboolean nanogpt_range_request_was_ended (NanogptRangeRequest *request);

G_END_DECLS
