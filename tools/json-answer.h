/* nanovid: nanovid-jobs: answers as JSON
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Adds a member that is a string, or null. */
void json_answer_add_text (
    GVariantDict *dict, const char *name, const char *text);

/* Adds a member that is a number, or null.
 * @known: whether @number is one */
void json_answer_add_number (
    GVariantDict *dict, const char *name, gboolean known, double number);

/**
 * json_answer_print:
 * @answer: a dictionary or an array of some; a floating reference is taken
 * @error: return location for an error of #GFileError
 *
 * Prints one line on stdout.
 *
 * Returns: whether stdout has taken everything
 */
gboolean json_answer_print (GVariant *answer, GError **error);

G_END_DECLS
