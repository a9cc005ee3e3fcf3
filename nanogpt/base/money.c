/* nanovid: amounts of money: comparison and formatting
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "money.h"

#include <string.h>

/* Far above what adding doubles is off by, and far below a cent. */
#define TOLERANCE 1e-6

gboolean
nanogpt_money_is_other_currency (double amount, const char *currency)
{
  return amount > 0 && currency && g_ascii_strcasecmp (currency, "USD") != 0;
}

gboolean
nanogpt_money_exceeds (double sum, double limit)
{
  return sum > limit + TOLERANCE;
}

char *
nanogpt_money_format (double amount)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  char *cents;
  gsize length;

  /* Infinity and what is too long for the buffer have no cents to speak of. */
  if (!(amount < 1e15))
    return g_strdup_printf (
        "$%s", g_ascii_formatd (digits, sizeof (digits), "%g", amount));

  g_ascii_formatd (digits, sizeof (digits), "%.6f", amount);
  cents = strchr (digits, '.') + 1;
  for (length = strlen (cents); length > 2 && cents[length - 1] == '0';)
    cents[--length] = '\0';
  return g_strconcat ("$", digits, NULL);
}

char *
nanogpt_money_format_cost (double cost, const char *currency)
{
  if (cost < 0)
    return NULL;
  return g_strdup_printf ("%.4g %s", cost, currency ? currency : "USD");
}
