/* nanovid: results and parameters of database queries
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "rows.h"

void
nanogpt_rows_free (NanogptRows *rows)
{
  for (guint i = 0; i < rows->n_rows * rows->n_columns; i++)
    g_free (rows->cells[i]);
  g_free (rows->cells);
  g_free (rows->code);
  g_free (rows->message);
  g_free (rows);
}

gboolean
nanogpt_rows_may_differ_later (const NanogptRows *rows)
{
  /* Connection, resources, rollback, operator; read-only after a failover. */
  static const char *const classes[] = { "08", "53", "40", "57", "25006",
    NULL };

  for (guint i = 0; classes[i]; i++)
    if (g_str_has_prefix (rows->code, classes[i]))
      return TRUE;
  return FALSE;
}

const char *
nanogpt_rows_get (const NanogptRows *rows, guint row, guint column)
{
  if (row >= rows->n_rows || column >= rows->n_columns)
    return NULL;
  return rows->cells[row * rows->n_columns + column];
}

gint64
nanogpt_rows_get_int (
    const NanogptRows *rows, guint row, guint column, gint64 fallback)
{
  const char *text = nanogpt_rows_get (rows, row, column);

  return text ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

gboolean
nanogpt_rows_get_bool (const NanogptRows *rows, guint row, guint column)
{
  return g_strcmp0 (nanogpt_rows_get (rows, row, column), "t") == 0;
}

GPtrArray *
nanogpt_values_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

void
nanogpt_values_add (GPtrArray *values, const char *text)
{
  g_ptr_array_add (values, g_strdup (text));
}

void
nanogpt_values_add_int (GPtrArray *values, gint64 number)
{
  g_ptr_array_add (values, g_strdup_printf ("%" G_GINT64_FORMAT, number));
}

void
nanogpt_values_add_bool (GPtrArray *values, gboolean yes)
{
  nanogpt_values_add (values, yes ? "t" : "f");
}

void
nanogpt_values_add_amount (GPtrArray *values, gint64 amount)
{
  if (amount < 0)
    nanogpt_values_add (values, NULL);
  else
    nanogpt_values_add_int (values, amount);
}
