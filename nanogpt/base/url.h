/* nanovid: URL parsing and checks
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * nanogpt_base_url_parse:
 * @text: the URL that a user configured
 * @error: return location for an error
 *
 * Drops trailing slashes, then one `/api` or `/api/v1`.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST unless it is https, or http to a
 * loopback address, with a host and without userinfo, query and fragment.
 *
 * Returns: (transfer full) (nullable): the base, whose path, possibly empty,
 *   is put before `/api/…`
 */
GUri *nanogpt_base_url_parse (const char *text, GError **error);

/**
 * nanogpt_base_url_build:
 * @base: a base URL
 * @path: an absolute path such as `/api/generate-video`
 * @...: names and values of query parameters in turn, unencoded, and a %NULL;
 *   a pair whose value is %NULL is left out
 *
 * Returns: (transfer full): the URL of an API call
 */
GUri *nanogpt_base_url_build (
    GUri *base, const char *path, ...) G_GNUC_NULL_TERMINATED;

/**
 * nanogpt_result_url_resolve:
 * @base: the base URL
 * @referrer: the URL that a relative @text is relative to: first @base, then
 *   each hop
 * @text: a result URL or a Location header from the service or a third party
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE unless it is https, or has the origin of
 * @base, or is http to a loopback address and so is @base; also if it has
 * userinfo or is over 64 KiB.
 *
 * Returns: (transfer full) (nullable): the absolute URL, without fragment
 */
GUri *nanogpt_result_url_resolve (
    GUri *base, GUri *referrer, const char *text, GError **error);

/**
 * nanogpt_url_is_same_origin:
 *
 * Returns: whether scheme, host and port are the same, taking default ports
 *   into account
 */
gboolean nanogpt_url_is_same_origin (GUri *a, GUri *b);

/**
 * nanogpt_url_names_host:
 *
 * Returns: whether @url has a valid host, and a path that is empty or starts
 *   with a slash
 */
gboolean nanogpt_url_names_host (GUri *url);

/**
 * nanogpt_url_is_loopback:
 *
 * Returns: whether the host is `localhost` or an address of 127.0.0.0/8, also
 *   when mapped to IPv6, or ::1
 */
gboolean nanogpt_url_is_loopback (GUri *url);

/**
 * nanogpt_url_get_origin:
 *
 * Returns: (transfer full): scheme, host and port, such as
 *   `https://nano-gpt.com`, for display and for keying what belongs to one
 *   service
 */
char *nanogpt_url_get_origin (GUri *url);

/**
 * nanogpt_url_to_display:
 *
 * Returns: (transfer full): only scheme, host, port and path: a query may be a
 *   credential
 */
char *nanogpt_url_to_display (GUri *url);

G_END_DECLS
