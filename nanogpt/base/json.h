/* nanovid: JSON parsing with limits, and type-safe lookups
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "error.h"

G_BEGIN_DECLS

#define NANOGPT_JSON_MAX_DEPTH 64

/**
 * NANOGPT_JSON_MAX_SIZE:
 *
 * Bytes that a response may have; real ones have a few thousand.
 */
#define NANOGPT_JSON_MAX_SIZE (1024 * 1024)

/**
 * nanogpt_json_parse:
 * @text: (array length=length): what may be JSON; needs no trailing NUL
 * @subject: what @text is, to begin the error's sentence with
 * @code: the code of the error
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the JSON object that @text consists of;
 *   every string in it is UTF-8, every number finite, and it is nested no
 *   deeper than %NANOGPT_JSON_MAX_DEPTH
 */
JsonObject *nanogpt_json_parse (const char *text, gsize length,
    const char *subject, NanogptError code, GError **error);

/**
 * nanogpt_json_parse_opaque:
 * @texts: names of members that mean something to whoever wrote them alone, such
 *   as ids: a number there is read as the text that it is, digit for digit
 *
 * As nanogpt_json_parse().
 */
JsonObject *nanogpt_json_parse_opaque (const char *text, gsize length,
    const char *const *texts, const char *subject, NanogptError code,
    GError **error);

/**
 * nanogpt_json_write:
 *
 * Returns: (transfer full): @node as JSON in one canonical form: no blanks,
 *   names sorted, equal numbers written equally
 */
char *nanogpt_json_write (JsonNode *node);

/* The lookups take a %NULL object for an empty one, and a value of the wrong
 * type for one that is not there. */

/**
 * nanogpt_json_get_string:
 *
 * Returns: (transfer none) (nullable): the string, %NULL when it is empty
 */
const char *nanogpt_json_get_string (JsonObject *object, const char *name);

/**
 * nanogpt_json_get_number:
 * @value: (out): the number, left alone when there is none
 *
 * Takes numbers and strings that hold nothing but a number.
 */
gboolean nanogpt_json_get_number (
    JsonObject *object, const char *name, double *value);

/**
 * nanogpt_json_get_boolean:
 * @value: (out): the boolean, left alone when there is none
 *
 * Takes booleans, and the strings `true` and `false`.
 */
gboolean nanogpt_json_get_boolean (
    JsonObject *object, const char *name, gboolean *value);

JsonObject *nanogpt_json_get_object (JsonObject *object, const char *name);
JsonArray *nanogpt_json_get_array (JsonObject *object, const char *name);

G_END_DECLS
