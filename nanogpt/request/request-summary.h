/* nanovid: a request without its texts and media
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_request_summary_new:
 * @body: the fields of a request
 * @media: (element-type NanogptMedia): what is known of the media in it
 *
 * Keeps what may decide a clip's price and the time that it takes.  The model,
 * the prompts, other texts, the seed, the conversation and fields that are null
 * are left out; media are called `image`, `last-image`, `reference-images`,
 * `source-video` and `source-audio`, whatever their fields are called; of the
 * last two it has the seconds, where they are known.  What is too long for a setting, or is a URL, is content
 * and becomes null; a list of such becomes its length.
 *
 * Returns: (transfer full): the summary, which only its owner may change, and
 *   which shares arrays and objects with @body
 */
JsonObject *nanogpt_request_summary_new (JsonObject *body, GPtrArray *media);

/**
 * nanogpt_request_summary_is_media:
 *
 * Returns: whether @name is what a summary calls a medium
 */
gboolean nanogpt_request_summary_is_media (const char *name);

/**
 * nanogpt_request_summary_to_text:
 *
 * Returns: (transfer full): @model, then `NAME=VALUE` for each setting and
 *   `NAME` for each content, sorted, blanks between; a digest in place of what
 *   would be long
 */
char *nanogpt_request_summary_to_text (JsonObject *summary, const char *model);

G_END_DECLS
