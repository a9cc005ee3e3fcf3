/* nanovid: a request without its texts and media
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_request_summary_new:
 * @body: the fields of a request
 *
 * Keeps what may decide a clip's price and the time that it takes.  The model,
 * the prompts, other texts, the seed, the conversation and fields that are null
 * are left out; the image that a clip begins with is called `image`, whatever
 * its field is called.  What is too long for a setting, or is a URL, is content
 * and becomes null; a list of such becomes its length.
 *
 * Returns: (transfer full): the summary, which only its owner may change, and
 *   which shares arrays and objects with @body
 */
JsonObject *nanogpt_request_summary_new (JsonObject *body);

/**
 * nanogpt_request_summary_to_text:
 *
 * Returns: (transfer full): @model, then `NAME=VALUE` for each setting and
 *   `NAME` for each content, sorted, blanks between; a digest in place of what
 *   would be long
 */
char *nanogpt_request_summary_to_text (JsonObject *summary, const char *model);

G_END_DECLS
