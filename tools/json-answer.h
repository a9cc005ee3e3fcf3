/* nanovid: nanovid-jobs: answers as JSON
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Adds a member with a string or null. */
void json_answer_add_text (
    GVariantDict *dict, const char *name, const char *text);

/* Adds a member with a number or null.
 * @known: whether @number is known */
void json_answer_add_number (
    GVariantDict *dict, const char *name, gboolean known, double number);

/**
 * json_answer_print:
 * @answer: a dictionary or an array of dictionaries; a floating reference is
 *   consumed
 * @error: return location for an error in the domain #GFileError
 *
 * Prints the answer as one line on stdout.
 *
 * Returns: whether everything was written to stdout
 */
gboolean json_answer_print (GVariant *answer, GError **error);

G_END_DECLS
