/* nanovid: nanovid:// URIs: checks and parsing
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidproperties.h"

G_BEGIN_DECLS

#define GST_NANOVID_URI_PROTOCOL "nanovid"

/**
 * gst_nanovid_uri_parse:
 * @uri: `nanovid://MODEL?prompt=TEXT&PROPERTY=VALUE...`, percent-encoded
 * @klass: the element's class, for the types and ranges of its properties
 * @error: return location for an error of #GstURIError
 *
 * A URI may come from an untrusted source and costs money.  It is refused
 * unless the environment allows URIs, and it can only describe what to
 * generate, never where to send the request or whose money to spend.
 *
 * Returns: (transfer full) (nullable): the request that the URI describes, with
 *   defaults for whatever it does not set, and without local files
 */
GstNanovidProperties *gst_nanovid_uri_parse (
    const char *uri, GObjectClass *klass, GError **error);

G_END_DECLS
