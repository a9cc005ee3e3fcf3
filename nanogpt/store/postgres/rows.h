/* nanovid: results and parameters of database queries
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "libpq.h"

G_BEGIN_DECLS

void nanogpt_rows_free (NanogptRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRows, nanogpt_rows_free)

/* Returns: whether a query that failed may succeed when it is repeated: others
 * were in the way, or the server is stopping or starting */
gboolean nanogpt_rows_may_differ_later (const NanogptRows *rows);

/* Returns: (nullable): the text of a cell, NULL also if there is no such cell */
const char *nanogpt_rows_get (const NanogptRows *rows, guint row, guint column);

/* Returns: the number in a cell, @fallback if there is none */
gint64 nanogpt_rows_get_int (
    const NanogptRows *rows, guint row, guint column, gint64 fallback);
gboolean nanogpt_rows_get_bool (
    const NanogptRows *rows, guint row, guint column);

/* Returns: (transfer full): an empty list of values */
GPtrArray *nanogpt_values_new (void);
void nanogpt_values_add (GPtrArray *values, const char *text);
void nanogpt_values_add_int (GPtrArray *values, gint64 number);
void nanogpt_values_add_bool (GPtrArray *values, gboolean yes);

/* Adds `NULL` for a negative amount, which is unknown or does not matter. */
void nanogpt_values_add_amount (GPtrArray *values, gint64 amount);

G_END_DECLS
