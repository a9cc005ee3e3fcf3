/* nanovid: GET request for a file from a byte offset, read in chunks
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
 * @responded: the headers have arrived, and are not a redirect; the body is not
 *   read until nanogpt_range_request_read() asks for it
 * @arrived: the next piece of the body; @bytes are (transfer full)
 * @ended: the body has ended, without a sign that it was cut off
 * @failed: there is no response, or no more of it; @error is (transfer full)
 *
 * Callbacks to the owner of a request.  None is called after
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
 * @account: the account whose session and key are used, the key for its own
 *   origin only
 * @url: the URL of the file
 * @offset: the first byte to request
 * @if_range: (nullable): the strong ETag of the expected file
 * @patience: seconds without data after which the request fails, 0 for no limit
 * @owner: passed to @events; must stay valid until nanogpt_range_request_stop()
 *
 * Returns: (transfer full): the request, which must be stopped
 */
NanogptRangeRequest *nanogpt_range_request_start (NanogptAccount *account,
    GUri *url, guint64 offset, const char *if_range, guint patience,
    const NanogptRangeRequestEvents *events, gpointer owner);

/**
 * nanogpt_range_request_stop:
 * @request: (transfer full): a request in any state
 */
void nanogpt_range_request_stop (NanogptRangeRequest *request);

/**
 * nanogpt_range_request_read:
 *
 * Asks for the next piece of the body: one of `arrived`, `ended` and `failed`
 * is called, immediately or later.
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
 * Returns: whether libsoup decodes the body, which depends on how libsoup was
 *   built
 */
gboolean nanogpt_range_request_can_decode (NanogptRangeRequest *request);

/**
 * nanogpt_range_request_was_ended:
 *
 * Returns: whether a body of unknown length that has ended is complete
 */
gboolean nanogpt_range_request_was_ended (NanogptRangeRequest *request);

G_END_DECLS
