/* nanovid: results of a database query, and its parameters
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "libpq.h"

G_BEGIN_DECLS

void nanogpt_rows_free (NanogptRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRows, nanogpt_rows_free)

/* Returns: whether a result that is an error may be another one when the
 * same is asked again: others were in the way, or the server ends or begins */
gboolean nanogpt_rows_may_differ_later (const NanogptRows *rows);

/* Returns: (nullable): the text of a cell, NULL also where there is none */
const char *nanogpt_rows_get (const NanogptRows *rows, guint row, guint column);

/* Returns: the number in a cell, @fallback where there is none */
gint64 nanogpt_rows_get_int (
    const NanogptRows *rows, guint row, guint column, gint64 fallback);
gboolean nanogpt_rows_get_bool (
    const NanogptRows *rows, guint row, guint column);

/* Returns: (transfer full): values, to be added to */
GPtrArray *nanogpt_values_new (void);
void nanogpt_values_add (GPtrArray *values, const char *text);
void nanogpt_values_add_int (GPtrArray *values, gint64 number);
void nanogpt_values_add_bool (GPtrArray *values, gboolean yes);

/* Adds `NULL` for what is negative, and so unknown, or of no matter. */
void nanogpt_values_add_amount (GPtrArray *values, gint64 amount);

G_END_DECLS
