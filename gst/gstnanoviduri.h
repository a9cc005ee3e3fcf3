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
 * A URI comes from anywhere and costs money: it is refused unless the
 * environment allows URIs, and says what to generate, never with whose money
 * or where.
 *
 * Returns: (transfer full) (nullable): the request that the URI stands for,
 *   with the defaults of what it does not name, and no local files
 */
GstNanovidProperties *gst_nanovid_uri_parse (
    const char *uri, GObjectClass *klass, GError **error);

G_END_DECLS
