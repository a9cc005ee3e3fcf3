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
 * The maximum size of a response in bytes; real ones have a few thousand.
 */
#define NANOGPT_JSON_MAX_SIZE (1024 * 1024)

/**
 * nanogpt_json_parse:
 * @text: (array length=length): the text to parse; needs no trailing NUL
 * @subject: what @text is; the error message begins with it
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
 * @texts: names of members with opaque values, such as ids: a number there is
 *   read as text, digit for digit
 *
 * Like nanogpt_json_parse().
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

/* The lookups treat a %NULL object as empty, and a value of the wrong type as
 * missing. */

/**
 * nanogpt_json_get_string:
 *
 * Returns: (transfer none) (nullable): the string; %NULL if it is missing or
 *   empty
 */
const char *nanogpt_json_get_string (JsonObject *object, const char *name);

/**
 * nanogpt_json_get_number:
 * @value: (out): the number; unchanged if there is none
 *
 * Accepts numbers, and strings that contain only a number.
 */
gboolean nanogpt_json_get_number (
    JsonObject *object, const char *name, double *value);

/**
 * nanogpt_json_get_boolean:
 * @value: (out): the boolean; unchanged if there is none
 *
 * Accepts booleans, and the strings `true` and `false`.
 */
gboolean nanogpt_json_get_boolean (
    JsonObject *object, const char *name, gboolean *value);

JsonObject *nanogpt_json_get_object (JsonObject *object, const char *name);
JsonArray *nanogpt_json_get_array (JsonObject *object, const char *name);

G_END_DECLS
