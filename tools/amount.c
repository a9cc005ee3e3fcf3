/* nanovid: nanovid-jobs: ages and sizes on the command line
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "amount.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *name;
  guint64 factor;
} Unit;

static const Unit ages[] = {
  { "s", G_TIME_SPAN_SECOND },
  { "min", G_TIME_SPAN_MINUTE },
  { "h", G_TIME_SPAN_HOUR },
  { "d", G_TIME_SPAN_DAY },
  { NULL, 0 },
};

static const Unit sizes[] = {
  { "", 1 },
  { "K", 1000 },
  { "M", 1000 * 1000 },
  { "G", 1000 * 1000 * 1000 },
  { NULL, 0 },
};

static gboolean
parse (const char *text, const Unit *units, guint64 *amount, GError **error)
{
  char *end;
  guint64 number = g_ascii_strtoull (text, &end, 10);

  for (; g_ascii_isdigit (*text) && units->name; units++) {
    if (!g_str_equal (end, units->name) || number > G_MAXINT64 / units->factor)
      continue;
    *amount = number * units->factor;
    return TRUE;
  }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      _ ("\"%s\" is not a number with a unit, such as 7d or 500M"), text);
  return FALSE;
}

gboolean
amount_parse_age (const char *text, gint64 *age, GError **error)
{
  guint64 amount;

  if (!text)
    return TRUE;
  if (!parse (text, ages, &amount, error))
    return FALSE;
  *age = amount;
  return TRUE;
}

gboolean
amount_parse_size (const char *text, guint64 *size, GError **error)
{
  return !text || parse (text, sizes, size, error);
}
