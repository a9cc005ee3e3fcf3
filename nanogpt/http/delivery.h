/* nanovid: headers of a file: validators, range, length
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
 * What tells one file from another, as far as servers can be believed: caches
 * have validators of their own, and encode them.  All zeros to begin with.
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
 * Returns: whether they can tell one byte from another, so that If-Range may be
 *   sent with the ETag
 */
gboolean nanogpt_validators_are_strong (const NanogptValidators *validators);

/**
 * nanogpt_validators_differ:
 * @headers: a response's
 *
 * Returns: whether the response says that its file is another one
 */
gboolean nanogpt_validators_differ (
    const NanogptValidators *validators, SoupMessageHeaders *headers);

/**
 * nanogpt_validators_update:
 * @headers: those of a response that has the same file
 *
 * Takes over what the response has.
 */
void nanogpt_validators_update (
    NanogptValidators *validators, SoupMessageHeaders *headers);

/**
 * nanogpt_delivery_has_strong_etag:
 * @headers: a response's
 *
 * Returns: whether the response has an ETag that tells one byte from another
 */
gboolean nanogpt_delivery_has_strong_etag (SoupMessageHeaders *headers);

/**
 * nanogpt_delivery_is_encoded:
 *
 * Returns: whether the body is encoded, against what was asked for.  Sizes and
 *   ranges are then those of the encoded file.
 */
gboolean nanogpt_delivery_is_encoded (SoupMessageHeaders *headers);

/**
 * nanogpt_delivery_is_decoded:
 * @stream: the body, as libsoup gives it
 *
 * Returns: whether libsoup decodes it, which depends on how that was built
 */
gboolean nanogpt_delivery_is_decoded (GInputStream *stream);

/**
 * nanogpt_delivery_get_size:
 * @status: the HTTP status
 * @start: (out): which byte the body begins with, -1 when that is not known
 *
 * Returns: the whole file's size, -1 when it is not known
 */
gint64 nanogpt_delivery_get_size (
    SoupMessageHeaders *headers, guint status, gint64 *start);

G_END_DECLS
