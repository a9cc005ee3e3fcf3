/* nanovid: nanovid-jobs: tables for people, and for programs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Table:
 *
 * Rows of text.  On a terminal they are columns below their headings; anywhere
 * else they are lines of fields that tabs separate, without headings.
 */
typedef struct _Table Table;

/**
 * table_new:
 * @n_columns: how many columns there are
 * @headings: (array length=n_columns): what stands above them
 */
Table *table_new (guint n_columns, const char *const *headings);

/**
 * table_is_for_people:
 *
 * Returns: whether stdout is a terminal
 */
gboolean table_is_for_people (void);

/**
 * table_add_row:
 * @cells: (transfer full) (array length=n_columns): what NULL stands for is
 *   shown as `-`; control characters are not shown at all
 */
void table_add_row (Table *table, char **cells);

/**
 * table_print:
 * @error: return location for an error of #GFileError
 *
 * Returns: whether stdout has taken everything
 */
gboolean table_print (Table *table, GError **error);

void table_free (Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

G_END_DECLS
