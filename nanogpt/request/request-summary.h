/* nanovid: summary of the request fields that affect price and time
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_request_summary_new:
 * @body: the fields of a request
 * @media: (element-type NanogptMedia): what is known about the media in it
 *
 * Keeps what may affect a clip's price and the time that it takes.  The model,
 * the prompts, other texts, the seed, the conversation and null fields are left
 * out.  Media are called `image`, `last-image`, `reference-images`,
 * `source-video` and `source-audio`, whatever the names of their fields; the
 * last two have their length in seconds, if known.  A value that is too long
 * for a setting, or is a URL, is content and becomes null; a list of such
 * values becomes its length.
 *
 * Returns: (transfer full): the summary, which only its owner may change, and
 *   which shares arrays and objects with @body
 */
JsonObject *nanogpt_request_summary_new (JsonObject *body, GPtrArray *media);

/**
 * nanogpt_request_summary_is_media:
 *
 * Returns: whether @name is the name of a medium in a summary
 */
gboolean nanogpt_request_summary_is_media (const char *name);

/**
 * nanogpt_request_summary_to_text:
 *
 * Returns: (transfer full): @model, then `NAME=VALUE` for each setting and
 *   `NAME` for each content, sorted, and separated by blanks; a digest replaces
 *   what would be too long
 */
char *nanogpt_request_summary_to_text (JsonObject *summary, const char *model);

G_END_DECLS
