/* nanovid: parses lines of a script: a prompt with optional properties
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * nanogpt_prompt_lines_load:
 * @location: the name of a script, a text file
 * @error: return location for an error
 *
 * Blocks on the disk.
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST if it cannot be read, or is not a
 * file.
 *
 * Returns: (transfer full) (nullable): its lines; those that are not prompts
 *   (blank ones, and those that begin with `#`) are empty
 */
char **nanogpt_prompt_lines_load (const char *location, GError **error);

/**
 * nanogpt_prompt_line_parse:
 * @line: one line of a script, such as `{"duration": 5} a lighthouse at dusk`
 * @prompt: (out) (transfer full): the text after the object, without
 *   surrounding blanks; may be empty
 * @properties: (out) (transfer full) (nullable): the object that the line begins
 *   with, of type `a{sv}`; its values are strings (`s`; an object is one, too, its
 *   JSON text), numbers (`x` or `d`), booleans (`b`) and lists of strings (`as`)
 * @error: return location for an error
 *
 * Errors: %NANOGPT_ERROR_INVALID_REQUEST for a line that is not UTF-8, and for
 * an object that is invalid or has other values.
 */
gboolean nanogpt_prompt_line_parse (
    const char *line, char **prompt, GVariant **properties, GError **error);

G_END_DECLS
