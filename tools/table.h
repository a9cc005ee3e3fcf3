/* nanovid: nanovid-jobs: tables for people, and for programs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Table:
 *
 * Rows of text.  On a terminal, they are printed as columns with headings,
 * otherwise as lines of tab-separated fields without headings.
 */
typedef struct _Table Table;

/**
 * table_new:
 * @n_columns: number of columns
 * @headings: (array length=n_columns): the headings
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
 * @cells: (transfer full) (array length=n_columns): the cells; NULL is shown as
 *   `-`, and control characters are not shown
 */
void table_add_row (Table *table, char **cells);

/**
 * table_print:
 * @error: return location for an error in the domain #GFileError
 *
 * Returns: whether everything was written to stdout
 */
gboolean table_print (Table *table, GError **error);

void table_free (Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

G_END_DECLS
