/* nanovid: response headers of a file: validators, byte range and size
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * NanogptValidators:
 * @etag: (nullable): the ETag of a file
 * @last_modified: (nullable): its Last-Modified
 *
 * Identifies a file, as far as servers can be trusted: caches have validators
 * of their own, and encode files.  Initialize with zeros.
 */
typedef struct
{
  char *etag;
  char *last_modified;
} NanogptValidators;

void nanogpt_validators_clear (NanogptValidators *validators);

/**
 * nanogpt_validators_are_strong:
 *
 * Returns: whether they identify a file byte for byte, so that If-Range may be
 *   sent with the ETag
 */
gboolean nanogpt_validators_are_strong (const NanogptValidators *validators);

/**
 * nanogpt_validators_differ:
 * @headers: the headers of a response
 *
 * Returns: whether the response says that it has a different file
 */
gboolean nanogpt_validators_differ (
    const NanogptValidators *validators, SoupMessageHeaders *headers);

/**
 * nanogpt_validators_update:
 * @headers: the headers of a response with the same file
 *
 * Takes over the validators of the response.
 */
void nanogpt_validators_update (
    NanogptValidators *validators, SoupMessageHeaders *headers);

/**
 * nanogpt_delivery_has_strong_etag:
 * @headers: the headers of a response
 *
 * Returns: whether the response has an ETag that identifies the file byte for
 *   byte
 */
gboolean nanogpt_delivery_has_strong_etag (SoupMessageHeaders *headers);

/**
 * nanogpt_delivery_is_encoded:
 *
 * Returns: whether the body is encoded, although that was not requested.  Sizes
 *   and ranges are then those of the encoded file.
 */
gboolean nanogpt_delivery_is_encoded (SoupMessageHeaders *headers);

/**
 * nanogpt_delivery_is_decoded:
 * @stream: the body, as libsoup returns it
 *
 * Returns: whether libsoup decodes it, which depends on how libsoup was built
 */
gboolean nanogpt_delivery_is_decoded (GInputStream *stream);

/**
 * nanogpt_delivery_get_size:
 * @status: the HTTP status
 * @start: (out): the offset at which the body begins, -1 if unknown
 *
 * Returns: the whole file's size, -1 if unknown
 */
gint64 nanogpt_delivery_get_size (
    SoupMessageHeaders *headers, guint status, gint64 *start);

G_END_DECLS
