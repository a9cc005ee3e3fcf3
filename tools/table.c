/* nanovid: nanovid-jobs: tables for people, and for programs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "table.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "command.h"

#define NOTHING "-"

struct _Table
{
  guint n_columns;
  GPtrArray *rows; /* of char **, headings first */
};

Table *
table_new (guint n_columns, const char *const *headings)
{
  Table *self = g_new0 (Table, 1);
  char **cells = g_new0 (char *, n_columns + 1);

  self->n_columns = n_columns;
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  for (guint i = 0; i < n_columns; i++)
    cells[i] = g_strdup (headings[i]);
  g_ptr_array_add (self->rows, cells);
  return self;
}

void
table_free (Table *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self);
}

gboolean
table_is_for_people (void)
{
  return isatty (STDOUT_FILENO);
}

/* Prompts are untrusted: they must neither end a field nor send escape
 * sequences to the terminal. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *shown = g_string_new (NULL);

  for (const char *p = valid; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    g_string_append_unichar (shown, g_unichar_iscntrl (c) ? ' ' : c);
  }
  return g_string_free (shown, FALSE);
}

void
table_add_row (Table *self, char **cells)
{
  char **row = g_new0 (char *, self->n_columns + 1);

  for (guint i = 0; i < self->n_columns; i++) {
    row[i] = clean (cells[i] && *cells[i] ? cells[i] : NOTHING);
    g_free (cells[i]);
  }
  g_free (cells);
  g_ptr_array_add (self->rows, row);
}

/* Headings are translated only here, because they also serve as names of JSON
 * members. */
static const char *
get_text (const Table *self, guint row, guint column)
{
  char **cells = self->rows->pdata[row];

  return row == 0 ? _ (cells[column]) : cells[column];
}

static guint
get_width (const Table *self, guint column)
{
  glong width = 0;

  for (guint i = 0; i < self->rows->len; i++) {
    width = MAX (width, g_utf8_strlen (get_text (self, i, column), -1));
  }
  return width;
}

static void
append_columns (const Table *self, GString *text)
{
  for (guint i = 0; i < self->rows->len; i++) {
    for (guint j = 0; j + 1 < self->n_columns; j++) {
      const char *cell = get_text (self, i, j);
      guint gap = get_width (self, j) + 2 - g_utf8_strlen (cell, -1);

      g_string_append_printf (text, "%s%*s", cell, (int)gap, "");
    }
    g_string_append_printf (
        text, "%s\n", get_text (self, i, self->n_columns - 1));
  }
}

static void
append_fields (const Table *self, GString *text)
{
  for (guint i = 1; i < self->rows->len; i++) {
    g_autofree char *line = g_strjoinv ("\t", self->rows->pdata[i]);

    g_string_append_printf (text, "%s\n", line);
  }
}

gboolean
table_print (Table *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (table_is_for_people ())
    append_columns (self, text);
  else
    append_fields (self, text);
  return print_answer (text->str, error);
}
